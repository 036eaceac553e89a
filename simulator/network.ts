import type { EnrollmentProfile } from "./profile.ts";
import type { DeviceIdentity } from "./scep-client.ts";
import type { Transport } from "./transport.ts";

/** How devices reach a server that lives in this process: in place of HTTPS and SCEP. */
export interface Network {
  /** One device's connections. `signal` ends them. */
  connect(signal: AbortSignal): Transport;
  /**
   * The identity of the device `udid`, by the challenge of its profile. Rejects with ScepRefused on a refusal, with another
   * error when the connection broke (say it again later).
   */
  identify(udid: string, profile: EnrollmentProfile): Promise<DeviceIdentity>;
}

/** Is there a server at all? Asked once, before a thousand devices find out each for itself. */
import {
  createTransport,
  type EnrolmentProfile,
  getCaCert,
  reasonOf,
  scaledClock,
  ScepRefused,
} from "../../simulator/index.ts";
import { UptickError } from "../errors/index.ts";

const UNTRUSTED = /SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|CERT_|ALTNAME/;

/** Throws `server-unreachable`, `enrolment-refused`. */
export async function preflight(
  profile: EnrolmentProfile,
  trust: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const transport = createTransport(scaledClock({ start: Date.now(), factor: 1 }), signal);
  transport.trust([...trust, ...profile.roots]);
  try {
    await getCaCert(profile.scep, transport);
  } catch (error) {
    if (signal.aborted) return;
    throw worded(new URL(profile.scep.url).origin, error);
  } finally {
    transport.disconnect();
  }
}

function worded(origin: string, error: unknown): UptickError {
  if (error instanceof ScepRefused) {
    const remedy =
      "Check that the profile belongs to this server; its SCEP address refuses even to name its authority.";
    return new UptickError("enrolment-refused", `${origin}: ${error.message}`, { cause: error, remedy });
  }
  const code = reasonOf(error);
  const remedy = UNTRUSTED.test(code)
    ? "Name the authority of the server's certificate with --trust FILE; or the name in the address is another one than the certificate's."
    : "Start the server, or name the address it can be reached at with --server https://HOST:PORT.";
  return new UptickError("server-unreachable", `Devices can't reach ${origin} (${code}).`, { cause: error, remedy });
}

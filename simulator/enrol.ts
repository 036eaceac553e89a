import type { Clock } from "./clock.ts";
import { whileHeld } from "./clock.ts";
import type { MdmClient } from "./mdm-client.ts";
import { createMdmClient } from "./mdm-client.ts";
import type { Network } from "./network.ts";
import type { EnrollmentProfile } from "./profile.ts";
import { ProfileRefused, readProfile } from "./profile.ts";
import type { PlistDict } from "./plist.ts";
import { backoff, pause } from "./retry.ts";
import { beginTransaction, requestIdentity, ScepRefused } from "./scep-client.ts";
import type { DeviceState } from "./state.ts";
import { hasRight, identityOf } from "./state.ts";
import type { Transport } from "./transport.ts";

/** Who asks for an enrollment profile. */
export interface ProfileAsker {
  readonly kind: string;
  readonly index: number;
  readonly serial: string;
  readonly udid: string;
}

/**
 * Where the profile comes from: the same for all, as bytes or read already, or a function asked once per attempt (a
 * challenge may be one-use).
 */
export type ProfileSource =
  | Uint8Array
  | EnrollmentProfile
  | ((asker: ProfileAsker, signal: AbortSignal) => Promise<Uint8Array>);

/** How hard a device tries. */
export interface Tries {
  /** How often it asks again after a refusal; without limit when absent. */
  readonly attempts?: number;
  /** The longest wait (virtual ms) before a server that is away is asked again. */
  readonly retryMost?: number;
  /** Gives the identity in place of SCEP. */
  readonly network?: Network;
}

/** The server did not let the device in. */
class EnrollmentRefused extends Error {
  override readonly name = "EnrollmentRefused";
}

/** Virtual ms between two attempts after a refusal: the user tries again, ever less often. */
const attemptsApart = (attempt: number): number => backoff(attempt) * 10;

/**
 * Enrolls the device: profile, SCEP, Authenticate, TokenUpdate. A broken connection is tried again with the same key and
 * transaction; a refusal ends the attempt and the next one asks for a new profile. Undefined when `signal` ends it, or
 * after the last attempt.
 */
export async function enrol(
  state: DeviceState,
  source: ProfileSource,
  transport: Transport,
  signal: AbortSignal,
  tries: Tries = {},
): Promise<MdmClient | undefined> {
  const { attempts = Infinity } = tries;
  for (let attempt = 1; !signal.aborted; attempt++) {
    try {
      return await attemptEnrollment(state, source, transport, signal, tries);
    } catch (error) {
      if (signal.aborted) return undefined;
      state.note("enrollment-failed", { attempt, why: String(error) });
      if (attempt >= attempts) return undefined;
      if (!(await pause(state.clock, attemptsApart(attempt), signal))) return undefined;
    }
  }
  return undefined;
}

async function attemptEnrollment(
  state: DeviceState,
  source: ProfileSource,
  transport: Transport,
  signal: AbortSignal,
  { retryMost = Infinity, network }: Tries,
): Promise<MdmClient | undefined> {
  const { clock, traits, name, record } = state;
  const asker = { kind: name, index: record.index, serial: traits.serial, udid: traits.udid };
  const given = typeof source === "function" ? await whileHeld(clock, () => source(asker, signal)) : source;
  const profile = given instanceof Uint8Array ? readProfile(given) : given;
  state.note("profile-read", { signedBy: profile.signedBy ?? null, topic: profile.mdm.topic });
  transport.trust(profile.roots);

  const trying = { state, signal, retryMost };
  const transaction = network === undefined ? await beginTransaction(profile.scep, clock) : undefined;
  const identity = await untilReached(trying, "scep", async () =>
    transaction === undefined
      ? network?.identify(traits.udid, profile)
      : requestIdentity({ payload: profile.scep, transaction, transport, old: state.kind.oldScep === true }),
  );
  if (identity === undefined) return undefined;
  transport.identify({ cert: identity.certificate, key: identity.key });
  state.note("identity-issued");
  state.profile = profile;
  state.awaitingConfiguration = state.kind.awaitsConfiguration === true;

  const client = createMdmClient(profile.mdm, identity, transport, identityOf(state));
  for (const [step, message] of [
    ["Authenticate", authenticate(state)],
    ["TokenUpdate", tokenUpdate(state, profile)],
  ] as const) {
    const accepted = await untilReached(trying, step, async () => {
      const delivery = await client.checkIn(message);
      if (delivery.outcome === "ok") return true;
      const status = delivery.outcome === "unreachable" ? delivery.status : 401;
      if (status !== undefined && status < 500) throw new EnrollmentRefused(`${step}: ${delivery.why}`);
      throw new Error(delivery.why);
    });
    if (accepted === undefined) return undefined;
  }
  return client;
}

/** Tries `work` until it succeeds or is refused. Undefined when `signal` ends it. */
async function untilReached<T>(
  trying: {
    readonly state: { readonly clock: Clock; readonly note: DeviceState["note"] };
    readonly signal: AbortSignal;
    readonly retryMost: number;
  },
  step: string,
  work: () => Promise<T>,
): Promise<T | undefined> {
  const { state, signal, retryMost } = trying;
  for (let tries = 1; !signal.aborted; tries++) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ScepRefused || error instanceof EnrollmentRefused || error instanceof ProfileRefused)
        throw error;
      if (signal.aborted) return undefined;
      state.note("server-unreachable", { step, why: String(error) });
      await pause(state.clock, backoff(tries, retryMost), signal);
    }
  }
  return undefined;
}

/** Apple schema: mdm/checkin/authenticate.yaml. */
export function authenticate(state: DeviceState): PlistDict {
  const { hardware, traits, os, profile } = state;
  const mac = hardware.platform === "macOS";
  const mayTell = profile !== undefined && hasRight(state, 16);
  return {
    MessageType: "Authenticate",
    SerialNumber: state.kind.userEnrollment ? undefined : traits.serial,
    // These three are macOS only.
    DeviceName: mac ? `Mac ${traits.serial.slice(-4)}` : undefined,
    ModelName: mac ? hardware.modelName : undefined,
    Model: mac ? hardware.productName : undefined,
    OSVersion: mac || mayTell ? os.version : undefined,
    BuildVersion: mac || mayTell ? os.build : undefined,
    ProductName: mac || mayTell ? hardware.productName : undefined,
  };
}

/** Apple schema: mdm/checkin/tokenupdate.yaml. */
export function tokenUpdate(state: DeviceState, profile: EnrollmentProfile): PlistDict {
  const { hardware, traits } = state;
  const unlocks = hardware.platform === "iOS" && (profile.mdm.accessRights & 4) !== 0;
  return {
    MessageType: "TokenUpdate",
    Token: traits.pushToken,
    PushMagic: traits.pushMagic,
    UnlockToken: unlocks ? traits.unlockToken : undefined,
    AwaitingConfiguration: state.awaitingConfiguration,
  };
}

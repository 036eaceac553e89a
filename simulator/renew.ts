import type { CommandAnswer } from "./answer.ts";
import { acknowledged, codes, refused } from "./answer.ts";
import { authenticate, tokenUpdate } from "./enrol.ts";
import type { MdmClient } from "./mdm-client.ts";
import type { EnrollmentProfile } from "./profile.ts";
import { readOtherProfile, readProfile } from "./profile.ts";
import type { PlistDict } from "./plist.ts";
import { data } from "./plist.ts";
import { beginTransaction, requestIdentity } from "./scep-client.ts";
import type { DeviceState } from "./state.ts";
import { hasRight } from "./state.ts";
import type { Transport } from "./transport.ts";

/**
 * InstallProfile. What another profile says changes nothing in a simulated device, but it has it. The enrollment profile again means a new identity: SCEP with a new key, then Authenticate and TokenUpdate
 * with it. Whatever fails on the way, the device keeps the profile and the identity it has. Apple schema:
 * mdm/commands/profile.install.yaml; mdm/profiles/com.apple.mdm.yaml says what may not change.
 */
export async function installProfile(
  state: DeviceState,
  client: MdmClient,
  transport: Transport,
  command: PlistDict,
): Promise<CommandAnswer> {
  if (!hasRight(state, 2)) return refused(codes.invalidAccessRights, "The server has no right to install profiles.");
  const payload = data(command, "Payload");
  if (payload === undefined) return { status: "CommandFormatError" };
  const before = state.profile;
  let profile: EnrollmentProfile;
  try {
    const other = readOtherProfile(payload);
    if (other !== undefined) {
      state.otherProfiles.add(other);
      state.note("profile-installed", { identifier: other });
      return acknowledged();
    }
    profile = readProfile(payload);
  } catch (error) {
    return refused(codes.profileInvalid, String(error));
  }
  if (before === undefined || profile.identifier !== before.identifier)
    return refused(codes.replacementMismatch, "The device is enrolled with another profile.");
  const changed = mismatch(before, profile);
  if (changed !== undefined) {
    state.note("renewal-refused", { changed });
    return refused(codes.replacementMismatch, `MDM replacement mismatch: ${changed}`);
  }
  return renewIdentity(state, client, transport, before, profile);
}

/** What a replacement may not change, if this one does. */
function mismatch({ mdm: before }: EnrollmentProfile, { mdm: after }: EnrollmentProfile): string | undefined {
  if (after.topic !== before.topic) return "Topic";
  if (after.serverUrl !== before.serverUrl) return "ServerURL";
  if (after.checkInUrl !== before.checkInUrl) return "CheckInURL";
  if ((after.accessRights & ~before.accessRights) !== 0) return "AccessRights";
  const perUser = (mdm: typeof before): boolean =>
    mdm.serverCapabilities.includes("com.apple.mdm.per-user-connections");
  return perUser(after) === perUser(before) ? undefined : "ServerCapabilities";
}

async function renewIdentity(
  state: DeviceState,
  client: MdmClient,
  transport: Transport,
  before: EnrollmentProfile,
  profile: EnrollmentProfile,
): Promise<CommandAnswer> {
  const former = client.identity();
  try {
    const transaction = await beginTransaction(profile.scep, state.clock);
    const identity = await requestIdentity({
      payload: profile.scep,
      transaction,
      transport,
      old: state.kind.oldScep === true,
    });
    client.become(identity);
    state.profile = profile;
    for (const message of [authenticate(state), tokenUpdate(state, profile)]) {
      const delivery = await client.checkIn(message);
      if (delivery.outcome !== "ok") throw new Error(delivery.why);
    }
  } catch (error) {
    state.profile = before;
    client.become(former);
    state.note("renewal-failed", { why: String(error) });
    return refused(codes.profileInvalid, `The profile could not be installed: ${String(error)}`);
  }
  state.note("identity-renewed");
  // Some answer on the connection that the command came by, where they are still who they were.
  if (state.traits.answersAsFormer) state.answersAs = former;
  return acknowledged();
}

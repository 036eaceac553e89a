import type { Clock } from "./clock.ts";
import type { Hardware } from "./hardware.ts";
import type { Kind } from "./kind.ts";
import type { KindName } from "./kinds.ts";
import type { PlistDict } from "./plist.ts";
import type { EnrollmentProfile } from "./profile.ts";
import type { Note, SimRecord } from "./record.ts";
import type { DeviceIdentity } from "./scep-client.ts";
import type { SimOs, SimRelease } from "./releases.ts";
import type { Traits } from "./traits.ts";

/** What one device is and knows. Its parts read and change it; only the device's own life does so, one step at a time. */
export interface DeviceState {
  readonly name: KindName;
  readonly kind: Kind;
  readonly hardware: Hardware;
  readonly traits: Traits;
  readonly clock: Clock;
  readonly releases: readonly SimRelease[];
  readonly record: SimRecord;
  readonly note: Note;
  os: SimOs;
  profile: EnrollmentProfile | undefined;
  /** Identifiers of the profiles it was sent beside that one. */
  readonly otherProfiles: Set<string>;
  awaitingConfiguration: boolean;
  /** Commands it will still answer with NotNow. */
  notNowLeft: number;
  /** It answers NotNow for as long as that is true. */
  readonly isBusy: () => boolean;
  /** The identity that its next answer is given with, where that is not the one it has. */
  answersAs: DeviceIdentity | undefined;
  /** When a Mac last looked for updates; virtual ms. */
  lastScanAt: number;
  /** When each trouble of its kind ends, once it has been met; virtual ms. */
  readonly troubleEnds: Map<number, number>;
  /** Asleep on battery until then, once it has begun; virtual ms. */
  napsUntil: number | undefined;
  /** The server confirmed the escrow of the bootstrap token. */
  escrowed: boolean;
}

/** What every message names the device by: a user enrollment hides its UDID. */
export const identityOf = (state: DeviceState): PlistDict =>
  state.kind.userEnrollment ? { EnrollmentID: state.traits.udid } : { UDID: state.traits.udid };

/** True when the enrollment profile gives the server this right. */
export const hasRight = (state: DeviceState, right: number): boolean =>
  ((state.profile?.mdm.accessRights ?? 0) & right) !== 0;

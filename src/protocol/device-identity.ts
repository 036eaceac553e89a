/** Who speaks: the keys that every check-in message and every answer carries. */
import { UptickError } from "../errors/index.ts";
import { DictReader } from "./plist/dict-reader.ts";
import type { PlistDict } from "./plist/value.ts";

/**
 * One of UDID and EnrollmentID is always there; the user keys only on a user channel.
 * Source: mdm/checkin/tokenupdate.yaml (UDID, EnrollmentID, UserID, UserShortName, UserLongName, EnrollmentUserID).
 */
export interface DeviceIdentity {
  readonly udid?: string;
  /** Instead of the UDID in a user enrollment. */
  readonly enrollmentId?: string;
  readonly userId?: string;
  readonly userShortName?: string;
  readonly userLongName?: string;
  readonly enrollmentUserId?: string;
}

/** Apple's keys of a DeviceIdentity. */
export const IDENTITY_KEYS = {
  udid: "UDID",
  enrollmentId: "EnrollmentID",
  userId: "UserID",
  userShortName: "UserShortName",
  userLongName: "UserLongName",
  enrollmentUserId: "EnrollmentUserID",
} as const satisfies Record<keyof DeviceIdentity, string>;

/**
 * Reads who sent a message. User keys of another type and empty ones count as absent.
 * @throws UptickError `message-invalid` without a non-empty UDID or EnrollmentID
 */
export function readIdentity(dict: PlistDict, where: string): DeviceIdentity {
  const read = new DictReader(dict, where);
  const who: { -readonly [K in keyof DeviceIdentity]: DeviceIdentity[K] } = {};
  for (const [field, key] of Object.entries(IDENTITY_KEYS) as [keyof DeviceIdentity, string][]) {
    const value = read.lenient("string", key);
    if (value !== undefined && value !== "") who[field] = value;
  }
  if (who.udid === undefined && who.enrollmentId === undefined) {
    throw new UptickError("message-invalid", `${where}: a non-empty UDID or EnrollmentID is missing.`);
  }
  return who;
}

/** True when the message belongs to a user of the device (macOS, Shared iPad) and not to the device itself. */
export function isUserChannel(who: DeviceIdentity): boolean {
  return who.userId !== undefined || who.userShortName !== undefined || who.enrollmentUserId !== undefined;
}

/** Apple's id of the enrollment: the UDID, or the EnrollmentID of a user enrollment. */
export function appleId(who: DeviceIdentity): string {
  const id = who.udid ?? who.enrollmentId;
  if (id === undefined) throw new UptickError("message-invalid", "A device identity lacks both UDID and EnrollmentID.");
  return id;
}

/** The clock of a job's device. */
import type { Clock } from "../deadlines/clock.ts";

/** What is known of a device's zone: it has one, or an admin named one for it. */
export interface KnownZone {
  readonly zone: string;
  readonly zoneKnown: boolean;
  readonly zoneNamed?: boolean;
}

/** A zone that nobody named is none: the device may be anywhere. */
export const clockOf = ({ zone, zoneKnown, zoneNamed }: KnownZone): Clock =>
  zoneKnown ? { kind: "known", zone } : { kind: "unknown", named: zoneNamed === true ? [zone] : [] };

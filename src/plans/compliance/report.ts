/** What is known of one device at a moment in the past: which version it ran, and what Apple offered to it then (console K6). Pure. */
import {
  type Catalog,
  dayOf,
  isSatisfied,
  type ListedDevice,
  type Observation,
  openTo,
  positionOf,
  postedOn,
} from "../../catalog/index.ts";
import { DAY } from "../jobs/units.ts";

/** A version that the device was seen on, from a moment on (ms UTC). */
export interface SeenSince extends Observation {
  readonly firstSeenAt: number;
}

export interface DeviceAt {
  /** The newest of its versions by then. */
  readonly seen: SeenSince;
  /** The newest release of its major that was offered to it; null: not known, or none was. */
  readonly newest: NewestAt | null;
  /** The newest release of any major; null: not known, or none was. */
  readonly newestOfAny: string | null;
}

export interface NewestAt {
  readonly version: string;
  /** YYYY-MM-DD */
  readonly postedOn: string;
  /** When the device was first seen on it, or on a newer one (ms UTC); null: it was not by then. */
  readonly reachedAt: number | null;
  /** Whole days from Apple's posting to then, or to the moment of the report where the device was not on it. */
  readonly days: number;
}

/** `seen`: its versions by then, oldest first. `index`: the list of then. Undefined: it had not named a version. */
export function deviceAt(
  seen: readonly SeenSince[],
  listed: Omit<ListedDevice, "version"> | null,
  index: Catalog,
  at: number,
): DeviceAt | undefined {
  const last = seen.at(-1);
  if (last === undefined) return undefined;
  const none = { seen: last, newest: null, newestOfAny: null };
  if (listed === null) return none;
  const { inMajor, newest } = openTo(index, { ...listed, version: last.version }, at);
  const posted = inMajor === undefined ? undefined : postedOn(index, listed, inMajor.version);
  const newestOfAny = newest?.version ?? null;
  if (inMajor === undefined || posted === undefined) return { ...none, newestOfAny };
  const reached = seen.find((one) => isSatisfied(positionOf(inMajor, one)));
  // It was there once and is no longer: it was erased, or enrolled again with an older version.
  const isThere = isSatisfied(positionOf(inMajor, last));
  const reachedAt = isThere ? (reached?.firstSeenAt ?? null) : null;
  const until = Date.parse(dayOf(reachedAt ?? at));
  const days = Math.max(0, Math.round((until - Date.parse(posted)) / DAY));
  return { seen: last, newest: { version: inMajor.version, postedOn: posted, reachedAt, days }, newestOfAny };
}

/**
 * What is stored of Apple's list beside its releases: the newest list, and how its fetches go. Both are one setting, so that a
 * fetch that changes nothing writes one row.
 */
import type { DateSource, FetchCause } from "../../catalog/index.ts";
import type { Json, ReleaseRow, Write } from "../../store/index.ts";
import type { Validators } from "../ports.ts";

/** Setting that holds the newest list and the state of its fetches. */
export const LIST = "catalog";
/** Setting that holds the last fetched list that was only too small: an admin may accept it. */
export const SMALLER = "catalog-smaller";

/** A list that was taken. */
export interface ListRecord {
  /** YYYY-MM-DD: of which day it is. */
  readonly date: string;
  readonly from: DateSource;
  /** ms UTC, above that of any list before. A release is in the list when it was last seen then. */
  readonly takenAt: number;
  /** When the same list was fetched again (ms UTC); its `date` is of that day then. Absent: never. */
  readonly confirmedAt?: number;
  /** Pairs of a version and a device's id. */
  readonly pairs: number;
  /** Hash of its releases. Absent: it was taken by an earlier version. */
  readonly mark?: string;
  /**
   * When the newest list of an earlier day than this one was taken. Where this one has confirmed that list it is the moment of both:
   * what the list lacks is in neither.
   */
  readonly before: { readonly date: string; readonly takenAt: number } | null;
}

export interface FetchFailure {
  readonly cause: FetchCause;
  /** The error's code, a status, or a count. */
  readonly detail: string;
}

/** How the fetches go. Moments are real time, ms UTC. */
export interface FetchState {
  /** When the server fetches next; null: not planned yet. */
  readonly nextAt: number | null;
  readonly triedAt: number | null;
  readonly goodAt: number | null;
  /** The last fetch that was asked for, and that the service has answered. */
  readonly askedAt: number | null;
  /** Who is fetching. It counts until `until`: its process may have died. */
  readonly claim: { readonly id: string; readonly until: number } | null;
  /** Of the newest list; null where another way than a fetch brought it. */
  readonly validators: Validators | null;
  /** Since the last good fetch. */
  readonly failure: (FetchFailure & { readonly since: number; readonly count: number }) | null;
  /** Entries of the list in force that could not be read, some of them; empty where another way than a fetch brought it. */
  readonly problems: readonly string[];
  /** A list waits in SMALLER. `before`: pairs of the list in force then. */
  readonly smaller: { readonly date: string; readonly pairs: number; readonly before: number } | null;
}

export const NOT_FETCHED: FetchState = {
  nextAt: null,
  triedAt: null,
  goodAt: null,
  askedAt: null,
  claim: null,
  validators: null,
  failure: null,
  problems: [],
  smaller: null,
};

/** A list with its releases, as it was read. */
export interface GivenList {
  readonly rows: readonly Omit<ReleaseRow, "firstSeenAt" | "lastSeenAt">[];
  readonly list: Pick<ListRecord, "date" | "from" | "pairs" | "mark">;
}

/** What the setting SMALLER holds. */
export interface SmallerList extends GivenList {
  readonly problems: readonly string[];
  readonly validators: Validators | null;
  /** Real time, ms UTC. */
  readonly fetchedAt: number;
}

type Stored = Partial<ListRecord> & { readonly fetch?: FetchState };
const storedIn = (value: Json | undefined): Stored => (value ?? {}) as unknown as Stored;

export function listIn(value: Json | undefined): ListRecord | null {
  const { fetch: _fetch, ...list } = storedIn(value);
  return list.takenAt === undefined ? null : (list as ListRecord);
}

export const fetchIn = (value: Json | undefined): FetchState => storedIn(value).fetch ?? NOT_FETCHED;

export const smallerIn = (value: Json | undefined): SmallerList | null =>
  (value ?? null) as unknown as SmallerList | null;

/** The one row that holds both. */
export function listSetting(list: ListRecord | null, fetch: FetchState): Write {
  return { put: "setting", row: { name: LIST, value: { ...list, fetch } as unknown as Json } };
}

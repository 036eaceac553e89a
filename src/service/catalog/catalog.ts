/** The catalog as the service reads it, and what is said with its age. */
import { type Catalog, type KnownRelease, lookupIdsOf, NO_CATALOG, type Release } from "../../catalog/index.ts";
import type { AdminStore, EnrollmentRow, ReleaseRow } from "../../store/index.ts";
import { platformFrom } from "../enrollment/device-facts.ts";
import { fetchIn, type FetchState, LIST, listIn, type ListRecord } from "./list-record.ts";
import type { Ports } from "../ports.ts";

/** A catalog with its rows, which say since when and until when each was seen. */
export interface StoredCatalog extends Catalog {
  readonly list: ListRecord | null;
  readonly rows: readonly ReleaseRow[];
}

/** What a reader of jobs must know beside their rows: the time, and what Apple lists. */
export interface Reading {
  /** ms UTC */
  readonly now: number;
  readonly catalog: Catalog;
}

/** The newest list that a store has given: reading all of it for each request would cost more than the request. */
const READ = new WeakMap<AdminStore, StoredCatalog>();

export async function catalogOf({ admin, devices }: Pick<Ports, "admin" | "devices">): Promise<StoredCatalog> {
  const [setting] = await devices.read({ from: "setting", where: { name: LIST } });
  const list = listIn(setting?.value);
  if (list === null) return { ...NO_CATALOG, list, rows: [] };
  const before = READ.get(admin);
  // A list that was confirmed has the same rows, but says more of what it lacks.
  if (before?.list?.takenAt === list.takenAt && before.list.confirmedAt === list.confirmedAt) return before;
  const catalog = joined(list, await admin.releases());
  READ.set(admin, catalog);
  return catalog;
}

export async function fetchStateOf({ devices }: Pick<Ports, "devices">): Promise<FetchState> {
  const [setting] = await devices.read({ from: "setting", where: { name: LIST } });
  return fetchIn(setting?.value);
}

export const readingOf = async (ports: Pick<Ports, "admin" | "devices" | "now">): Promise<Reading> => ({
  now: ports.now(),
  catalog: await catalogOf(ports),
});

/** Rows as releases of which is known whether the newest lists have them. */
export function joined(list: ListRecord, rows: readonly ReleaseRow[]): StoredCatalog {
  const absent = ({ lastSeenAt }: ReleaseRow): KnownRelease["absent"] => {
    if (lastSeenAt >= list.takenAt) return 0;
    return list.before !== null && lastSeenAt < list.before.takenAt ? 2 : 1;
  };
  const releases = rows.map((row) => ({
    ...(row.doc as unknown as Release),
    absent: absent(row),
    since: row.firstSeenAt,
  }));
  return { list, rows, releases };
}

/** What Apple lists the device by; empty while it has not said it. */
export function listedBy(row: EnrollmentRow): string[] {
  const platform = platformFrom(row.platform);
  return platform === undefined ? [] : lookupIdsOf({ ...row, platform });
}

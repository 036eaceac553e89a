/** Apple's list of releases: taken, fetched, listed, and one release of it. */
import {
  bestStateFor,
  type Catalog,
  isForNobody,
  type KnownRelease,
  type Release,
  type ReleaseState,
  RELEASE_STATES,
  versionText,
} from "../../catalog/index.ts";
import type {
  CatalogList,
  CatalogQuery,
  CveFeed,
  FetchStateView,
  Page,
  ReleaseDetail,
  Release as ReleaseView,
} from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import { releaseWords } from "../../words/index.ts";
import { compareVersions, PLATFORMS } from "../../protocol/index.ts";
import type { ReleaseRow } from "../../store/index.ts";
import { catalogOf, fetchStateOf, type StoredCatalog } from "./catalog.ts";
import type { CatalogFetch } from "./catalog-fetch.ts";
import { cursorOf, keyIn } from "../cursor.ts";
import { feedViews, fixesOf, securityIn, type StoredSecurity } from "./security.ts";
import { fetchStateView } from "./fetch-view.ts";
import { type CatalogIntake, createIntake } from "./intake.ts";
import { listParams, listView, releaseId } from "./list-view.ts";
import { isoTime } from "../iso-time.ts";
import type { Ports } from "../ports.ts";

/** Where a release stands; "no-devices": it is in the newest list, for no device. */
type ShownState = ReleaseView["state"];

export interface CatalogService extends CatalogIntake {
  /** Newest version first. */
  releases(query: CatalogQuery): Promise<Page<ReleaseView> & ShownList>;
  /** `ref`: its id, or a build or version that only one release has. Throws `release-unknown`, `release-ambiguous`. */
  release(ref: string): Promise<ReleaseDetail>;
}

interface ShownList {
  readonly list: CatalogList | null;
  readonly fetch: FetchStateView;
  readonly cveFeeds: readonly CveFeed[];
}

export interface CatalogOptions {
  /** The server fetches Apple's list once a day. */
  readonly fetchesCatalog: boolean;
}

interface Entry {
  readonly row: ReleaseRow;
  readonly doc: Release;
  readonly state: ShownState;
}

export function createCatalogService(
  ports: Ports,
  fetches: Pick<CatalogFetch, "fetch">,
  { fetchesCatalog }: CatalogOptions,
): CatalogService {
  return {
    ...createIntake(ports, fetches),
    async releases({ after, limit, ...filter }) {
      const now = ports.now();
      const [catalog, security] = await Promise.all([catalogOf(ports), securityIn(ports)]);
      const all = grouped(catalog, now, filter);
      // A cursor of a list that is filtered otherwise would begin somewhere else.
      const name = `catalog ${JSON.stringify(filter)}`;
      const key = keyIn(name, after);
      const start = key === undefined ? 0 : all.findIndex((entries) => releaseId(entries[0].doc) === key) + 1;
      const rows = all.slice(start, start + limit);
      const last = start + limit < all.length ? rows.at(-1) : undefined;
      return {
        rows: rows.map((entries) => releaseView(entries, catalog, security, now)),
        next: cursorOf(name, last === undefined ? undefined : releaseId(last[0].doc)),
        list: catalog.list === null ? null : listView(catalog.list, now),
        cveFeeds: feedViews(security),
        fetch: fetchStateView(await fetchStateOf(ports), fetchesCatalog),
      };
    },
    async release(ref) {
      const now = ports.now();
      const [catalog, security] = await Promise.all([catalogOf(ports), securityIn(ports)]);
      const entries = named(ref, grouped(catalog, now, {}));
      const [{ doc: first }] = entries;
      return {
        ...releaseView(entries, catalog, security, now),
        prerequisiteBuild: first.prerequisiteBuild ?? null,
        listings: entries.map(({ row, doc, state }) => ({
          state,
          postedOn: doc.postingDate,
          expiresOn: doc.expirationDate ?? null,
          devices: doc.devices,
          firstSeenAt: isoTime(row.firstSeenAt),
          lastSeenAt: isoTime(row.lastSeenAt),
        })),
      };
    },
  };
}

/** Releases that are named where a text fits several. */
const MOST_NAMED = 10;

function named(ref: string, all: readonly Group[]): Group {
  const wanted = ref.trim().toLowerCase();
  const having = (text: (one: Release) => string): Group[] =>
    all.filter(([{ doc }]) => text(doc).toLowerCase() === wanted);
  const texts = [
    releaseId,
    ({ build }: Release) => build,
    ({ version, extra }: Release) => versionText(version, extra),
  ];
  const found = texts.map(having).find((some) => some.length > 0) ?? [];
  const [only, another] = found;
  if (only === undefined) throw new UptickError("release-unknown", `The catalog has no release ${ref}.`);
  if (another === undefined) return only;
  const ids = found.map(([{ doc }]) => releaseId(doc));
  const more = ids.length > MOST_NAMED ? `, and ${ids.length - MOST_NAMED} more` : "";
  throw new UptickError(
    "release-ambiguous",
    `The catalog has ${ids.length} releases ${ref}: ${ids.slice(0, MOST_NAMED).join(", ")}${more}.`,
  );
}

type Group = readonly [Entry, ...Entry[]];

const ORDER = Object.fromEntries(PLATFORMS.map((platform, i) => [platform, i]));

/** The rows of one release together, the best state first; releases by platform, the newest version first. */
function grouped(
  catalog: StoredCatalog,
  now: number,
  { platform, version, device }: Omit<CatalogQuery, "after" | "limit">,
): Group[] {
  const { list, rows, releases } = catalog;
  if (list === null) return [];
  const groups = new Map<string, [Entry, ...Entry[]]>();
  for (const [i, doc] of releases.entries()) {
    const row = rows[i];
    if (row === undefined || !isOf(platform, doc)) continue;
    if (version !== undefined && compareVersions(doc.version, version) !== 0) continue;
    if (device !== undefined && !doc.devices.some((id) => id.toLowerCase() === device.toLowerCase())) continue;
    for (const [state, devices] of statesOf(doc, catalog, now)) {
      const entry: Entry = { row, doc: { ...doc, devices }, state };
      const group = groups.get(releaseId(doc));
      if (group === undefined) groups.set(releaseId(doc), [entry]);
      else group.push(entry);
    }
  }
  for (const group of groups.values()) group.sort((a, b) => rank(a.state) - rank(b.state));
  return [...groups.values()].sort(
    ([{ doc: a }], [{ doc: b }]) =>
      (ORDER[a.platform] ?? 0) - (ORDER[b.platform] ?? 0) ||
      compareVersions(b.version, a.version) ||
      (a.build < b.build ? -1 : 1),
  );
}

/** The models of an entry by where it stands for them: Apple may have replaced it for some only. */
function statesOf(doc: KnownRelease, catalog: Catalog, now: number): ReadonlyMap<ShownState, string[]> {
  if (isForNobody(doc)) return new Map([["no-devices", []]]);
  const found = new Map<ShownState, string[]>();
  const stateOf = (lookupIds: readonly string[]): ReleaseState | undefined =>
    bestStateFor([doc], catalog, { platform: doc.platform, lookupIds }, now);
  for (const ids of doc.absent > 0 && doc.devices.length > 0 ? doc.devices.map((id) => [id]) : [doc.devices]) {
    const state = stateOf(ids);
    if (state !== undefined) found.set(state, [...(found.get(state) ?? []), ...ids]);
  }
  return found;
}

/** iPadOS is not a separate platform: Apple's list has iPads under iOS. */
function isOf(platform: string | undefined, { platform: own, devices }: Release): boolean {
  if (platform !== "iPadOS") return platform === undefined || own === platform;
  return own === "iOS" && devices.some((id) => id.startsWith("iPad"));
}

/** The best first; one that names no device is below all that do. */
const rank = (state: ShownState): number =>
  state === "no-devices" ? RELEASE_STATES.length : RELEASE_STATES.indexOf(state);

function releaseView(entries: Group, { list }: StoredCatalog, security: StoredSecurity, now: number): ReleaseView {
  const [{ doc, state }] = entries;
  const ends = entries.filter((one) => one.state === state).flatMap((one) => one.doc.expirationDate ?? []);
  const postings = entries.map((one) => one.doc.postingDate).toSorted();
  const expirationDate = ends.toSorted().at(-1) ?? null;
  const postingDate = postings[0] ?? doc.postingDate;
  return {
    id: releaseId(doc),
    platform: doc.platform,
    version: doc.version,
    build: doc.build,
    extra: doc.extra ?? null,
    state,
    sentence: releaseWords(state, list === null ? null : listParams(list, now), {
      postedOn: postingDate,
      until: expirationDate,
    }),
    postedOn: postingDate,
    expiresOn: expirationDate,
    devices: new Set(entries.flatMap((one) => one.doc.devices)).size,
    isPublic: entries.some((one) => one.doc.isPublic),
    fixes: fixesOf(security, doc),
    firstSeenAt: isoTime(Math.min(...entries.map(({ row }) => row.firstSeenAt))),
    lastSeenAt: isoTime(Math.max(...entries.map(({ row }) => row.lastSeenAt))),
  };
}

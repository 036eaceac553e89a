/** Fetches on a real store in memory, with a clock that the test sets and a service that answers as it says. */
import { DatabaseSync } from "node:sqlite";
import { expect } from "vitest";
import { byName, migrate, openInProcess } from "../../store/sqlite/index.ts";
import type { Write } from "../../store/index.ts";
import { type Actor, systemActor } from "../actor.ts";
import type { JsonOutcome, LookupService, Ports, Validators } from "../ports.ts";
import { transactions } from "../transactions.ts";
import { catalogOf, fetchStateOf } from "./catalog.ts";
import { type CatalogService, createCatalogService } from "./catalog-service.ts";
import { type CatalogFetch, createCatalogFetch, type FetchWhy } from "./catalog-fetch.ts";

export const DAY = 86_400_000;
export const HOUR = 3_600_000;
/** A Tuesday, before the window. */
export const NOON = Date.UTC(2026, 7, 25, 12);

const PHONES = ["iPhone14,2", "iPhone15,2"];

/** A whole list: these versions for iPhones, and one for a Mac that is no part of any test. */
export function feedOf(...versions: string[]): unknown {
  const entry = (version: string, devices: readonly string[]) => ({
    ProductVersion: version,
    Build: `B${version}`,
    PostingDate: "2026-08-17",
    ExpirationDate: "2027-11-20",
    SupportedDevices: devices,
  });
  const sets = { iOS: versions.map((one) => entry(one, PHONES)), macOS: [entry("26.6", ["J314sAP"])] };
  return { PublicAssetSets: sets, AssetSets: sets };
}

export const marks = (etag: string): Validators => ({ etag, lastModified: null });
export const json = (feed: unknown, etag = "e"): JsonOutcome => ({ kind: "json", json: feed, validators: marks(etag) });
export const failed = (cause: "unreachable" | "status" = "unreachable", detail = "x"): JsonOutcome => ({
  kind: "failed",
  cause,
  detail,
});
export const SAME: JsonOutcome = { kind: "not-modified" };

export interface FetchWorld {
  /** Real time and that of plans, ms UTC. */
  now: number;
  /** What the service answers from now on. */
  answer: JsonOutcome | Promise<JsonOutcome>;
  /** The validators of each fetch so far. */
  readonly asked: (Validators | null)[];
  /** What was written since the last call. */
  writes(): Write[];
  /** Another process on the same store. */
  process(): CatalogFetch;
  fetch(why?: FetchWhy, by?: CatalogFetch): ReturnType<CatalogFetch["fetch"]>;
  readonly service: CatalogService;
  readonly actor: Actor;
  /** A list whose file was changed now. */
  import(feed: unknown): Promise<unknown>;
  state(): ReturnType<typeof fetchStateOf>;
  /** "26.6 0": the releases for iPhones, and how many lists in a row lack each. */
  absences(): Promise<string[]>;
  listDate(): Promise<string | undefined>;
  /** All that a bad fetch must leave as it is. */
  catalog(): unknown;
}

export function fetchWorld(): FetchWorld {
  const db = new DatabaseSync(":memory:");
  migrate(db, "");
  const written: Write[] = [];
  const lives = (_point: string, write?: Write): boolean => {
    if (write !== undefined) written.push(write);
    return true;
  };
  const { devices, admin } = openInProcess({ db, transactions: byName(transactions), lives });
  const asked: (Validators | null)[] = [];
  const source: LookupService = {
    async fetch(validators) {
      asked.push(validators);
      return world.answer;
    },
  };
  let ids = 0;
  const nothing = (): void => undefined;
  const ports = {
    devices,
    admin,
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    now: () => world.now,
    realNow: () => world.now,
    newId: () => `id-${(ids += 1)}`,
    // The first minute of each window.
    random: (bytes: number) => new Uint8Array(bytes),
  } as unknown as Ports;
  const first = createCatalogFetch(ports, source);
  const service = createCatalogService(ports, first, { fetchesCatalog: true });
  const actor = systemActor(ports);
  const world: FetchWorld = {
    now: NOON,
    answer: json(feedOf("26.5", "26.6")),
    asked,
    writes: () => written.splice(0),
    process: () => createCatalogFetch(ports, source),
    fetch: (why = "admin", by = first) => by.fetch(why, actor),
    service,
    actor,
    import: (feed) => service.importCatalog(actor, feed, { modifiedAt: world.now }),
    state: () => fetchStateOf(ports),
    async absences() {
      const { releases } = await catalogOf(ports);
      const phones = releases.filter(({ platform }) => platform === "iOS");
      return phones.map(({ version, absent }) => `${version} ${absent}`).toSorted();
    },
    listDate: async () => (await catalogOf(ports)).list?.date,
    catalog() {
      const value = db.prepare("SELECT value FROM setting WHERE name = 'catalog'").get()?.["value"];
      const { fetch: _fetch, ...list } = JSON.parse(String(value ?? "{}")) as { fetch?: unknown };
      return { list, releases: db.prepare("SELECT * FROM release ORDER BY id").all() };
    },
  };
  return world;
}

/** A world with a good list, fetched by the loop at 18:00 on the day before `NOON`. */
export async function withList(...versions: string[]): Promise<FetchWorld> {
  const world = fetchWorld();
  world.now = NOON - DAY;
  await world.fetch("schedule");
  world.now = NOON - DAY + 6 * HOUR;
  world.answer = json(feedOf(...versions));
  expect(await world.fetch("schedule")).toMatchObject({ kind: "taken" });
  world.now = NOON;
  world.writes();
  return world;
}

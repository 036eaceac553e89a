/** Feeds that are fetched, over the real store; only where they come from is scripted. */
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FeedPlatform, sampleLookupService } from "../../catalog/index.ts";
import { sofaEntry, sofaFeed } from "../../catalog/security-feed.suite.ts";
import type { AdminStore, DeviceStore } from "../../store/index.ts";
import { byName, migrate, openInProcess } from "../../store/sqlite/index.ts";
import { systemActor } from "../actor.ts";
import type { JsonOutcome, Validators, Ports } from "../ports.ts";
import { transactions } from "../transactions.ts";
import type { CatalogFetch } from "./catalog-fetch.ts";
import { createCatalogService } from "./catalog-service.ts";
import { feedViews, fixesOf, securityIn } from "./security.ts";
import { createSecurityFetch } from "./security-fetch.ts";

const A = "CVE-2026-65400";
const VALIDATORS = { etag: '"1"', lastModified: null };
const NONE: JsonOutcome = { kind: "failed", cause: "status", detail: "status 404" };
/** A feed of Macs. */
const macs = (...entries: readonly unknown[]): JsonOutcome => ({
  kind: "json",
  json: sofaFeed(entries),
  validators: VALIDATORS,
});

let store: { devices: DeviceStore; admin: AdminStore };
let db: DatabaseSync;
let now: number;
let ports: Ports;
let logged: (readonly [level: string, event: string, fields: object | undefined])[];
beforeEach(() => {
  db = new DatabaseSync(":memory:");
  migrate(db, "");
  store = openInProcess({ db, transactions: byName(transactions) });
  now = Date.UTC(2026, 7, 25, 19);
  logged = [];
  const note = (level: string) => (event: string, fields?: object) => void logged.push([level, event, fields]);
  const log = { debug: note("debug"), info: note("info"), warn: note("warn"), error: note("error") };
  ports = { ...store, log, now: () => now } as unknown as Ports;
});
afterEach(async () => {
  await store.devices.close();
  db.close();
});

/** Fetches once. `given`: what comes of each platform; a 404 otherwise. */
async function fetched(given: Partial<Record<FeedPlatform, JsonOutcome>>) {
  const asked: (readonly [FeedPlatform, Validators | null])[] = [];
  const unknown: string[][] = [];
  const feeds = {
    fetch: async (platform: FeedPlatform, validators: Validators | null) => {
      asked.push([platform, validators]);
      return given[platform] ?? NONE;
    },
  };
  await createSecurityFetch(
    ports,
    feeds,
    async (releases) => void unknown.push(releases.map((one) => one.version)),
  ).fetchAll();
  return { asked, unknown };
}
const exploited = async (version: string) =>
  fixesOf(await securityIn(ports), { platform: "macOS", version })?.exploited;

describe("the feeds of CVEs", () => {
  it("are fetched for all platforms, and what one brings is known at once", async () => {
    const { asked } = await fetched({ macOS: macs(sofaEntry({ version: "26.6.1", exploited: [A] })) });
    expect(asked).toEqual([
      ["iOS", null],
      ["macOS", null],
      ["tvOS", null],
      ["visionOS", null],
    ]);
    expect(await exploited("26.6.1")).toEqual([A]);
    expect(await exploited("26.6")).toBeUndefined();
    expect(logged).toContainEqual([
      "info",
      "cve-feed-fetched",
      { platform: "macOS", date: "2026-08-22", added: 1, exploited: 1, problems: 0 },
    ]);
  });

  it("change what was read before", async () => {
    await fetched({ macOS: macs(sofaEntry({ version: "26.6.1", cves: [A] })) });
    expect(await exploited("26.6.1")).toEqual([]);
    now += 86_400_000;
    await fetched({ macOS: macs(sofaEntry({ version: "26.6.1", exploited: [A] })) });
    expect(await exploited("26.6.1")).toEqual([A]);
  });

  it("are asked for what is newer than the last, and the same feed confirms what is known", async () => {
    await fetched({ macOS: macs(sofaEntry({ version: "26.6.1", exploited: [A] })) });
    now += 86_400_000;
    const { asked } = await fetched({ macOS: { kind: "not-modified" } });
    expect(asked[1]).toEqual(["macOS", VALIDATORS]);
    const { feeds } = await securityIn(ports);
    expect(feeds.get("macOS")).toMatchObject({ good: { takenAt: now, date: "2026-08-22" }, failed: null });
    expect(await exploited("26.6.1")).toEqual([A]);
  });

  it.each<[string, JsonOutcome, string]>([
    ["can't be fetched", { kind: "failed", cause: "unreachable", detail: "ECONNREFUSED" }, "ECONNREFUSED"],
    [
      "is another kind of file",
      { kind: "json", json: sampleLookupService(), validators: null },
      "OSVersions is not in it",
    ],
    [
      "is of another platform",
      { kind: "json", json: sofaFeed([sofaEntry({ version: "26.6" }, { ProductName: "tvOS" })]), validators: null },
      "It is the feed of tvOS.",
    ],
    ["fails with a long text", { kind: "failed", cause: "status", detail: "x".repeat(9000) }, "x".repeat(200)],
  ])("change nothing where one %s, which is a warning", async (_what, outcome, reason) => {
    await fetched({ macOS: macs(sofaEntry({ version: "26.6.1", exploited: [A] })) });
    const rows = await store.admin.securityReleases();
    logged = [];
    await fetched({
      macOS: outcome,
      tvOS: {
        kind: "json",
        json: sofaFeed([sofaEntry({ version: "26.6" }, { ProductName: "tvOS" })]),
        validators: null,
      },
    });
    const [mac] = feedViews(await securityIn(ports)).filter(({ platform }) => platform === "macOS");
    expect(mac).toMatchObject({
      feedDate: "2026-08-22",
      failedAt: "2026-08-25T19:00:00.000Z",
      failure: expect.stringContaining(reason),
    });
    expect(mac?.failure?.length).toBeLessThanOrEqual(200);
    const warned = logged.filter(([level, event]) => level === "warn" && event === "cve-feed-failed");
    expect(warned.map(([, , fields]) => fields)).toContainEqual(expect.objectContaining({ platform: "macOS" }));
    const after = await store.admin.securityReleases();
    expect(after.filter(({ platform }) => platform === "macOS")).toEqual(rows);
    // The other platforms are not held up.
    expect(after.filter(({ platform }) => platform === "tvOS")).toHaveLength(1);
  });

  it("end where they are stopped, before the next platform", async () => {
    const asked: FeedPlatform[] = [];
    const unknown: unknown[] = [];
    const fetch = createSecurityFetch(
      ports,
      {
        fetch: async (platform, _validators, signal) => {
          asked.push(platform);
          fetch.stop();
          expect(signal.aborted).toBe(true);
          return { kind: "stopped" };
        },
      },
      async (releases) => void unknown.push(releases),
    );
    await fetch.fetchAll();
    await fetch.fetchAll();
    expect([asked, unknown, logged]).toEqual([["iOS"], [], []]);
  });
});

describe("a release that the catalog does not know", () => {
  beforeEach(async () => {
    const never = {} as CatalogFetch;
    const catalog = createCatalogService(ports, never, { fetchesCatalog: false });
    await catalog.importCatalog(systemActor(store), sampleLookupService());
  });
  const feed = (...versions: readonly string[]) => ({
    macOS: macs(...versions.map((version) => sofaEntry({ version, day: "2026-08-24" }))),
  });

  it("is told once, and one that the catalog knows is not", async () => {
    expect((await fetched(feed("26.6.2"))).unknown).toEqual([]);
    expect((await fetched(feed("26.6.2", "26.6.3", "26.7"))).unknown).toEqual([["26.6.3", "26.7"]]);
    expect((await fetched(feed("26.6.2", "26.6.3", "26.7"))).unknown).toEqual([]);
  });

  it("is not told where it was posted long ago: Apple's list drops those", async () => {
    const posted = (version: string, day: string) => sofaEntry({ version, day });
    const { unknown } = await fetched({
      macOS: macs(posted("26.4", "2026-07-25"), posted("26.4.1", "2026-07-26"), posted("12.7.6", "2024-07-29")),
    });
    expect(unknown).toEqual([["26.4.1"]]);
  });

  it("is told where another platform's release has its version", async () => {
    const tv = sofaFeed([sofaEntry({ version: "26.6.2", day: "2026-08-24" }, { ProductName: "tvOS" })]);
    expect((await fetched({ tvOS: { kind: "json", json: tv, validators: null } })).unknown).toEqual([["26.6.2"]]);
  });
});

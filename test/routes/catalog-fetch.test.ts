/** The server fetches Apple's list from a service with real TLS, which answers well, or not. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { sampleLookupService } from "../../src/catalog/index.ts";
import { runCli } from "../../src/cli/index.ts";
import { world } from "../../src/cli/world.suite.ts";
import type { CatalogFetch, CatalogList, FetchStateView, Problem, ServerStatus } from "../../src/contract/index.ts";
import { startUptick, type Uptick } from "../support/index.ts";
import {
  type Fault,
  FAULTS,
  type FakeLookupService,
  forgetFetches,
  listOf,
  realList,
  SMALL_LIST,
  startLookupService,
} from "../support/lookup-service.ts";

let lookup: FakeLookupService;
let uptick: Uptick;
beforeAll(async () => {
  lookup = await startLookupService();
});
afterAll(() => lookup.close());
beforeEach(async () => {
  lookup.answer = listOf(sampleLookupService());
  uptick = await startUptick({ lookupService: lookup, flags: { "catalog-fetch": "daily" } });
});
afterEach(() => uptick.close());

async function fetched(path = "fetch") {
  const reply = await uptick.web.request("POST", `/api/v1/catalog/${path}`);
  return { ...reply.json<CatalogFetch & Problem>(), status: reply.status };
}
const shown = () => uptick.web.get<{ list: CatalogList; fetch: FetchStateView }>("/api/v1/catalog?limit=1");
const releases = () => uptick.rows("SELECT * FROM release ORDER BY id");
async function warnings() {
  const status = await uptick.web.get<ServerStatus>("/api/v1/status");
  return status.warnings.filter(({ reason: code }) => code.startsWith("catalog-"));
}
async function cli(...argv: string[]) {
  const url = `http://127.0.0.1:${uptick.server.web.port}`;
  const made = world([...argv, "--url", url], { env: { UPTICK_TOKEN: uptick.token } });
  return { code: await runCli(made.io), out: made.out(), err: made.err() };
}

/** The sample with another release for the Macs. */
function withNewRelease(): unknown {
  const sample = sampleLookupService();
  const newer = { ...(sample.PublicAssetSets.macOS[1] as object), ProductVersion: "26.7", Build: "25H1" };
  return { ...sample, AssetSets: { ...sample.AssetSets, macOS: [...sample.AssetSets.macOS, newer] } };
}

describe("a fetch of Apple's list", () => {
  it("takes what is new, and says what has changed and when the list was fetched", async () => {
    lookup.answer = listOf(withNewRelease(), { gzip: true });
    expect(await fetched()).toMatchObject({
      status: 200,
      changed: true,
      added: 1,
      left: [],
      listDate: "2026-08-25",
      listDateFrom: "fetch",
      confirmedAt: null,
    });
    const { list, fetch } = await shown();
    expect(list.sentence).toMatch(/^Apple's list of 25 Aug 2026, fetched at 2026-08-25 14:\d\d UTC\.$/);
    expect(fetch).toMatchObject({ automatic: true, failure: null, smaller: null });
    expect(await warnings()).toEqual([]);
    expect(uptick.log.filter(({ event }) => event === "catalog-fetched")).toMatchObject([
      { why: "admin", changed: true },
    ]);
  });

  it.skipIf(realList() === undefined)("takes Apple's list of 2026-08-22 (needs ../shared/data)", async () => {
    lookup.answer = listOf(realList(), { gzip: true });
    expect(await fetched()).toMatchObject({ status: 200, changed: true, problems: [] });
    await forgetFetches(uptick);
    const before = releases();
    expect(await fetched()).toMatchObject({ status: 200, changed: false, added: 0, problems: [] });
    expect(lookup.requests.at(-1)).toHaveProperty("if-none-match");
    expect(releases()).toEqual(before);
  });

  // Requirement C3: the other entries count.
  it("shows the entries that could not be read, also later", async () => {
    const sample = withNewRelease() as ReturnType<typeof sampleLookupService>;
    const macOS = [...sample.AssetSets.macOS, { Build: "25H2" }];
    lookup.answer = listOf({ ...sample, AssetSets: { ...sample.AssetSets, macOS } });
    const problems = ["AssetSets.macOS[6]: ProductVersion is no version"];
    expect(await fetched()).toMatchObject({ status: 200, changed: true, problems });
    await forgetFetches(uptick);
    expect(await fetched()).toMatchObject({ status: 200, changed: false });
    expect((await shown()).fetch.problems).toEqual(problems);
    expect((await cli("catalog", "list")).out).toContain(`\n  problem: ${problems[0]}\n`);
    await uptick.server.admin.server.importCatalog(uptick.server.system, sampleLookupService());
    expect((await shown()).fetch.problems).toEqual([]);
  });

  it("confirms an unchanged list as of today, by an answer or by 304, and writes no release", async () => {
    const before = releases();
    expect(await fetched()).toMatchObject({ status: 200, changed: false, releases: 14, listDate: "2026-08-25" });
    await forgetFetches(uptick);
    expect(await fetched()).toMatchObject({
      status: 200,
      changed: false,
      confirmedAt: expect.stringMatching(/^2026-08-25/) as string,
    });
    expect(lookup.requests.at(-1)).toHaveProperty("if-none-match");
    expect(releases()).toEqual(before);
  });

  it("targets C1: is done at most once an hour, and says when it can be done again", async () => {
    expect(await fetched()).toMatchObject({ status: 200 });
    const asked = lookup.requests.length;
    expect(await fetched()).toMatchObject({
      status: 429,
      code: "catalog-fetch-limited",
      detail: expect.stringMatching(/can be fetched again at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\.$/) as string,
    });
    expect(lookup.requests).toHaveLength(asked);
  });

  const causes: [Fault, string, string][] = [
    ["an empty body", "not-json", "could not be read: the answer is empty."],
    ["an empty object", "not-a-list", "is not a list of releases."],
    ["garbage", "not-json", "the answer is not JSON."],
    ["gzip cut off", "not-json", "the answer is no valid gzip."],
    ["too large a body", "too-large", "was too large: more than 16777216 bytes."],
    ["a gzip bomb", "too-large", "was too large: more than 16777216 bytes."],
    ["status 500", "status", "answered with an error (status 500)."],
    ["status 304 unasked", "status", "(status 304)."],
    ["a redirect", "redirected", "answered with a redirect"],
    ["a cut in the middle", "cut-off", "broke off"],
    ["a cut before the answer", "unreachable", "(ECONNRESET)"],
  ];
  it.each(causes)(
    "targets C2: that ends with %s changes nothing, and warns until a good one",
    async (fault, cause, words) => {
      lookup.answer = FAULTS[fault];
      const before = { releases: releases(), list: (await shown()).list };
      expect(await fetched()).toMatchObject({
        status: 502,
        code: "catalog-fetch-failed",
        detail: expect.stringContaining(words) as string,
        remedy: expect.stringContaining("uptick catalog import") as string,
      });
      const { list, fetch } = await shown();
      expect({ releases: releases(), list }).toEqual(before);
      expect(fetch).toMatchObject({
        failure: { reason: cause, count: 1 },
        sentence: expect.stringContaining(words) as string,
      });
      expect(await warnings()).toMatchObject([
        { reason: "catalog-fetch-failed", sentence: expect.stringContaining(words) as string },
      ]);
      const { out } = await cli("catalog", "list");
      expect(out).toMatch(
        /^Apple's list of 22 Aug 2026 \(3 days old\), imported on 25 Aug 2026\.\nNo list has been fetched/,
      );
      lookup.answer = listOf(sampleLookupService());
      await forgetFetches(uptick);
      expect(await fetched()).toMatchObject({ status: 200 });
      expect(await warnings()).toEqual([]);
    },
  );

  it("targets C1: is refused where the service's certificate is not from the CA that is trusted", async () => {
    const other = await startLookupService();
    // Its CA has the same name and another key.
    const flags = { "lookup-service-url": other.url };
    try {
      await uptick.restart({ flags });
      expect(await fetched()).toMatchObject({
        status: 502,
        remedy: expect.stringContaining("lookup-service-ca") as string,
      });
      expect((await shown()).fetch).toMatchObject({ failure: { reason: "untrusted" } });
      expect(other.requests).toEqual([]);
    } finally {
      await other.close();
    }
  });

  it("ends when the server stops, though the service never answers", async () => {
    lookup.answer = FAULTS["headers that never come"];
    const seen = lookup.requests.length;
    const asking = uptick.server.admin.server.fetchCatalog(uptick.server.system);
    const outcome = asking.catch((error: unknown) => error);
    await expect.poll(() => lookup.requests.length).toBe(seen + 1);
    expect(await fetched()).toMatchObject({ status: 409, code: "catalog-fetch-busy" });
    await uptick.restart();
    expect(await outcome).toMatchObject({ code: "catalog-fetch-busy" });
    expect((await shown()).fetch).toMatchObject({ failure: null });
  });

  it("is planned at the start and keeps its moment over a restart; without it nothing is planned", async () => {
    const planned = async (): Promise<string | null> => (await shown()).fetch.nextAt;
    await expect.poll(planned).toMatch(/T(18|19|20):\d\d:\d\d\.\d{3}Z$/);
    const first = await planned();
    await uptick.restart();
    expect(await planned()).toBe(first);
    await uptick.restart({ flags: { "catalog-fetch": "off" } });
    expect((await shown()).fetch).toMatchObject({ automatic: false, nextAt: null });
  });

  it("is done by the loop when it is due, by the server that runs then", async () => {
    await expect.poll(async () => (await shown()).fetch.nextAt).not.toBeNull();
    const asked = lookup.requests.length;
    await uptick.restart({
      between(database) {
        const { value } = database.prepare("SELECT value FROM setting WHERE name = 'catalog'").get() as {
          value: string;
        };
        const stored = JSON.parse(value) as { fetch: object };
        const text = JSON.stringify({ ...stored, fetch: { ...stored.fetch, nextAt: Date.now() - 1000 } });
        database.prepare("UPDATE setting SET value = ? WHERE name = 'catalog'").run(text);
      },
    });
    await expect.poll(async () => (await shown()).list.listDateFrom).toBe("fetch");
    expect(lookup.requests).toHaveLength(asked + 1);
    expect(uptick.log.filter(({ event }) => event === "catalog-fetched")).toMatchObject([{ why: "schedule" }]);
  });
});

describe("a fetched list that is less than half of the list before", () => {
  it("targets C2: waits until an admin has seen what it lacks and accepts it", async () => {
    lookup.answer = listOf(SMALL_LIST);
    const before = releases();
    expect(await fetched()).toMatchObject({
      status: 409,
      code: "catalog-smaller",
      remedy: expect.stringContaining("uptick catalog accept --dry-run") as string,
    });
    expect(await warnings()).toMatchObject([{ reason: "catalog-fetch-failed" }]);
    expect((await shown()).fetch).toMatchObject({ smaller: { listDate: "2026-08-25", before: 33 } });
    const dry = await cli("catalog", "accept", "--dry-run");
    expect(dry.out).toMatch(/^Nothing was changed\. With this list:\n3 releases read, 0 new\.\n/);
    expect(dry.out).toContain("no longer listed: iOS 26.6 (23G71)");
    expect(releases()).toEqual(before);
    const accepted = await cli("catalog", "accept");
    expect(accepted.out).toMatch(/^will leave the list: iOS 12\.5\.8 \(16H88\)\n/);
    expect(await warnings()).toEqual([]);
    expect((await shown()).list).toMatchObject({ listDate: "2026-08-25", listDateFrom: "fetch" });
    expect(await cli("catalog", "accept")).toMatchObject({
      code: 1,
      err: expect.stringContaining("catalog-not-waiting") as string,
    });
  });
});

describe("a list that is not renewed for a week", () => {
  it("is warned of once, with the cause, by the list's age first", async () => {
    lookup.answer = FAULTS["status 500"];
    await fetched();
    await uptick.restart({ later: 4 * 24 * 3_600_000 });
    expect((await warnings()).map(({ reason: code }) => code)).toEqual(["catalog-fetch-failed"]);
    await uptick.restart({ later: 24 * 3_600_000 });
    const all = await warnings();
    expect(all).toMatchObject([{ reason: "catalog-old", sentence: expect.stringContaining("(status 500)") as string }]);
  });
});

/** The list of Apple's releases, imported and shown by the API and by `uptick catalog`, of the real server. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SAMPLE_SERVED_AT, sampleLookupService } from "../../src/catalog/index.ts";
import { runCli } from "../../src/cli/index.ts";
import { world } from "../../src/cli/world.suite.ts";
import type {
  CatalogImport,
  CatalogList,
  DryRun,
  Release,
  ReleaseDetail,
  ServerStatus,
} from "../../src/contract/index.ts";
import { enrolDevice, START, startUptick, type Uptick } from "../support/index.ts";

let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
});
afterAll(() => uptick.close());

const DAY = 24 * 3_600_000;
const SAMPLE = sampleLookupService();
const JSON_TYPE = { "content-type": "application/json" };

interface ReleasePage {
  readonly rows: readonly Release[];
  readonly next: string | null;
  readonly list: CatalogList | null;
}
const listed = (query: string): Promise<ReleasePage> => uptick.web.get(`/api/v1/catalog?${query}`);
const put = (body: unknown, query = "") =>
  uptick.web.request("PUT", `/api/v1/catalog${query}`, { body: JSON.stringify(body), headers: JSON_TYPE });
const namesOf = ({ rows }: ReleasePage): string[] => rows.map(({ platform, version }) => `${platform} ${version}`);

async function cli(argv: readonly string[], files: Record<string, string> = {}, modifiedAt = SAMPLE_SERVED_AT) {
  const url = `http://127.0.0.1:${uptick.server.web.port}`;
  const more = { env: { UPTICK_TOKEN: uptick.token }, files, modifiedAt: async () => modifiedAt };
  const made = world([...argv, "--url", url], { ...more, size: () => ({ columns: 80, rows: 24 }) });
  const code = await runCli(made.io);
  return { code, out: made.out(), err: made.err() };
}
/** The list as it is, so that a test that changed it leaves it so. */
const sample = () => put(SAMPLE, `?modifiedAt=${new Date(SAMPLE_SERVED_AT).toISOString()}`);

describe("the list of releases by the API", () => {
  it("has each release once, by platform, the newest first, with its list", async () => {
    const page = await listed("");
    expect(namesOf(page).slice(0, 4)).toEqual(["iOS 26.6.1", "iOS 26.6.1", "iOS 26.6", "iOS 26.5.2"]);
    expect(new Set(page.rows.map(({ id }) => id)).size).toBe(page.rows.length);
    expect(page.list).toMatchObject({ listDate: "2026-08-22", listDateFrom: "file", ageDays: 3 });
    expect(page.rows[0]).toMatchObject({
      id: "iOS-26.6.1-23G6083",
      state: "offered",
      sentence: "In Apple's list of 22 Aug 2026 (3 days old), until 20 Nov 2026.",
      postedOn: "2026-08-17",
      expiresOn: "2026-11-20",
      devices: 5,
      isPublic: true,
    });
  });

  it.each([
    ["platform=MAC", ["macOS 26.6.2", "macOS 26.6.1", "macOS 26.5.2", "macOS 15.7.9", "macOS 15.7.7"]],
    ["platform=macOS&device=j413ap", ["macOS 26.6.2", "macOS 26.6.1", "macOS 26.5.2"]],
    ["platform=iPadOS&version=26.6.1.0", ["iOS 26.6.1", "iOS 26.6.1"]],
    ["version=26.6.1&platform=visionos", ["visionOS 26.6.1"]],
    ["device=iPhone99,1", []],
  ])("is filtered by %s", async (query, names) => expect(namesOf(await listed(query))).toEqual(names));

  it("comes in pages that join to the whole", async () => {
    const all = await listed("platform=iOS");
    const rows: Release[] = [];
    let after = "";
    do {
      const page = await listed(`platform=iOS&limit=2${after === "" ? "" : `&after=${after}`}`);
      rows.push(...page.rows);
      after = page.next ?? "";
    } while (after !== "");
    expect(rows).toEqual(all.rows);
  });

  it.each([
    ["/api/v1/catalog?platform=Android", 400, "request-invalid"],
    ["/api/v1/catalog?version=latest", 400, "request-invalid"],
    ["/api/v1/catalog?build=23G83", 400, "request-invalid"],
    ["/api/v1/catalog?after=junk", 400, "request-invalid"],
    ["/api/v1/catalog/iOS-99-X", 404, "release-unknown"],
    ["/api/v1/catalog/99.9", 404, "release-unknown"],
  ])("refuses %s", async (path, status, code) => {
    const reply = await uptick.web.request("GET", path);
    expect([reply.status, reply.problem().code]).toEqual([status, code]);
  });

  it("shows one release by a version that no other has, and names all that have it", async () => {
    expect(await uptick.web.get("/api/v1/catalog/26.6.2")).toMatchObject({ id: "macOS-26.6.2-25G83" });
    const reply = await uptick.web.request("GET", "/api/v1/catalog/26.6.1");
    expect([reply.status, reply.problem().code]).toEqual([409, "release-ambiguous"]);
    expect(reply.problem().detail).toContain("4 releases 26.6.1: iOS-26.6.1-23G6083, iOS-26.6.1-23G83, ");
  });

  it("shows one release by its id or its build, with its models", async () => {
    for (const ref of ["iOS-26.6.1-23G83", "ios-26.6.1-23g83", "23G83"]) {
      const { id, listings } = await uptick.web.get<ReleaseDetail>(`/api/v1/catalog/${ref}`);
      expect(id).toBe("iOS-26.6.1-23G83");
      expect(listings).toMatchObject([{ state: "offered", devices: expect.arrayContaining(["iPhone15,2"]) }]);
    }
  });
});

describe("an import", () => {
  const { PublicAssetSets, AssetSets } = SAMPLE;
  it.each<[string, unknown, number, string, RegExp]>([
    ["an empty object", {}, 400, "catalog-invalid", /PublicAssetSets/],
    ["half of a list", { AssetSets }, 400, "catalog-incomplete", /PublicAssetSets\.iOS, PublicAssetSets\.macOS/],
    [
      "one without Macs",
      { PublicAssetSets, AssetSets: { iOS: AssetSets.iOS } },
      400,
      "catalog-incomplete",
      /AssetSets\.macOS/,
    ],
    [
      "a shrunken one",
      { PublicAssetSets: small(), AssetSets: small() },
      409,
      "catalog-smaller",
      /2 pairs .* had \d\d\./,
    ],
  ])("of %s changes nothing and says why", async (_what, body, status, code, detail) => {
    const before = await listed("");
    const reply = await put(body);
    expect([reply.status, reply.problem()]).toMatchObject([status, { code, remedy: expect.stringMatching(/\w/) }]);
    expect(reply.problem().detail).toMatch(detail);
    expect(await listed("")).toEqual(before);
  });

  it("takes a shrunken list at the admin's word, and says what left", async () => {
    const result = (
      await put({ PublicAssetSets: small(), AssetSets: small() }, "?acceptSmaller=true")
    ).json<CatalogImport>();
    expect(result).toMatchObject({ releases: 2, added: 2, listDate: "2026-08-17", listDateFrom: "posting" });
    expect(result.left).toContain("macOS 26.6.1 (25G76)");
    expect(result.notes).toEqual([
      "It is older than the list before it, which was of 22 Aug 2026.",
      expect.stringContaining("It is 8 days old."),
    ]);
    expect((await listed("version=26.6&platform=tvOS")).rows[0]).toMatchObject({
      state: "missing",
      sentence: "It was in the previous list and is not in Apple's list of 17 Aug 2026 (8 days old).",
    });
    await sample();
  });

  it("says of a release that two lists lack whether a newer one replaced it, model by model (targets C5)", async () => {
    const iOS = AssetSets.iOS as readonly { ProductVersion: string; SupportedDevices: readonly string[] }[];
    const without = (...left: readonly string[]) =>
      iOS.filter(
        ({ ProductVersion, SupportedDevices }) => !left.includes(`${ProductVersion} ${SupportedDevices[0] ?? ""}`),
      );
    // iPhones keep 26.6.1, which is newer than what left; Apple TVs have nothing newer.
    const lists = { PublicAssetSets, AssetSets: { ...AssetSets, iOS: without("26.6 iPad13,4", "26.6 AppleTV11,1") } };
    for (const day of ["2026-08-23", "2026-08-24"]) await put(lists, `?modifiedAt=${day}T12:00:00Z`);
    const found = (await listed("version=26.6")).rows.map(({ platform, state }) => `${platform} ${state}`);
    expect(new Set(found)).toEqual(new Set(["iOS replaced", "tvOS withdrawn", "visionOS offered"]));
    expect((await listed("version=26.6&platform=tvOS")).rows[0]?.sentence).toMatch(/^Apple withdrew it: /);
    await sample();
  });

  it("does not believe a file from the future, and names what it could not read", async () => {
    const odd = {
      ...AssetSets,
      macOS: [
        ...AssetSets.macOS,
        { ProductVersion: "27.0", Build: "26A1", PostingDate: "2026-08-20", SupportedDevices: [] },
        3,
      ],
    };
    const query = `?modifiedAt=${new Date(START + 40 * DAY).toISOString()}`;
    const result = (await put({ PublicAssetSets, AssetSets: odd }, query)).json<CatalogImport>();
    expect(result).toMatchObject({
      listDate: "2026-08-20",
      listDateFrom: "posting",
      problems: ["AssetSets.macOS[5]: SupportedDevices is empty", "AssetSets.macOS[6]: not an object"],
    });
    expect(result.notes[0]).toContain("in the future");
    expect((await listed("version=27.0")).rows).toMatchObject([{ platform: "macOS", state: "no-devices", devices: 0 }]);
    const mac = await enrolDevice(uptick, {
      facts: {
        OSVersion: "26.5",
        BuildVersion: "25F70",
        ProductName: "Mac14,2",
        SoftwareUpdateDeviceID: "J413AP",
        IsSupervised: true,
      },
    });
    const body = { to: "27.0", action: "install", devices: [mac.udid], allowMajor: true };
    const { rows: decisions } = await uptick.web.post<DryRun>("/api/v1/plans?dryRun=true", body);
    expect(decisions).toMatchObject([
      { reason: "not-offered", sentence: expect.stringContaining("names no device for 27.0") },
    ]);
    await sample();
  });
});

function small() {
  const one = (version: string, device: string) => ({
    ProductVersion: version,
    Build: `S${version}`,
    PostingDate: "2026-08-17",
    SupportedDevices: [device],
  });
  return { iOS: [one("26.6.1", "iPhone15,2")], macOS: [one("26.6.2", "J314sAP")] };
}

describe("uptick catalog", () => {
  const widest = (out: string): number => Math.max(...out.split("\n").map((line) => line.length));

  it("list: shows the list, its age and where each release stands, in 80 columns", async () => {
    const { code, out } = await cli(["catalog", "list", "--device", "J314sAP"]);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^Apple's list of 22 Aug 2026 \(3 days old\), imported on 25 Aug 2026\.\nUptick does not fetch the list automatically \(catalog-fetch is off\)\.\nPLATFORM/,
    );
    expect(out).toMatch(/\nmacOS +26\.6\.2 +25G83 +2026-08-17 +2026-11-20 +offered\n/);
    expect(widest((await cli(["catalog", "list"])).out)).toBeLessThanOrEqual(80);
    const json = await cli(["catalog", "list", "26.6.2", "--device", "J413AP", "--json"]);
    expect(JSON.parse(json.out)).toMatchObject({ rows: [{ build: "25G83" }], list: { listDate: "2026-08-22" } });
    expect((await cli(["catalog", "list", "1.0"])).out).toContain("No release fits.");
  });

  it("list: names the platforms where one is not known", async () => {
    const { code, err } = await cli(["catalog", "list", "--platform", "Android"]);
    expect([code, err]).toEqual([1, expect.stringContaining("visionOS")]);
  });

  it("show: has the models of a release; and what it does not know is said", async () => {
    const { code, out } = await cli(["catalog", "show", "23G83"]);
    expect(code).toBe(0);
    expect(out).toContain("iOS 26.6.1 (23G83): offered\nIn Apple's list of 22 Aug 2026 (3 days old)");
    expect(out).toContain("\n  iPad13,4 iPad16,3 iPhone14,2 iPhone15,2 iPhone17,1\n");
    expect(widest(out)).toBeLessThanOrEqual(80);
    expect(JSON.parse((await cli(["catalog", "show", "23G83", "--json"])).out)).toMatchObject({ build: "23G83" });
    const unknown = await cli(["catalog", "show", "99Z99"]);
    expect([unknown.code, unknown.err]).toEqual([1, expect.stringContaining("code: release-unknown")]);
    const junk = await cli(["catalog", "import", "pmv.json"], { "pmv.json": "<html>" });
    expect([junk.code, junk.err]).toEqual([1, expect.stringMatching(/pmv\.json is not JSON[^]*code: catalog-invalid/)]);
  });

  it("targets C7: import: dates the list by the file, and by its releases where it comes from a pipe", async () => {
    const text = JSON.stringify(SAMPLE);
    const file = await cli(["catalog", "import", "pmv.json"], { "pmv.json": text }, START - 2 * DAY);
    expect([file.code, file.out]).toEqual([0, expect.stringContaining("Apple's list of 23 Aug 2026 (2 days old)")]);
    const pipe = await cli(["catalog", "import", "-"], { "-": text });
    expect(pipe.out).toContain("Apple's list of 17 Aug 2026 (8 days old)");
    expect(pipe.out).toContain("  note: It is older than the list before it, which was of 23 Aug 2026.\n");
    expect((await cli(["catalog", "import", "pmv.json"], { "pmv.json": text })).code).toBe(0);
  });

  it("import: refuses what is too small, names the way out, and takes it at the admin's word", async () => {
    const files = { "pmv.json": JSON.stringify({ PublicAssetSets: small(), AssetSets: small() }) };
    const refused = await cli(["catalog", "import", "pmv.json"], files);
    expect([refused.code, refused.out]).toEqual([1, ""]);
    expect(refused.err).toContain("code: catalog-smaller");
    expect(refused.err).toContain("--accept-smaller");
    expect((await cli(["catalog", "import", "pmv.json", "--accept-smaller"], files)).code).toBe(0);
    await sample();
  });
});

describe("a server without a list", () => {
  it("targets T10: warns, refuses what needs one, and takes an exact version at the admin's word", async () => {
    const { udid } = await enrolDevice(uptick);
    await uptick.restart({
      between: (database) => void database.prepare("DELETE FROM setting WHERE name = 'catalog'").run(),
    });
    const { warnings, catalog } = await uptick.web.get<ServerStatus>("/api/v1/status");
    expect(catalog).toBeNull();
    expect(warnings.map(({ reason: code }) => code)).toContain("catalog-empty");
    expect(await listed("")).toMatchObject({
      rows: [],
      next: null,
      list: null,
      fetch: { goodAt: null, failure: null },
    });
    expect((await cli(["catalog", "list"])).out).toContain("uptick catalog import FILE");
    const decided = async (request: object) => {
      const body = { action: "install", devices: [udid], ...request };
      return (await uptick.web.post<DryRun>("/api/v1/plans?dryRun=true", body)).rows[0];
    };
    for (const to of ["latest", "26.6.1"])
      expect(await decided({ to })).toMatchObject({
        kind: "refused",
        reason: "catalog-empty",
        remedy: expect.stringContaining("uptick catalog import"),
      });
    const taken = await decided({ to: "26.6.1", allowUnlisted: true });
    expect(taken).toMatchObject({ kind: "job", release: "26.6.1" });
    expect(taken?.sentence).toContain("this server has no list of Apple's releases");
  });
});

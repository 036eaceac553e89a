/** The CVEs of releases: imported from files and shown, by the API and by `uptick catalog`, of the real server. */
import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sampleLookupService } from "../../src/catalog/index.ts";
import { sofaEntry, sofaFeed } from "../../src/catalog/security-feed.suite.ts";
import { runCli } from "../../src/cli/index.ts";
import { world } from "../../src/cli/world.suite.ts";
import type { CveFeed, CveImport, DeviceDetail, Release, ReleaseDetail } from "../../src/contract/index.ts";
import { memoryOf } from "../support/memory.ts";
import { enrolDevice, IPHONE, startUptick, type Uptick } from "../support/index.ts";

let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
});
afterAll(() => uptick.close());

const A = "CVE-2026-65400";
const put = (body: string) =>
  uptick.web.request("PUT", "/api/v1/catalog/cves", { body, headers: { "content-type": "application/json" } });
const listed = (query: string) =>
  uptick.web.get<{ rows: readonly Release[]; cveFeeds: readonly CveFeed[] }>(`/api/v1/catalog?${query}`);
async function cli(argv: readonly string[], files: Record<string, string> = {}) {
  const url = `http://127.0.0.1:${uptick.server.web.port}`;
  const made = world([...argv, "--url", url], { env: { UPTICK_TOKEN: uptick.token }, files });
  const code = await runCli(made.io);
  return { code, out: made.out(), err: made.err() };
}

describe("before a feed was imported", () => {
  it("nothing is said of CVEs", async () => {
    const { rows, cveFeeds } = await listed("platform=macOS");
    expect([cveFeeds, new Set(rows.map(({ fixes }) => fixes))]).toEqual([[], new Set([null])]);
    expect((await cli(["catalog", "list"])).out).not.toContain("CVE");
    expect((await cli(["catalog", "show", "25G76"])).out).not.toContain("CVE");
  });
});

describe("a file that is no feed", () => {
  it.each([
    ["Apple's list", JSON.stringify(sampleLookupService()), 400, "cve-feed-invalid"],
    ["no JSON", "<html>", 400, "request-invalid"],
    [
      "a feed of releases in the future",
      JSON.stringify(sofaFeed([sofaEntry({ version: "27.0", day: "2027-09-01" })])),
      400,
      "cve-feed-invalid",
    ],
    ["ten times too large", `{"OSVersions":[],"x":"${"x".repeat(16 * 1024 * 1024)}"}`, 413, "request-too-large"],
  ])("is refused, and changes nothing: %s", async (_what, body, status, code) => {
    const before = memoryOf(uptick);
    const reply = await put(body);
    expect([reply.status, reply.problem().code]).toEqual([status, code]);
    expect(memoryOf(uptick)).toEqual(before);
  });
});

describe("a feed", () => {
  it("is imported, and what can't be read is named", async () => {
    const entries = [
      sofaEntry({ version: "26.6.1", exploited: [A] }),
      sofaEntry({ version: "26.6.2", day: "2026-08-17", cves: ["CVE-2026-1000", "CVE-2026-1001"] }),
      sofaEntry({ version: "26.6" }, { CVEs: { "CVE-\u001b[2J": {} } }),
    ];
    const { code, out } = await cli(["catalog", "import-cves", "m.json"], {
      "m.json": JSON.stringify(sofaFeed(entries)),
    });
    expect([code, out]).toEqual([
      0,
      [
        "3 releases read, 3 new; 3 CVEs, 1 exploited.",
        "SOFA's CVE feed of macOS of 22 Aug 2026, taken on 25 Aug 2026.",
        `  exploited: macOS 26.6.1: ${A}`,
        "  problem: OSVersions[0].SecurityReleases[2]: CVEs[0] is not the id of a CVE",
        "",
      ].join("\n"),
    ]);
  });

  it("is shown with each release that it names, in 80 columns", async () => {
    const { rows, cveFeeds } = await listed("platform=macOS");
    expect(rows.map(({ version, fixes }) => [version, fixes])).toEqual([
      ["26.6.2", { cves: 2, exploited: [], feedDate: "2026-08-22" }],
      ["26.6.1", { cves: 1, exploited: [A], feedDate: "2026-08-22" }],
      ["26.5.2", null],
      ["15.7.9", null],
      ["15.7.7", null],
    ]);
    expect(cveFeeds).toMatchObject([{ platform: "macOS", feedDate: "2026-08-22", failedAt: null }]);
    const list = (await cli(["catalog", "list"])).out;
    expect(list).toMatch(/ 26\.6\.1 .* 1\/1\n[^]* 15\.7\.9 .* -\n/);
    expect(Math.max(...list.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect((await cli(["catalog", "show", "25G76"])).out).toContain(
      `\nfixes 1 CVE, 1 exploited (${A}), by SOFA's feed of 2026-08-22\n`,
    );
  });

  it("tells on the page of a device what is exploited, the release that fixes it, and its day (targets U4)", async () => {
    const sentence = `Its version does not have the fix for ${A}, which is exploited. 26.6.1 of 6 Aug 2026 has it.`;
    const { serial } = await enrolDevice(uptick, {
      serial: "MAC1",
      facts: { ...IPHONE, ProductName: "Mac14,2", ModelName: "MacBook Air", OSVersion: "26.6", BuildVersion: "25G71" },
    });
    const shown = await uptick.web.get<DeviceDetail>(`/api/v1/devices/${serial}`);
    expect(shown.exposed).toEqual({ cves: [A], fixedIn: "26.6.1", postedOn: "2026-08-06", sentence });
    expect((await cli(["device", serial])).out.replaceAll(/\s+/g, " ")).toContain(sentence);
    const phone = await enrolDevice(uptick, { serial: "PHONE1" });
    expect((await uptick.web.get<DeviceDetail>(`/api/v1/devices/${phone.serial}`)).exposed).toBeNull();
  });

  it("that lacks what is known, and marks nothing, takes nothing away; nor does a restart", async () => {
    const reply = await put(JSON.stringify(sofaFeed([sofaEntry({ version: "26.6.2" })])));
    expect([reply.status, reply.json()]).toMatchObject([200, { added: 0, newlyExploited: [] }]);
    await uptick.restart();
    const { fixes } = await uptick.web.get<ReleaseDetail>("/api/v1/catalog/25G76");
    expect(fixes).toEqual({ cves: 1, exploited: [A], feedDate: "2026-08-22" });
  });
});

const FILES = ["ios", "macos", "tvos", "visionos"].map(
  (name) => new URL(`../../../shared/data/sofa-${name}-2026-08-22.json`, import.meta.url),
);

describe.skipIf(!FILES.every((file) => existsSync(file)))("SOFA's feeds of August 2026 (needs ../shared/data)", () => {
  it("are imported whole, and mark what Apple lists", async () => {
    const found: CveImport[] = [];
    for (const file of FILES) found.push((await put(readFileSync(file, "utf8"))).json() as CveImport);
    expect(found.map(({ platform, releases, problems }) => [platform, releases, problems])).toEqual([
      ["iOS", 71, []],
      ["macOS", 128, []],
      ["tvOS", 18, []],
      ["visionOS", 22, []],
    ]);
    const { rows } = await listed("");
    const fixes = new Map(rows.map((row) => [`${row.platform} ${row.version}${row.extra ?? ""}`, row.fixes]));
    expect(fixes.get("macOS 15.7.9")).toEqual({ cves: 1, exploited: [A], feedDate: "2026-08-22" });
    // The two that the small feed above made up stay beside the 28 of the real one.
    expect(fixes.get("macOS 26.6.2")).toMatchObject({ cves: 30, exploited: [] });
    expect(fixes.get("iOS 26.6.1")).toMatchObject({ cves: 29, exploited: [] });
  });
});

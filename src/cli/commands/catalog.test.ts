import { describe, expect, it } from "vitest";
import { NOW } from "../../http/admin/fake-rows.suite.ts";
import { run } from "../world.suite.ts";

const files = { "c.json": '\ufeff{"AssetSets":{}}', "-": "{}" };

describe("catalog import", () => {
  it("sends when the file was changed, and names what left and what could not be read", async () => {
    const modifiedAt = async (): Promise<number> => NOW - 5000;
    const { out, asked } = await run(["catalog", "import", "c.json"], {}, { files, modifiedAt });
    const how = { acceptSmaller: false, modifiedAt: NOW - 5000 };
    expect(asked[0]).toEqual({ method: "server.importCatalog", args: [{ AssetSets: {} }, how] });
    expect(out).toMatch(/^12 releases read, 2 new\.\nApple's list of 20 Aug 2026 \(1 day old\)/);
    expect(out).toMatch(/ {2}no longer listed: iOS 26\.6 \(23G71\)\n {2}problem: .*macOS\[3\]: no ProductVersion/);
  });

  it("does not say how old a list from a pipe is, since nothing tells", async () => {
    const { asked } = await run(["catalog", "import", "-", "--accept-smaller"], {}, { files });
    expect(asked[0]).toEqual({ method: "server.importCatalog", args: [{}, { acceptSmaller: true }] });
  });
});

describe("the CVEs of releases", () => {
  it("are a column of the list, with the date of their feed", async () => {
    const { out } = await run(["catalog", "list"]);
    expect(out).toContain(
      "SOFA's CVE feed of iOS of 20 Aug 2026, taken on 20 Aug 2026.\nCVES: how many a release fixes",
    );
    expect(out).toMatch(/STATE +CVES\n.* offered +29\/2\n/);
  });

  it("are named where one release is shown, in 80 columns", async () => {
    const { out } = await run(["catalog", "show", "23G83"]);
    expect(out).toContain(
      "\nfixes 29 CVEs, 2 exploited (CVE-2026-65400, CVE-2026-20700), by SOFA's feed of\n2026-08-20\n",
    );
  });

  it("are imported as they are in the file, and ten that are exploited are named", async () => {
    const { out, asked } = await run(["catalog", "import-cves", "c.json"], {}, { files });
    expect(asked[0]).toEqual({ method: "server.importCves", args: [{ AssetSets: {} }] });
    expect(out).toMatch(/^12 releases read, 2 new; 300 CVEs, 13 exploited\.\nSOFA's CVE feed of iOS of 20 Aug 2026/);
    expect(out).toContain("  note: It is older than the feed before it");
    expect(out).toContain("  exploited: iOS 26.9: CVE-2026-1009\n  exploited: and 2 more\n  problem: OSVersions[0]");
  });

  it("are not sent where the file is not JSON", async () => {
    const { err, asked } = await run(["catalog", "import-cves", "c.json"], {}, { files: { "c.json": "<html>" } });
    expect([asked, err]).toEqual([[], expect.stringMatching(/c\.json is not JSON[^]*code: cve-feed-invalid/)]);
  });
});

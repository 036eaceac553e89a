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

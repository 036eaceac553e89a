/** The table of examples in docs/plans.md is what the product decides, by the demo's list. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { chooseRelease, parseLookupService, parseTarget, sampleLookupService } from "../../src/catalog/index.ts";
import { listOf } from "../../src/catalog/listed.suite.ts";
import { platformOf } from "../../src/protocol/index.ts";

const page = readFileSync(new URL("../../docs/plans.md", import.meta.url), "utf8");
const rows = page
  .slice(page.lastIndexOf("## Examples"))
  .split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| model"))
  .map((line) => line.split("|").map((cell) => cell.replaceAll("`", "").trim()));
const catalog = listOf(parseLookupService(sampleLookupService()).releases, "2026-08-22");

describe("the examples in docs/plans.md", () => {
  it("are there", () => expect(rows.length).toBeGreaterThan(10));

  it.each(rows)(
    "%s%s on %s: %s, with --allow-major %s, is %s",
    (_edge, model = "", runs = "", to = "", word, result) => {
      const choice = chooseRelease({
        target: parseTarget(to),
        device: { platform: platformOf({ productName: model }) ?? "macOS", lookupIds: [model], version: runs },
        catalog,
        now: Date.UTC(2026, 7, 25, 12),
        allowMajor: word === "yes",
        allowUnlisted: false,
      });
      const said =
        choice.kind === "release" ? choice.wanted.version : choice.kind === "already" ? "satisfied" : choice.code;
      expect(said).toBe(result);
    },
  );
});

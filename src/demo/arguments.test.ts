import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DEMO_KINDS, demoArguments } from "./arguments.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "uptick-arguments-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the demo's arguments", () => {
  it("are one device of each kind and seed 1 where nothing is said", () => {
    expect(demoArguments([])).toEqual({ count: DEMO_KINDS.length, seed: "1", verbose: false });
  });

  it("take a report's file without leaving one behind", () => {
    const report = join(folder, "report.json");
    expect(demoArguments(["--count", "3", "--seed=zebra", "--report", report])).toEqual({
      count: 3,
      seed: "zebra",
      verbose: false,
      report,
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it("leave a former report as it is", () => {
    const report = join(folder, "report.json");
    writeFileSync(report, "former");
    demoArguments(["--report", report]);
    expect(readFileSync(report, "utf8")).toBe("former");
  });

  it("leave a link that leads to no file yet as it is", () => {
    const [link, target] = [join(folder, "link.json"), join(folder, "target.json")];
    symlinkSync(target, link);
    demoArguments(["--report", link]);
    expect([readlinkSync(link), existsSync(target)]).toEqual([target, false]);
  });

  it.each([["0"], ["-1"], ["1.5"], ["x"], [""], ["101"], ["1e1"]])("refuse --count=%s as wrong usage", (count) => {
    expect(() => demoArguments([`--count=${count}`])).toThrow(expect.objectContaining({ code: "usage-invalid" }));
  });
});

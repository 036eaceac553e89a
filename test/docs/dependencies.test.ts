/** docs/dependencies.md gives the reason for each dependency, and for nothing else. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const read = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
const { dependencies, optionalDependencies, devDependencies } = JSON.parse(read("package.json")) as Record<
  string,
  Record<string, string>
>;
const page = read("docs/dependencies.md");

/** Cells of the rows under a heading, without the table's own heading. */
const rowsUnder = (heading: string): string[][] =>
  (page.split(/^## /m).find((section) => section.startsWith(`${heading}\n`)) ?? "")
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

const SECTIONS = [
  ["To run the server", dependencies],
  ["Only where it fits", optionalDependencies],
  ["To develop and test", devDependencies],
] as const;

describe("docs/dependencies.md", () => {
  it.each(SECTIONS)("%s: names each dependency of package.json once, and nothing else", (heading, wanted) => {
    const named = rowsUnder(heading).map(([name = ""]) => name.replaceAll("`", ""));
    expect(named.toSorted()).toEqual(Object.keys(wanted ?? {}).toSorted());
  });

  it.each(SECTIONS)("%s: gives reason, sizes, last release and a replacement for each", (heading) => {
    const bad = rowsUnder(heading).filter(
      ([, reason, alone, all, release, instead, ...more]) =>
        !reason ||
        !/^<?\d+\.\d$/.test(alone ?? "") ||
        !/^<?\d+\.\d$/.test(all ?? "") ||
        !/^\d+\.\d+\.\S+, \d{4}-\d\d-\d\d/.test(release ?? "") ||
        !instead ||
        more.length > 0,
    );
    expect(bad).toEqual([]);
  });

  it("has no row outside of its three tables", () => {
    const rows = page.split("\n").filter((line) => line.startsWith("| `"));
    expect(rows).toHaveLength(SECTIONS.flatMap(([heading]) => rowsUnder(heading)).length);
  });
});

/**
 * No regular expression of ours takes more than linear time: one that does holds the only thread of the server for as long
 * as a stranger's text makes it. recheck decides it from the pattern's automaton, and searches by fuzzing where counts make
 * that too large; both are the same on every machine.
 */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkSync } from "recheck/lib/browser.js";
import { describe, expect, it } from "vitest";
import { readPatterns } from "./read-patterns.ts";

const ROOT = join(import.meta.dirname, "../..");

interface Exception {
  readonly file: string;
  /** As it stands in the file, with its slashes and flags. */
  readonly pattern: string;
  /** Characters of the longest text that it is used on. */
  readonly bound: number;
  /** What keeps longer texts from it: a place in the source that a reviewer can look at. */
  readonly enforcedBy: string;
}

/** Reviewed: patterns that are slower than linear, on texts that are too short for that to matter. */
const EXCEPTIONS: readonly Exception[] = [];

/** Counts of steps alone decide: with limits of time a busy machine would call a linear pattern slow. */
const LIMITS = {
  ...{ timeout: null, seedingTimeout: null, incubationTimeout: null, attackTimeout: null },
  attackLimit: 100_000_000,
};

const nameOf = ({ source, flags }: { source: string; flags: string }): string => `/${source}/${flags}`;

/** Undefined where its time is linear; else how it grows, and a text that shows it. */
function fault(source: string, flags: string): string | undefined {
  const found = checkSync(source, flags, { ...LIMITS, randomSeed: 1 });
  if (found.status === "safe") return undefined;
  if (found.status === "unknown") return `can't be judged: ${found.error.kind}`;
  return `${found.complexity.summary}: ${found.attack.pattern}`;
}

const files = globSync("src/**/*.ts", { cwd: ROOT }).filter((file) => !/\.(test|suite)\.ts$/.test(file));
const read = files.map((file) => ({ file, ...readPatterns(file, readFileSync(join(ROOT, file), "utf8")) }));
const all = read.flatMap(({ file, patterns }) => patterns.map((one) => ({ file, pattern: nameOf(one), ...one })));

describe("the check of regular expressions", () => {
  it.each([
    ["two ways through the same letters", String.raw`^(a+)+$`, ""],
    ["a search that begins again at each letter", String.raw`\b([a-z][a-z0-9+.-]*:\/\/[^\s/?#:@]*):[^\s/?#@]*@`, "gi"],
    ["a search that begins again at each word", String.raw`<key[^>]*>\s*(?:Token|PIN)\s*<\/key`, "i"],
  ])("finds %s", (_what, source, flags) => {
    expect(fault(source, flags)).toMatch(/polynomial|exponential/);
  });

  it("sees literals, and what is put together when the program runs", () => {
    const code = 'a.test(/b+/u);\nnew RegExp(c);\nglobalThis.RegExp("d");\ne.match("f");\ng.match(/h/);';
    const { patterns, builtAt } = readPatterns("x.ts", code);
    expect([patterns.map(nameOf), builtAt]).toEqual([
      ["/b+/u", "/h/"],
      [2, 3, 4],
    ]);
  });
});

describe("every regular expression of src", () => {
  it("is a literal, so that it can be checked", () => {
    const built = read.flatMap(({ file, builtAt }) => builtAt.map((line) => `${file}:${line}`));
    expect(built).toEqual([]);
  });

  it("is found", () => {
    expect(all.length).toBeGreaterThan(90);
  });

  // One test each: they take a second at most, and the slow ones are seen.
  it.each(all)("takes linear time, or its text is bounded where the table says: $file $pattern", (one) => {
    const reviewed = EXCEPTIONS.some(({ file, pattern }) => file === one.file && pattern === one.pattern);
    const why = fault(one.source, one.flags);
    expect(reviewed ? undefined : why).toBeUndefined();
    // A line of the table that is needed no more goes.
    expect(reviewed && why === undefined).toBe(false);
  });

  it("has a line in the table only where it exists", () => {
    const gone = EXCEPTIONS.filter(
      ({ file, pattern }) => !all.some((one) => one.file === file && one.pattern === pattern),
    );
    expect(gone).toEqual([]);
  });
});

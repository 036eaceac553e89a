/** Documents, comments and sentences are plain English: what can be found by a pattern is found here. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type Prose, proseOfPage, proseOfSource } from "./read-prose.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Each with what to write instead and a sentence that it must find. */
const RULES: readonly { readonly pattern: RegExp; readonly instead: string; readonly example: string }[] = [
  { pattern: /\benrol(?!l)\w*(?!\w|-[a-z]|\.[a-z])/i, instead: "enroll, enrollment", example: "Enrol it again." },
  { pattern: /\banew\b/i, instead: "again", example: "enrolled anew" },
  { pattern: /\bfor ever\b/i, instead: "without end, permanently", example: "it waits for ever" },
  { pattern: /\bbesides\b/i, instead: "other than, also", example: "updates besides the OS" },
  { pattern: /\ball the same\b/i, instead: "nevertheless", example: "it installs all the same" },
  { pattern: /\bin the place of\b/i, instead: "instead of", example: "an id in the place of a UDID" },
  { pattern: /\bbut for\b(?! (?:each|the first))/i, instead: "except", example: "all but for one" },
  { pattern: /\bsave for\b/i, instead: "except", example: "all save for one" },
  { pattern: /\b(?:is|are|was|were) to have\b/i, instead: "will have, must have", example: "a device is to have it" },
  { pattern: /\bha(?:s|ve) still to\b/i, instead: "must still", example: "it has still to answer" },
  { pattern: /\b(?:is|are) still to be\b/i, instead: "has not been … yet", example: "it is still to be removed" },
  { pattern: /\bof (?:ours|yours|theirs|its own|their own)\b/i, instead: "our, its own …", example: "a fault of ours" },
  { pattern: /\bbefore your eyes\b/i, instead: "while you watch", example: "updated before your eyes" },
  { pattern: /\bwall clock\b/i, instead: "local time", example: "its wall clock" },
  { pattern: /\bCounted (?:is|are)\b/, instead: "… is counted", example: "Counted is a device." },
  { pattern: /\bNothing of (?:it|them)\b/, instead: "none of …", example: "Nothing of it can be said." },
  { pattern: /\bby (?:itself|themselves)\b/i, instead: "automatically", example: "it is renewed by itself" },
  { pattern: /\bgo(?:es|ing)? on\b(?! the wire)|\bwent on\b/i, instead: "continue", example: "the others go on" },
  { pattern: /\bnor\b/i, instead: "not … or", example: "neither a name nor an id" },
  {
    pattern: /\b(?:all|any|every|none|no one|nothing|nobody|each|\w+thing|\w+one) save\b(?! for)/i,
    instead: "except",
    example: "all save one",
  },
  { pattern: /\b(?:is|are|was|were) to be\b/i, instead: "will be, must be", example: "a row that is to be made" },
  {
    pattern: /\bhand(?:s|ed|ing)? (?:\w+ )?out\b/i,
    instead: "deliver, give",
    example: "a command that was handed out",
  },
  {
    pattern: /\bt(?:ak(?:e|es|en|ing)|ook) the place of\b/i,
    instead: "replace",
    example: "it takes the place of the former",
  },
  { pattern: /\bno more(?= *(?:[.,:;]|$))/i, instead: "no longer, not … more", example: "its report counts no more." },
  { pattern: /\blook(?:s|ed|ing)? on\b(?! (?:the|its|a)\b)/i, instead: "wait, watch", example: "the server looks on" },
  { pattern: /\bwhat(?: has)? bec(?:ame|ome) of\b/i, instead: "the outcome of", example: "what became of a command" },
  { pattern: /\bstill to come\b/i, instead: "has not … yet, in the future", example: "its release is still to come" },
  { pattern: /\bon earth\b/i, instead: "in every time zone", example: "everywhere on earth" },
  { pattern: /\borganisation/i, instead: "organization", example: "an organisation's CA" },
  { pattern: /\b(?:web|device) face\b/i, instead: "admin API, MDM endpoint", example: "the web face" },
  { pattern: /\braw door\b/i, instead: "raw command API", example: "sent by the raw door" },
];

const listed = execFileSync("git", ["ls-files", "*.md", "docs/*.md", "src/*.ts"], { cwd: root, encoding: "utf8" })
  .split("\n")
  .filter((file) => /^(?:[A-Z]+\.md|docs\/[^/]+\.md|src\/.*\.ts)$/.test(file) && !/\.(?:test|suite)\.ts$/.test(file));

const proseOf = (file: string): Prose[] => {
  const text = readFileSync(join(root, file), "utf8");
  return file.endsWith(".md") ? proseOfPage(text) : proseOfSource(file, text);
};

const breaches = (found: readonly Prose[], file: string): string[] =>
  found.flatMap(({ text, line }) =>
    RULES.flatMap(({ pattern, instead }) => {
      const hit = pattern.exec(text)?.[0];
      return hit === undefined ? [] : [`${file}:${line}: "${hit}": ${instead}`];
    }),
  );

describe("plain English", () => {
  it.each(RULES)("finds $example", ({ example }) => {
    expect(breaches(proseOfSource("a.ts", `/** ${example} */\nconst a = 1;`), "a.ts")).toHaveLength(1);
    expect(breaches(proseOfPage(`# Title\n\n${example}\n`), "a.md")).toHaveLength(1);
  });

  it("reads sentences, and phrases that two lines share, and leaves code alone", () => {
    const source =
      "/**\n * It waits for\n * ever, see `for ever`.\n */\nconst a = `told ${1} anew`;\nconst b = 'enrol';\n";
    expect(breaches(proseOfSource("a.ts", source), "a.ts").map((line) => line.split(":")[1])).toEqual(["1", "5"]);
    expect(breaches(proseOfPage("A `anew`.\n\n    anew\n\n```\nanew\n```\n"), "a.md")).toEqual([]);
  });

  it("is what the documents and the source have", () => {
    expect(listed).toEqual(
      expect.arrayContaining(["README.md", "ARCHITECTURE.md", "docs/api.md", "src/words/verdict/reasons.ts"]),
    );
    expect(listed.flatMap((file) => breaches(proseOf(file), file))).toEqual([]);
  });
});

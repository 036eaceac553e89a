import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isUptickError, type UptickError } from "../../errors/index.ts";
import { DEEPEST_RULE, LONGEST_RULE, MOST_TESTS, parseRule } from "./parse.ts";
import { printRule } from "./print.ts";
import { aRule } from "./random.suite.ts";

function problemOf(text: string): UptickError {
  try {
    parseRule(text);
  } catch (error) {
    if (isUptickError(error)) return error;
    throw error;
  }
  throw new Error(`"${text.slice(0, 100)}" was read`);
}

describe("a rule", () => {
  it.each([
    ["platform = macOS and not tag = lab", "platform = macOS and not tag = lab"],
    // `not` binds before `and`, `and` before `or`.
    ["tag = a or tag = b and not tag = c", "tag = a or tag = b and not tag = c"],
    ["(tag = a or tag = b) and tag = c", "(tag = a or tag = b) and tag = c"],
    ["tag = a and (tag = b and (tag = c))", "tag = a and tag = b and tag = c"],
    ["not (not all)", "not (not all)"],
    ["not (tag = a and tag = b)", "not (tag = a and tag = b)"],
    // Words, fields and most values in any case.
    ["ALL", "all"],
    ["Platform=MACOS And NOT Tag!=Lab", "platform = macOS and not tag != lab"],
    ["platform = mac or platform = ipados", "platform = macOS or platform = iPadOS"],
    ["supervised = Yes or supervised = FALSE", "supervised = true or supervised = false"],
    ["serial = c02a", "serial = c02a"],
    // Commas of product types, and commas between values.
    ["model = Mac14,2", "model = Mac14,2"],
    ["model in (Mac14,2,Mac14,3, iPad13,*, J314sAP,Mac*)", "model in (Mac14,2, Mac14,3, iPad13,*, J314sAP, Mac*)"],
    ["major in (15,26)", "major in (15, 26)"],
    ["tag in (lab1,2)", "tag in (lab1, 2)"],
    ["tag in (a, A, a)", "tag = a"],
    // Quotes.
    ['group = "Tokyo lab"', 'group = "Tokyo lab"'],
    ['group = "Tokyo"', "group = Tokyo"],
    // As a Mac's keyboard may write an umlaut: in two characters.
    ['group = "Zu\u0308rich"', 'group = "Z\u00fcrich"'],
    ['tag = "not" or tag = "all"', 'tag = "not" or tag = "all"'],
    ['serial = "a ""b"""', 'serial = "a ""b"""'],
    [" \t\n tag\n=\tlab\n", "tag = lab"],
  ])("targets S1: %j is read, and is %j", (text, canonical) => {
    expect(printRule(parseRule(text))).toBe(canonical);
  });

  it.each([
    ["", 1, "expected a field (platform, model, major, supervised, tag, group, serial)"],
    ["tagg = lab", 1, 'found "tagg" (did you mean "tag"?).'],
    ["platform = macOS and suprvised = true", 22, 'did you mean "supervised"?'],
    ["osVersion = 26.6", 1, "would leave the rule by updating: write major"],
    ["platform = windows", 12, "expected a platform (iOS, macOS, tvOS, visionOS, watchOS, iPadOS)"],
    ["platform = macSO", 12, 'did you mean "macOS"?'],
    ["tag lab", 5, 'expected "=", "!=" or "in", found "lab"'],
    ["tag == lab", 6, 'expected a value of tag, found "="'],
    ["tag = ", 7, "expected a value of tag, found the end"],
    ["tag = not", 7, 'found "not"; a value that is called so needs double quotes'],
    ["tag = and platform = macOS", 7, 'found "and"'],
    ["tag = la_b", 7, 'expected a tag: 1 to 40 of the characters a-z, 0-9 and -; found "la_b"'],
    [`tag = ${"a".repeat(41)}`, 7, "expected a tag"],
    ["major = 26.6", 9, "expected a major OS version such as 26"],
    ["major = 0", 9, "expected a major OS version"],
    ["supervised = maybe", 14, "expected true or false"],
    ['model = "MacBook Air"', 9, "expected a product type such as Mac14,2"],
    ["model = Ma*c", 9, "expected a product type"],
    ["group = ' Tokyo'", 9, "expected the name of a group"],
    ['serial = ""', 10, "expected a serial number"],
    ["tag = a tag = b", 9, 'expected "and", "or" or the end, found "tag"'],
    ["tag = a and", 12, "found the end"],
    ["tag = a and and tag = b", 13, 'found "and"'],
    ["not not tag = a", 5, 'found "not"'],
    ["(tag = a", 9, 'expected "and", "or" or ")", found the end'],
    ["tag = a)", 8, 'found ")"'],
    ["tag in a", 8, 'expected "(", found "a"'],
    ["tag in ()", 9, "expected a value of tag"],
    ["tag in (a b)", 11, 'expected "," or ")", found "b"'],
    ["tag in (a,)", 11, "expected a value of tag"],
    ['tag = a and group = "Tokyo', 21, "expected a closing double quote, found the end"],
    ['tag = a"', 8, 'found """'],
    ["tag ! a", 5, 'found "!"'],
    ["日本 = a", 1, 'found "日本"'],
    ["group = 日本 and tagg = a", 16, 'did you mean "tag"?'],
  ])("targets S1: %j is refused at character %i", (text, at, words) => {
    const { code, message } = problemOf(text);
    expect([code, message]).toEqual(["rule-invalid", expect.stringContaining(`at character ${at}: `)]);
    expect(message).toContain(words);
  });

  it("shows the place with a caret", () => {
    expect(problemOf("platform = macOS and\n tagg = lab").message.split("\n").slice(1)).toEqual([
      "    platform = macOS and  tagg = lab",
      "                          ^",
    ]);
  });

  it.each([9, 34, 35, 36, 37, 71, 72, 73, 74, 5000])(
    "is shown within 80 columns, %i characters before the place and behind it",
    (length) => {
      const { message } = problemOf(`${"all and".padEnd(length)}tagg = lab or ${"x".repeat(length)}`);
      const [, line = "", caret = ""] = message.split("\n");
      expect(Math.max(line.length, caret.length)).toBeLessThanOrEqual(80);
      expect(line.slice(caret.length - 1)).toMatch(/^tagg = lab or/);
    },
  );

  it("is refused when it is too long, or would be in its canonical text", () => {
    const serials = (n: number): string => Array.from({ length: n }, (_value, i) => `s${100_000 + i}`).join(",");
    const most = Math.floor((LONGEST_RULE - "serial in (".length - ")".length + ", ".length) / "s100000, ".length);
    expect(printRule(parseRule(`serial in (${serials(most)})`)).length).toBeLessThanOrEqual(LONGEST_RULE);
    // Shorter as written.
    expect(problemOf(`serial in (${serials(most + 1)})`).message).toMatch(/has \d+ characters; at most 100000/);
    expect(problemOf(" ".repeat(LONGEST_RULE + 1)).message).toContain("at most 100000");
  });

  it("is refused when it asks too many things of a device; a list is one of them, but not a list of models", () => {
    const many = (n: number, text: (i: number) => string, between: string): string =>
      Array.from({ length: n }, (_value, i) => text(i)).join(between);
    const tags = (n: number): string => many(n, (i) => `tag = t-${i}`, " or ");
    const models = (n: number): string => `model in (${many(n, (i) => `Mac${i}*`, ", ")})`;
    expect(printRule(parseRule(tags(MOST_TESTS)))).toBe(tags(MOST_TESTS));
    expect(problemOf(tags(MOST_TESTS + 1)).message).toBe(
      "The rule asks 1001 things of a device; at most 1000 are possible.",
    );
    expect(printRule(parseRule(models(MOST_TESTS)))).toBe(models(MOST_TESTS));
    expect(problemOf(models(MOST_TESTS + 1)).message).toContain("asks 1001 things");
    // It costs as much to ask as a test.
    expect(printRule(parseRule(many(MOST_TESTS, () => "not all", " or ")))).toContain("not all or not all");
    expect(problemOf(many(MOST_TESTS + 1, () => "not all", " or ")).message).toContain("asks 1001 things");
    expect(() => parseRule(`tag in (${many(5000, (i) => `t-${i}`, ", ")})`)).not.toThrow();
  });

  it("is refused with too many parentheses, however long it is", () => {
    const nested = (n: number): string => `${"(".repeat(n)}all${")".repeat(n)}`;
    expect(printRule(parseRule(nested(DEEPEST_RULE)))).toBe("all");
    expect(problemOf(nested(DEEPEST_RULE + 1)).message).toContain(`at character ${DEEPEST_RULE + 1}: more than 20`);
    expect(problemOf("(".repeat(LONGEST_RULE)).code).toBe("rule-invalid");
    const negated = (n: number): string => `${"not (".repeat(n)}all${")".repeat(n)}`;
    expect(printRule(parseRule(negated(DEEPEST_RULE)))).toMatch(/^not \(not \(/);
    expect(problemOf(negated(DEEPEST_RULE + 1)).code).toBe("rule-invalid");
  });

  it("is the same when its canonical text is read", () => {
    fc.assert(
      fc.property(aRule, (rule) => {
        const text = printRule(rule);
        expect(parseRule(text)).toEqual(rule);
        expect(printRule(parseRule(text))).toBe(text);
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  it("is read or refused with a place, whatever the text is", () => {
    const pieces = [
      "tag",
      "model",
      "=",
      "!=",
      "in",
      "(",
      ")",
      ",",
      '"',
      "and",
      "or",
      "not",
      "all",
      "lab",
      "Mac14,2",
      " ",
      "é",
      "\0",
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 12 }), (some) => {
        const text = some.join("");
        const outcome = (): string => {
          try {
            return printRule(parseRule(text));
          } catch (error) {
            return (error as UptickError).code;
          }
        };
        const said = outcome();
        expect(said === "rule-invalid" || printRule(parseRule(said)) === said).toBe(true);
      }),
      { seed: 2, numRuns: 5000 },
    );
  });
});

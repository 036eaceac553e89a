import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matches, type ScopeFacts } from "./match.ts";
import { parseRule } from "./parse.ts";
import { aRule, someFacts } from "./random.suite.ts";
import { readsOf } from "./reads.ts";
import type { Rule } from "./rule.ts";

const MAC: ScopeFacts = {
  platform: "macOS",
  productName: "Mac14,2",
  lookupIds: ["J413AP"],
  osVersion: "15.7.9",
  supervised: true,
  tags: new Set(["lab"]),
  serial: "C02A",
  groups: new Set(["tokyo lab"]),
};
const IPAD: ScopeFacts = {
  ...MAC,
  platform: "iOS",
  productName: "iPad13,4",
  lookupIds: ["iPad13,4"],
  osVersion: "26",
  supervised: false,
  tags: new Set(),
  serial: "DMPA",
  groups: new Set(),
};
const PHONE: ScopeFacts = { ...IPAD, productName: "iPhone17,1", lookupIds: ["iPhone17,1"], serial: "F2LA" };
const UNKNOWN: ScopeFacts = {
  platform: null,
  productName: null,
  lookupIds: [],
  osVersion: null,
  supervised: null,
  tags: new Set(),
  serial: null,
  groups: new Set(),
};

describe("a rule matches", () => {
  it.each<[rule: string, mac: boolean, ipad: boolean, phone: boolean, unknown: boolean]>([
    ["all", true, true, true, true],
    ["not all", false, false, false, false],
    ["platform = macOS", true, false, false, false],
    ["platform != macOS", false, true, true, true],
    ["platform = iOS", false, true, true, false],
    ["platform = iPadOS", false, true, false, false],
    ["platform = iOS and platform != iPadOS", false, false, true, false],
    ["platform in (macOS, iPadOS)", true, true, false, false],
    ["model = mac14,2", true, false, false, false],
    ["model = j413ap", true, false, false, false],
    ["model = J413*", true, false, false, false],
    ["model = Mac14", false, false, false, false],
    ["model = iP*", false, true, true, false],
    ["model = *", true, true, true, false],
    ["major = 15", true, false, false, false],
    ["major = 1", false, false, false, false],
    ["major in (26, 27)", false, true, true, false],
    ["supervised = true", true, false, false, false],
    ["supervised = false", false, true, true, false],
    ["supervised != true", false, true, true, true],
    ["tag = LAB", true, false, false, false],
    ["not tag in (pilot, lab)", false, true, true, true],
    ['group = "TOKYO lab"', true, false, false, false],
    // A serial number is exact.
    ["serial = C02A", true, false, false, false],
    ["serial = c02a", false, false, false, false],
    ["platform = macOS and not tag = lab or serial = F2LA", false, false, true, false],
  ])("%s", (text, ...expected) => {
    const rule = parseRule(text);
    expect([MAC, IPAD, PHONE, UNKNOWN].map((facts) => matches(rule, facts))).toEqual(expected);
  });

  it("targets S1: as a second, naive implementation says", () => {
    let matched = 0;
    fc.assert(
      fc.property(aRule, someFacts, (rule, facts) => {
        const expected = naive(rule, facts);
        matched += expected ? 1 : 0;
        expect(matches(rule, facts)).toBe(expected);
      }),
      { seed: 3, numRuns: 5000 },
    );
    expect([matched > 1500, matched < 3500]).toEqual([true, true]);
  });

  it("by nothing else than what it reads", () => {
    fc.assert(
      fc.property(aRule, someFacts, someFacts, (rule, facts, others) => {
        const { fields, tags, groups } = readsOf(rule);
        const same: ScopeFacts = {
          platform: fields.has("platform") ? facts.platform : others.platform,
          productName: fields.has("model") ? facts.productName : others.productName,
          lookupIds: fields.has("model") ? facts.lookupIds : others.lookupIds,
          osVersion: fields.has("major") ? facts.osVersion : others.osVersion,
          supervised: fields.has("supervised") ? facts.supervised : others.supervised,
          tags: mixed(tags, facts.tags, others.tags),
          serial: fields.has("serial") ? facts.serial : others.serial,
          groups: mixed(groups, facts.groups, others.groups),
        };
        expect(matches(rule, same)).toBe(matches(rule, facts));
      }),
      { seed: 4, numRuns: 5000 },
    );
  });
});

/** Of the words that are read what the first has, of others what the second has. */
const mixed = (read: ReadonlySet<string>, first: ReadonlySet<string>, second: ReadonlySet<string>) =>
  new Set([...[...first].filter((word) => read.has(word)), ...[...second].filter((word) => !read.has(word))]);

/** By the words of the specification: a list of all values that a device has of a field, and a search in it. */
function naive(rule: Rule, facts: ScopeFacts): boolean {
  if (rule.kind === "all") return true;
  if (rule.kind === "not") return !naive(rule.of, facts);
  if (rule.kind !== "test") {
    const held = rule.of.filter((one) => naive(one, facts)).length;
    return rule.kind === "and" ? held === rule.of.length : held > 0;
  }
  const has: Record<string, (string | null)[]> = {
    platform: [facts.platform, facts.platform === "iOS" && facts.productName?.slice(0, 4) === "iPad" ? "iPadOS" : null],
    model: [facts.productName, ...facts.lookupIds],
    major: [facts.osVersion === null ? null : String(Number.parseInt(facts.osVersion, 10))],
    supervised: [facts.supervised === null ? null : facts.supervised ? "true" : "false"],
    tag: [...facts.tags],
    group: [...facts.groups],
    serial: [facts.serial],
  };
  const exact = rule.field === "serial" ? "" : "i";
  const found = rule.values.some((value) => {
    const text = value
      .replaceAll(/[^\p{L}\p{N}* ]/gu, (sign) => `\\${sign}`)
      .replace(/\*$/, rule.field === "model" ? ".*" : "\\*");
    return (has[rule.field] ?? []).some((own) => own !== null && new RegExp(`^${text}$`, `s${exact}`).test(own));
  });
  return rule.how === "!=" ? !found : found;
}

/** Random rules and devices for property tests. */
import fc from "fast-check";
import type { ScopeFacts } from "./match.ts";
import { ALL, joined, not, oneOf, type Rule, test } from "./rule.ts";

/** Values that devices have, and others; few, so that rules match some devices. */
const VALUES = {
  platform: ["iOS", "iPadOS", "macOS", "tvOS", "visionOS"],
  model: ["Mac14,2", "mac14*", "J314sAP", "j3*", "iPad13,4", "iPad*", "iPhone17,1", "*", "Mac1"],
  major: ["14", "15", "26", "2"],
  supervised: ["true", "false"],
  tag: ["lab", "pilot", "not", "a-b"],
  group: ["Tokyo", "two words", "ÄÖ"],
  serial: ["C02A", "c02a", 'with "quotes"', "a, b", "(all)", "or"],
} as const;

const aTest: fc.Arbitrary<Rule> = fc.oneof(
  ...Object.entries(VALUES).map(([name, values]) => {
    const field = name as keyof typeof VALUES;
    const value = fc.constantFrom<string>(...values);
    return fc.oneof(
      fc.tuple(fc.constantFrom("=" as const, "!=" as const), value).map(([how, one]) => test(field, how, one)),
      fc.array(value, { minLength: 1, maxLength: 4 }).map((some) => oneOf(field, some)),
    );
  }),
);

/** Rules of up to four levels, as the parser makes them. */
export const aRule: fc.Arbitrary<Rule> = fc.letrec<{ rule: Rule }>((tie) => ({
  rule: fc.oneof(
    { maxDepth: 4 },
    { weight: 4, arbitrary: aTest },
    { weight: 1, arbitrary: fc.constant(ALL) },
    { weight: 2, arbitrary: tie("rule").map(not) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.constantFrom("and" as const, "or" as const), fc.array(tie("rule"), { minLength: 1, maxLength: 3 }))
        .map(([kind, rules]) => joined(kind, rules)),
    },
  ),
})).rule;

const some = (words: readonly string[]): fc.Arbitrary<ReadonlySet<string>> =>
  fc.subarray([...words]).map((chosen) => new Set(chosen));
const orNull = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null });

export const someFacts: fc.Arbitrary<ScopeFacts> = fc.record({
  platform: orNull(fc.constantFrom("iOS", "macOS", "tvOS", "visionOS")),
  productName: orNull(fc.constantFrom("Mac14,2", "iPad13,4", "iPhone17,1", "MAC14,2")),
  lookupIds: fc.subarray(["J314sAP", "j132AP"]),
  osVersion: orNull(fc.constantFrom("14.7", "15", "26.6.1", "2.1")),
  supervised: orNull(fc.boolean()),
  tags: some(VALUES.tag),
  serial: orNull(fc.constantFrom(...VALUES.serial)),
  groups: some(["tokyo", "two words", "äö"]),
});

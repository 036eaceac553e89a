/** Whether a device is meant by a rule. */
import type { Rule, Test } from "./rule.ts";
import { groupKey, IPADOS } from "./values.ts";

/** What rules ask of a device; null: it is not known. */
export interface ScopeFacts {
  readonly platform: string | null;
  readonly productName: string | null;
  /** By which Apple's list knows it. */
  readonly lookupIds: readonly string[];
  readonly osVersion: string | null;
  readonly supervised: boolean | null;
  readonly tags: ReadonlySet<string>;
  readonly serial: string | null;
  /** Keys (`groupKey`) of the groups that it is in, at least of those that the rule names. */
  readonly groups: ReadonlySet<string>;
}

export type Matcher = (facts: ScopeFacts) => boolean;

/** What is not known has no value: "=" and "in" do not hold for it, "!=" does. */
export const matches = (rule: Rule, facts: ScopeFacts): boolean => matcherOf(rule)(facts);

/** The rule made ready for many devices. */
export function matcherOf(rule: Rule): Matcher {
  switch (rule.kind) {
    case "all":
      return () => true;
    case "not": {
      const inner = matcherOf(rule.of);
      return (facts) => !inner(facts);
    }
    case "and": {
      const inner = rule.of.map(matcherOf);
      return (facts) => inner.every((one) => one(facts));
    }
    case "or": {
      const inner = rule.of.map(matcherOf);
      return (facts) => inner.some((one) => one(facts));
    }
    case "test": {
      const hasOne = testOf(rule);
      return rule.how === "!=" ? (facts) => !hasOne(facts) : hasOne;
    }
  }
}

/** Whether the device has one of the values. */
function testOf({ field, values }: Test): Matcher {
  const known: ReadonlySet<string> = new Set(values);
  switch (field) {
    case "platform":
      return ({ platform, productName }) =>
        platform !== null && (known.has(platform) || (known.has(IPADOS) && isIpad(platform, productName)));
    case "model": {
      const isOne = modelTest(values);
      return ({ productName, lookupIds }) => (productName !== null && isOne(productName)) || lookupIds.some(isOne);
    }
    case "major":
      return ({ osVersion }) => osVersion !== null && known.has(osVersion.split(".", 1)[0] ?? "");
    case "supervised":
      return ({ supervised }) => supervised !== null && known.has(String(supervised));
    case "tag":
      // A device has few tags, and a rule may have many.
      return ({ tags }) => hasOneOf(tags, known);
    case "group": {
      const keys = new Set(values.map(groupKey));
      return ({ groups }) => hasOneOf(groups, keys);
    }
    case "serial":
      return ({ serial }) => serial !== null && known.has(serial);
  }
}

function hasOneOf(own: ReadonlySet<string>, wanted: ReadonlySet<string>): boolean {
  for (const one of own) if (wanted.has(one)) return true;
  return false;
}

const isIpad = (platform: string, productName: string | null): boolean =>
  platform === "iOS" && productName?.startsWith("iPad") === true;

/** In any case; a value with * at its end is a beginning. */
function modelTest(values: readonly string[]): (model: string) => boolean {
  const lower = values.map((value) => value.toLowerCase());
  const whole: ReadonlySet<string> = new Set(lower.filter((value) => !value.endsWith("*")));
  const beginnings = lower.filter((value) => value.endsWith("*")).map((value) => value.slice(0, -1));
  return (model) => {
    const text = model.toLowerCase();
    return whole.has(text) || beginnings.some((beginning) => text.startsWith(beginning));
  };
}

/** The canonical text of a rule: read again, it is the same rule. */
import type { Field, Rule } from "./rule.ts";
import { isKeyword } from "./scanner.ts";

/** How tightly each kind binds. */
const BINDS: Readonly<Record<Rule["kind"], number>> = { or: 0, and: 1, not: 2, test: 3, all: 3 };

export function printRule(rule: Rule): string {
  switch (rule.kind) {
    case "all":
      return "all";
    case "not":
      return `not ${within(rule, rule.of)}`;
    case "and":
    case "or":
      return rule.of.map((one) => within(rule, one)).join(` ${rule.kind} `);
    case "test": {
      const values = rule.values.map((value) => printValue(rule.field, value));
      return rule.how === "in" ? `${rule.field} in (${values.join(", ")})` : `${rule.field} ${rule.how} ${values[0]}`;
    }
  }
}

/** In parentheses if it does not bind more tightly than the rule around it. */
function within(outer: Rule, inner: Rule): string {
  const text = printRule(inner);
  return BINDS[inner.kind] > BINDS[outer.kind] ? text : `(${text})`;
}

const PLAIN = /^[\w.*-]+$/;
/** Read as one value without quotes, in spite of its comma. */
const PRODUCT = /^[a-z]+\d+,(?:\d+\*?|\*)$/i;

function printValue(field: Field, value: string): string {
  if (PLAIN.test(value) && !isKeyword(value)) return value;
  return field === "model" && PRODUCT.test(value) ? value : `"${value.replaceAll('"', '""')}"`;
}

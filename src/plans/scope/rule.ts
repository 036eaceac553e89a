/** A rule that says which devices are meant, as data. Made by these functions it is in its canonical form. */

/** What a rule can ask of a device. The OS version is not a field: a device would leave its plan by updating. */
export const FIELDS = ["platform", "model", "major", "supervised", "tag", "group", "serial"] as const;
export type Field = (typeof FIELDS)[number];

export interface Test {
  readonly kind: "test";
  readonly field: Field;
  readonly how: "=" | "!=" | "in";
  /** In canonical form (`values.ts`), each once; one, except for "in", which has at least two. */
  readonly values: readonly string[];
}

export type Rule =
  | { readonly kind: "all" }
  | Test
  | { readonly kind: "not"; readonly of: Rule }
  /** At least two members, none of the same kind. */
  | { readonly kind: "and" | "or"; readonly of: readonly Rule[] };

export const ALL: Rule = { kind: "all" };

/** The field has this value, or has another one. */
export const test = (field: Field, how: "=" | "!=", value: string): Rule => ({
  kind: "test",
  field,
  how,
  values: [value],
});

/** The field has one of these values; at least one. */
export function oneOf(field: Field, values: readonly string[]): Rule {
  const each = [...new Set(values)];
  return { kind: "test", field, how: each.length === 1 ? "=" : "in", values: each };
}

export const not = (of: Rule): Rule => ({ kind: "not", of });

/** All of the rules hold, or one of them does; at least one rule. */
export function joined(kind: "and" | "or", rules: readonly Rule[]): Rule {
  const of = rules.flatMap((rule) => (rule.kind === kind ? rule.of : [rule]));
  return of.length === 1 && of[0] !== undefined ? of[0] : { kind, of };
}

/** What a rule asks of each device: its tests, of which each model of a list is one, and every "all". */
export function sizeOf(rule: Rule): number {
  if (rule.kind === "all") return 1;
  if (rule.kind === "test") return rule.field === "model" ? rule.values.length : 1;
  return rule.kind === "not" ? sizeOf(rule.of) : rule.of.reduce((sum, one) => sum + sizeOf(one), 0);
}

/** The tests of a rule, wherever they stand. */
export function testsOf(rule: Rule): Test[] {
  if (rule.kind === "test") return [rule];
  if (rule.kind === "all") return [];
  return rule.kind === "not" ? testsOf(rule.of) : rule.of.flatMap(testsOf);
}

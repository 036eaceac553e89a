/** What a rule hangs on: a device must be looked at again when one of these changes. */
import { type Field, type Rule, testsOf } from "./rule.ts";
import { groupKey, IPADOS } from "./values.ts";

export interface Reads {
  readonly fields: ReadonlySet<Field>;
  readonly tags: ReadonlySet<string>;
  /** Keys of groups (`groupKey`). What their rules read is read too. */
  readonly groups: ReadonlySet<string>;
}

export function readsOf(rule: Rule): Reads {
  const tests = testsOf(rule);
  const valuesOf = (field: Field): string[] => tests.flatMap((one) => (one.field === field ? one.values : []));
  const fields = new Set(tests.map(({ field }) => field));
  if (valuesOf("platform").includes(IPADOS)) fields.add("model");
  return { fields, tags: new Set(valuesOf("tag")), groups: new Set(valuesOf("group").map(groupKey)) };
}

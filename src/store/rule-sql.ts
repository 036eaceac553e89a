/** Rules as conditions on the list of devices (`l`): the same as `matcherOf` says of each (plans/scope/match.ts). Never null. */
import { type RawBuilder, sql } from "kysely";
import type { Rule } from "../plans/index.ts";
import type { AdminSql } from "./admin-sql.ts";

type Condition = RawBuilder<boolean>;
type Test = Extract<Rule, { readonly kind: "test" }>;

const TRUE: Condition = sql`1 = 1`;
const FALSE: Condition = sql`1 = 0`;

/** So many tags are looked for in the text of all tags; more are looked up. */
const FEW_TAGS = 8;

/** `groups`: the rules of those that it names. A group that is not among them has no device. */
export function ruleSql(dialect: AdminSql, rule: Rule, groups: ReadonlyMap<string, Rule>): Condition {
  switch (rule.kind) {
    case "all":
      return TRUE;
    case "not":
      return sql`NOT (${ruleSql(dialect, rule.of, groups)})`;
    case "and":
    case "or":
      return joined(
        rule.of.map((one) => ruleSql(dialect, one, groups)),
        rule.kind,
      );
    case "test": {
      const hasOne = testSql(dialect, rule, groups);
      return rule.how === "!=" ? sql`NOT (${hasOne})` : hasOne;
    }
  }
}

/** A tag that each device that the rule means has; undefined: it names none. */
export function tagOfAll(rule: Rule): string | undefined {
  if (rule.kind === "test") return rule.field === "tag" && rule.how === "=" ? rule.values[0] : undefined;
  if (rule.kind !== "and") return undefined;
  return rule.of.map(tagOfAll).find((tag) => tag !== undefined);
}

/** In halves: a database takes no expression that nests a thousand deep, as a long chain does. */
function joined(all: readonly Condition[], by: "and" | "or"): Condition {
  const [first] = all;
  if (first === undefined) return by === "and" ? TRUE : FALSE;
  if (all.length === 1) return sql`(${first})`;
  const half = Math.floor(all.length / 2);
  const [left, right] = [joined(all.slice(0, half), by), joined(all.slice(half), by)];
  return by === "and" ? sql`(${left} AND ${right})` : sql`(${left} OR ${right})`;
}

function testSql(dialect: AdminSql, { field, values }: Test, groups: ReadonlyMap<string, Rule>): Condition {
  switch (field) {
    case "platform":
      return joined(
        values.map((value) =>
          value === "iPadOS"
            ? sql`l.platform IS NOT NULL AND l.platform = 'iOS' AND l.product_name IS NOT NULL AND substr(l.product_name, 1, 4) = 'iPad'`
            : sql`l.platform IS NOT NULL AND l.platform = ${value}`,
        ),
        "or",
      );
    case "model":
      return joined(
        [
          modelSql(dialect, "product_name", values),
          sql`l.platform IS NOT NULL AND ${modelSql(dialect, "hardware", values)}`,
        ],
        "or",
      );
    case "major":
      return joined(
        values.map(
          (value) => sql`l.os_version IS NOT NULL AND (l.os_version = ${value} OR l.os_version LIKE ${`${value}.%`})`,
        ),
        "or",
      );
    case "supervised":
      return joined(
        values.map((value) => sql`l.supervised IS NOT NULL AND l.supervised = ${value === "true" ? 1 : 0}`),
        "or",
      );
    case "tag":
      if (values.length > FEW_TAGS)
        return sql`EXISTS (SELECT 1 FROM device_tag t WHERE t.enrollment_id = l.id AND ${dialect.isOneOf(sql`t.tag`, values)})`;
      // A tag has no character that LIKE knows.
      return joined(
        values.map((tag) => sql`l.tags LIKE ${`% ${tag} %`}`),
        "or",
      );
    case "group":
      return joined(
        values.flatMap((name) => {
          const rule = groups.get(groupKey(name));
          // A group in a group's rule means nobody: no rule is asked twice.
          return rule === undefined ? [] : [ruleSql(dialect, rule, new Map())];
        }),
        "or",
      );
    case "serial":
      return sql`(l.serial IS NOT NULL AND ${dialect.isOneOf(sql`l.serial`, values)})`;
  }
}

/** As `groupKey` of the plans' room. */
const groupKey = (name: string): string => name.toLowerCase();

/** In any case; a value with * at its end is a beginning. */
function modelSql(dialect: AdminSql, column: "product_name" | "hardware", values: readonly string[]): Condition {
  const known = sql.ref(`l.${column}`);
  const lower = values.map((value) => value.toLowerCase());
  const whole = lower.filter((value) => !value.endsWith("*"));
  const tests = lower
    .filter((value) => value.endsWith("*"))
    .map((value) => value.slice(0, -1))
    .map((value): Condition => sql`substr(lower(${known}), 1, ${sql.lit(value.length)}) = ${value}`);
  if (whole.length > 0) tests.push(dialect.isOneOf(sql`lower(${known})`, whole));
  return sql`(${known} IS NOT NULL AND ${joined(tests, "or")})`;
}

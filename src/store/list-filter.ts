/** Filters of the list of devices as conditions on its rows (`l`, table `listed`), and where few devices that pass one are found at once. */
import { type RawBuilder, sql } from "kysely";
import type { AdminSql } from "./admin-sql.ts";
import { conditionSql } from "./device-condition.ts";
import type { DeviceFilter } from "./device-query.ts";
import { lengthOf, textKey } from "./list-keys.ts";
import { ruleSql, tagOfAll } from "./rule-sql.ts";

type Condition = RawBuilder<boolean>;

/** A query of all devices that pass one filter, by an index that has only these. */
export interface Source {
  /** What it selects. */
  readonly by: "n" | "id";
  readonly select: RawBuilder<unknown>;
}

export interface ListFilter {
  readonly all: Condition;
  readonly sources: readonly Source[];
}

/** A decision of an accepted plan that refused the device is shown in place of its job (`REFUSAL_SHOWN` in device-rows.ts). */
const REFUSED: Condition = sql`(coalesce(l.job_begun, 0) = 0 AND EXISTS (SELECT 1 FROM plan_device d JOIN plan p ON p.id = d.plan_id
  WHERE d.enrollment_id = l.id AND d.kind = 'refused' AND (l.job_at IS NULL OR d.decided_at >= l.job_at)))`;
/** By the indexes that have the state: another one that has the plan would be read through. */
const anyRefused = (dialect: AdminSql): RawBuilder<unknown> => sql`SELECT d.enrollment_id FROM plan p
  CROSS JOIN plan_device d ${dialect.indexedBy("plan_device_kind")} WHERE d.plan_id = p.id AND d.kind = 'refused'
  UNION ALL SELECT j.enrollment_id FROM plan p CROSS JOIN job j ${dialect.indexedBy("job_plan")} WHERE j.plan_id = p.id AND j.state = 'refused'`;

/** A term that is shorter is looked for at the beginning of a name, serial, UDID or model. */
const ANYWHERE = 3;
/** What stands before each field in `listed_text`. */
const BEGIN = "\u001f";

export function listFilter(dialect: AdminSql, filter: DeviceFilter): ListFilter {
  const all: Condition[] = [];
  const sources: Source[] = [];
  const { enrollment, where, flags = {}, scope, ids, silentSince, os, model } = filter;
  if (enrollment !== undefined) all.push(sql`l.state = ${enrollment}`);
  // A condition says itself whom it means: a certificate may wait for a removed device too.
  else if (where === undefined) all.push(sql`l.state <> 'removed'`);
  const equal = { class: filter.class, reason: filter.reason, platform: filter.platform, governed_by: filter.plan };
  for (const [column, value] of Object.entries({ ...equal, ring: filter.ring }))
    if (value !== undefined) all.push(sql`${sql.ref(`l.${column}`)} = ${value}`);
  if (model !== undefined) all.push(sql`substr(l.product_name, 1, ${sql.lit(model.length)}) = ${model}`);
  if (os !== undefined) all.push(os.how === "=" ? sql`l.os = ${os.key}` : sql`l.os < ${os.key}`);
  for (const [flag, raised] of Object.entries(flags)) {
    const has: Condition = sql`l.flags LIKE ${`% ${flag} %`}`;
    all.push(raised ? has : sql`l.state = 'enrolled' AND NOT (${has})`);
  }
  if (scope !== undefined) {
    const tag = tagOfAll(scope.rule);
    if (tag !== undefined)
      sources.push({ by: "id", select: sql`SELECT t.enrollment_id FROM device_tag t WHERE t.tag = ${tag}` });
    all.push(ruleSql(dialect, scope.rule, scope.groups));
  }
  if (filter.jobState !== undefined || filter.mechanism !== undefined) all.push(jobSql(filter));
  if (filter.jobState === "refused" && filter.mechanism === undefined)
    sources.push({ by: "id", select: anyRefused(dialect) });
  const term = filter.search === undefined ? "" : (textKey(filter.search) ?? "");
  if (term !== "") {
    const needle = lengthOf(term) < ANYWHERE ? `${BEGIN}${term}` : term;
    const select = dialect.textHolds(needle);
    if (select !== undefined) sources.push({ by: "n", select });
    all.push(dialect.contains(sql`(SELECT s.text FROM listed_text s WHERE s.n = l.n)`, needle));
  }
  if (ids !== undefined) all.push(dialect.isOneOf(sql`l.id`, ids));
  if (silentSince !== undefined) {
    const silent = sql<boolean>`coalesce(e.last_seen_at, 0) < ${silentSince}`;
    sources.push({ by: "id", select: sql`SELECT e.id FROM enrollment e WHERE ${silent}` });
    all.push(ofEnrollment(silent));
  }
  if (where !== undefined) {
    const fits = conditionSql(where);
    sources.push({ by: "id", select: sql`SELECT e.id FROM enrollment e WHERE ${fits}` });
    all.push(ofEnrollment(fits));
  }
  return {
    all:
      all.length === 0
        ? sql`1 = 1`
        : sql`${sql.join(
            all.map((one) => sql`(${one})`),
            sql` AND `,
          )}`,
    sources,
  };
}

const ofEnrollment = (condition: Condition): Condition =>
  sql`EXISTS (SELECT 1 FROM enrollment e WHERE e.id = l.id AND ${condition})`;

/** By the job that the device is shown by; a refusal in its place has the state "refused", and is told by no mechanism. */
function jobSql({ jobState, mechanism }: DeviceFilter): Condition {
  const told: Condition = mechanism === undefined ? sql`1 = 1` : sql`l.mechanism = ${mechanism}`;
  if (jobState === "refused")
    return mechanism === undefined
      ? sql`l.job_state = 'refused' OR ${REFUSED}`
      : sql`l.job_state = 'refused' AND ${told} AND NOT ${REFUSED}`;
  const state: Condition = jobState === undefined ? sql`1 = 1` : sql`l.job_state = ${jobState}`;
  return sql`${state} AND ${told} AND NOT ${REFUSED}`;
}

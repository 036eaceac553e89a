/**
 * Devices that have a warning. Each condition is found by an index, for a page of a list as for a count: the fleet
 * is never read through.
 */
import { type RawBuilder, sql } from "kysely";

export type DeviceCondition =
  /** The identity ends within [from, to), real time (ms UTC). */
  | { readonly is: "identity-ends"; readonly from: number; readonly to: number }
  /** Enrolled, and excluded until a moment within (from, to] (ms UTC). */
  | { readonly is: "exclusion-ends"; readonly from: number; readonly to: number }
  | { readonly is: "quarantined" }
  /** Known, and a certificate that is not known waits for it. */
  | { readonly is: "pending" }
  /** A Mac with a live job that it can't carry out without its user. */
  | { readonly is: "needs-user" }
  /** Enrolled, and no push token that Apple accepts. */
  | { readonly is: "unpushable" }
  /** It has or claims a serial number that another enrollment has too; neither has left or was removed. */
  | { readonly is: "serial-shared" }
  /** Enrolled with another topic than this. */
  | { readonly is: "other-topic"; readonly topic: string }
  /** Enrolled, and seen below the target of its newest job that was not refused, which had ended there. */
  | { readonly is: "fell-back" };

/** What the newest trouble of a device is, and when it was. */
export interface DeviceTrouble {
  readonly deviceName: string | null;
  readonly serial: string | null;
  readonly appleId: string;
  readonly error: string;
  readonly at: number;
}

/** The condition on the enrollment `e`. Constants stand in the SQL: only then is a partial index sure to be used. */
export function conditionSql(condition: DeviceCondition): RawBuilder<boolean> {
  switch (condition.is) {
    case "identity-ends":
      return sql`(e.state <> 'removed' AND e.id IN (SELECT enrollment_id FROM renewal WHERE ends_at >= ${condition.from} AND ends_at < ${condition.to}))`;
    case "exclusion-ends":
      return sql`(e.state = 'enrolled' AND e.id IN (SELECT id FROM enrollment WHERE excluded_due_at IS NOT NULL
        AND excluded_ends_at > ${condition.from} AND excluded_ends_at <= ${condition.to}))`;
    case "quarantined":
      return sql`e.state = 'quarantined'`;
    case "pending":
      return sql`(e.state NOT IN ('quarantined', 'removed') AND e.id IN (SELECT pending_for FROM certificate WHERE pending_for IS NOT NULL))`;
    case "needs-user":
      return sql`e.id IN (SELECT enrollment_id FROM job WHERE live = 1 AND needs_user = 1)`;
    case "unpushable":
      return sql`(e.state = 'enrolled' AND e.pushable = 0)`;
    case "serial-shared":
      return sql`e.id IN (SELECT c.id ${CLAIMED} UNION ALL SELECT h.id ${CLAIMED} UNION ALL SELECT t.id FROM enrollment t
        WHERE t.state IN ${HERE} AND t.serial IN (SELECT serial FROM enrollment WHERE serial IS NOT NULL AND state IN ${HERE}
          GROUP BY serial HAVING count(*) > 1))`;
    case "other-topic":
      // As two ranges: "is not" has no place in an index.
      return sql`e.id IN (SELECT id FROM enrollment WHERE state = 'enrolled' AND topic < ${condition.topic}
        UNION ALL SELECT id FROM enrollment WHERE state = 'enrolled' AND topic > ${condition.topic})`;
    case "fell-back":
      return sql`(e.state = 'enrolled' AND e.id IN (SELECT j.enrollment_id FROM job j WHERE j.state = 'fell-back'
        AND NOT EXISTS (SELECT 1 FROM job k WHERE k.enrollment_id = j.enrollment_id AND k.state <> 'refused'
          AND (k.created_at > j.created_at OR (k.created_at = j.created_at AND k.id > j.id)))))`;
  }
}

/** States of an enrollment that has not left and has not been removed. */
const HERE = sql`('authenticated', 'enrolled', 'quarantined')`;

/** Who claims a serial number (`c`), and who has it (`h`). */
const CLAIMED = sql`FROM enrollment c JOIN enrollment h ON h.serial = c.claimed_serial
  WHERE c.claimed_serial IS NOT NULL AND c.state IN ${HERE} AND h.state IN ${HERE}`;

/** Where the newest trouble of the devices of a condition stands; undefined where none is kept. */
export function troubleSql(
  condition: DeviceCondition,
):
  | { readonly from: RawBuilder<unknown>; readonly error: RawBuilder<string>; readonly at: RawBuilder<number> }
  | undefined {
  switch (condition.is) {
    case "identity-ends":
      return {
        from: sql`renewal r JOIN enrollment e ON e.id = r.enrollment_id
          WHERE e.state <> 'removed' AND r.error_at IS NOT NULL AND r.ends_at >= ${condition.from} AND r.ends_at < ${condition.to}`,
        error: sql`r.error`,
        at: sql`r.error_at`,
      };
    case "unpushable":
      return {
        from: sql`enrollment e WHERE e.state = 'enrolled' AND e.pushable = 0 AND e.push_trouble_since IS NOT NULL`,
        error: sql`e.push_trouble_reason`,
        at: sql`e.push_trouble_since`,
      };
    default:
      return undefined;
  }
}

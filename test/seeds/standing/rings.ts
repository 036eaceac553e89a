/** Promises over rings and gates (targets section 13, 4, 6, 7 and 11), checked against the decisions that are stored. */
import type { DatabaseSync } from "node:sqlite";
import type { SimDevice } from "../../../simulator/index.ts";
import { compare } from "../compare.ts";
import { rows } from "../rows.ts";
import { HOUR } from "../time.ts";
import { wallClock, weekdayOf } from "./clock.ts";
import type { Spec } from "./spec.ts";

interface Decision {
  readonly rowid: number;
  readonly rollout_id: string;
  readonly ring: number;
  readonly urgent: number;
  readonly what: string;
  readonly by: string;
  readonly at: number;
  readonly reason: string;
  readonly numbers: string;
  readonly platform: string;
  readonly version: string;
  readonly rollout_state: string;
  readonly plan_state: string;
  readonly spec: string;
  readonly opened_at: number | null;
  readonly count_from: number | null;
}

const NEW = `SELECT d.rowid, d.rollout_id, d.ring, d.urgent, d.what, d.by, d.at, d.reason, d.numbers, r.platform, r.version,
    r.state AS rollout_state, p.state AS plan_state, p.spec, u.opened_at, u.count_from
  FROM gate_decision d JOIN rollout r ON r.id = d.rollout_id JOIN plan p ON p.id = r.plan_id
  JOIN ring_run u ON u.rollout_id = d.rollout_id AND u.ring = d.ring AND u.urgent = d.urgent
  WHERE d.rowid > ? ORDER BY d.rowid`;

/** What was decided of a ring so far. */
interface Ring {
  opened: boolean;
  passed: boolean;
}

export function ringPromises(devices: readonly SimDevice[]) {
  let last = 0;
  let rings = new Map<string, Ring>();

  function ringOf(rollout: string, ring: number, urgent: number): Ring {
    const key = `${rollout} ${ring} ${urgent}`;
    let known = rings.get(key);
    if (known === undefined) rings.set(key, (known = { opened: false, passed: false }));
    return known;
  }

  function follow(db: DatabaseSync, one: Decision): string[] {
    const { rollout_id: rollout, ring, urgent, what, by } = one;
    const own = ringOf(rollout, ring, urgent);
    const before = ring === 0 ? undefined : ringOf(rollout, ring - 1, urgent);
    const gate = by === "gate";
    const spec = JSON.parse(one.spec) as Spec;
    const broken: string[] = [];
    if (what === "open") {
      if (own.opened) broken.push("is opened a second time");
      if (gate && urgent === 0 && before?.passed === false) broken.push("opens, and the ring before it has not passed");
      if (one.rollout_state !== "running" || one.plan_state !== "active")
        broken.push(`opens, and its rollout is ${one.rollout_state}, its plan ${one.plan_state}`);
      broken.push(...openedAt(one, spec));
      own.opened = true;
    }
    if (what === "pass") {
      if (own.passed) broken.push("passes a second time");
      if (!own.opened) broken.push("passes, and was never opened");
      broken.push(...passed(db, one, spec));
      own.passed = true;
    }
    if (what === "promote") {
      // A person's word opens an urgent run that waits, and lets one pass that asks.
      if (urgent === 1 && !own.opened) own.opened = true;
      else own.passed = true;
    }
    const name = `${one.platform} ${one.version}, ring ${ring + 1}${urgent === 1 ? " (urgent)" : ""}`;
    return broken.map((text) => `${name} ${text}`);
  }

  /** What a ring has shown, beside what its devices have done (targets R9, R10). */
  function passed(db: DatabaseSync, one: Decision, { standing }: Spec): string[] {
    const {
      settled = 0,
      members = 0,
      expected = 0,
      started = 0,
      failures = 0,
      unclear = 0,
    } = JSON.parse(one.numbers) as Readonly<Record<string, number>>;
    const broken: string[] = [];
    const isLast = one.ring >= standing.rings.length - 1;
    const percent = standing.maxFailurePercent;
    const allowed = started * percent < 200 ? 0 : Math.floor((started * percent) / 100);
    if (!isLast && failures + unclear > allowed)
      broken.push(`passes with ${failures} failures and ${unclear} unclear of ${started}`);
    if (one.reason === "no-members" && members > 0) broken.push(`passes without members, and has ${members}`);
    const needed = Math.max(Math.ceil((expected * 85) / 100), Math.ceil(members / 2));
    if (one.reason === "enough-good" && settled < needed) broken.push(`passes with ${settled} good, ${needed} needed`);
    if (one.reason === "few-members" && one.at < (one.opened_at ?? one.at) + 48 * HOUR)
      broken.push("passes with few members before two days are over");
    const there = devices.filter(({ os }) => compare(os.version, one.version) >= 0).length;
    if (settled > there) broken.push(`passes with ${settled} good, and ${there} devices have the release`);
    const failed = isLast ? 0 : failedIn(db, one);
    if (failed > allowed) broken.push(`passes, and the jobs of ${failed} of its devices have failed`);
    return broken;
  }

  return {
    /** All that was decided since. `isOther`: the server was put back, and what it knows is new. */
    look(db: DatabaseSync, isOther: boolean): string[] {
      if (isOther) [last, rings] = [0, new Map()];
      return rows<Decision>(db, NEW, last).flatMap((one) => {
        last = one.rowid;
        const broken = follow(db, one);
        return isOther ? [] : broken;
      });
    },
  };
}

/** Jobs that have failed through the update, and not through silence, since the ring's numbers count. */
function failedIn(db: DatabaseSync, { rollout_id: id, ring, urgent, count_from: from }: Decision): number {
  const failed = rows<{ n: number }>(
    db,
    `SELECT count(*) AS n FROM job j JOIN enrollment e ON e.id = j.enrollment_id
     WHERE j.rollout_id = ? AND j.ring = ? AND j.urgent = ? AND j.state = 'failed' AND j.finished_at >= ? AND e.state = 'enrolled'
       AND j.reason IN ('install-failed', 'device-error', 'no-update') AND j.started_at IS NOT NULL
       AND e.excluded_ends_at IS NULL AND e.os_version = json_extract(j.doc, '$.from.version')`,
    ...[id, ring, urgent, from ?? 0],
  );
  return failed[0]?.n ?? 0;
}

/** At 09:00 from Monday to Friday on the plan's clock; an urgent one later on any day (targets R1, U2). */
function openedAt({ urgent, at, opened_at: opened }: Decision, { zone }: Spec): string[] {
  const local = wallClock(opened ?? at, zone);
  const day = weekdayOf(local);
  const time = local.slice(11);
  const holds = urgent === 1 ? time >= "09:00" : time === "09:00" && day >= 1 && day <= 5;
  return holds ? [] : [`opens at ${local}`];
}

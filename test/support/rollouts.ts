/** Standing plans and rollouts as rows that are put into a stopped server's database, for what is said of them. */
import {
  type GateDecisionRow,
  type RingRunRow,
  type RolloutRow,
  type Rows,
  type TableName,
  TABLES,
} from "../../src/store/index.ts";
import { gateDecisionRow, planRow, ringRunRow, rolloutRow } from "../../src/store/suite-rows.ts";
import { insertRow, type TestDatabase } from "./database.ts";

const snake = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** A row as the store keeps it. */
export function insertStored<T extends TableName>(database: TestDatabase, table: T, row: Rows[T]): void {
  const json: ReadonlySet<string> = new Set(TABLES[table].json);
  const columns = Object.entries(row).map(([name, value]: [string, unknown]) => [
    snake(name),
    json.has(name) ? JSON.stringify(value) : value,
  ]);
  insertRow(database, snake(table), Object.fromEntries(columns) as Record<string, unknown>);
}

const RING = { approval: "gate" } as const;

const STANDING = {
  include: "all",
  exclude: null,
  days: 17,
  at: "17:00",
  noticeHours: 24,
  skipWeekdays: ["fri", "sat", "sun"],
  spreadHours: 0,
  rings: [
    { ...RING, name: "Pilot", who: "tag = pilot", opens: 0, due: 2 },
    { ...RING, name: "Early", who: { percent: 20 }, opens: 8, due: 9 },
    { ...RING, name: "Everyone", who: "rest", opens: 15, due: 17 },
  ],
  maxFailurePercent: 5,
  urgentDays: 3,
  heldMajors: {},
};

/** A plan of three rings: Pilot, Early and Everyone. Nothing of it is due. */
export function insertStandingPlan(database: TestDatabase, id: string): void {
  const spec = { to: "latest-minor", action: "install", targets: {}, zone: "Europe/Berlin", standing: STANDING };
  insertStored(
    database,
    "plan",
    // By its kind a once plan: the server leaves its rings and devices as they were put in.
    planRow(id, { name: "Macs", kind: "once", devices: 0, dueAt: null, spec }),
  );
}

/**
 * A plan that has given out its jobs gets these rings, and a rollout that gave them. It stays a once plan: what a standing plan means for
 * its devices would be worked out again after each verb.
 */
export function ringPlan(database: TestDatabase, planId: string, rolloutId: string, given: RolloutGiven = {}): void {
  const { spec } = database.prepare("SELECT spec FROM plan WHERE id = ?").get(planId) as { spec: string };
  const standing = JSON.stringify({ ...(JSON.parse(spec) as object), zone: "Europe/Berlin", standing: STANDING });
  database.prepare("UPDATE plan SET spec = ? WHERE id = ?").run(standing, planId);
  insertRollout(database, rolloutId, planId, { platform: "iOS", version: "26.6.1", ...given });
  database.prepare("UPDATE job SET rollout_id = ?, ring = 0 WHERE plan_id = ?").run(rolloutId, planId);
}

export interface RolloutGiven extends Partial<Omit<RolloutRow, "id" | "planId">> {
  readonly runs?: readonly Partial<RingRunRow>[];
  readonly decisions?: readonly Partial<GateDecisionRow>[];
}

/** A rollout with its rings; a run that is not named waits. */
export function insertRollout(
  database: TestDatabase,
  id: string,
  planId: string,
  { runs = [], decisions = [], ...more }: RolloutGiven = {},
): void {
  insertStored(database, "rollout", rolloutRow(id, { planId, ...more }));
  const all = [0, 1, 2].map((ring) =>
    ringRunRow(
      id,
      ring,
      runs.find((run) => run.ring === ring && run.urgent !== 1),
    ),
  );
  const urgent = runs.filter((run) => run.urgent === 1).map((run) => ringRunRow(id, run.ring ?? 0, run));
  for (const run of [...all, ...urgent]) insertStored(database, "ringRun", run);
  for (const [n, decision] of decisions.entries())
    insertStored(database, "gateDecision", gateDecisionRow(id, decision.n ?? n, decision));
}

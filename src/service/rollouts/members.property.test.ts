/** What the store gives of many members in little space counts as each of them does by all that is stored of it (targets R6, R14); on both backends. */
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { runPostgres } from "../../../test/support/run-postgres.ts";
import { countsOf, type Member } from "../../plans/index.ts";
import type { AdminStore, DeviceStore, EnrollmentRow, JobRow, Json, KeptRow } from "../../store/index.ts";
import { STEPS } from "../../store/migrations/steps.ts";
import { openPostgresStore } from "../../store/postgres/index.ts";
import { byName, openInProcess } from "../../store/sqlite/index.ts";
import { enrollmentRow, jobRow, ringRunRow, rolloutRow } from "../../store/suite-rows.ts";
import { type Transaction, transaction, type Write } from "../../store/transaction.ts";
import { countRings, memberOf, otherOf } from "./members.ts";
import { countsKey } from "./views.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 7, 25, 7);
const OPENED = NOW - 8 * DAY;

const write = transaction({
  name: "write",
  reads: () => ({}),
  decide: (writes: readonly Write[]) => ({ writes, result: null }),
});

interface Given {
  readonly admin: AdminStore;
  readonly devices: DeviceStore;
}

function openSqlite(): Promise<Given> {
  const db = new DatabaseSync(":memory:");
  for (const { sqlite } of STEPS) db.exec(sqlite);
  const known = byName([write] as unknown as readonly Transaction<unknown, unknown>[]);
  const store = openInProcess({ db, transactions: known, onClose: () => db.close() });
  onTestFinished(() => store.close());
  return Promise.resolve(store);
}

const postgres = await runPostgres();

async function openPostgres(): Promise<Given> {
  const store = await openPostgresStore({ url: (await postgres?.database()) ?? "" });
  onTestFinished(() => store.close());
  return store;
}

/** The rules' own distances, and a millisecond to each side of them. */
const EDGES = [0, 1, 12, 24, 48, 72, 73, 96, 168, 169, 192].map((hours) => hours * HOUR);
const time = fc
  .tuple(fc.constantFrom(...EDGES), fc.constantFrom(...EDGES), fc.constantFrom(-1, 0, 1))
  .map(([a, b, ms]) => NOW - a - b + ms)
  .filter((at) => at <= NOW);
const maybe = fc.option(time, { nil: null });

/** All that a job can keep, so that what outcomes come to hang on later is here too. */
const KEPT: { readonly [K in keyof Member]-?: fc.Arbitrary<Required<Member>[K]> } = {
  orderedAt: time,
  installStateAt: time,
  installingAt: time,
  fetchedAt: time,
  momentAt: time,
  heardPastMomentAt: time,
  reachedAt: time,
  wentBackAt: time,
  signs: fc.array(time, { maxLength: 2 }).map((at) => at.toSorted((a, b) => a - b)),
  signSince: time,
  report: fc.record({ at: time, namesHindrance: fc.boolean() }),
  jobFailedAt: time,
  hinderedSince: time,
  formerlySince: time,
  neededUser: fc.constant(true as const),
};
const { momentAt, reachedAt, ...others } = KEPT;
const member = fc.record(KEPT, { requiredKeys: [] }) as fc.Arbitrary<Member>;
/** Most have nothing in their way, or one thing: then their outcome hangs on it alone. */
const simple = fc
  .constantFrom(...(Object.keys(others) as (keyof typeof others)[]))
  .chain((key) => fc.record({ momentAt, reachedAt, [key]: KEPT[key] }, { requiredKeys: [key] }))
  .chain((kept) => fc.constantFrom(kept, { ...kept, reachedAt: undefined })) as fc.Arbitrary<Member>;

const device = fc.record({
  kept: fc.oneof({ weight: 5, arbitrary: simple }, { weight: 2, arbitrary: member }, fc.constant(null)),
  /** An older job of the same rollout, which does not count. */
  older: fc.option(member, { nil: null }),
  live: fc.constantFrom(0, 1),
  ring: fc.constantFrom(0, 1),
  urgent: fc.constantFrom(0, 1),
  startedAt: maybe,
  createdAt: time,
  lastSeenAt: maybe,
  excludedEndsAt: fc.constantFrom(null, NOW - 1, NOW, NOW + 1),
  governed: fc.constantFrom("plan", "other", null),
  state: fc.constantFrom("enrolled", "enrolled", "enrolled", "checked-out"),
  given: fc.constantFrom(true, true, true, false),
  osVersion: fc.constantFrom("26.6.1", "26.6.2", "26.7", null),
  supplementalExtra: fc.constantFrom(null, "(a)"),
});
type Device = typeof device extends fc.Arbitrary<infer T> ? T : never;

function testCounts(open: () => Promise<Given>, numRuns: number): void {
  it("counts as each member does by all that is stored of it", async () => {
    const { admin, devices } = await open();
    let n = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(device, { minLength: 1, maxLength: 60 }), maybe, async (drawn, countFrom) => {
        n += 1;
        const plan = `plan-${n}`;
        const rollout = rolloutRow(`r-${n}`, { planId: plan, version: "26.6.2", platform: "macOS" });
        const runs = [0, 1].flatMap((ring) =>
          [0, 1].map((urgent) =>
            ringRunRow(rollout.id, ring, { urgent: urgent as 0 | 1, openedAt: OPENED, countFrom, state: "open" }),
          ),
        );
        const rows = drawn.map((one, i) => rowsOf(one, `${n}-${i}`, plan, rollout.id));
        await devices.run(write, [
          { put: "rollout", row: rollout },
          ...runs.map((row): Write => ({ put: "ringRun", row })),
          ...rows.flatMap(({ enrollment, jobs }): Write[] => [
            { put: "enrollment", row: enrollment },
            ...jobs.map((row): Write => ({ put: "job", row })),
          ]),
        ]);
        const counts = await countRings({ admin, now: () => NOW }, [rollout]);
        for (const run of runs) {
          const counted = rows.flatMap(({ enrollment, jobs }) => {
            if (enrollment.state !== "enrolled") return [];
            const [job] = jobs.toReversed();
            const isGoverned = enrollment.governedBy === plan;
            if (job === undefined) {
              const isIn = isGoverned && enrollment.ring === run.ring && run.urgent === 0;
              const row = { ...enrollment, ring: run.ring, aim: "26.6.2" };
              return isIn ? [otherOf(row, rollout, run, NOW)] : [];
            }
            const isIn = job.ring === run.ring && job.urgent === run.urgent && (job.startedAt !== null || isGoverned);
            return isIn ? [memberOf({ ...enrollment, ...job }, run, NOW)] : [];
          });
          expect(counts.get(countsKey(run))).toEqual(countsOf(counted, countFrom ?? OPENED, NOW));
        }
      }),
      { numRuns },
    );
  }, 60_000);

  it("of a plan that is decided once is told all by which it is judged (targets R8)", async () => {
    const { admin, devices } = await open();
    let n = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(device, { minLength: 1, maxLength: 60 }), time, async (drawn, countFrom) => {
        n += 1;
        const [plan, ring] = [`once-${n}`, { openedAt: OPENED, urgent: 0 } as const];
        const rows = drawn.map((one, i) => rowsOf(one, `o${n}-${i}`, plan, ""));
        const all = rows.flatMap(({ enrollment, jobs }) =>
          jobs.slice(-1).map((job) => ({ enrollment, job: { ...job, planId: plan, rolloutId: null, ring: null } })),
        );
        await devices.run(write, [
          ...rows.map(({ enrollment }): Write => ({ put: "enrollment", row: enrollment })),
          ...all.map(({ job }): Write => ({ put: "job", row: job })),
        ]);
        const judged = (kept: readonly KeptRow[]) => {
          const { startedSince, failuresSince } = countsOf(
            kept.map((row) => memberOf(row, ring, NOW)),
            countFrom,
            NOW,
          );
          return { startedSince, failuresSince };
        };
        const enrolled = all.filter(({ enrollment }) => enrollment.state === "enrolled");
        const expected = judged(enrolled.map(({ enrollment, job }) => ({ ...enrollment, ...job })));
        expect(judged(await admin.keptMembers(plan))).toEqual(expected);
      }),
      { numRuns },
    );
  }, 60_000);
}

function rowsOf(
  one: Device,
  id: string,
  plan: string,
  rolloutId: string,
): { readonly enrollment: EnrollmentRow; readonly jobs: readonly JobRow[] } {
  const { lastSeenAt, excludedEndsAt, osVersion, supplementalExtra, ring, urgent, startedAt, createdAt } = one;
  const governedBy = one.governed === "plan" ? plan : one.governed;
  const standing = { platform: "macOS", governedBy, ring, aim: "26.6.2" } as const;
  const state = one.state as EnrollmentRow["state"];
  const seen = { state, lastSeenAt, excludedEndsAt, osVersion, supplementalExtra };
  const job = (jobId: string, live: 0 | 1, kept: Member | null): JobRow =>
    jobRow(jobId, id, {
      ...{ live, rolloutId, ring, urgent: urgent as 0 | 1, startedAt, createdAt },
      member: kept as unknown as Json,
    });
  const older = one.older === null ? [] : [job(`${id}-a`, 0, one.older)];
  return {
    enrollment: enrollmentRow(id, { ...standing, ...seen }),
    jobs: one.given ? [...older, job(`${id}-b`, one.live as 0 | 1, one.kept)] : [],
  };
}

describe("targets R14, on SQLite", () => {
  testCounts(openSqlite, 150);
});
describe.skipIf(postgres === undefined)("targets R14, on PostgreSQL", () => {
  testCounts(openPostgres, 40);
});

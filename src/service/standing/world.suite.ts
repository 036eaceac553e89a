/** A real store of iPhones on 26.5 under Apple's list of August 2026, the service of plans, and the work that carries them out. */
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished } from "vitest";
import { sampleLookupService } from "../../catalog/index.ts";
import type { PlanRequest, PlanView } from "../../contract/index.ts";
import type { EnrollmentRow, RingRunRow } from "../../store/index.ts";
import { STEPS } from "../../store/migrations/steps.ts";
import { byName, openInProcess } from "../../store/sqlite/index.ts";
import { certificateRow, enrollmentRow } from "../../store/suite-rows.ts";
import { type Transaction, transaction, type Write } from "../../store/transaction.ts";
import { systemActor } from "../actor.ts";
import { noteList } from "../catalog/note-list.ts";
import { readList } from "../catalog/read-list.ts";
import { createPlanService } from "../plans/plan-service.ts";
import { createSelector } from "../plans/selector.ts";
import type { Ports } from "../ports.ts";
import { transactions } from "../transactions.ts";
import { createDueWork } from "../work/due-work.ts";

/** A Tuesday, 12:00 UTC. */
export const NOW = Date.UTC(2026, 7, 25, 12);
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const write = transaction({
  name: "write",
  reads: () => ({}),
  decide: (writes: readonly Write[]) => ({ writes, result: null }),
});

export const phone = (id: string, more: Partial<EnrollmentRow> = {}): EnrollmentRow =>
  enrollmentRow(id, {
    ...{ productName: "iPhone15,2", lastSeenAt: NOW, classDueAt: 0, certificate: `f-${id}`, timeZone: "Europe/Berlin" },
    ...more,
  });

/** What a standing plan of these tests says where a test says nothing else. */
export const STANDING: PlanRequest = {
  ...{ standing: true, name: "phones", to: "latest-minor", action: "install", deadline: "+14d 17:00" },
};

/** No fault is expected in the log. */
const QUIET = (...said: unknown[]): unknown => expect(said).toEqual([]);

/** `error`: where faults are expected, takes what is logged of them. */
export async function world(rows: readonly EnrollmentRow[], error = QUIET) {
  const db = new DatabaseSync(":memory:");
  for (const { sqlite } of STEPS) db.exec(sqlite);
  const known = byName([...transactions, write] as unknown as readonly Transaction<unknown, unknown>[]);
  const store = openInProcess({ db, transactions: known, onClose: () => db.close() });
  onTestFinished(() => store.close());
  const clock = { now: NOW };
  let ids = 0;
  const newId = (): string => `0198c000-0000-7000-8000-${String((ids += 1)).padStart(12, "0")}`;
  const ports = {
    ...store,
    newId,
    log: { error, info: () => undefined },
    now: () => clock.now,
    realNow: () => clock.now,
  } as unknown as Ports;
  const actor = systemActor(ports);
  const work = createDueWork(ports, async () => undefined);
  const plans = createPlanService(ports, createSelector(ports.admin), { defaultZone: undefined, pushRate: 100 });
  const put = (...writes: readonly Write[]) => store.devices.run(write, writes);
  await put(
    ...rows.flatMap((row): Write[] => [
      { put: "enrollment", row },
      { put: "certificate", row: certificateRow(`f-${row.id}`, { enrollmentId: row.id }) },
    ]),
  );
  await store.devices.run(noteList, readList(sampleLookupService(), {}, clock.now).input);

  /** All that is due now is done. A device of which something has changed meanwhile is looked at a second later. */
  async function settle(): Promise<void> {
    for (let quiet = 0; quiet < 2; ) {
      const done = (await work.plans()) + (await work.sweeps()) + (await work.compliance()) + (await work.jobs());
      quiet = done === 0 ? quiet + 1 : 0;
      if (done === 0) clock.now += 1000;
    }
  }

  /** All devices will be looked at, as after a change that concerns all of them. */
  function lookAtAll(): Write {
    const cause = (clock.now += 1);
    return { put: "sweep", row: { name: "compliance", cause, cursor: null, dueAt: cause, leaseUntil: 0 } };
  }
  async function sweep(): Promise<void> {
    await put(lookAtAll());
    await settle();
  }

  /** As the gate does. */
  async function open(planId: string, ...rings: readonly number[]): Promise<void> {
    const rollouts = await store.admin.rolloutsOf([planId]);
    const runs = await store.admin.ringRunsOf(rollouts.map(({ id }) => id));
    const set = { state: "open", openedAt: clock.now, countFrom: clock.now, since: clock.now } as const;
    const waiting = runs.filter(({ ring, state }) => state === "waiting" && rings.includes(ring));
    await put(
      ...waiting.map(
        ({ rolloutId, ring, urgent }): Write => ({ patch: "ringRun", where: { rolloutId, ring, urgent }, set }),
      ),
      lookAtAll(),
    );
  }

  const device = async (id: string): Promise<EnrollmentRow> => {
    const [row] = await store.devices.read({ from: "enrollment", where: { id } });
    if (row === undefined) throw new Error(`there is no device ${id}`);
    return row;
  };
  const liveJob = async (id: string) => (await store.admin.liveJobs([id], true))[0];
  const runsOf = async (planId: string): Promise<readonly RingRunRow[]> =>
    store.admin.ringRunsOf((await store.admin.rolloutsOf([planId])).map(({ id }) => id));
  const make = async (request: Partial<PlanRequest> = {}): Promise<PlanView> => {
    const plan = await plans.create(actor, { ...STANDING, ...request });
    await settle();
    return plan;
  };

  return { store, clock, ports, actor, plans, put, work, settle, sweep, open, device, liveJob, runsOf, make };
}

export type World = Awaited<ReturnType<typeof world>>;

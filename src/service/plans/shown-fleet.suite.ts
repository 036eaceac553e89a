/** A fleet on a real store, with plans that are tried and saved: for tests of what lies between the two. */
import { DatabaseSync } from "node:sqlite";
import { expect } from "vitest";
import type { DecisionView, DryRunSummary, NewPlan, PlanRequest } from "../../contract/index.ts";
import type { EnrollmentRow, PlanDeviceRow, Write } from "../../store/index.ts";
import { STEPS } from "../../store/migrations/steps.ts";
import { byName, openInProcess } from "../../store/sqlite/index.ts";
import { enrollmentRow } from "../../store/suite-rows.ts";
import { type Transaction, transaction } from "../../store/transaction.ts";
import { systemActor } from "../actor.ts";
import { noteList } from "../catalog/note-list.ts";
import { readList } from "../catalog/read-list.ts";
import type { Ports } from "../ports.ts";
import { transactions } from "../transactions.ts";
import { createPlanService } from "./plan-service.ts";
import { createSelector } from "./selector.ts";

export const NOW = Date.UTC(2026, 7, 25, 12);
export const MINUTE = 60_000;

const write = transaction({
  name: "write",
  reads: () => ({}),
  decide: (writes: readonly Write[]) => ({ writes, result: null }),
});

export const idOf = (n: number): string => `e${String(n).padStart(6, "0")}`;

/** A device that a plan for 26.6.1 updates by declaration. */
export const deviceRow = (n: number, more: Partial<EnrollmentRow> = {}): EnrollmentRow =>
  enrollmentRow(idOf(n), {
    productName: "iPhone15,2",
    osVersion: "26.5",
    reportedVersion: "26.5",
    buildVersion: "23F77",
    supervised: 1,
    enforces: 1,
    accessRights: 8191,
    timeZone: "Europe/Berlin",
    ...more,
  });

export interface DryRunShown {
  readonly summary: DryRunSummary;
  readonly decisions: readonly DecisionView[];
}

/** A store of these devices, without a list of releases until one is taken. */
export async function openFleet(rows: readonly EnrollmentRow[]) {
  const db = new DatabaseSync(":memory:");
  for (const { sqlite } of STEPS) db.exec(sqlite);
  const known = byName([...transactions, write] as unknown as readonly Transaction<unknown, unknown>[]);
  const store = openInProcess({ db, transactions: known, onClose: () => db.close() });
  const clock = { now: NOW };
  let ids = 0;
  const newId = (): string => `0198c000-0000-7000-8000-${String((ids += 1)).padStart(12, "0")}`;
  const ports = { ...store, newId, now: () => clock.now, realNow: () => clock.now } as unknown as Ports;
  const writes = (...all: Write[]) => store.devices.run(write, all);
  await writes(...rows.map((row): Write => ({ put: "enrollment", row })));
  /** The service as a process has it: another one knows nothing that is not stored. */
  const service = () => createPlanService(ports, createSelector(store.admin), { defaultZone: undefined, pushRate: 10 });
  return {
    store,
    clock,
    ports,
    writes,
    service,
    takes: (json: unknown) => store.devices.run(noteList, readList(json, {}, clock.now).input),
    async dryRun(request: PlanRequest): Promise<DryRunShown> {
      const decisions: DecisionView[] = [];
      for await (const page of service().dryRunLines(request))
        for (const line of page) {
          if ("summary" in line) return { summary: line.summary, decisions };
          decisions.push(line.decision);
        }
      return expect.fail("the dry run has no summary");
    },
    save: (request: PlanRequest, { summary }: DryRunShown): Promise<NewPlan> =>
      service().create(systemActor(ports), { ...request, hash: summary.hash, asOf: summary.asOf }),
    create: (request: PlanRequest): Promise<NewPlan> => service().create(systemActor(ports), request),
    saved: (planId: string): Promise<readonly PlanDeviceRow[]> =>
      store.devices.read({ from: "planDevice", where: { planId } }),
    allSaved: (): Promise<readonly PlanDeviceRow[]> => store.devices.read({ from: "planDevice", where: {} }),
    close: () => store.close(),
  };
}
export type ShownFleet = Awaited<ReturnType<typeof openFleet>>;

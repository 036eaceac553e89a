/**
 * The same devices at a real service: its store, its transactions, its sweeps, its gate and its due work. What its devices tell comes from the
 * habits of the rehearsal, and is told to their jobs; everything that is decided, the service decides.
 */
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished } from "vitest";
import { dayOf } from "../catalog/index.ts";
import type { PlanRequest } from "../contract/index.ts";
import { hashSecret } from "../identity/index.ts";
import { declaredOf, dueAtOf, type Input, isFinal, isWithheld, type Job, readJob as jobOf } from "../plans/index.ts";
import { listIn, listSetting, NOT_FETCHED } from "../service/catalog/list-record.ts";
import { confirmed, noteList } from "../service/catalog/note-list.ts";
import { readFetched } from "../service/catalog/read-list.ts";
import { sweepFor } from "../service/compliance/sweep.ts";
import { step } from "../service/enrollment/job.ts";
import { forEnrollment } from "../service/enrollment/transaction.ts";
import { standingSpecOf } from "../service/plans/standing-spec.ts";
import type { Ports } from "../service/ports.ts";
import { createStanding } from "../service/standing/plan.ts";
import { transactions } from "../service/transactions.ts";
import { createDueWork } from "../service/work/due-work.ts";
import type { Json } from "../store/index.ts";
import { STEPS } from "../store/migrations/steps.ts";
import { byName, openInProcess } from "../store/sqlite/index.ts";
import { enrollmentRow } from "../store/suite-rows.ts";
import { type Transaction, transaction, type Write } from "../store/transaction.ts";
import { type Assumptions, type Draw, Habits } from "./habits.ts";
import type { InventoryDevice } from "./inventory.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const write = transaction({
  name: "write",
  reads: () => ({}),
  decide: (writes: readonly Write[]) => ({ writes: [...writes], result: null }),
});

interface Says {
  readonly enrollmentId: string;
  readonly inputs: readonly Input[];
  readonly runs: string | null;
  readonly firstId: string;
  readonly now: number;
}

/** A message of a device that was admitted: it is heard, its job is told, and what follows is derived. */
const says = forEnrollment({
  name: "says",
  reads: ({ enrollmentId }: Says) => ({ enrollment: { from: "enrollment", where: { id: enrollmentId } } }),
  none: null,
  apply(unit, { inputs, runs, now }) {
    unit.isHeard();
    unit.patch({ lastSeenAt: now, ...(runs === null ? {} : { osVersion: runs, classDueAt: now }) });
    for (const input of inputs) step(unit, input);
    return null;
  },
});

export interface ServerGiven {
  readonly request: PlanRequest;
  readonly devices: readonly InventoryDevice[];
  readonly list: unknown;
  readonly startsAt: number;
  readonly days: number;
  readonly assumed: Assumptions;
  readonly drawOf: (device: InventoryDevice) => Draw;
}

interface Device {
  readonly id: string;
  readonly habits: Habits;
  job: Job | undefined;
  lastSeenAt: number;
  /** When its last event was. */
  at: number;
}

/** Plays `days` days and gives the database. */
export async function atServer(given: ServerGiven): Promise<DatabaseSync> {
  const { startsAt, days } = given;
  const server = openServer(startsAt);
  await server.begin(given);
  for (let now = startsAt; now <= startsAt + days * DAY; now += HOUR) await server.hour(now);
  return server.db;
}

function openServer(startsAt: number) {
  const db = new DatabaseSync(":memory:");
  for (const { sqlite } of STEPS) db.exec(sqlite);
  const known = byName([...transactions, write, says] as unknown as readonly Transaction<unknown, unknown>[]);
  const store = openInProcess({ db, transactions: known, onClose: () => undefined });
  onTestFinished(async () => {
    await store.close();
    db.close();
  });
  const clock = { now: startsAt };
  let ids = 0;
  const newId = (): string => `0198c000-0000-7000-8000-${String((ids += 1)).padStart(12, "0")}`;
  const log = { error: (...said: unknown[]) => expect(said).toEqual([]), warn: () => undefined };
  const ports = { ...store, newId, log, now: () => clock.now, realNow: () => clock.now } as unknown as Ports;
  const work = createDueWork(ports, async () => undefined, { gateEvery: MINUTE });
  const devices: Device[] = [];
  const gate = db.prepare("UPDATE sweep SET due_at = ?, lease_until = 0 WHERE name = 'gate'");
  const liveJob = db.prepare("SELECT doc FROM job WHERE live = 1 AND enrollment_id = ?");
  const seen = db.prepare("UPDATE enrollment SET last_seen_at = ? WHERE id = ?");
  const heardPast = new Set<string>();
  let day = "";

  /** Until nothing of it is due. Its gate looks in the second half only: a minute later is the same hour. */
  async function settle(isGateDue: boolean): Promise<void> {
    gate.run(isGateDue ? clock.now : null);
    for (let n = 0; n < 100; n += 1) {
      const did = [await work.compliance(), await work.sweeps(), await work.plans()];
      if (!isGateDue) gate.run(null);
      if (did.every((count) => count === 0)) return;
    }
    throw new Error("the server does not come to rest");
  }

  function readJob(device: Device): void {
    const row = liveJob.get(device.id) as { doc: string } | undefined;
    const job = row === undefined ? undefined : jobOf(JSON.parse(row.doc) as Json);
    device.job = job === undefined || isFinal(job.state) ? undefined : (job as Job);
  }

  async function tell(device: Device, inputs: readonly Input[], runs: string | null = null): Promise<void> {
    device.lastSeenAt = clock.now;
    const message: Says = { enrollmentId: device.id, inputs, runs, firstId: newId(), now: clock.now };
    await store.devices.run(says, message);
  }

  const nextOf = ({ habits, job, at }: Device): number => {
    const due = job === undefined ? null : dueAtOf(job);
    return Math.min(habits.nextAt, due === null ? Infinity : Math.max(due, at + MINUTE));
  };

  /** What happens between two hours, each at its own time. */
  async function live(until: number): Promise<void> {
    for (;;) {
      const [device] = devices.toSorted((a, b) => nextOf(a) - nextOf(b));
      if (device === undefined || nextOf(device) > until) return;
      const { habits, job } = device;
      clock.now = device.at = nextOf(device);
      if (habits.nextAt > clock.now) {
        await work.jobs();
        readJob(device);
        habits.pushed(device.job, clock.now);
      } else if (job !== undefined) {
        const { inputs, runs } = habits.act(job, clock.now, device.lastSeenAt);
        await tell(device, inputs, runs);
        readJob(device);
        habits.look(device.job, clock.now);
      }
    }
  }

  /** Only the first time that it is heard past its moment says anything; all other times are written together. */
  function isNews({ job }: Device, now: number): boolean {
    const moment = job === undefined ? undefined : declaredOf(job).enforcement?.latestAt;
    if (job === undefined || moment === undefined || moment > now) return false;
    const key = `${job.id} ${moment}`;
    if (heardPast.has(key)) return false;
    heardPast.add(key);
    return true;
  }

  /** Jobs that were made or withdrawn at this hour reach their devices. */
  function reach(before: ReadonlyMap<string, string | undefined>): void {
    for (const device of devices) {
      readJob(device);
      device.at = Number.NEGATIVE_INFINITY;
      if (before.get(device.id) !== markOf(device.job)) device.habits.pushed(device.job, clock.now);
    }
  }

  async function confirmList(): Promise<void> {
    const today = dayOf(clock.now);
    if (today === day) return;
    day = today;
    const [row] = await store.devices.read({ from: "setting", where: { name: "catalog" } });
    const list = listIn(row?.value);
    if (list === null) throw new Error("the server has no list");
    await store.devices.run(write, [
      listSetting(confirmed(list, day, clock.now), NOT_FETCHED),
      sweepFor(clock.now, clock.now),
    ]);
  }

  return {
    db,
    async begin({ request, devices: inventory, list, days, assumed, drawOf }: ServerGiven): Promise<void> {
      const endsAt = startsAt + days * DAY;
      for (const own of inventory) {
        const { serial: id, model, board, platform, osVersion, zone } = own;
        const row = enrollmentRow(id, {
          ...{ platform, productName: model, osVersion, softwareUpdateDeviceId: board, adminZone: zone, serial: id },
          ...{ enforces: 1, supervised: 1, lastSeenAt: startsAt, pushable: 0, buildVersion: null },
        });
        await store.devices.run(write, [{ put: "enrollment", row }]);
        const habits = new Habits({ startsAt, endsAt, assumed, draw: drawOf(own) });
        devices.push({ id, habits, job: undefined, lastSeenAt: startsAt, at: Number.NEGATIVE_INFINITY });
      }
      const { given } = readFetched(list, dayOf(startsAt));
      await store.devices.run(noteList, { ...given, acceptSmaller: false, now: startsAt });
      const spec = standingSpecOf(request, undefined, startsAt) as unknown as Json;
      await store.devices.run(createStanding, { id: "plan", name: "Plan", spec, by: "token:a", now: startsAt });
    },
    async hour(now: number): Promise<void> {
      await live(now);
      clock.now = now;
      for (const device of devices.filter(({ habits }) => !habits.isAway(now)))
        if (isNews(device, now)) await tell(device, []);
        else {
          device.lastSeenAt = now;
          seen.run(now, device.id);
        }
      const before = new Map(devices.map(({ id, job }) => [id, markOf(job)]));
      await confirmList();
      await settle(false);
      await settle(true);
      reach(before);
    },
  };
}

/** Another job, or one that was taken back. */
const markOf = (job: Job | undefined): string | undefined =>
  job === undefined ? undefined : `${job.id} ${isWithheld(job.state)}`;

/** Hex in, a number from 0 to below 1 out: as the rehearsal draws. */
export const drawBy =
  (seed: string) =>
  ({ serial }: InventoryDevice): Draw =>
  (name) =>
    Number.parseInt(hashSecret(`${seed}/${serial}/${name}`).slice(0, 12), 16) / 2 ** 48;

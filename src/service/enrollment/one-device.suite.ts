/** One enrolled device's rows and what it sends, for tables over the transactions of a device. */
import { expect, it } from "vitest";
import type { JobSeed } from "../../plans/index.ts";
import { type PlistDict, type PlistValue, writeXmlPlist } from "../../protocol/index.ts";
import type { Json, Lookups, PlanDeviceRow, Rows, TableName, Transaction } from "../../store/index.ts";
import { type MemoryRows, transact } from "../../store/in-memory.suite.ts";
import {
  certificateRow,
  commandBytesRow,
  commandRow,
  enrollmentRow,
  planDeviceRow,
  planRow,
} from "../../store/suite-rows.ts";
import type { Presented } from "./caller.ts";
import { makeJob } from "../plans/make-job.ts";

/** A Tuesday, 12:00 UTC. */
export const NOW = Date.UTC(2026, 7, 25, 12);
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The first id of every ask; the ids that follow it. */
export const ID = "0198c000-0000-7000-8000-000000000001";
export const nextId = (n: number): string => `${ID.slice(0, -1)}${n + 1}`;

export const shown: Presented = {
  fingerprint: "f1",
  external: false,
  identityHash: "identity",
  udids: [],
  der: new Uint8Array([1]),
  notBefore: 0,
  notAfter: NOW + 365 * DAY,
  ended: false,
};

/** What every message of the device brings beside itself. */
export const caller = { shown, appleId: "UDID-e1", now: NOW, firstId: ID };

export const enrollment = (more: Partial<Rows["enrollment"]> = {}): Rows["enrollment"] =>
  enrollmentRow("e1", { certificate: "f1", lastSeenAt: NOW - HOUR, factsAskedAt: NOW - HOUR, ...more });

/** The rows of an iPhone on 26.5 that is enrolled; `more`: tables that replace these. Its commands have their bytes. */
export const device = (more: MemoryRows = {}): MemoryRows => ({
  enrollment: [enrollment()],
  certificate: [certificateRow("f1", { enrollmentId: "e1" })],
  ...(more.command !== undefined && {
    commandBytes: more.command.map(({ enrollmentId, uuid }) => commandBytesRow(enrollmentId, uuid)),
  }),
  ...more,
});

/** What is kept of a command as it is sent. */
export const bytesOf = (rows: MemoryRows, uuid: string | undefined): Uint8Array | undefined =>
  rows.commandBytes?.find((row) => row.uuid === uuid)?.bytes;

export const command = (uuid: string, more: Partial<Rows["command"]> = {}): Rows["command"] =>
  commandRow("e1", uuid, more);

const dict = (entries: Readonly<Record<string, PlistValue>>): PlistDict => new Map(Object.entries(entries));

/** A report of the device as it comes. */
export const says = (entries: Readonly<Record<string, PlistValue>>): Uint8Array =>
  writeXmlPlist(dict({ UDID: "UDID-e1", ...entries }));

export const idle = says({ Status: "Idle" });
export const acknowledged = (CommandUUID: string, more: Readonly<Record<string, PlistValue>> = {}): Uint8Array =>
  says({ Status: "Acknowledged", CommandUUID, ...more });
export const runs = (CommandUUID: string, OSVersion: string, BuildVersion = "23A1"): Uint8Array =>
  acknowledged(CommandUUID, { QueryResponses: dict({ OSVersion, BuildVersion }) });

export const SEED: JobSeed = {
  enrollmentId: "e1",
  platform: "iOS",
  from: { version: "26.5" },
  target: { version: "26.6.1", major: false },
  goal: "installed",
  action: "InstallASAP",
  twoSteps: false,
  identify: "product-version",
  zone: "UTC",
  zoneKnown: true,
};

/** What the plan p1 has decided for the device. */
export const decided = (seed: Partial<JobSeed> = {}, more: Partial<PlanDeviceRow> = {}): PlanDeviceRow =>
  planDeviceRow("p1", "e1", { seed: { ...SEED, ...seed } as unknown as Json, ...more });

/** The rows once a plan has given the device a job, `ago` ms ago. */
export function withJob(rows: MemoryRows, seed: Partial<JobSeed> = {}, ago = 0): MemoryRows {
  const input = {
    planId: "p1",
    enrollmentId: "e1",
    jobId: "j1",
    firstId: ID.replace("0198", "0197"),
    now: NOW - ago,
  };
  return transact(makeJob, input, { plan: [planRow("p1")], ...rows, planDevice: [decided(seed)] }).rows;
}

/** Applies what comes, one after the other. */
export function after(rows: MemoryRows, ...steps: readonly ((before: MemoryRows) => MemoryRows)[]): MemoryRows {
  return steps.reduce((before, step) => step(before), rows);
}

/** The one row of a table in these rows. */
export function only<T extends TableName>(rows: MemoryRows, table: T): Rows[T] {
  const all = (rows[table] ?? []) as unknown as readonly Rows[T][];
  const [row] = all;
  if (row === undefined || all.length > 1) throw new Error(`${table} has ${all.length} rows`);
  return row;
}

export interface Case<Ask> {
  /** What comes, beside what the table's `ask` says. */
  readonly input: Partial<Ask>;
  readonly rows: MemoryRows;
  /** Each row that differs afterwards, by table and key; columns that are not named may be anything. */
  readonly changed: Readonly<Record<string, unknown>>;
  readonly reply?: unknown;
  readonly notes?: readonly string[];
}

/** What nearly every fact changes as well; its tests are compliance.test.ts and version-history.test.ts. */
const CLASS: ReadonlySet<string> = new Set([
  ...["compliance", "complianceReason", "flags", "governedBy", "target", "offer", "deadlineAt"],
  ...["classDueAt", "classLeaseUntil"],
]);

/** The changed rows that a table has to name: not the history of versions, and no device of which only the class is another. */
function besidesClass(changed: Readonly<Record<string, unknown>>, named: object): string[] {
  return Object.entries(changed).flatMap(([key, row]) => {
    if (key in named) return [key];
    const only = typeof row === "object" && row !== null && Object.keys(row).every((column) => CLASS.has(column));
    return key.startsWith("versionHistory ") || (key.startsWith("enrollment ") && only) ? [] : [key];
  });
}

/** A table over one transaction: (input, rows) → (rows after, reply). Rows that are not named in `changed` must stay. */
export function table<Ask extends object, Said, L extends Lookups, Told>(
  transaction: Transaction<Ask, Said, L, Told>,
  input: Ask,
  cases: readonly (readonly [title: string, row: Case<Ask>])[],
): void {
  it.each(cases)("%s", (_title, row) => {
    const done = transact(transaction, { ...input, ...row.input }, row.rows);
    const told = besidesClass(done.changed, row.changed);
    expect(told.toSorted()).toEqual(Object.keys(row.changed).toSorted());
    const { changed, reply, notes } = row;
    expect(done).toMatchObject({
      changed,
      ...(reply === undefined ? {} : { reply }),
      ...(notes === undefined ? {} : { notes }),
    });
  });
}

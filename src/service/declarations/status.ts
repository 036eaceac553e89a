/** A device reports status: laid over what it reported before, read, and told to its job. What can't be read is kept. */
import { letterOf } from "../../catalog/index.ts";
import { type DeclaredReport, type Job, satisfies, type SeenVersion } from "../../plans/index.ts";
import {
  compareVersions,
  type DeclarativeStatus,
  mergeStatus,
  readStatus,
  readStatusReport,
  type StatusProblem,
  type StatusReport,
  type StoredStatus,
} from "../../protocol/index.ts";
import type { Decision, DeviceStatusRow, EnrollmentRow, Json } from "../../store/index.ts";
import { type Caller, isWanting, presented, type ShownAtFirst } from "../enrollment/caller.ts";
import { type Holder, holdersOf, saysSerial } from "../enrollment/claims.ts";
import { hash, isOurs } from "../enrollment/declare.ts";
import { factColumns, PUSH_AGAIN } from "../enrollment/device-facts.ts";
import { tellReport } from "../enrollment/job.ts";
import { settingsReported } from "../enrollment/policy.ts";
import { enqueueSync } from "../enrollment/queue.ts";
import { noteOddVersion, versionFact, versionIn } from "../enrollment/reported-version.ts";
import { endedJobs, factsLookup, noFacts } from "../enrollment/rows.ts";
import { isBeingLetOut } from "../enrollment/setup-assistant.ts";
import { fromDeviceDecoded } from "../enrollment/transaction.ts";
import type { UnitOfWork } from "../enrollment/unit-of-work.ts";
import { askWhatMustBeKnown } from "../enrollment/wake-up.ts";
import type { CheckinResult } from "../check-in/message.ts";
import { NOTHING, reportFor } from "./job-report.ts";

export interface StatusInput extends Omit<Caller, "shown"> {
  readonly shown: ShownAtFirst;
  /** The Data of the check-in: JSON, not looked at yet. */
  readonly data: Uint8Array;
}

interface Read extends StatusReport {
  /** What this report alone says. */
  readonly fresh: DeclarativeStatus;
}

interface Told extends Caller {
  readonly report: Read | StatusProblem;
  readonly data: Uint8Array;
}

/** What is kept of a report that can't be read: enough to see what it is. */
const UNREADABLE_KEPT = 4096;

function readStatusInput(input: StatusInput): Told {
  const read = readStatusReport(input.data);
  const report =
    "problem" in read ? read : { ...read, fresh: readStatus({ items: read.items, errors: [], leftOut: [] }) };
  return { ...input, shown: presented(input.shown), report };
}

/** `wanting`: the certificate must be kept and was not in the input, so nothing was written: ask again with it. */
export type StatusResult = CheckinResult | { readonly kind: "wanting" };

export const reportStatus = fromDeviceDecoded(readStatusInput, {
  name: "reportStatus",
  keeps: () => true,
  reads: ({ report }: Told) => ({
    past: endedJobs,
    facts: namesFacts(report) ? factsLookup : noFacts,
    holders: holdersOf("problem" in report ? null : serialOf(report.fresh)),
    status: { from: "deviceStatus", where: { enrollmentId: { of: "enrollment", column: "id" } } },
  }),
  refused({ writes, result }, input): Decision<StatusResult> {
    return isWanting(input, writes) ? { writes: [], result: { kind: "wanting" } } : { writes, result };
  },
  apply(unit, { report, data }, rows): StatusResult {
    const [stored] = rows.status;
    if ("problem" in report) {
      if (isKept(unit, stored, hash(data), (stored?.doc ?? NO_STATUS) as unknown as StoredStatus)) {
        const kept = beginningOf(data);
        const { problem, text } = report;
        unit.note("status-unreadable", { problem, text }, kept === null ? null : unit.keep(kept));
      }
    } else take(unit, report, stored, rows.holders);
    // It is here and waits in Setup Assistant: what lets it out may have been lost on its way.
    if (unit.enrollment.awaitingConfiguration === 1 && isBeingLetOut(unit)) unit.push();
    return { kind: "accepted", enrollmentId: unit.enrollment.id };
  },
});

/** Nothing at all where the text may hold a secret: what can't be read can't be cut. */
function beginningOf(data: Uint8Array): Uint8Array | null {
  const text = new TextDecoder().decode(data.subarray(0, UNREADABLE_KEPT));
  return /token|magic|secret|password|challenge/i.test(text) ? null : data.slice(0, UNREADABLE_KEPT);
}

/** It says what a fact is as well. */
const namesFacts = (report: Told["report"]): boolean =>
  !("problem" in report) && (report.fresh.deviceId !== undefined || report.fresh.os.version !== undefined);

const serialOf = ({ serialNumber }: DeclarativeStatus): string | null =>
  serialNumber === undefined || serialNumber === "" ? null : serialNumber;

const NO_STATUS: StoredStatus = { items: {}, errors: [], leftOut: [] };

/**
 * Writes the status as it is after a report, and says whether the report itself must be kept: one that says what is known
 * is counted. `plain`: what it says stands in the status as a whole.
 */
function isKept(
  unit: UnitOfWork,
  stored: DeviceStatusRow | undefined,
  digest: string,
  status: StoredStatus,
  plain = false,
): boolean {
  const { now } = unit;
  const enrollmentId = unit.enrollment.id;
  const known = stored !== undefined && JSON.stringify(stored.doc) === JSON.stringify(status);
  if (known && (plain || digest === stored.digest)) {
    const set = { at: now, count: stored.count + 1 };
    unit.also({ patch: "deviceStatus", where: { enrollmentId }, set });
    return false;
  }
  const row = { enrollmentId, doc: status as unknown as Json, at: now, digest, since: now, count: 1 };
  unit.also({ put: "deviceStatus", row });
  return true;
}

function take(unit: UnitOfWork, report: Read, stored: DeviceStatusRow | undefined, holders: readonly Holder[]): void {
  const { now } = unit;
  const merged = mergeStatus(stored?.doc as StoredStatus | undefined, report);
  const { odd, cut, fresh } = report;
  const notes = { full: report.fullReport, ...(odd.length === 0 ? {} : { odd }), ...(cut.length === 0 ? {} : { cut }) };
  const kept = new TextEncoder().encode(
    JSON.stringify({ StatusItems: report.items, Errors: report.errors, FullReport: report.fullReport }),
  );
  const digest = hash(new TextEncoder().encode(`${hash(kept)}${JSON.stringify(notes)}`));
  const news = isKept(unit, stored, digest, merged, odd.length + cut.length === 0);
  if (news) unit.note("status", notes, unit.keep(kept));

  const status = readStatus(merged);
  const told = versionIn(fresh, unit);
  if (told !== undefined && isOlder(told, unit)) return doubt(unit, told, news);
  const doubted = told !== undefined && isAnother(told, unit);
  if (doubted) askAgain(unit, told, { newer: true, news, repeated: sameOs(told, stored) });
  const version = doubted ? undefined : told;
  learn(unit, fresh, version);
  saysSerial(unit, serialOf(fresh), holders);
  unit.patchDeclarative({ reportedAt: now });
  // A list that must be made again is not compared: the device is told to sync it anyway.
  if (!capabilities(unit, fresh)) foreign(unit, fresh);
  settingsReported(unit, status);
  const seen = version === undefined ? {} : { seen: version };
  const read = (job: Job | undefined): DeclaredReport | undefined => {
    // What a device that is there says of its declaration is no news; whether it is there, its answer tells.
    if (doubted && job !== undefined && satisfies(job.target, told)) return undefined;
    return { ...(job === undefined ? NOTHING : reportFor(job, status, fresh)), ...seen };
  };
  tellReport(unit, read, news);
}

/** An OS does not go back while a device stays enrolled: what says so was sent before what is known, and came late. */
const isOlder = ({ version }: SeenVersion, { enrollment }: UnitOfWork): boolean =>
  enrollment.osVersion !== null && compareVersions(version, enrollment.osVersion) < 0;

/**
 * Another OS than the device last answered. A report may be held back on its way for hours or days, and then tells of an OS
 * that the device has left since: no job ends by it before the device has been asked.
 */
function isAnother(told: SeenVersion, { enrollment }: UnitOfWork): boolean {
  const { osVersion, buildVersion, supplementalBuild, supplementalExtra } = enrollment;
  if (osVersion === null) return false;
  if (compareVersions(told.version, osVersion) !== 0) return true;
  const differs = (result: string | undefined, known: string | null): boolean =>
    result !== undefined && known !== null && result !== known;
  return (
    differs(told.build, buildVersion) ||
    differs(told.supplementalBuild, supplementalBuild) ||
    letterOf(told.supplementalExtra) !== letterOf(supplementalExtra ?? undefined)
  );
}

/** The report before this one said the same. */
function sameOs(told: SeenVersion, stored: DeviceStatusRow | undefined): boolean {
  if (stored === undefined) return false;
  const { version, build, supplementalExtra } = readStatus(stored.doc as unknown as StoredStatus).os;
  return (
    version === told.version && build === told.build && letterOf(supplementalExtra) === letterOf(told.supplementalExtra)
  );
}

/** Kept like any report, but nothing follows from it: the device is asked, and its answer is believed whatever it says. */
function doubt(unit: UnitOfWork, told: SeenVersion, news: boolean): void {
  unit.patchDeclarative({ reportedAt: unit.now });
  askAgain(unit, told, { newer: false, news, repeated: true });
}

interface Doubt {
  readonly newer: boolean;
  /** The report says something new, of whatever. */
  readonly news: boolean;
  /** The report before it named the same OS: one that says so again and again is not asked each time. */
  readonly repeated: boolean;
}

function askAgain(unit: UnitOfWork, { version }: SeenVersion, { newer, news, repeated }: Doubt): void {
  if (news) unit.note("status-doubted", { version, known: unit.enrollment.osVersion, ...(newer ? { newer } : {}) });
  const next = (unit.enrollment.factsAskedAt ?? 0) + PUSH_AGAIN;
  if (repeated && unit.now < next) return unit.lookAfter(next);
  askWhatMustBeKnown(unit);
  unit.push();
}

/** Columns and facts that a report fills as a DeviceInformation answer does. */
function learn(unit: UnitOfWork, status: DeclarativeStatus, version: SeenVersion | undefined): void {
  const { enrollment, now } = unit;
  const result: Record<string, string> = {
    ...(status.deviceId === undefined || status.deviceId === "" ? {} : { SoftwareUpdateDeviceID: status.deviceId }),
    ...versionFact(status, enrollment, version),
  };
  const changed = Object.entries(result).filter(([name, value]) => unit.facts[name]?.value !== value);
  if (changed.length > 0)
    unit.keepFacts({
      ...unit.facts,
      ...Object.fromEntries(changed.map(([name, value]) => [name, { value, at: now }])),
    });
  const set: Partial<EnrollmentRow> = {
    ...(changed.length === 0 ? {} : factColumns(unit.facts)),
    ...(version === undefined
      ? {}
      : {
          osVersion: version.version,
          buildVersion: version.build ?? null,
          supplementalBuild: version.supplementalBuild ?? null,
          supplementalExtra: version.supplementalExtra ?? null,
        }),
    // What it could not do on one OS it may be able to do on another; its capabilities, where they are here, say so next.
    ...(version !== undefined && version.version !== enrollment.osVersion && enrollment.enforces === 0
      ? { enforces: null }
      : {}),
  };
  const news = Object.entries(set).some(([key, value]) => enrollment[key as keyof EnrollmentRow] !== value);
  if (news) unit.patch(set);
  noteOddVersion(unit, enrollment);
}

/** How long after a sync was asked for a difference counts as new. */
const SETTLES = 3_600_000;

/**
 * The device has this server's declaration that is not in its list: one from before a backup was restored. It may act on it
 * until it syncs, and by our books it has.
 */
function foreign(unit: UnitOfWork, { declarations }: DeclarativeStatus): void {
  const row = unit.declarative;
  if (row === undefined || declarations === undefined || unit.unsynced) return;
  if ((row.askedAt ?? 0) + SETTLES > unit.now || (row.syncedAt ?? 0) + SETTLES > unit.now) return;
  const ours = [...declarations.configuration, ...declarations.activation].filter(({ identifier }) =>
    isOurs(identifier),
  );
  const known = new Set(row.items.map(({ identifier, serverToken }) => `${identifier}\n${serverToken}`));
  const differ = ours.filter(({ identifier, serverToken }) => !known.has(`${identifier}\n${serverToken}`));
  if (differ.length === 0) return;
  unit.note("declarations-differ", { declarations: differ.map(({ identifier }) => identifier) });
  enqueueSync(unit);
  unit.push();
}

const ENFORCEMENT = "com.apple.configuration.softwareupdate.enforcement.specific";

/** The device's own list of what it takes: the test that counts. True where it knows other status items than before. */
function capabilities(unit: UnitOfWork, { clientCapabilities }: DeclarativeStatus): boolean {
  if (clientCapabilities === undefined) return false;
  const enforces = clientCapabilities.configurations.includes(ENFORCEMENT) ? 1 : 0;
  if (unit.enrollment.enforces !== enforces) {
    unit.patch({ enforces });
    unit.note("capabilities", { enforces: enforces === 1 });
  }
  const knows = [...clientCapabilities.statusItems].toSorted();
  if (JSON.stringify(knows) === JSON.stringify(unit.declarative?.knows)) return false;
  unit.patchDeclarative({ knows });
  return true;
}

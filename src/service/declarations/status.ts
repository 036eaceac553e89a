/** A device reports status: laid over what it reported before, read, and told to its job. What can't be read is kept. */
import { letterOf, wantedText } from "../../catalog/index.ts";
import {
  declaredOf,
  type DeclaredReport,
  isStopping,
  type Job,
  satisfies,
  type SeenVersion,
  stopIn,
} from "../../plans/index.ts";
import {
  compareVersions,
  type Declaration,
  type DeclarativeStatus,
  mergeStatus,
  readStatus,
  readStatusReport,
  type StatusProblem,
  type StatusReport,
  type StoredStatus,
} from "../../protocol/index.ts";
import {
  decodedTransaction,
  type DeviceStatusRow,
  type EnrollmentRow,
  type Json,
  type Write,
} from "../../store/index.ts";
import { declarationOf, enforcementsOf, hash, isOurs } from "../enrollment/declare.ts";
import { PUSH_AGAIN } from "../enrollment/device-facts.ts";
import { admissionLookups, admit, notAdmitted } from "../enrollment/admit.ts";
import type { Caller } from "../enrollment/caller.ts";
import { bodyLookup, clipText } from "../enrollment/bodies.ts";
import { askWhatMustBeKnown, type CheckinResult } from "../check-in/check-in.ts";
import { holdersOf } from "../enrollment/claims.ts";
import { release } from "../enrollment/configured.ts";
import { declare as redeclare, reconsider, sync } from "../enrollment/declarations.ts";
import { noteOddVersion, versionFact, versionIn } from "../enrollment/reported-version.ts";
import { deviceLookups, UnitOfWork } from "../enrollment/unit-of-work.ts";
import { standingReported } from "../enrollment/standing.ts";

export interface StatusInput extends Caller {
  /** The Data of the check-in: JSON, not looked at yet. */
  readonly data: Uint8Array;
}

interface Told extends Caller {
  readonly report: StatusReport | StatusProblem;
  readonly data: Uint8Array;
}

/** Characters of a device's reason that go into the job, and so into every list. */
const MOST_REASON = 300;

/** What is kept of a report that can't be read: enough to see what it is. */
const UNREADABLE_KEPT = 4096;

export const reportStatus = decodedTransaction(
  (input: StatusInput): Told => ({ ...input, report: readStatusReport(input.data) }),
  {
    name: "reportStatus",
    reads: (input: Told) => ({
      ...admissionLookups(input),
      ...deviceLookups,
      bodies: bodyLookup,
      past: { from: "job", where: { enrollmentId: { of: "enrollment", column: "id" }, live: 0 } },
      holders: holdersOf("problem" in input.report ? null : serialOf(freshIn(input.report))),
      status: { from: "deviceStatus", where: { enrollmentId: { of: "enrollment", column: "id" } } },
    }),
    decide(input: Told, seen): { writes: Write[]; result: CheckinResult } {
      const admission = admit(input, seen);
      if (admission.kind !== "known") return notAdmitted(admission);
      const unit = new UnitOfWork(admission.enrollment, seen, input.firstId, input.now);
      unit.writes.push(...admission.writes);
      const result = { kind: "accepted", enrollmentId: unit.enrollment.id } as const;
      const { report } = input;
      const stored = seen.status[0];
      if ("problem" in report) {
        if (isKept(unit, stored, hash(input.data), (stored?.doc ?? NO_STATUS) as unknown as StoredStatus)) {
          const kept = beginningOf(input.data);
          const data = { problem: report.problem, text: report.text };
          unit.note("status-unreadable", data, kept === null ? null : unit.keep(kept));
        }
        return { writes: unit.writes, result };
      }
      take(unit, report, stored, seen.holders);
      if (release(unit)) unit.push();
      return { writes: unit.writes, result };
    },
  },
);

/** Nothing at all where the text may hold a secret: what can't be read can't be cut. */
function beginningOf(data: Uint8Array): Uint8Array | null {
  const text = new TextDecoder().decode(data.subarray(0, UNREADABLE_KEPT));
  return /token|magic|secret|password|challenge/i.test(text) ? null : data.slice(0, UNREADABLE_KEPT);
}

/** What this report alone says. */
const freshIn = ({ items }: StatusReport): DeclarativeStatus => readStatus({ items, errors: [], leftOut: [] });

const serialOf = ({ serialNumber }: DeclarativeStatus): string | null =>
  serialNumber === undefined || serialNumber === "" ? null : serialNumber;

const NO_STATUS: StoredStatus = { items: {}, errors: [], leftOut: [] };

/**
 * Writes the status as it is after a report, and says whether the report itself is to be kept: one that says what is known
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
    unit.writes.push({ patch: "deviceStatus", where: { enrollmentId }, set });
    return false;
  }
  const row = { enrollmentId, doc: status as unknown as Json, at: now, digest, since: now, count: 1 };
  unit.writes.push({ put: "deviceStatus", row });
  return true;
}

function take(
  unit: UnitOfWork,
  report: StatusReport,
  stored: DeviceStatusRow | undefined,
  holders: readonly EnrollmentRow[],
): void {
  const { now } = unit;
  const merged = mergeStatus(stored?.doc as StoredStatus | undefined, report);
  const { odd, cut } = report;
  const notes = { full: report.fullReport, ...(odd.length === 0 ? {} : { odd }), ...(cut.length === 0 ? {} : { cut }) };
  const kept = new TextEncoder().encode(
    JSON.stringify({ StatusItems: report.items, Errors: report.errors, FullReport: report.fullReport }),
  );
  const digest = hash(new TextEncoder().encode(`${hash(kept)}${JSON.stringify(notes)}`));
  const news = isKept(unit, stored, digest, merged, odd.length + cut.length === 0);
  if (news) unit.note("status", notes, unit.keep(kept));

  const fresh = freshIn(report);
  const status = readStatus(merged);
  const told = versionIn(fresh, unit);
  if (told !== undefined && isOlder(told, unit)) return doubt(unit, told, news);
  const doubted = told !== undefined && isAnother(told, unit);
  if (doubted) askAgain(unit, told, { newer: true, news, repeated: sameOs(told, stored) });
  const version = doubted ? undefined : told;
  learn(unit, fresh, version);
  unit.saysSerial(serialOf(fresh), holders);
  unit.patchDeclarative({ reportedAt: now });
  capabilities(unit, fresh);
  foreign(unit, fresh);
  standingReported(unit, status);
  reconsider(unit, version);
  const job = unit.job;
  // What a device that is there says of its declaration is no news; whether it is there, its answer tells.
  if (doubted && job !== undefined && satisfies(job.target, told)) return;
  const ofJob = job === undefined ? NOTHING : reportFor(job, status, fresh);
  unit.reported({ ...ofJob, ...(version === undefined ? {} : { seen: version }) }, news);
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

const NOTHING: DeclaredReport = { declaration: "untold", ours: false };

/** Columns and facts that a report fills as a DeviceInformation answer does. */
function learn(unit: UnitOfWork, status: DeclarativeStatus, version: SeenVersion | undefined): void {
  const { enrollment, now } = unit;
  const result: Record<string, string> = {
    ...(status.deviceId === undefined || status.deviceId === "" ? {} : { SoftwareUpdateDeviceID: status.deviceId }),
    ...versionFact(status, enrollment, version),
  };
  const changed = Object.entries(result).filter(([name, value]) => enrollment.facts[name]?.value !== value);
  const facts = {
    ...enrollment.facts,
    ...Object.fromEntries(changed.map(([name, value]) => [name, { value, at: now }])),
  };
  const set: Partial<EnrollmentRow> = {
    ...(changed.length === 0 ? {} : { facts }),
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
  sync(unit);
  unit.push();
}

const ENFORCEMENT = "com.apple.configuration.softwareupdate.enforcement.specific";

/** The device's own list of what it takes: the test that counts. */
function capabilities(unit: UnitOfWork, { clientCapabilities }: DeclarativeStatus): void {
  if (clientCapabilities === undefined) return;
  const enforces = clientCapabilities.configurations.includes(ENFORCEMENT) ? 1 : 0;
  if (unit.enrollment.enforces !== enforces) {
    unit.patch({ enforces });
    unit.note("capabilities", { enforces: enforces === 1 });
  }
  const knows = [...clientCapabilities.statusItems].toSorted();
  if (JSON.stringify(knows) === JSON.stringify(unit.declarative?.knows)) return;
  unit.patchDeclarative({ knows });
  redeclare(unit);
}

/** The device's own cause in `details.Error` goes before the description, which says only that it can't be applied. */
function detailOf(description: string | undefined, details: Json | undefined): string {
  const error =
    typeof details === "object" && details !== null && !Array.isArray(details)
      ? (details as { readonly [key: string]: Json })["Error"]
      : undefined;
  if (typeof error === "string" && error.trim() !== "") return clipText(error.trim(), MOST_REASON);
  return clipText(description ?? (details === undefined ? "no reason given" : JSON.stringify(details)), MOST_REASON);
}

/** What is pending is the job's update: by its build where that is declared, since an improvement has its base's version. */
function isPending(job: Job, pending: DeclarativeStatus["pendingVersion"]): boolean {
  if (pending === undefined) return false;
  const { enforcement } = declaredOf(job);
  if (enforcement?.build !== undefined && pending.buildVersion === enforcement.build) return true;
  return pending.osVersion === wantedText(job.target);
}

/** What the status says of this job's declaration. */
export function reportFor(job: Job, status: DeclarativeStatus, fresh: DeclarativeStatus): DeclaredReport {
  const [own, ...former] = enforcementsOf(job).map(declarationOf);
  if (own === undefined) return NOTHING;
  const { installState, installReason, pendingVersion, failureReason } = status;
  const pending = pendingVersion !== undefined && `${pendingVersion.osVersion}${pendingVersion.buildVersion}` !== "";
  // iOS leaves the identifier out, and while it names no version as well, a declaration as the reason is ours.
  const unnamed = installReason?.declarationId === undefined;
  const ours =
    [own, ...former].some(({ identifier }) => identifier === installReason?.declarationId) ||
    (unnamed && isPending(job, pendingVersion)) ||
    (unnamed && !pending && installReason?.reasons.includes("declaration") === true);
  // A list that brings only what has changed can't be told from a whole one. After a stop the device's newest word counts.
  const lists = stopIn(job)?.droppedAt === undefined ? status.declarations : fresh.declarations;
  // Until the device has let all of them go, a stop is not confirmed.
  const looked = isStopping(job.state) ? [own, ...former] : [own];
  const found = (wanted: Declaration) => lists?.configuration.find((one) => one.identifier === wanted.identifier);
  const about = looked.find((one) => found(one) !== undefined) ?? own;
  const listed = found(about);
  const declaration: DeclaredReport["declaration"] =
    lists === undefined
      ? "untold"
      : listed === undefined
        ? "absent"
        : listed.serverToken !== about.serverToken
          ? "stale"
          : {
              active: listed.active,
              valid: listed.valid,
              reasons: listed.reasons.map(({ code, description, details }) => ({
                code,
                detail: detailOf(description, details),
              })),
            };
  return {
    declaration,
    ours,
    ...(installState === undefined ? {} : { installState }),
    ...(installState === "none" && pendingVersion !== undefined && !pending ? { nothingPending: true } : {}),
    ...(failureReason === undefined || failureReason.count === 0
      ? {}
      : {
          failure: {
            count: failureReason.count,
            reason: clipText(failureReason.reason ?? "no reason given", MOST_REASON),
          },
        }),
  };
}

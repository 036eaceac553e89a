/**
 * A device polls: note the contact, close the reported command keeping its bytes, move the job, pick the next command.
 * What the device is told has been committed before it leaves; a report that comes twice is applied once.
 */
import {
  appleId,
  decodeDeviceInformation,
  decodeReport,
  decodeSecurityInfo,
  type ErrorChainItem,
  isUserChannel,
  type PlistDict,
} from "../../protocol/index.ts";
import {
  type ClosedCommandRow,
  type CommandRow,
  decodedTransaction,
  type EnrollmentRow,
  type Json,
} from "../../store/index.ts";
import { authorisationOf, learn, serialIn } from "../enrollment/device-facts.ts";
import { isSealedCommand } from "./stored-command.ts";
import { admissionLookups, admit, type NotAdmitted, notAdmitted } from "../enrollment/admit.ts";
import type { Admission, Presented } from "../enrollment/caller.ts";
import { bodyLookup, clipText } from "../enrollment/bodies.ts";
import { isTooEarly, release, releaseAfter } from "../enrollment/configured.ts";
import { declare, forgetDeclarations, reconsider } from "../enrollment/declarations.ts";
import { holdersOf } from "../enrollment/claims.ts";
import { renewalFailed } from "../identity/renewal.ts";
import { noteOddVersion } from "../enrollment/reported-version.ts";
import { deviceLookups, UnitOfWork } from "../enrollment/unit-of-work.ts";
import { noteOtherFacts } from "../enrollment/machines.ts";
import { isUseless } from "../enrollment/useless.ts";
import { restrictionsAnswered, restrictionsOffered, settle } from "../enrollment/standing.ts";

type Shown = Omit<Presented, "der"> & Partial<Pick<Presented, "der">>;

export interface PollInput {
  /** Without the certificate itself at first: dear to hand over with every poll, and only one that is not known is kept. */
  readonly shown: Shown;
  /** The report as it came: a property list. */
  readonly message: Uint8Array;
  readonly now: number;
  readonly firstId: string;
}

/** What a poll tells, once its report is read. */
interface Poll {
  readonly shown: Shown;
  readonly appleId: string;
  readonly userChannel: boolean;
  readonly now: number;
  readonly firstId: string;
  readonly report: {
    readonly status: string;
    readonly commandUuid: string | null;
    readonly body: PlistDict;
    /** The serial number in an answer to DeviceInformation; null where it is none, or has none. */
    readonly serial: string | null;
    readonly errorChain: readonly ErrorChainItem[];
    /** The bytes as received, secrets cut out. */
    readonly kept: Uint8Array;
  };
}

/** Characters of a CommandUUID or a status that are looked at: no command is sent with a longer one. */
export const MOST_UUID = 255;

function readPoll({ message, ...input }: PollInput): Poll {
  const { who, status, commandUuid, body, errorChain, redacted } = decodeReport(message);
  return {
    ...input,
    appleId: appleId(who),
    userChannel: isUserChannel(who),
    report: {
      status: typeof status === "string" ? status : clipText(status.unknown, MOST_UUID),
      commandUuid: commandUuid === undefined ? null : clipText(commandUuid, MOST_UUID),
      body,
      serial: body.has("QueryResponses") ? serialIn(decodeDeviceInformation(body)) : null,
      errorChain,
      kept: redacted,
    },
  };
}

export type PollResult =
  | {
      readonly kind: "command";
      readonly bytes: Uint8Array;
      readonly appleId: string;
      readonly enrollmentId: string;
      readonly closed: string | null;
    }
  | { readonly kind: "nothing"; readonly enrollmentId: string; readonly closed: string | null; readonly wrote: boolean }
  /** `wanting`: the certificate must be kept and was not in the ask, so nothing was written: ask again with it. */
  | { readonly kind: "not-admitted"; readonly result: NotAdmitted; readonly wanting: boolean; readonly appleId: string }
  /** User channels have no part in OS updates: there is nothing for them, whoever asks. */
  | { readonly kind: "user-channel" };

const NO_BYTES = new Uint8Array();

/** What an answer is read with, beside the enrollment. */
interface Seen {
  readonly closed: readonly ClosedCommandRow[];
  readonly holders: readonly EnrollmentRow[];
}

export const poll = decodedTransaction(readPoll, {
  name: "poll",
  reads: (input: Poll) => ({
    ...admissionLookups(input),
    ...deviceLookups,
    // Only an answer that may name a version can change how a job has ended.
    past: {
      from: "job",
      where: { enrollmentId: { of: "enrollment", column: "id" }, live: 0 },
      ...(input.report.body.has("QueryResponses") ? {} : { limit: 0 }),
    },
    holders: holdersOf(input.report.serial),
    bodies: { ...bodyLookup, ...(input.report.status === "Idle" ? { limit: 0 } : {}) },
    closed: {
      from: "closedCommand",
      where: { enrollmentId: { of: "enrollment", column: "id" }, uuid: input.report.commandUuid ?? "" },
      // What is outstanding has not been closed.
      unless: { of: "outstanding", column: "uuid", is: input.report.commandUuid },
      ...(input.report.status === "Idle" ? { limit: 0 } : {}),
    },
  }),
  decide(input: Poll, seen): { writes: UnitOfWork["writes"]; result: PollResult } {
    if (input.userChannel) return { writes: [], result: { kind: "user-channel" } };
    const { der } = input.shown;
    const caller = { ...input, shown: { ...input.shown, der: der ?? NO_BYTES } };
    const admission: Admission = admit(caller, seen, input.report.status === "Idle");
    if (admission.kind !== "known") {
      const { writes, result } = notAdmitted(admission);
      const wanting = der === undefined && writes.length > 0;
      return {
        writes: wanting ? [] : writes,
        result: { kind: "not-admitted", result, wanting, appleId: input.appleId },
      };
    }
    // Of an Idle nothing is kept, and so it was not looked up what is.
    const found = input.report.status === "Idle" ? { ...seen, bodies: undefined } : seen;
    const unit = new UnitOfWork(admission.enrollment, found, input.firstId, input.now);
    unit.writes.push(...admission.writes);
    unit.heard();
    if (unit.planStopped && !unit.isStopping) unit.step({ kind: "withdraw", cause: "plan-stopped" });
    const closed = input.report.status === "Idle" ? idle(unit) : reported(unit, input, seen);
    const next = pick(unit);
    if (isKeptBack(unit)) unit.step({ kind: "kept-back" });
    const enrollmentId = unit.enrollment.id;
    if (next === undefined) {
      return { writes: unit.writes, result: { kind: "nothing", enrollmentId, closed, wrote: unit.writes.length > 0 } };
    }
    offer(unit, next);
    return {
      writes: unit.writes,
      result: { kind: "command", bytes: next.bytes, appleId: input.appleId, enrollmentId, closed },
    };
  },
});

/** A new session: what was refused with NotNow may be offered again, and an answer that never came is missed. */
function idle(unit: UnitOfWork): null {
  for (const row of [...unit.outstanding.values()]) {
    if (row.skip === 1) unit.update(row, { skip: 0 });
    if (row.once === 0 || row.state !== "offered") continue;
    if (row.origin === "job" && row.purpose !== null)
      unit.step({ kind: "unanswered", purpose: row.purpose as "install" });
    else unit.close(row, "answer-lost", null);
  }
  // The server's own look is due and late: a device whose wait is over need not come again for it.
  if ((unit.enrollment.dueAt ?? Number.POSITIVE_INFINITY) <= unit.now) release(unit);
  return null;
}

/** Closes the command that was reported; returns its uuid when this report closed it. */
function reported(unit: UnitOfWork, input: Poll, seen: Seen): string | null {
  const { status, commandUuid, kept } = input.report;
  const row = commandUuid === null ? undefined : unit.outstanding.get(commandUuid);
  if (row === undefined || commandUuid === null) {
    unexpected(unit, input, seen);
    return null;
  }
  if (status === "NotNow") {
    // It was not handed out since the last NotNow: the same report once more.
    if (row.state !== "offered") return null;
    // Refused, not executed: even what must not be delivered twice may be offered again, at the next Idle.
    const times = row.notNows + 1;
    unit.update(row, { skip: 1, state: "queued", notNows: times });
    // A device may say it at every session: the first, second, fourth, eighth … time is an entry.
    if ((times & (times - 1)) === 0)
      unit.note("not-now", { uuid: row.uuid, requestType: row.requestType, status, times }, unit.keep(kept));
    tellJob(unit, row, input);
    return null;
  }
  const answer = unit.keep(kept, row.origin === "raw");
  unit.close(row, outcomeOf(status), answer);
  unit.note(
    "answer",
    {
      uuid: row.uuid,
      requestType: row.requestType,
      status,
      purpose: row.purpose,
      errorChain: input.report.errorChain as unknown as Json,
    },
    answer,
  );
  takeFacts(unit, row, input, seen);
  if (row.requestType === "DeclarativeManagement" && (status === "Error" || status === "CommandFormatError")) {
    noDeclarations(unit);
  }
  if (row.origin === "care" && row.purpose === "renew" && status !== "Acknowledged")
    renewalFailed(unit, input.report.errorChain, status);
  restrictionsAnswered(unit, row, status, input.report.errorChain);
  tellJob(unit, row, input);
  if (row.origin !== "job") unit.restIfAnswered();
  releaseAfter(unit, row);
  return row.uuid;
}

/** The device does not take declarative management: what it could do by its OS counts no more. */
function noDeclarations(unit: UnitOfWork): void {
  if (unit.enrollment.enforces !== null) return;
  unit.patch({ enforces: 0 });
  unit.note("capabilities", { enforces: false });
  forgetDeclarations(unit);
  settle(unit);
  reconsider(unit);
}

/** An answer to a command that is not outstanding: a repeat, a late one, or one to a command never sent. Kept once. */
function unexpected(unit: UnitOfWork, input: Poll, seen: Seen): void {
  const { status, commandUuid, kept } = input.report;
  const before = seen.closed[0] ?? unit.closed.get(commandUuid ?? "");
  // Applied already: the device, or a proxy, said it again.
  if (before !== undefined && before.answer !== null) return;
  const uuid = commandUuid ?? "";
  if (before === undefined) {
    const answer = unit.keep(kept);
    const row: ClosedCommandRow = {
      enrollmentId: unit.enrollment.id,
      uuid,
      requestType: "unknown",
      origin: "raw",
      jobId: null,
      purpose: null,
      bytes: new Uint8Array(),
      outcome: "other",
      answer,
      queuedAt: input.now,
      offeredAt: null,
      closedAt: input.now,
      createdBy: null,
    };
    unit.writes.push({ put: "closedCommand", row });
    unit.note("answer-unasked", { uuid, status }, answer);
    return;
  }
  if (status === "NotNow") return;
  const answer = unit.keep(kept, before.origin === "raw");
  unit.writes.push({
    patch: "closedCommand",
    where: { enrollmentId: before.enrollmentId, uuid },
    set: { answer },
  });
  unit.note("answer-late", { uuid, requestType: before.requestType, status, closedAs: before.outcome }, answer);
  takeFacts(unit, before, input, seen);
}

type Row = Pick<CommandRow, "requestType" | "purpose" | "origin">;

function takeFacts(unit: UnitOfWork, row: Row, input: Poll, { holders }: Seen): void {
  if (input.report.status !== "Acknowledged") return;
  if (row.requestType === "DeviceConfigured") unit.patch({ awaitingConfiguration: 0 });
  const dict =
    row.requestType === "DeviceInformation"
      ? decodeDeviceInformation(input.report.body)
      : row.requestType === "SecurityInfo"
        ? decodeSecurityInfo(input.report.body)
        : undefined;
  if (dict === undefined) return;
  const before = unit.enrollment;
  const { patch, version } = learn(before, dict, input.now);
  // What it could not do on one OS it may be able to do on another.
  const crossed = patch.osVersion !== undefined && patch.osVersion !== before.osVersion;
  unit.patch(crossed && before.enforces === 0 ? { ...patch, enforces: null } : patch);
  noteOddVersion(unit, before);
  if (row.requestType === "DeviceInformation") {
    unit.saysSerial(input.report.serial, holders);
    noteOtherFacts(unit, before.facts);
  }
  if (crossed) unit.lookAfter(unit.now);
  // What it can be told by declaration, or by a profile, hangs on these.
  const { platform, supervised } = unit.enrollment;
  if (crossed || platform !== before.platform || supervised !== before.supervised) {
    declare(unit);
    if (crossed && unit.assignment?.state === "failed") unit.patchAssignment({ tries: 0 });
    settle(unit);
  }
  reconsider(unit, version);
  if (row.requestType === "SecurityInfo") {
    unit.step({ kind: "authorised", bootstrapToken: authorisationOf(unit.enrollment) });
  }
  // A job's own question is told to the job by `tellJob`; any other sight of a version reaches it here.
  if (version === undefined) return;
  if (row.origin === "job" && row.purpose === "ask") unit.sighted(version);
  else unit.seen(version);
}

function tellJob(unit: UnitOfWork, row: CommandRow, input: Poll): void {
  if (row.origin !== "job" || row.purpose === null || row.jobId !== unit.job?.id) return;
  const { status, body, errorChain } = input.report;
  unit.step({ kind: "answer", purpose: row.purpose as "ask", answer: { status: statusOf(status), body, errorChain } });
}

type AnswerStatus = "Acknowledged" | "Error" | "CommandFormatError" | "NotNow" | { readonly unknown: string };
function statusOf(status: string): AnswerStatus {
  if (status === "Acknowledged" || status === "Error" || status === "CommandFormatError" || status === "NotNow")
    return status;
  return { unknown: status };
}

function outcomeOf(status: string): ClosedCommandRow["outcome"] {
  return status === "Acknowledged" || status === "Error" || status === "CommandFormatError" ? status : "other";
}

/** The job has an order that could go out now except for that. */
const isKeptBack = (unit: UnitOfWork): boolean =>
  [...unit.outstanding.values()].some(
    (row) => isUseless(unit, row) && row.origin === "job" && (row.notBefore === null || unit.now >= row.notBefore),
  );

/** The first command that may go out now. */
function pick(unit: UnitOfWork): CommandRow | undefined {
  const rows = [...unit.outstanding.values()].sort((a, b) => a.rank - b.rank || (a.uuid < b.uuid ? -1 : 1));
  const updateOut = rows.find((row) => row.requestType === "ScheduleOSUpdate" && row.state === "offered");
  return rows.find((row) => {
    if (row.skip === 1) return false;
    // Handed out once only; whether it arrived is found out by asking.
    if (row.once === 1 && row.state === "offered") return false;
    if (row.notBefore !== null && unit.now < row.notBefore) return false;
    if (row.notAfter !== null && unit.now >= row.notAfter) return false;
    if (isUseless(unit, row) || isTooEarly(unit, row)) return false;
    // At most one update command at a time, raw ones counted.
    return row.requestType !== "ScheduleOSUpdate" || updateOut === undefined || updateOut.uuid === row.uuid;
  });
}

function offer(unit: UnitOfWork, row: CommandRow): void {
  unit.update(row, { state: "offered", offeredAt: unit.now, offers: row.offers + 1 });
  unit.note(
    "command-sent",
    { uuid: row.uuid, requestType: row.requestType, purpose: row.purpose, offer: row.offers + 1 },
    isSealedCommand(row.bytes) ? null : { bytes: row.bytes.length, commandUuid: row.uuid },
  );
  restrictionsOffered(unit, row);
  if (row.origin === "job" && row.purpose !== null && row.jobId === unit.job?.id) {
    unit.step({ kind: "offered", purpose: row.purpose as "ask" });
  }
}

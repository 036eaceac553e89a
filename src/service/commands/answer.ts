/** What an answer of a device changes: its command is closed, its facts are taken, its job is told. */
import {
  decodeDeviceInformation,
  decodeSecurityInfo,
  type ErrorChainItem,
  type PlistDict,
} from "../../protocol/index.ts";
import type { ClosedCommandRow, CommandRow, Json } from "../../store/index.ts";
import type { Caller } from "../enrollment/caller.ts";
import { type Holder, saysSerial } from "../enrollment/claims.ts";
import { forgetDeclarations } from "../enrollment/declarations.ts";
import { authorisationOf, learn } from "../enrollment/device-facts.ts";
import { tell, tellEnded, tellSeen } from "../enrollment/job.ts";
import { noteOtherFacts } from "../enrollment/machines.ts";
import { profileAnswered } from "../enrollment/policy.ts";
import { close, update } from "../enrollment/queue.ts";
import { noteOddVersion } from "../enrollment/reported-version.ts";
import { heardWaiting } from "../enrollment/setup-assistant.ts";
import type { UnitOfWork } from "../enrollment/unit-of-work.ts";
import { renewalFailed } from "../identity/renewal.ts";

/** What a poll tells, once its report is read. */
export interface Poll extends Caller {
  readonly userChannel: boolean;
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

/** What is asked about a command that was closed before: all but its bytes. */
export const CLOSED = ["enrollmentId", "uuid", "requestType", "origin", "purpose", "outcome", "answer"] as const;
type Closed = Pick<ClosedCommandRow, (typeof CLOSED)[number]>;

/** What an answer is read with, beside the enrollment. */
export interface PollRows {
  readonly closed: readonly Closed[];
  readonly holders: readonly Holder[];
}

/** Closes the command that was reported; returns its uuid when this report closed it. */
export function reported(unit: UnitOfWork, input: Poll, rows: PollRows): string | null {
  const { status, commandUuid, kept, errorChain } = input.report;
  const row = commandUuid === null ? undefined : unit.outstanding.get(commandUuid);
  if (row === undefined || commandUuid === null) {
    unexpected(unit, input, rows);
    return null;
  }
  if (status === "NotNow") {
    notNow(unit, row, input);
    return null;
  }
  const { uuid, requestType, purpose } = row;
  const answer = unit.keep(kept, row.origin === "raw");
  close(unit, row, outcomeOf(status), answer);
  const data = { uuid, requestType, status, purpose, errorChain: errorChain as unknown as Json };
  unit.note("answer", data, answer);
  takeFacts(unit, row, input, rows);
  if (requestType === "DeclarativeManagement" && (status === "Error" || status === "CommandFormatError"))
    noDeclarations(unit);
  if (row.origin === "care" && purpose === "renew" && status !== "Acknowledged")
    renewalFailed(unit, errorChain, status);
  profileAnswered(unit, row, status, errorChain);
  tellJob(unit, row, input);
  if (requestType === "DeviceInformation" && status === "Acknowledged")
    heardWaiting(unit, decodeDeviceInformation(input.report.body));
  return uuid;
}

function notNow(unit: UnitOfWork, row: CommandRow, input: Poll): void {
  // It was not delivered since the last NotNow: the same report once more.
  if (row.state !== "offered") return;
  const { status, kept } = input.report;
  // Refused, not executed: even what must not be delivered twice may be offered again, at the next Idle.
  const times = row.notNows + 1;
  update(unit, row, { skip: 1, state: "queued", notNows: times });
  // A device may say it at every session: the first, second, fourth, eighth … time is an entry.
  if ((times & (times - 1)) === 0)
    unit.note("not-now", { uuid: row.uuid, requestType: row.requestType, status, times }, unit.keep(kept));
  tellJob(unit, row, input);
}

/** The device does not take declarative management: what it could do by its OS does not count. */
function noDeclarations(unit: UnitOfWork): void {
  if (unit.enrollment.enforces !== null) return;
  unit.patch({ enforces: 0 });
  unit.note("capabilities", { enforces: false });
  forgetDeclarations(unit);
}

/** An answer to a command that is not outstanding: a repeat, a late one, or one to a command never sent. Kept once. */
function unexpected(unit: UnitOfWork, input: Poll, rows: PollRows): void {
  const { status, commandUuid, kept } = input.report;
  const before = rows.closed[0] ?? unit.closed.get(commandUuid ?? "");
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
      outcome: "other",
      answer,
      queuedAt: input.now,
      offeredAt: null,
      closedAt: input.now,
      createdBy: null,
    };
    unit.also({ put: "closedCommand", row });
    unit.note("answer-unasked", { uuid, status }, answer);
    return;
  }
  if (status === "NotNow") return;
  const answer = unit.keep(kept, before.origin === "raw");
  unit.also({ patch: "closedCommand", where: { enrollmentId: before.enrollmentId, uuid }, set: { answer } });
  unit.note("answer-late", { uuid, requestType: before.requestType, status, closedAs: before.outcome }, answer);
  takeFacts(unit, before, input, rows);
}

type Row = Pick<CommandRow, "requestType" | "purpose" | "origin">;

function takeFacts(unit: UnitOfWork, row: Row, input: Poll, { holders }: PollRows): void {
  if (input.report.status !== "Acknowledged") return;
  if (row.requestType === "DeviceConfigured") unit.patch({ awaitingConfiguration: 0 });
  const dict =
    row.requestType === "DeviceInformation"
      ? decodeDeviceInformation(input.report.body)
      : row.requestType === "SecurityInfo"
        ? decodeSecurityInfo(input.report.body)
        : undefined;
  if (dict === undefined) return;
  const [before, known] = [unit.enrollment, unit.facts];
  const { patch, facts, version } = learn(before, known, dict, input.now);
  unit.answers += 1;
  if (facts !== undefined) unit.keepFacts(facts);
  // What it could not do on one OS it may be able to do on another.
  const crossed = patch.osVersion !== undefined && patch.osVersion !== before.osVersion;
  unit.patch(crossed && before.enforces === 0 ? { ...patch, enforces: null } : patch);
  noteOddVersion(unit, before);
  if (row.requestType === "DeviceInformation") {
    saysSerial(unit, input.report.serial, holders);
    noteOtherFacts(unit, known);
  }
  if (crossed) unit.lookAfter(unit.now);
  if (crossed && unit.assignment?.state === "failed") unit.patchAssignment({ tries: 0 });
  if (row.requestType === "SecurityInfo")
    tell(unit, { kind: "authorised", bootstrapToken: authorisationOf(unit.enrollment) });
  // A job's own question is told to the job by `tellJob`; any other sight of a version reaches it here.
  if (version === undefined) return;
  if (row.origin === "job" && row.purpose === "ask") tellEnded(unit, version);
  else tellSeen(unit, version);
}

function tellJob(unit: UnitOfWork, row: CommandRow, input: Poll): void {
  if (row.origin !== "job" || row.purpose === null || row.jobId !== unit.job?.id) return;
  const { status, body, errorChain } = input.report;
  const answer = { status: statusOf(status), body, errorChain };
  tell(unit, { kind: "answer", purpose: row.purpose as "ask", answer });
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

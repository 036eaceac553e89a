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
  decodedExchange,
  type EnrollmentRow,
  type Json,
} from "../../store/index.ts";
import { authorisationOf, learn, serialIn } from "../device-facts.ts";
import { isSealedCommand } from "../stored-command.ts";
import { admissionLookups, admit, type NotAdmitted, notAdmitted } from "./admit.ts";
import type { Admission, Presented } from "./caller.ts";
import { bodyLookup, clipText } from "./bodies.ts";
import { isTooEarly, release, releaseAfter } from "./configured.ts";
import { declare, forgetDeclarations, reconsider } from "./declarations.ts";
import { holdersOf } from "./claims.ts";
import { renewalFailed } from "./renewal.ts";
import { noteOddVersion } from "./reported-version.ts";
import { deviceLookups, Scene } from "./scene.ts";
import { noteOtherFacts } from "./machines.ts";
import { isUseless } from "./useless.ts";
import { restrictionsAnswered, restrictionsOffered, settle } from "./standing.ts";

type Shown = Omit<Presented, "der"> & Partial<Pick<Presented, "der">>;

export interface PollAsk {
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

function readPoll({ message, ...ask }: PollAsk): Poll {
  const { who, status, commandUuid, body, errorChain, redacted } = decodeReport(message);
  return {
    ...ask,
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

export type PollSaid =
  | {
      readonly kind: "command";
      readonly bytes: Uint8Array;
      readonly appleId: string;
      readonly enrollmentId: string;
      readonly closed: string | null;
    }
  | { readonly kind: "nothing"; readonly enrollmentId: string; readonly closed: string | null; readonly wrote: boolean }
  /** `wanting`: the certificate must be kept and was not in the ask, so nothing was written: ask again with it. */
  | { readonly kind: "not-admitted"; readonly said: NotAdmitted; readonly wanting: boolean; readonly appleId: string }
  /** User channels have no part in OS updates: there is nothing for them, whoever asks. */
  | { readonly kind: "user-channel" };

const NO_BYTES = new Uint8Array();

/** What an answer is read with, beside the enrollment. */
interface Seen {
  readonly closed: readonly ClosedCommandRow[];
  readonly holders: readonly EnrollmentRow[];
}

export const poll = decodedExchange(readPoll, {
  name: "poll",
  reads: (ask: Poll) => ({
    ...admissionLookups(ask),
    ...deviceLookups,
    // Only an answer that may name a version can change how a job has ended.
    past: {
      from: "job",
      where: { enrollmentId: { of: "enrollment", column: "id" }, live: 0 },
      ...(ask.report.body.has("QueryResponses") ? {} : { limit: 0 }),
    },
    holders: holdersOf(ask.report.serial),
    bodies: { ...bodyLookup, ...(ask.report.status === "Idle" ? { limit: 0 } : {}) },
    closed: {
      from: "closedCommand",
      where: { enrollmentId: { of: "enrollment", column: "id" }, uuid: ask.report.commandUuid ?? "" },
      // What is outstanding has not been closed.
      unless: { of: "outstanding", column: "uuid", is: ask.report.commandUuid },
      ...(ask.report.status === "Idle" ? { limit: 0 } : {}),
    },
  }),
  decide(ask: Poll, seen): { writes: Scene["writes"]; said: PollSaid } {
    if (ask.userChannel) return { writes: [], said: { kind: "user-channel" } };
    const { der } = ask.shown;
    const caller = { ...ask, shown: { ...ask.shown, der: der ?? NO_BYTES } };
    const admission: Admission = admit(caller, seen, ask.report.status === "Idle");
    if (admission.kind !== "known") {
      const { writes, said } = notAdmitted(admission);
      const wanting = der === undefined && writes.length > 0;
      return { writes: wanting ? [] : writes, said: { kind: "not-admitted", said, wanting, appleId: ask.appleId } };
    }
    // Of an Idle nothing is kept, and so it was not looked up what is.
    const found = ask.report.status === "Idle" ? { ...seen, bodies: undefined } : seen;
    const scene = new Scene(admission.enrollment, found, ask.firstId, ask.now);
    scene.writes.push(...admission.writes);
    scene.heard();
    if (scene.planStopped && scene.job?.state !== "stopping") scene.step({ kind: "withdraw", cause: "plan-stopped" });
    const closed = ask.report.status === "Idle" ? idle(scene) : reported(scene, ask, seen);
    const next = pick(scene);
    if (isKeptBack(scene)) scene.step({ kind: "kept-back" });
    const enrollmentId = scene.enrollment.id;
    if (next === undefined) {
      return { writes: scene.writes, said: { kind: "nothing", enrollmentId, closed, wrote: scene.writes.length > 0 } };
    }
    offer(scene, next);
    return {
      writes: scene.writes,
      said: { kind: "command", bytes: next.bytes, appleId: ask.appleId, enrollmentId, closed },
    };
  },
});

/** A new session: what was refused with NotNow may be offered again, and an answer that never came is missed. */
function idle(scene: Scene): null {
  for (const row of [...scene.outstanding.values()]) {
    if (row.skip === 1) scene.update(row, { skip: 0 });
    if (row.once === 0 || row.state !== "offered") continue;
    if (row.origin === "job" && row.purpose !== null)
      scene.step({ kind: "unanswered", purpose: row.purpose as "install" });
    else scene.close(row, "answer-lost", null);
  }
  // The server's own look is due and late: a device whose wait is over need not come again for it.
  if ((scene.enrollment.dueAt ?? Number.POSITIVE_INFINITY) <= scene.now) release(scene);
  return null;
}

/** Closes the command that was reported; returns its uuid when this report closed it. */
function reported(scene: Scene, ask: Poll, seen: Seen): string | null {
  const { status, commandUuid, kept } = ask.report;
  const row = commandUuid === null ? undefined : scene.outstanding.get(commandUuid);
  if (row === undefined || commandUuid === null) {
    unexpected(scene, ask, seen);
    return null;
  }
  if (status === "NotNow") {
    // It was not handed out since the last NotNow: the same report once more.
    if (row.state !== "offered") return null;
    // Refused, not executed: even what must not be delivered twice may be offered again, at the next Idle.
    const times = row.notNows + 1;
    scene.update(row, { skip: 1, state: "queued", notNows: times });
    // A device may say it at every session: the first, second, fourth, eighth … time is an entry.
    if ((times & (times - 1)) === 0)
      scene.note("not-now", { uuid: row.uuid, requestType: row.requestType, status, times }, scene.keep(kept));
    tellJob(scene, row, ask);
    return null;
  }
  const answer = scene.keep(kept, row.origin === "raw");
  scene.close(row, outcomeOf(status), answer);
  scene.note(
    "answer",
    {
      uuid: row.uuid,
      requestType: row.requestType,
      status,
      purpose: row.purpose,
      errorChain: ask.report.errorChain as unknown as Json,
    },
    answer,
  );
  takeFacts(scene, row, ask, seen);
  if (row.requestType === "DeclarativeManagement" && (status === "Error" || status === "CommandFormatError")) {
    noDeclarations(scene);
  }
  if (row.origin === "care" && row.purpose === "renew" && status !== "Acknowledged")
    renewalFailed(scene, ask.report.errorChain, status);
  restrictionsAnswered(scene, row, status, ask.report.errorChain);
  tellJob(scene, row, ask);
  if (row.origin !== "job") scene.restIfAnswered();
  releaseAfter(scene, row);
  return row.uuid;
}

/** The device does not take declarative management: what it could do by its OS counts no more. */
function noDeclarations(scene: Scene): void {
  if (scene.enrollment.enforces !== null) return;
  scene.patch({ enforces: 0 });
  scene.note("capabilities", { enforces: false });
  forgetDeclarations(scene);
  settle(scene);
  reconsider(scene);
}

/** An answer to a command that is not outstanding: a repeat, a late one, or one to a command never sent. Kept once. */
function unexpected(scene: Scene, ask: Poll, seen: Seen): void {
  const { status, commandUuid, kept } = ask.report;
  const before = seen.closed[0] ?? scene.closed.get(commandUuid ?? "");
  // Applied already: the device, or a proxy, said it again.
  if (before !== undefined && before.answer !== null) return;
  const uuid = commandUuid ?? "";
  if (before === undefined) {
    const answer = scene.keep(kept);
    const row: ClosedCommandRow = {
      enrollmentId: scene.enrollment.id,
      uuid,
      requestType: "unknown",
      origin: "raw",
      jobId: null,
      purpose: null,
      bytes: new Uint8Array(),
      outcome: "other",
      answer,
      queuedAt: ask.now,
      offeredAt: null,
      closedAt: ask.now,
      createdBy: null,
    };
    scene.writes.push({ put: "closedCommand", row });
    scene.note("answer-unasked", { uuid, status }, answer);
    return;
  }
  if (status === "NotNow") return;
  const answer = scene.keep(kept, before.origin === "raw");
  scene.writes.push({
    patch: "closedCommand",
    where: { enrollmentId: before.enrollmentId, uuid },
    set: { answer },
  });
  scene.note("answer-late", { uuid, requestType: before.requestType, status, closedAs: before.outcome }, answer);
  takeFacts(scene, before, ask, seen);
}

type Row = Pick<CommandRow, "requestType" | "purpose" | "origin">;

function takeFacts(scene: Scene, row: Row, ask: Poll, { holders }: Seen): void {
  if (ask.report.status !== "Acknowledged") return;
  if (row.requestType === "DeviceConfigured") scene.patch({ awaitingConfiguration: 0 });
  const dict =
    row.requestType === "DeviceInformation"
      ? decodeDeviceInformation(ask.report.body)
      : row.requestType === "SecurityInfo"
        ? decodeSecurityInfo(ask.report.body)
        : undefined;
  if (dict === undefined) return;
  const before = scene.enrollment;
  const { patch, version } = learn(before, dict, ask.now);
  // What it could not do on one OS it may be able to do on another.
  const crossed = patch.osVersion !== undefined && patch.osVersion !== before.osVersion;
  scene.patch(crossed && before.enforces === 0 ? { ...patch, enforces: null } : patch);
  noteOddVersion(scene, before);
  if (row.requestType === "DeviceInformation") {
    scene.saysSerial(ask.report.serial, holders);
    noteOtherFacts(scene, before.facts);
  }
  if (crossed) scene.lookAfter(scene.now);
  // What it can be told by declaration, or by a profile, hangs on these.
  const { platform, supervised } = scene.enrollment;
  if (crossed || platform !== before.platform || supervised !== before.supervised) {
    declare(scene);
    if (crossed && scene.assignment?.state === "failed") scene.patchAssignment({ tries: 0 });
    settle(scene);
  }
  reconsider(scene, version);
  if (row.requestType === "SecurityInfo") {
    scene.step({ kind: "authorised", bootstrapToken: authorisationOf(scene.enrollment) });
  }
  // A job's own question is told to the job by `tellJob`; any other sight of a version reaches it here.
  if (version === undefined) return;
  if (row.origin === "job" && row.purpose === "ask") scene.sighted(version);
  else scene.seen(version);
}

function tellJob(scene: Scene, row: CommandRow, ask: Poll): void {
  if (row.origin !== "job" || row.purpose === null || row.jobId !== scene.job?.id) return;
  const { status, body, errorChain } = ask.report;
  scene.step({ kind: "answer", purpose: row.purpose as "ask", answer: { status: statusOf(status), body, errorChain } });
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
const isKeptBack = (scene: Scene): boolean =>
  [...scene.outstanding.values()].some(
    (row) => isUseless(scene, row) && row.origin === "job" && (row.notBefore === null || scene.now >= row.notBefore),
  );

/** The first command that may go out now. */
function pick(scene: Scene): CommandRow | undefined {
  const rows = [...scene.outstanding.values()].sort((a, b) => a.rank - b.rank || (a.uuid < b.uuid ? -1 : 1));
  const updateOut = rows.find((row) => row.requestType === "ScheduleOSUpdate" && row.state === "offered");
  return rows.find((row) => {
    if (row.skip === 1) return false;
    // Handed out once only; whether it arrived is found out by asking.
    if (row.once === 1 && row.state === "offered") return false;
    if (row.notBefore !== null && scene.now < row.notBefore) return false;
    if (row.notAfter !== null && scene.now >= row.notAfter) return false;
    if (isUseless(scene, row) || isTooEarly(scene, row)) return false;
    // At most one update command at a time, raw ones counted.
    return row.requestType !== "ScheduleOSUpdate" || updateOut === undefined || updateOut.uuid === row.uuid;
  });
}

function offer(scene: Scene, row: CommandRow): void {
  scene.update(row, { state: "offered", offeredAt: scene.now, offers: row.offers + 1 });
  scene.note(
    "command-sent",
    { uuid: row.uuid, requestType: row.requestType, purpose: row.purpose, offer: row.offers + 1 },
    isSealedCommand(row.bytes) ? null : { bytes: row.bytes.length, commandUuid: row.uuid },
  );
  restrictionsOffered(scene, row);
  if (row.origin === "job" && row.purpose !== null && row.jobId === scene.job?.id) {
    scene.step({ kind: "offered", purpose: row.purpose as "ask" });
  }
}

/** The commands that are outstanding for a device: put into the queue, changed, closed, given up. */
import { type Command, encodeCommand } from "../../protocol/index.ts";
import type { ClosedCommandRow, CommandRow, RawRef } from "../../store/index.ts";
import { PUSH_AGAIN } from "./device-facts.ts";
import { isSealedCommand } from "./stored-command.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

/** A device in Setup Assistant waits for nothing else; a job's or an admin's command does not wait behind questions. */
const RANK = { first: 0, usual: 1, question: 2 } as const;
export type Place = keyof typeof RANK;

type NewCommand = Pick<CommandRow, "uuid" | "requestType" | "origin" | "once"> &
  Partial<CommandRow> & {
    /** As they are kept: sealed where they hold a secret. */
    readonly bytes: Uint8Array;
  };

/** Queues a command. `shown`: what the timeline shows of it now, where it can't show the command itself when it is delivered. */
export function enqueue(
  unit: UnitOfWork,
  { bytes, ...command }: NewCommand,
  place: Place = "usual",
  shown: RawRef | null = null,
): void {
  const row: CommandRow = {
    jobId: null,
    purpose: null,
    notBefore: null,
    notAfter: null,
    createdBy: null,
    productKeys: null,
    ...command,
    size: bytes.length,
    sealed: isSealedCommand(bytes) ? 1 : 0,
    enrollmentId: unit.enrollment.id,
    rank: RANK[place] * 1e14 + unit.now,
    state: "queued",
    skip: 0,
    queuedAt: unit.now,
    offeredAt: null,
    offers: 0,
    notNows: 0,
  };
  unit.outstanding.set(row.uuid, row);
  unit.queuedBytes.set(row.uuid, bytes);
  unit.also({ put: "commandBytes", row: { enrollmentId: row.enrollmentId, uuid: row.uuid, bytes } });
  const { uuid, requestType, origin, purpose } = row;
  const by = row.createdBy === null ? {} : { by: row.createdBy };
  unit.note("command-queued", { uuid, requestType, origin, purpose, ...by }, shown);
}

/** Queues a question or DeviceConfigured of the server's own, unless one like it is outstanding. */
export function enqueueOwn(unit: UnitOfWork, command: Command, place: Place = "question"): void {
  const { requestType } = command;
  for (const row of unit.outstanding.values()) {
    if (row.origin === "care" && row.requestType === requestType) return;
  }
  const uuid = unit.id();
  enqueue(unit, { uuid, requestType, bytes: encodeCommand(command, uuid), origin: "care", once: 0 }, place);
  unit.lookAfter(unit.now + PUSH_AGAIN);
}

/**
 * "Sync now", unless that waits in the queue already. One that has left may have been followed before the change that is the
 * cause.
 */
export function enqueueSync(unit: UnitOfWork, place: Place = "usual"): void {
  if (unit.declarative === undefined) return;
  for (const row of unit.outstanding.values()) {
    if (row.requestType === "DeclarativeManagement" && row.state === "queued") return;
  }
  const command: Command = { requestType: "DeclarativeManagement" };
  const { requestType } = command;
  const uuid = unit.id();
  enqueue(unit, { uuid, requestType, bytes: encodeCommand(command, uuid), origin: "care", once: 0 }, place);
  unit.patchDeclarative({ askedAt: unit.now });
  unit.lookAfter(unit.now + PUSH_AGAIN);
}

/** Sets columns of an outstanding command. */
export function update(unit: UnitOfWork, row: CommandRow, set: Partial<CommandRow>): void {
  unit.outstanding.set(row.uuid, { ...row, ...set });
}

/** A command is no longer outstanding; `answer`: where the device's answer is stored, null where there is none. */
export function close(
  unit: UnitOfWork,
  row: CommandRow,
  outcome: ClosedCommandRow["outcome"],
  answer: RawRef | null,
): void {
  const { enrollmentId, uuid, requestType, origin, jobId, purpose, queuedAt, offeredAt, createdBy } = row;
  unit.outstanding.delete(uuid);
  const closed: ClosedCommandRow = {
    enrollmentId,
    uuid,
    requestType,
    origin,
    jobId,
    purpose,
    outcome,
    answer,
    queuedAt,
    offeredAt,
    closedAt: unit.now,
    createdBy,
  };
  unit.closed.set(uuid, closed);
  unit.also({ put: "closedCommand", row: closed });
  if (answer === null) unit.note("command-closed", { uuid, requestType, outcome });
}

/**
 * A command that is not wanted any more. What was never delivered is withdrawn, and so is a question, which is of no use
 * without its answer. An order may have been carried out: it is not said of that that the device has not taken it.
 */
export function giveUp(unit: UnitOfWork, row: CommandRow): void {
  close(unit, row, row.state === "offered" && row.once === 1 ? "answer-lost" : "withdrawn", null);
}

/** Nothing of what is outstanding is sent any more: the device has left, begins again or was removed. */
export function giveUpAll(unit: UnitOfWork): void {
  for (const row of [...unit.outstanding.values()]) giveUp(unit, row);
}

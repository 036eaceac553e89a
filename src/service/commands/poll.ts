/**
 * A device polls: note the contact, close the reported command keeping its bytes, move the job, pick the next command.
 * What the device is told has been committed before it leaves; a report that comes twice is applied once.
 */
import { appleId, decodeDeviceInformation, decodeReport, isUserChannel } from "../../protocol/index.ts";
import { type Decision, Late } from "../../store/index.ts";
import { admit, type NotAdmitted } from "../enrollment/admit.ts";
import { clipText } from "../enrollment/bodies.ts";
import { isWanting, presented, type ShownAtFirst } from "../enrollment/caller.ts";
import { holdersOf } from "../enrollment/claims.ts";
import { deliver } from "../enrollment/deliver.ts";
import { serialIn } from "../enrollment/device-facts.ts";
import { tell } from "../enrollment/job.ts";
import { giveUp, update } from "../enrollment/queue.ts";
import { endedJobs, factsLookup, noFacts } from "../enrollment/rows.ts";
import { fromDeviceDecoded } from "../enrollment/transaction.ts";
import type { UnitOfWork } from "../enrollment/unit-of-work.ts";
import { CLOSED, type Poll, reported } from "./answer.ts";

export interface PollInput {
  readonly shown: ShownAtFirst;
  /** The report as it came: a property list. */
  readonly message: Uint8Array;
  readonly now: number;
  readonly firstId: string;
}

/** Characters of a CommandUUID or a status that are looked at: no command is sent with a longer one. */
export const MOST_UUID = 255;

function readPoll({ message, shown, ...input }: PollInput): Poll {
  const { who, status, commandUuid, body, errorChain, redacted } = decodeReport(message);
  return {
    ...input,
    shown: presented(shown),
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
  | { readonly kind: "nothing"; readonly enrollmentId: string; readonly closed: string | null }
  /** `wanting`: the certificate must be kept and was not in the ask, so nothing was written: ask again with it. */
  | { readonly kind: "not-admitted"; readonly result: NotAdmitted; readonly wanting: boolean; readonly appleId: string }
  /** User channels have no part in OS updates: there is nothing for them, whoever asks. */
  | { readonly kind: "user-channel" };

export const poll = fromDeviceDecoded(readPoll, {
  name: "poll",
  hears: true,
  keeps: ({ report }) => report.status !== "Idle",
  aside: ({ userChannel }): PollResult | undefined => (userChannel ? { kind: "user-channel" } : undefined),
  reads: (input: Poll) => ({
    facts: input.report.body.has("QueryResponses") || input.report.body.has("SecurityInfo") ? factsLookup : noFacts,
    // Only an answer that may name a version can change how a job has ended.
    past: { ...endedJobs, ...(input.report.body.has("QueryResponses") ? {} : { limit: 0 }) },
    holders: holdersOf(input.report.serial),
    closed: {
      from: "closedCommand",
      where: { enrollmentId: { of: "enrollment", column: "id" }, uuid: input.report.commandUuid ?? "" },
      columns: CLOSED,
      // What is outstanding has not been closed.
      unless: { of: "outstanding", column: "uuid", is: input.report.commandUuid },
      ...(input.report.status === "Idle" ? { limit: 0 } : {}),
    },
  }),
  admits: (input, rows) => admit(input, rows, input.report.status === "Idle"),
  refused({ writes, result }, input): Decision<PollResult> {
    const wanting = isWanting(input, writes);
    return {
      writes: wanting ? [] : writes,
      result: { kind: "not-admitted", result, wanting, appleId: input.appleId },
    };
  },
  apply(unit, input, rows): () => PollResult | Late<PollResult> {
    unit.polls = true;
    const closed = input.report.status === "Idle" ? idle(unit) : reported(unit, input, rows);
    const enrollmentId = unit.enrollment.id;
    return () => {
      const next = deliver(unit);
      // It comes again with its answer, and takes what waits then. A push would only begin another session after this one.
      if (next !== undefined) unit.heard();
      const nothing: PollResult = { kind: "nothing", enrollmentId, closed };
      if (next === undefined) return nothing;
      const command = (bytes: Uint8Array | undefined): PollResult =>
        bytes === undefined ? nothing : { kind: "command", bytes, appleId: input.appleId, enrollmentId, closed };
      const made = unit.queuedBytes.get(next.uuid);
      if (made !== undefined) return command(made);
      const reads = { stored: { from: "commandBytes", where: { enrollmentId, uuid: next.uuid } } } as const;
      return Late.of(reads, ({ stored }) => command(stored[0]?.bytes));
    };
  },
});

/** A new session: what was refused with NotNow may be offered again, and an answer that never came is missed. */
function idle(unit: UnitOfWork): null {
  for (const row of [...unit.outstanding.values()]) {
    if (row.skip === 1) update(unit, row, { skip: 0 });
    if (row.once === 0 || row.state !== "offered") continue;
    if (row.origin === "job" && row.purpose !== null)
      tell(unit, { kind: "unanswered", purpose: row.purpose as "install" });
    else giveUp(unit, row);
  }
  // The server's own look is due and late: a device whose wait is over need not come again for it.
  if ((unit.enrollment.dueAt ?? Number.POSITIVE_INFINITY) <= unit.now) unit.occasions.add("late");
  return null;
}

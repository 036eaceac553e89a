/**
 * An answer that can't be read, of which only the command is known: it is kept, closes the command and marks the job, so
 * that a device whose answer we shall never understand does not say it without end.
 */
import { type CommandRow, transaction, type Write } from "../../store/index.ts";
import { bodyLookup } from "../enrollment/bodies.ts";
import { deviceLookups, UnitOfWork } from "../enrollment/unit-of-work.ts";

export interface UnreadableInput {
  readonly fingerprint: string;
  /** null: nobody knows. Then it is taken for the answer to what was handed out last: a device has one at a time. */
  readonly commandUuid: string | null;
  readonly code: string;
  readonly message: string;
  /** The answer, or the beginning of it, secrets cut out. */
  readonly kept: Uint8Array;
  readonly firstId: string;
  readonly now: number;
}

/** `closed`: the enrollment whose command this has closed. `known`: closed before, the device has not heard it. */
export type UnreadableResult =
  | { readonly kind: "closed"; readonly enrollmentId: string; readonly uuid: string }
  | { readonly kind: "known" | "unknown" };

export const answerUnreadable = transaction({
  name: "answerUnreadable",
  reads: (input: UnreadableInput) => ({
    certificate: { from: "certificate", where: { fingerprint: input.fingerprint } },
    enrollment: { from: "enrollment", where: { id: { of: "certificate", column: "enrollmentId" } } },
    ...deviceLookups,
    bodies: bodyLookup,
    closed: {
      from: "closedCommand",
      where: { enrollmentId: { of: "enrollment", column: "id" }, uuid: input.commandUuid ?? "" },
      ...(input.commandUuid === null ? { limit: 0 } : {}),
    },
  }),
  decide(input: UnreadableInput, seen): { writes: readonly Write[]; result: UnreadableResult } {
    const enrollment = seen.enrollment[0];
    const waits = enrollment?.state === "quarantined" || enrollment?.state === "removed";
    if (enrollment === undefined || enrollment.certificate !== input.fingerprint || waits)
      return { writes: [], result: { kind: "unknown" } };
    if ((seen.closed[0]?.answer ?? null) !== null) return { writes: [], result: { kind: "known" } };
    const unit = new UnitOfWork(enrollment, seen, input.firstId, input.now);
    const row = input.commandUuid === null ? handedOutLast(unit) : unit.outstanding.get(input.commandUuid);
    // Whatever it answers has ended: the device may forget it.
    if (row === undefined && input.commandUuid === null) return { writes: [], result: { kind: "known" } };
    if (row?.state !== "offered") return { writes: [], result: { kind: "unknown" } };
    unit.heard();
    const answer = unit.keep(input.kept, row.origin === "raw");
    unit.close(row, "other", answer);
    const { code, message } = input;
    unit.note("answer-unreadable", { uuid: row.uuid, requestType: row.requestType, code, message }, answer);
    if (row.origin === "job" && row.purpose !== null && row.jobId === unit.job?.id) {
      const answer = { status: { unknown: "(not readable)" }, body: new Map(), errorChain: [] };
      unit.step({ kind: "answer", purpose: row.purpose as "ask", answer });
    }
    if (row.origin !== "job") unit.restIfAnswered();
    return { writes: unit.writes, result: { kind: "closed", enrollmentId: enrollment.id, uuid: row.uuid } };
  },
});

function handedOutLast(unit: UnitOfWork): CommandRow | undefined {
  const offered = [...unit.outstanding.values()].filter(({ state }) => state === "offered");
  return offered.toSorted((a, b) => (b.offeredAt ?? 0) - (a.offeredAt ?? 0))[0];
}

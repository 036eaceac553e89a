/**
 * An answer that can't be read, of which only the command is known: it is kept, closes the command and marks the job, so
 * that a device whose answer we shall never understand does not say it without end.
 */
import type { CommandRow } from "../../store/index.ts";
import { tell } from "../enrollment/job.ts";
import { close } from "../enrollment/queue.ts";
import { forEnrollment } from "../enrollment/transaction.ts";
import type { UnitOfWork } from "../enrollment/unit-of-work.ts";

export interface UnreadableInput {
  readonly fingerprint: string;
  /** null: nobody knows. Then it is taken for the answer to what was delivered last: a device has one at a time. */
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

export const answerUnreadable = forEnrollment({
  name: "answerUnreadable",
  keeps: true,
  reads: (input: UnreadableInput) => ({
    certificate: { from: "certificate", where: { fingerprint: input.fingerprint } },
    enrollment: { from: "enrollment", where: { id: { of: "certificate", column: "enrollmentId" } } },
    closed: {
      from: "closedCommand",
      where: { enrollmentId: { of: "enrollment", column: "id" }, uuid: input.commandUuid ?? "" },
      ...(input.commandUuid === null ? { limit: 0 } : {}),
    },
  }),
  none: { kind: "unknown" } as UnreadableResult,
  apply(unit, input, rows): UnreadableResult {
    const { id: enrollmentId, state, certificate } = unit.enrollment;
    if (certificate !== input.fingerprint || state === "quarantined" || state === "removed") return { kind: "unknown" };
    if ((rows.closed[0]?.answer ?? null) !== null) return { kind: "known" };
    const row = input.commandUuid === null ? deliveredLast(unit) : unit.outstanding.get(input.commandUuid);
    // Whatever it answers has ended: the device may forget it.
    if (row === undefined && input.commandUuid === null) return { kind: "known" };
    if (row?.state !== "offered") return { kind: "unknown" };
    unit.heard();
    const { uuid, requestType, purpose, origin } = row;
    const answer = unit.keep(input.kept, origin === "raw");
    close(unit, row, "other", answer);
    const { code, message } = input;
    unit.note("answer-unreadable", { uuid, requestType, code, message }, answer);
    if (origin === "job" && purpose !== null && row.jobId === unit.job?.id) {
      const said = { status: { unknown: "(not readable)" }, body: new Map(), errorChain: [] };
      tell(unit, { kind: "answer", purpose: purpose as "ask", answer: said });
    }
    return { kind: "closed", enrollmentId, uuid };
  },
});

function deliveredLast(unit: UnitOfWork): CommandRow | undefined {
  const offered = [...unit.outstanding.values()].filter(({ state }) => state === "offered");
  return offered.toSorted((a, b) => (b.offeredAt ?? 0) - (a.offeredAt ?? 0))[0];
}

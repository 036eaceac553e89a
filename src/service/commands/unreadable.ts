/**
 * An answer that can't be read, of which only the command is known: it is kept, closes the command and marks the job, so
 * that a device whose answer we shall never understand does not say it without end.
 */
import { type CommandRow, transaction, type Write } from "../../store/index.ts";
import { bodyLookup } from "../enrollment/bodies.ts";
import { deviceLookups, UnitOfWork } from "../enrollment/scene.ts";

export interface UnreadableAsk {
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
export type UnreadableSaid =
  | { readonly kind: "closed"; readonly enrollmentId: string; readonly uuid: string }
  | { readonly kind: "known" | "unknown" };

export const answerUnreadable = transaction({
  name: "answerUnreadable",
  reads: (ask: UnreadableAsk) => ({
    certificate: { from: "certificate", where: { fingerprint: ask.fingerprint } },
    enrollment: { from: "enrollment", where: { id: { of: "certificate", column: "enrollmentId" } } },
    ...deviceLookups,
    bodies: bodyLookup,
    closed: {
      from: "closedCommand",
      where: { enrollmentId: { of: "enrollment", column: "id" }, uuid: ask.commandUuid ?? "" },
      ...(ask.commandUuid === null ? { limit: 0 } : {}),
    },
  }),
  decide(ask: UnreadableAsk, seen): { writes: readonly Write[]; said: UnreadableSaid } {
    const enrollment = seen.enrollment[0];
    const waits = enrollment?.state === "quarantined" || enrollment?.state === "removed";
    if (enrollment === undefined || enrollment.certificate !== ask.fingerprint || waits)
      return { writes: [], said: { kind: "unknown" } };
    if ((seen.closed[0]?.answer ?? null) !== null) return { writes: [], said: { kind: "known" } };
    const unit = new UnitOfWork(enrollment, seen, ask.firstId, ask.now);
    const row = ask.commandUuid === null ? handedOutLast(unit) : unit.outstanding.get(ask.commandUuid);
    // Whatever it answers has ended: the device may forget it.
    if (row === undefined && ask.commandUuid === null) return { writes: [], said: { kind: "known" } };
    if (row?.state !== "offered") return { writes: [], said: { kind: "unknown" } };
    unit.heard();
    const answer = unit.keep(ask.kept, row.origin === "raw");
    unit.close(row, "other", answer);
    const { code, message } = ask;
    unit.note("answer-unreadable", { uuid: row.uuid, requestType: row.requestType, code, message }, answer);
    if (row.origin === "job" && row.purpose !== null && row.jobId === unit.job?.id) {
      const answer = { status: { unknown: "(not readable)" }, body: new Map(), errorChain: [] };
      unit.step({ kind: "answer", purpose: row.purpose as "ask", answer });
    }
    if (row.origin !== "job") unit.restIfAnswered();
    return { writes: unit.writes, said: { kind: "closed", enrollmentId: enrollment.id, uuid: row.uuid } };
  },
});

function handedOutLast(unit: UnitOfWork): CommandRow | undefined {
  const offered = [...unit.outstanding.values()].filter(({ state }) => state === "offered");
  return offered.toSorted((a, b) => (b.offeredAt ?? 0) - (a.offeredAt ?? 0))[0];
}

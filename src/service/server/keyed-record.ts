/**
 * Requests with an Idempotency-Key as rows. A request takes its key before it changes anything; its first change writes a mark in the same
 * commit (`changedBy`), which only one request for a key can do; its answer is kept last. So at any line at which a process dies, the rows say
 * how far it had come.
 */
import { type KeyedChangeRow, type KeyedRequestRow, transaction, type Write } from "../../store/index.ts";

export interface TakeKeyInput {
  readonly row: KeyedRequestRow;
  /** The request that has the key so far, by its `requestId`; null: none has. */
  readonly instead: string | null;
  /** What the key was used for before has been forgotten. */
  readonly isOver: boolean;
}

/** False: another request has taken it meanwhile. */
export const takeKey = transaction({
  name: "takeKey",
  reads: ({ row }: TakeKeyInput) => ({ known: { from: "keyedRequest", where: { id: row.id } } }),
  decide({ row, instead, isOver }: TakeKeyInput, seen): { writes: Write[]; result: boolean } {
    if ((seen.known[0]?.requestId ?? null) !== instead) return { writes: [], result: false };
    const over: Write[] = isOver ? [{ drop: "keyedChange", where: { id: row.id } }] : [];
    return { writes: [...over, { put: "keyedRequest", row }], result: true };
  },
});

export interface EndKeyedInput extends Pick<KeyedRequestRow, "id" | "requestId"> {
  readonly answer: Uint8Array | null;
  readonly at: number;
}

/** The request has ended. Without an answer to keep, and where it changed nothing, its key is free again. */
export const endKeyed = transaction({
  name: "endKeyed",
  reads: ({ id }: EndKeyedInput) => ({
    known: { from: "keyedRequest", where: { id } },
    changed: { from: "keyedChange", where: { id } },
  }),
  decide({ id, requestId, answer, at }: EndKeyedInput, seen): { writes: Write[]; result: null } {
    // Taken over since: its process was thought dead.
    if (seen.known[0]?.requestId !== requestId) return { writes: [], result: null };
    if (answer === null && seen.changed.length === 0)
      return { writes: [{ drop: "keyedRequest", where: { id } }], result: null };
    return { writes: [{ patch: "keyedRequest", where: { id }, set: { answer, endedAt: at } }], result: null };
  },
});

/** The mark that goes with the first change of a request. Where the key has one already, the change is refused (`store-conflict`). */
export const changedBy = (row: KeyedChangeRow): Write => ({ insert: "keyedChange", row });

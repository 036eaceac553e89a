/** The same write twice is done once: requests with an Idempotency-Key (api A8, console A1). */
import { UptickError } from "../../errors/index.ts";
import { hashSecret } from "../../identity/index.ts";
import type { KeyedChangeRow, KeyedRequestRow } from "../../store/index.ts";
import type { Ports } from "../ports.ts";
import { endKeyed, takeKey } from "./keyed-record.ts";

/** How long the first answer is given again (ms, real time). */
export const KEYS_LAST = 24 * 3_600_000;
/** Bytes of an answer that is kept, sealed and with its headers. */
export const LARGEST_ANSWER = 256 * 1024;
/** Of a request in another process that shares the store: after this long (ms) it is taken for dead. */
const LEASE = 600_000;
/** Others may take the key at the same time; a few at most. */
const MOST_ROUNDS = 20;

export interface KeyedRequest {
  readonly actor: string;
  readonly key: string;
  /** SHA-256 of route, address and body. */
  readonly asked: Uint8Array;
  readonly requestId: string;
}

/** What a request with a key is to do. */
export type Taken =
  /** It is the first, or what came before it has changed nothing. */
  | { readonly kind: "first"; readonly work: KeyedWork }
  /** The first answer. */
  | { readonly kind: "again"; readonly answer: Uint8Array }
  /** The change was made, and the answer to it is not known. */
  | {
      readonly kind: "lost";
      readonly object: { readonly kind: string; readonly id: string | null };
      readonly work: KeyedWork;
    };

/** A request that works under its key. */
export interface KeyedWork {
  /** The mark that its first change must write; undefined: a request before it has. */
  readonly mark: { readonly id: string; readonly at: number } | undefined;
  /** It has ended; null: no answer is kept. */
  end(answer: Uint8Array | null): Promise<void>;
}

export interface KeyedRequests {
  /** Throws `idempotency-key-reused`, `idempotency-key-in-use`. */
  take(request: KeyedRequest): Promise<Taken>;
}

/** `shared`: other processes of this server may use the same store. */
export function createKeyedRequests(
  ports: Pick<Ports, "devices" | "sealer" | "newId" | "realNow">,
  { shared }: { readonly shared: boolean },
): KeyedRequests {
  const { devices, sealer } = ports;
  let process: string | undefined;
  // Made when it is needed: a server on virtual time counts its ids.
  const own = (): string => (process ??= ports.newId());
  const underWay = new Set<string>();

  function works(row: KeyedRequestRow, now: number): boolean {
    if (row.endedAt !== null) return false;
    if (row.process === own()) return underWay.has(row.requestId);
    // Alone on its store, this process knows that the one before it is gone.
    return shared && Math.abs(now - row.startedAt) < LEASE;
  }

  function workOf({ id, requestId }: KeyedRequestRow, change: KeyedChangeRow | undefined): KeyedWork {
    underWay.add(requestId);
    return {
      mark: change === undefined ? { id, at: ports.realNow() } : undefined,
      async end(answer) {
        try {
          const sealed = answer === null ? null : sealer.seal(answer, contextOf("answer", id));
          await devices.run(endKeyed, { id, requestId, answer: sealed, at: ports.realNow() });
        } finally {
          underWay.delete(requestId);
        }
      },
    };
  }

  return {
    async take({ actor, key, asked, requestId }) {
      const id = hashSecret(`${actor}\n${key}`);
      for (let round = 0; round < MOST_ROUNDS; round += 1) {
        const now = ports.realNow();
        const [found] = await devices.read({ from: "keyedRequest", where: { id } });
        const known = found !== undefined && isOver(found, now) ? undefined : found;
        const [change] = known === undefined ? [] : await devices.read({ from: "keyedChange", where: { id } });
        if (known !== undefined) {
          if (!isSame(sealer.open(known.asked, contextOf("asked", id)), asked)) throw reused();
          if (known.answer !== null)
            return { kind: "again", answer: sealer.open(known.answer, contextOf("answer", id)) };
          if (works(known, now)) throw inUse();
        }
        const row: KeyedRequestRow = {
          ...{ id, requestId, process: own(), startedAt: now, endedAt: null, answer: null },
          asked: sealer.seal(asked, contextOf("asked", id)),
        };
        const isMine = await devices.run(takeKey, {
          row,
          instead: found?.requestId ?? null,
          isOver: known === undefined,
        });
        if (!isMine) continue;
        const work = workOf(row, change);
        if (change === undefined) return { kind: "first", work };
        return { kind: "lost", object: { kind: change.objectKind, id: change.objectId }, work };
      }
      throw inUse();
    },
  };
}

/** Also one of a clock that was far ahead, which would stay for as long. */
const isOver = ({ startedAt }: KeyedRequestRow, now: number): boolean => Math.abs(now - startedAt) > KEYS_LAST;

const contextOf = (what: string, id: string): string => `idempotency ${what} ${id}`;

const isSame = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, i) => byte === other[i]);

const reused = (): UptickError =>
  new UptickError("idempotency-key-reused", "The Idempotency-Key was used for another request within 24 hours.");

const inUse = (): UptickError =>
  new UptickError("idempotency-key-in-use", "The first request with this Idempotency-Key has not been answered yet.", {
    retryAfter: 1,
  });

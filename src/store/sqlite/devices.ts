/** What an embedded store offers, and its device store as tasks of the one who writes. */
import type { AdminStore } from "../admin-store.ts";
import type { DeviceStore, DueRows } from "../store.ts";
import type { Task } from "./batch.ts";

export interface Pragmas {
  readonly synchronous: number;
  readonly journalMode: string;
  readonly schema: number;
}

export interface SqliteStore {
  readonly devices: DeviceStore;
  readonly admin: AdminStore;
  pragmas(): Promise<Pragmas>;
  close(): Promise<void>;
}

/** Does tasks in the order in which it is given them, and resolves after their commit. */
export interface TaskWriter {
  do(task: Task): Promise<unknown>;
  onDue: ((kind: keyof DueRows, at: number) => void) | undefined;
}

export function devicesOn(writer: TaskWriter, close: () => Promise<void>): DeviceStore {
  return {
    // What comes back is what the transaction of that name said: the writer runs the same module.
    run: (transaction, input) => writer.do({ kind: "run", transaction: transaction.name, input }) as Promise<never>,
    runWith: (transaction, input, also) =>
      writer.do({ kind: "run", transaction: transaction.name, input, also }) as Promise<never>,
    read: (lookup) => writer.do({ kind: "read", lookup }) as Promise<never>,
    claimDue: (table, now, n, leaseMs) => writer.do({ kind: "claim", table, now, n, leaseMs }) as Promise<never>,
    nextDue: (table, now) => writer.do({ kind: "nextDue", table, now }) as Promise<number | undefined>,
    onDue(listener) {
      writer.onDue = listener;
    },
    prune: (before, n, short = { events: before, deliveries: before }) =>
      writer.do({ kind: "prune", before, n, short }) as Promise<number>,
    shiftDue: async (now, ms) => {
      await writer.do({ kind: "shift", now, ms });
    },
    lastNoted: () => writer.do({ kind: "lastNoted" }) as Promise<number | undefined>,
    noteSeen: async (seen) => {
      await writer.do({ kind: "seen", seen });
    },
    close,
  };
}

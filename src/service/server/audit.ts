/**
 * Who changed what. The row of a change is written in the transaction of the change; that of a request that changes
 * nothing, or is refused, right after it. No handler and no use case has to think of it: the actor of a request adds the row
 * itself to the first transaction that carries out a wish (`changes`).
 */
import type { AuditEntry, AuditPage } from "../../contract/index.ts";
import type { AuditQuery, AuditRow, Write } from "../../store/index.ts";
import type { Actor } from "../actor.ts";
import { isoTime } from "../iso-time.ts";
import { cursorOf, keyIn } from "../cursor.ts";
import { noteStrangers, recordAudit, type Stranger } from "./audit-log.ts";
import { changedBy } from "./keyed-record.ts";
import type { KeyedWork } from "./keyed-requests.ts";
import type { Ports } from "../ports.ts";

/** A request that may change something: who, what, on which object, from where. */
export interface Caller {
  /** `token:NAME` (api A9). */
  readonly actor: string;
  /** Name of the route in the contract. */
  readonly route: string;
  readonly objectKind: string;
  /** What the request itself calls the object; null where it names none. */
  readonly objectId: string | null;
  /** Address of the client. */
  readonly address: string;
  readonly requestId: string;
}

/** A request that is being worked on. */
export interface Asked {
  readonly actor: Actor;
  /** The request came with an Idempotency-Key: its first change writes this mark. Before anything is asked of the actor. */
  mark(mark: KeyedWork["mark"]): void;
  /** Writes the row, unless it was written with the change. `outcome`: "ok", or an error's code. */
  end(outcome: string): Promise<void>;
}

export function askedBy(ports: Ports, caller: Caller): Asked {
  let { objectId } = caller;
  let detail: string | null = null;
  let mark: KeyedWork["mark"];
  /** Changes come one after the other until the mark is written. */
  let turn: Promise<unknown> = Promise.resolve();
  /** One row for each object that the request changes: a request may name several devices. */
  const written = new Set<string | null>();
  const row = (outcome: string): AuditRow => ({
    id: ports.newId(),
    at: ports.now(),
    actor: caller.actor,
    route: caller.route,
    objectKind: caller.objectKind,
    objectId,
    detail,
    before: null,
    after: null,
    address: caller.address,
    outcome,
    requestId: caller.requestId,
    count: 1,
  });
  const actor: Actor = {
    name: caller.actor,
    async run(transaction, input) {
      const changed = transaction.changes?.(transaction.decode(input));
      if (changed === undefined) return ports.devices.run(transaction, input);
      const change = async () => {
        if (written.has(changed.id)) return ports.devices.run(transaction, input);
        objectId = changed.id;
        detail = changed.detail ?? null;
        const also: Write[] = [{ insert: "audit", row: row("ok") }];
        if (mark !== undefined) also.push(changedBy({ ...mark, objectKind: caller.objectKind, objectId }));
        const done = await ports.devices.runWith(transaction, input, also);
        if (done.written) {
          written.add(changed.id);
          mark = undefined;
        }
        return done.result;
      };
      if (mark === undefined) return change();
      const mine = turn.then(change, change);
      turn = mine;
      return mine;
    },
    found(id) {
      // A request that names several devices in its body means no single one.
      if (caller.objectKind === "device" && caller.objectId !== null) objectId = id;
    },
  };
  return {
    actor,
    mark(given) {
      mark = given;
    },
    async end(outcome) {
      if (written.size > 0) return;
      await ports.devices.run(recordAudit, row(outcome));
    },
  };
}

/** Requests of strangers: counted by the hour, so that they can't fill the table or keep the disk busy. */
export function createStrangers(ports: Ports): (stranger: Omit<Stranger, "at" | "hour" | "count">) => void {
  /** By the row that they are counted in. */
  const waiting = new Map<string, Stranger>();
  let writing = false;

  /** One write at a time: what comes meanwhile goes with the next. */
  async function write(): Promise<void> {
    writing = true;
    try {
      for (const [key, stranger] of waiting) {
        waiting.delete(key);
        await ports.devices.run(noteStrangers, stranger);
      }
    } finally {
      writing = false;
    }
  }

  return (stranger) => {
    const key = `${stranger.outcome} ${stranger.account}`;
    const count = (waiting.get(key)?.count ?? 0) + 1;
    const hour = Math.floor(ports.realNow() / HOUR) * HOUR;
    waiting.set(key, { ...stranger, at: ports.now(), hour, count });
    if (writing) return;
    write().catch((error: unknown) => ports.log.error("stranger-not-noted", { error }));
  };
}

const HOUR = 3_600_000;

export async function listAudit(ports: Ports, query: AuditQuery): Promise<AuditPage> {
  const { after, ...rest } = query;
  const key = keyIn(AUDIT, after);
  const page = await ports.admin.audit({ ...rest, ...(key === undefined ? {} : { after: key }) });
  const begins = await ports.admin.auditBegins();
  return {
    rows: page.rows.map(auditEntry),
    next: cursorOf(AUDIT, page.next),
    completeFromAt: begins === undefined ? null : isoTime(begins),
  };
}

/** Rows that an export reads at a time. */
const EXPORTED = 500;

/** All rows of a filter, newest first, some at a time. */
export async function* auditRows(ports: Ports, filter: AuditFilter): AsyncGenerator<readonly AuditEntry[]> {
  let after: string | undefined;
  do {
    const page = await ports.admin.audit({ ...filter, limit: EXPORTED, ...(after === undefined ? {} : { after }) });
    yield page.rows.map(auditEntry);
    after = page.next;
  } while (after !== undefined);
}

export type AuditFilter = Omit<AuditQuery, "after" | "limit">;

/** The list that a cursor of the audit is of. */
const AUDIT = "audit";

function auditEntry(row: AuditRow): AuditEntry {
  return {
    id: row.id,
    recordedAt: isoTime(row.at),
    actor: row.actor,
    route: row.route,
    object: { kind: row.objectKind, id: row.objectId },
    detail: row.detail,
    before: row.before,
    after: row.after,
    address: row.address,
    outcome: row.outcome,
    requestId: row.requestId,
    count: row.count,
  };
}

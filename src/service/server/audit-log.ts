/** Rows of the audit that are not part of a change. */
import { type AuditRow, transaction, type Write } from "../../store/index.ts";

/** A request that changed nothing, or was refused. */
export const recordAudit = transaction({
  name: "recordAudit",
  reads: () => ({}),
  decide: (input: AuditRow) => ({ writes: [{ insert: "audit", row: input }] satisfies Write[], result: null }),
});

/** Requests whose sender is not known: for a change without a valid token, and sign-ins that were refused. */
export interface Stranger {
  /** Of the newest. */
  readonly route: string;
  readonly objectKind: string;
  /** Null: none was named, or there is none of the name. */
  readonly objectId: string | null;
  readonly outcome: string;
  readonly address: string;
  readonly requestId: string;
  readonly at: number;
  /** Beginning of the hour they are counted in, ms UTC. */
  readonly hour: number;
  /** What is counted together in an hour: 15 digits hex. */
  readonly counter: string;
  readonly count: number;
}

/** The counter of all requests for a change without a valid token. */
export const WITHOUT_TOKEN = "0".repeat(15);

/** One row for an hour and a counter: the newest request and how many there were. */
export const noteStrangers = transaction({
  name: "noteStrangers",
  reads: (input: Stranger) => ({ row: { from: "audit", where: { id: idOf(input) } } }),
  decide(input: Stranger, seen): { writes: Write[]; result: null } {
    const { hour: _hour, counter: _counter, count, ...request } = input;
    const row: AuditRow = {
      ...request,
      id: idOf(input),
      actor: null,
      detail: null,
      before: null,
      after: null,
      count: (seen.row[0]?.count ?? 0) + count,
    };
    return { writes: [{ put: "audit", row }], result: null };
  },
});

/** A UUIDv7 of the beginning of the hour: the row stands in the list where the hour begins. */
function idOf({ hour, counter }: Pick<Stranger, "hour" | "counter">): string {
  const time = hour.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8${counter.slice(0, 3)}-${counter.slice(3)}`;
}

/** Rows of the audit that are not part of a change. */
import { type AuditRow, transaction, type Write } from "../../store/index.ts";

/** A request that changed nothing, or was refused. */
export const recordAudit = transaction({
  name: "recordAudit",
  reads: () => ({}),
  decide: (input: AuditRow) => ({ writes: [{ insert: "audit", row: input }] satisfies Write[], result: null }),
});

/** Requests for a change without a valid token. */
export interface Stranger {
  /** Of the newest. */
  readonly route: string;
  readonly objectKind: string;
  readonly address: string;
  readonly requestId: string;
  readonly at: number;
  /** Beginning of the hour they are counted in, ms UTC. */
  readonly hour: number;
  readonly count: number;
}

/** One row an hour: the newest request and how many there were. */
export const noteStrangers = transaction({
  name: "noteStrangers",
  reads: (input: Stranger) => ({ row: { from: "audit", where: { id: idOf(input.hour) } } }),
  decide(input: Stranger, seen): { writes: Write[]; result: null } {
    const row: AuditRow = {
      id: idOf(input.hour),
      at: input.at,
      actor: null,
      route: input.route,
      objectKind: input.objectKind,
      objectId: null,
      detail: null,
      before: null,
      after: null,
      address: input.address,
      outcome: "unauthorized",
      requestId: input.requestId,
      count: (seen.row[0]?.count ?? 0) + input.count,
    };
    return { writes: [{ put: "audit", row }], result: null };
  },
});

/** The first UUIDv7 of an hour: it stands in the list where the hour begins. */
function idOf(hour: number): string {
  const time = hour.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
}

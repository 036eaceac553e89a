/** Rows of the audit that are not part of a change. */
import { type AuditRow, transaction, type Write } from "../../store/index.ts";

/** A request that changed nothing, or was refused. */
export const recordAudit = transaction({
  name: "recordAudit",
  reads: () => ({}),
  decide: (input: AuditRow) => ({ writes: [{ insert: "audit", row: input }] satisfies Write[], result: null }),
});

/** Requests for a change without a valid token or session, and sign-ins that were refused. */
export interface Stranger {
  /** Rows of an hour are apart by it: the account that was named, where it is one; "": all others. */
  readonly account: string;
  readonly outcome: "unauthorized" | "sign-in-refused";
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

/** One row for an hour, an account and an outcome: the newest request and how many there were. */
export const noteStrangers = transaction({
  name: "noteStrangers",
  reads: (input: Stranger) => ({ row: { from: "audit", where: { id: idOf(input) } } }),
  decide(input: Stranger, seen): { writes: Write[]; result: null } {
    const row: AuditRow = {
      id: idOf(input),
      at: input.at,
      actor: null,
      route: input.route,
      objectKind: input.objectKind,
      objectId: input.account === "" ? null : input.account,
      detail: null,
      before: null,
      after: null,
      address: input.address,
      outcome: input.outcome,
      requestId: input.requestId,
      count: (seen.row[0]?.count ?? 0) + input.count,
    };
    return { writes: [{ put: "audit", row }], result: null };
  },
});

/** Digits at the end of a UUIDv7 that are random. */
const TAIL = 12;

/** A UUIDv7 of the beginning of an hour: it stands in the list where the hour begins. One for each kind of stranger. */
function idOf({ hour, account, outcome }: Stranger): string {
  const time = hour.toString(16).padStart(12, "0");
  const kind = outcome === "unauthorized" ? "8000" : "8001";
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-${kind}-${account.slice(-TAIL).padStart(TAIL, "0")}`;
}

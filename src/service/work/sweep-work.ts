/** The two kinds of work that go through everything: the sweep of all devices, and the gate's look at all rings. */
import type { SweepRow } from "../../store/index.ts";
import type { Ports } from "../ports.ts";
import type { BulkWork } from "./bulk.ts";

/** Both may be due. */
const MOST = 2;

/** The look as work of one row, which says when the next one is due. */
export interface GateTurn {
  turn(owner: SweepRow): Promise<unknown>;
}

export function createSweepWork<Row>(
  { devices, now }: Pick<Ports, "devices" | "now">,
  sweep: Omit<BulkWork<SweepRow, Row>, "claim">,
  gate: GateTurn,
): BulkWork<SweepRow, Row | "gate"> {
  return {
    what: "sweep",
    claim: (leaseMs) => devices.claimDue("sweep", now(), MOST, leaseMs),
    page: (owner) =>
      owner.name === "gate" ? Promise.resolve({ rows: ["gate"] as const, more: false }) : sweep.page(owner),
    work: (owner, row) => (row === "gate" ? gate.turn(owner) : sweep.work(owner, row)),
    // The gate's look has given its row back.
    release: (owner, more) => (owner.name === "gate" ? Promise.resolve() : sweep.release(owner, more)),
  };
}

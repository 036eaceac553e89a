/**
 * The work that classes of compliance make: of single devices, when their class is due, and of all devices after a change of Apple's
 * list. Days change the list as well, since releases are posted and expire.
 */
import type { ClassRow, EnrollmentRow, SweepRow } from "../../store/index.ts";
import { catalogOf } from "../catalog/catalog.ts";
import { securityIn } from "../catalog/security.ts";
import type { Ports } from "../ports.ts";
import type { BulkWork } from "../work/bulk.ts";
import { classify, sweepTurn } from "./classify.ts";
import { type Known, offerTo } from "./offer.ts";

/** Devices that a sweep looks at in one go. */
const PAGE = 1000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export interface ComplianceWork {
  /** Works out the classes of these devices; `each` does what it is given for all of them, a few at a time. */
  classify(rows: readonly EnrollmentRow[], each: Each): Promise<number>;
  /** Its rows are devices to which something else is offered than is stored. */
  readonly sweep: BulkWork<SweepRow, Classed>;
}

interface Classed {
  readonly row: ClassRow;
  /** The plan that governs it without a live job; empty: none does. */
  readonly planId: string;
}

type Each = (rows: readonly ClassRow[], work: (row: ClassRow) => Promise<unknown>) => Promise<number>;

export function createComplianceWork(ports: Ports): ComplianceWork {
  const { admin, devices } = ports;

  const classifyOne = ({ row, planId }: Classed, of: Known): Promise<unknown> => {
    const now = ports.now();
    const input = { enrollmentId: row.id, offer: offerTo(row, of, now), planId, firstId: ports.newId(), now };
    return devices.run(classify, input);
  };

  return {
    async classify(rows, each) {
      const plans = await admin.governing(rows.map(({ id }) => id));
      const of = await known(ports);
      return each(rows, (row) => classifyOne({ row, planId: plans.get(row.id) ?? "" }, of));
    },
    sweep: {
      what: "compliance",
      claim: (leaseMs) => devices.claimDue("sweep", ports.now(), 1, leaseMs),
      async page({ cause, cursor }) {
        const found = await admin.classRows(cursor ?? undefined, PAGE);
        const of = await known(ports);
        const now = ports.now();
        const last = found.at(-1)?.id ?? null;
        const more = found.length === PAGE;
        const changed = found.filter((row) => row.offer !== JSON.stringify(offerTo(row, of, now)));
        const plans = await admin.governing(changed.map(({ id }) => id));
        return {
          rows: changed.map((row) => ({ row, planId: plans.get(row.id) ?? "" })),
          more,
          done: () => devices.run(sweepTurn, { cause, cursor: more ? last : null }),
        };
      },
      work: async (_owner, row) => classifyOne(row, await known(ports)),
      release: ({ cause }, more) => {
        const now = ports.now();
        return devices.run(sweepTurn, { cause, dueAt: more ? now : nextDay(now) });
      },
    },
  };
}

const known = async (ports: Ports): Promise<Known> => ({
  catalog: await catalogOf(ports),
  security: await securityIn(ports),
});

/** When the next day begins: in UTC, where releases expire, or at UTC+14, where they are posted first. */
function nextDay(now: number): number {
  const utc = (Math.floor(now / DAY) + 1) * DAY;
  const furthest = (Math.floor((now + 14 * HOUR) / DAY) + 1) * DAY - 14 * HOUR;
  return Math.min(utc, furthest);
}

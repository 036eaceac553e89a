/**
 * The work that classes of compliance make: of single devices, when their class is due, and of all devices after a change of Apple's
 * list. Days change the list as well, since releases are posted and expire.
 */
import type { EnrollmentRow, SweepRow } from "../../store/index.ts";
import { catalogOf } from "../catalog/catalog.ts";
import { securityIn } from "../catalog/security.ts";
import { makeClassDue } from "../enrollment/class-due.ts";
import type { Ports } from "../ports.ts";
import type { BulkWork } from "../work/bulk.ts";
import { classify, sweepTurn } from "./classify.ts";
import { changes, standingInput } from "../standing/carry-out.ts";
import { createResolver, type ResolvedRow } from "../standing/resolver.ts";
import type { Catalogs } from "../standing/beginning.ts";
import { tellMajorsAhead } from "../standing/majors-ahead.ts";
import { type Known, offerTo } from "./offer.ts";
import { silentDaysOf } from "./silent-days.ts";

/** Devices that a sweep looks at in one go. */
const PAGE = 1000;
const HOUR = 3_600_000;
/** ms until a device is looked at again for which that has failed. */
const FAILED = 5 * 60_000;
const DAY = 24 * HOUR;

export interface ComplianceWork {
  /** Works out the classes of these devices; `each` does what it is given for all of them, a few at a time. */
  classify(rows: readonly EnrollmentRow[], each: Each): Promise<number>;
  /** Its rows are devices to which something else is offered than is stored. */
  readonly sweep: Omit<BulkWork<SweepRow, Classed>, "claim">;
}

interface Classed extends ResolvedRow {
  /** The plan that governs it without a live job; empty: none does. */
  readonly planId: string;
}

type Each = (rows: readonly Classed[], work: (row: Classed) => Promise<unknown>) => Promise<number>;

export function createComplianceWork(ports: Ports): ComplianceWork {
  const { admin, devices } = ports;

  const resolver = createResolver(ports);

  const classifyOne = (
    { planId, ...found }: Classed,
    of: Catalogs & Known,
    leaseUntil: number | null,
  ): Promise<unknown> => {
    if (found.fault !== undefined) return Promise.reject(found.fault);
    const now = ports.now();
    const standing = standingInput(found, () => ports.newId());
    const offer = offerTo(found.row, of, now);
    const ids = { enrollmentId: found.row.id, firstId: ports.newId() };
    return devices.run(classify, { ...ids, offer, planId, standing, leaseUntil, now });
  };

  /** With the plans that govern where no standing plan does. */
  async function withPlans(found: readonly ResolvedRow[]): Promise<readonly Classed[]> {
    const plans = await admin.governing(found.map(({ row }) => row.id));
    return found.map((one) => ({ ...one, planId: plans.get(one.row.id) ?? "" }));
  }

  return {
    async classify(rows, each) {
      const of = await known(ports);
      const leases = new Map(rows.map(({ id, classLeaseUntil }) => [id, classLeaseUntil]));
      return each(await withPlans(await resolver.resolve(rows, of)), (one) =>
        classifyOne(one, of, leases.get(one.row.id) ?? null),
      );
    },
    sweep: {
      what: "compliance",
      async page({ cause, leaseUntil, cursor }) {
        const found = await admin.classRows(cursor ?? undefined, PAGE);
        const of = await known(ports);
        const now = ports.now();
        const last = found.at(-1)?.id ?? null;
        const more = found.length === PAGE;
        const all = await resolver.resolve(found, of);
        const changed = all.filter(
          (one) => changes(one) || one.row.offer !== JSON.stringify(offerTo(one.row, of, now)),
        );
        return {
          rows: await withPlans(changed),
          more,
          done: () => devices.run(sweepTurn, { cause, leaseUntil, cursor: more ? last : null }),
        };
      },
      async work(_owner, row) {
        try {
          await classifyOne(row, await known(ports), null);
        } catch (error) {
          // One device that fails must not keep the others from being looked at: it is looked at again later, alone.
          const at = ports.now() + FAILED;
          await devices.run(makeClassDue, { enrollmentIds: [row.row.id], now: at });
          ports.log.error("due-work-failed", { what: "compliance", error: String(error) });
        }
      },
      async release({ cause, leaseUntil }, more) {
        const now = ports.now();
        if (!more) await tellMajorsAhead(ports);
        return devices.run(sweepTurn, { cause, leaseUntil, dueAt: more ? now : nextDay(now) });
      },
    },
  };
}

async function known(ports: Ports): Promise<Catalogs & Known> {
  // One after the other: so many devices at a time must not take all of the store's connections.
  const catalog = await catalogOf(ports);
  const security = await securityIn(ports);
  return { catalog, security, silentDays: await silentDaysOf(ports) };
}

/** When the next day begins: in UTC, where releases expire, or at UTC+14, where they are posted first. */
function nextDay(now: number): number {
  const utc = (Math.floor(now / DAY) + 1) * DAY;
  const furthest = (Math.floor((now + 14 * HOUR) / DAY) + 1) * DAY - 14 * HOUR;
  return Math.min(utc, furthest);
}

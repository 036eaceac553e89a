/**
 * What there is to do of a plan: to carry out its decisions; to withdraw its jobs after a stop, a pause or a halt, of the plan or of one
 * of its rollouts; and to resume them. Each row is looked at again in its own transaction (`enrollment/heed.ts`), so one that comes too late does no harm.
 */
import type { JobsThat, PlanRow } from "../../store/index.ts";
import type { Ports } from "../ports.ts";
import { makeClassDue } from "../enrollment/class-due.ts";
import type { BulkPage, BulkWork } from "../work/bulk.ts";
import { blocksInForce } from "../catalog/blocks-in-force.ts";
import { blackoutsInForce, keyOf } from "./blackouts-in-force.ts";
import { makeJob, type MakeJobInput } from "./make-job.ts";
import { jobDue, planTurn } from "./plan.ts";
import { noteRefused } from "./plan-devices.ts";

/** Plans that are worked at together. */
const PLANS = 4;
const PAGE = 200;

type Row =
  | ({ readonly make: string } & Pick<MakeJobInput, "blocks" | "blockedBy" | "blackouts">)
  /** A job to withdraw or to resume, and its device. */
  | { readonly move: string; readonly enrollmentId: string }
  /** Devices without a job that the plan does not govern any more. */
  | { readonly free: readonly string[] };

export function createPlanWork(ports: Ports): BulkWork<PlanRow, Row> {
  const { admin, devices } = ports;

  async function decisions(planId: string): Promise<BulkPage<Row>> {
    const noted = await devices.run(noteRefused, { planId, now: ports.now() });
    const open = await admin.openDecisions(planId, PAGE);
    return { rows: await withBlocks(open), more: noted > 0 || open.length > 0 };
  }

  /** What a block bans since it was decided is not carried out, and a blackout since then moves it. */
  async function withBlocks(open: readonly string[]): Promise<readonly Row[]> {
    const inForce = await blocksInForce(ports);
    const days = await blackoutsInForce(ports);
    const blocks = inForce.rows.map(({ id }) => id);
    const known = days.rows.map(keyOf);
    if (blocks.length + known.length === 0) return open.map((make) => ({ make, blocks, blockedBy: blocks }));
    const rows = await admin.fleetOf(open);
    const banning = byDevice(rows, await inForce.covering(rows));
    const blackouts = byDevice(rows, await days.covering(rows));
    return open.map((make) => ({
      ...{ make, blocks, blockedBy: (banning.get(make) ?? []).map(({ id }) => id) },
      blackouts: { known, covering: blackouts.get(make) ?? [] },
    }));
  }

  async function jobs(planId: string, kinds: readonly JobsThat[], notExcludedAt?: number): Promise<BulkPage<Row>> {
    for (const kind of kinds) {
      const found = await admin.jobsThat(kind, planId, PAGE, notExcludedAt);
      if (found.length > 0)
        return { rows: found.map(({ id, enrollmentId }) => ({ move: id, enrollmentId })), more: true };
    }
    return { rows: [], more: false };
  }

  /** After a stop: who has a live job is governed by it; whom the plan governs without one is looked at afterwards. */
  async function stopped(planId: string): Promise<BulkPage<Row>> {
    const live = await jobs(planId, ["run", "are-withheld"]);
    if (live.more) return live;
    const free = await admin.governedBy(planId, ports.now(), PAGE);
    return { rows: free.length === 0 ? [] : [{ free }], more: free.length > 0 };
  }

  async function page({ id, state }: PlanRow): Promise<BulkPage<Row>> {
    if (state === "stopped") return stopped(id);
    // What is over is not paused any more; everything else waits.
    if (state === "paused" || (await admin.halt())?.active === 1) return jobs(id, ["run", "are-over"]);
    const withdrawn = await jobs(id, ["must-not-run", "are-over"]);
    if (withdrawn.more) return withdrawn;
    // What is excluded stays withheld, and would be found again and again.
    const moved = await jobs(id, ["may-move"], ports.now());
    return moved.more ? moved : decisions(id);
  }

  return {
    what: "plan",
    claim: (leaseMs) => devices.claimDue("plan", ports.now(), PLANS, leaseMs),
    page,
    work: async ({ id: planId }, row) => {
      const ids = { firstId: ports.newId(), now: ports.now() };
      if ("free" in row) await devices.run(makeClassDue, { enrollmentIds: row.free, now: ids.now });
      else if ("make" in row) {
        const { make: enrollmentId, ...asked } = row;
        await devices.run(makeJob, { planId, enrollmentId, jobId: ports.newId(), ...asked, ...ids });
      } else await devices.run(jobDue, { enrollmentId: row.enrollmentId, jobId: row.move, ...ids });
    },
    release: ({ id: planId, leaseUntil }, more) =>
      devices.run(planTurn, { planId, leaseUntil, dueAt: more ? ports.now() : null }),
  };
}

const byDevice = <T>(rows: readonly { readonly id: string }[], found: readonly T[]): ReadonlyMap<string, T> =>
  new Map(rows.flatMap(({ id }, i) => (found[i] === undefined ? [] : [[id, found[i]] as const])));

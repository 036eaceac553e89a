/** What there is to do of a block: to withdraw the live jobs to its release of the devices that it covers. */
import { parseRule } from "../../plans/index.ts";
import type { BlockRow, LiveJob } from "../../store/index.ts";
import type { Ports } from "../ports.ts";
import { readableJobs } from "../plans/readable-jobs.ts";
import { scopeOf } from "../scopes/scope.ts";
import type { BulkWork } from "../work/bulk.ts";
import { blockJob, blockLooked, blockTurn, isTo } from "./block.ts";

/** Blocks that are worked at together. */
const BLOCKS = 2;
/** Live jobs that are looked at in one go. */
const PAGE = 500;

export function createBlockWork(ports: Ports): BulkWork<BlockRow, LiveJob> {
  const { admin, devices } = ports;
  return {
    what: "block",
    claim: (leaseMs) => devices.claimDue("block", ports.now(), BLOCKS, leaseMs),
    async page({ id: blockId, lookedTo: from, dueAt, ...block }) {
      const jobs = await admin.liveJobsAfter(from, PAGE);
      const to = jobs.at(-1)?.enrollmentId ?? null;
      const done = () => devices.run(blockLooked, { blockId, from, dueAt, to });
      return { rows: await coveredJobs(ports, block, jobs), more: to !== null, done };
    },
    work: ({ id: blockId }, { id: jobId, enrollmentId }) =>
      devices.run(blockJob, { blockId, enrollmentId, jobId, firstId: ports.newId(), now: ports.now() }),
    release: ({ id: blockId }) => devices.run(blockTurn, { blockId }),
  };
}

/** Those jobs that go to the release of a block, of devices that it covers. */
export async function coveredJobs(
  { admin, log }: Pick<Ports, "admin" | "log">,
  block: Pick<BlockRow, "platform" | "version" | "extra" | "rule">,
  jobs: readonly LiveJob[],
): Promise<readonly LiveJob[]> {
  const toIt = readableJobs(jobs, "block", log).filter(({ read }) => isTo(read.target, block));
  const rows = await admin.fleetOf(toIt.map(({ enrollmentId }) => enrollmentId));
  const scope = await scopeOf(admin, parseRule(block.rule));
  const covered = await scope.of(rows.filter(({ platform }) => platform === block.platform));
  const ids = new Set(covered.map(({ id }) => id));
  return toIt.filter(({ enrollmentId }) => ids.has(enrollmentId));
}

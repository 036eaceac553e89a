/** What there is to do of a blackout that was made or removed: to bring the live jobs of the devices in line with those that cover them. */
import { type Days, type LiveJob as Job, knows } from "../../plans/index.ts";
import type { BlackoutRow, LiveJob } from "../../store/index.ts";
import type { Ports } from "../ports.ts";
import type { BulkWork } from "../work/bulk.ts";
import { readableJobs } from "./readable-jobs.ts";
import { blackoutJob, blackoutLooked, blackoutTurn } from "./blackout.ts";
import { type BlackoutsInForce, blackoutsInForce } from "./blackouts-in-force.ts";

/** Blackouts that are worked at together. */
const BLACKOUTS = 2;
/** Live jobs that are looked at in one go. */
const PAGE = 500;

/** A live job that does not know of the blackouts that cover its device. */
export interface OutOfLine {
  readonly job: LiveJob & { readonly read: Job };
  readonly covering: readonly Days[];
}

export function createBlackoutWork(ports: Ports): BulkWork<BlackoutRow, OutOfLine> {
  const { admin, devices } = ports;
  return {
    what: "blackout",
    claim: (leaseMs) => devices.claimDue("blackout", ports.now(), BLACKOUTS, leaseMs),
    async page({ id: blackoutId, live, lookedTo: from, dueAt }) {
      const jobs = await admin.liveJobsAfter(from, PAGE);
      const to = jobs.at(-1)?.enrollmentId ?? null;
      const done = () => devices.run(blackoutLooked, { blackoutId, live, from, dueAt, to });
      const all = await covered(ports, await blackoutsInForce(ports), jobs);
      const rows = all.filter(({ job, covering }) => !knows(job.read, covering));
      return { rows, more: to !== null, done };
    },
    work: (_owner, { job: { id: jobId, enrollmentId }, covering }) =>
      devices.run(blackoutJob, { enrollmentId, jobId, covering, firstId: ports.newId(), now: ports.now() }),
    release: ({ id: blackoutId }) => devices.run(blackoutTurn, { blackoutId }),
  };
}

/** The jobs that install something, each with the blackouts that cover its device. */
export async function covered(
  { admin, log }: Pick<Ports, "admin" | "log">,
  blackouts: BlackoutsInForce,
  jobs: readonly LiveJob[],
): Promise<readonly OutOfLine[]> {
  const installs = readableJobs(jobs, "blackout", log).filter(({ read }) => read.goal === "installed");
  const rows = await admin.fleetOf(installs.map(({ enrollmentId }) => enrollmentId));
  const covering = await blackouts.covering(rows);
  const byDevice = new Map(rows.map(({ id }, i) => [id, covering[i] ?? []]));
  return installs.map((job) => ({ job, covering: byDevice.get(job.enrollmentId) ?? [] }));
}

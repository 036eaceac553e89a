/** What pauses and halts do to devices, in numbers: before, from the documents of live jobs; afterwards, from what is said of them. */
import type { PauseDryRun, ResumeDryRun, Withdrawal } from "../../contract/index.ts";
import { deadlineIfResumed, fateOf, isFinal, isPause, readLiveJob, type State, stopIn } from "../../plans/index.ts";
import type { AdminStore, PlanCount } from "../../store/index.ts";

/** Documents that are read at a time: a few ms of the reader. */
const PAGE = 1000;

interface Planned {
  readonly id: string;
  /** Devices for which the plan has decided. */
  readonly devices: number;
}

const isLive = ({ state }: PlanCount): boolean => !isFinal(state as State);
const WATCHED: ReadonlySet<string> = new Set(["cannot-be-recalled", "declared-cannot-be-recalled"]);

/** In which of the rows a job counts; undefined: in none. */
function rowOf({ state, reason }: PlanCount): keyof Withdrawal | undefined {
  if (state === "stopping") return undefined;
  if (reason === "withdrawal-fetched" && (state === "pausing" || state === "paused")) return "told";
  if (state === "paused") return reason === "cannot-confirm" ? "mayInstall" : "held";
  if (state === "pausing") return WATCHED.has(reason) ? "watched" : "mayInstall";
  return "toWithdraw";
}

export function withdrawalOf(counts: readonly PlanCount[]): Withdrawal {
  const sum = { toWithdraw: 0, mayInstall: 0, told: 0, watched: 0, held: 0 };
  for (const one of counts.filter(isLive)) {
    const row = rowOf(one);
    if (row !== undefined) sum[row] += one.jobs;
  }
  return sum;
}

/** Devices of a plan without a job so far: those that it refuses have a decision that is counted. */
export const notGiven = ({ devices }: Planned, counts: readonly PlanCount[]): number =>
  devices - counts.reduce((sum, { jobs }) => sum + jobs, 0);

/** Live jobs that continue, or can be withdrawn, with their plan. */
export const goingOn = (counts: readonly PlanCount[]): number =>
  counts.filter((one) => isLive(one) && one.state !== "stopping").reduce((sum, { jobs }) => sum + jobs, 0);

async function* liveJobs(admin: AdminStore, plans: readonly Planned[]) {
  for (const { id } of plans) {
    for (let after: string | undefined = ""; after !== undefined; ) {
      const rows: Awaited<ReturnType<AdminStore["liveDocs"]>> = await admin.liveDocs(id, after, PAGE);
      for (const { doc } of rows) yield readLiveJob(doc);
      after = rows.length < PAGE ? undefined : rows.at(-1)?.enrollmentId;
    }
  }
}

/** What a pause of these plans would do. */
export async function pauseNumbers(admin: AdminStore, plans: readonly Planned[], now: number): Promise<PauseDryRun> {
  const counts = await admin.planCounts(plans.map(({ id }) => id));
  const all = plans.flatMap(({ id }) => counts.get(id) ?? []);
  const rows = {
    waiting: { command: 0, declaration: 0 },
    underWay: { command: 0, declaration: 0 },
    beyondRecall: { command: 0, declaration: 0 },
  };
  let jobs = 0;
  for await (const job of liveJobs(admin, plans)) {
    if (stopIn(job) !== undefined) continue;
    rows[fateOf(job, now)][job.mechanism] += 1;
    jobs += 1;
  }
  const open = plans.reduce((sum, plan) => sum + notGiven(plan, counts.get(plan.id) ?? []), 0);
  const installed = all.filter(({ state }) => state === "done").reduce((sum, { jobs: n }) => sum + n, 0);
  return { devices: open + jobs, notGiven: open, ...rows, installed };
}

/** What the end of a pause or a halt of these plans would do. */
export async function resumeNumbers(admin: AdminStore, plans: readonly Planned[], now: number): Promise<ResumeDryRun> {
  const counts = await admin.planCounts(plans.map(({ id }) => id));
  const open = plans.reduce((sum, plan) => sum + notGiven(plan, counts.get(plan.id) ?? []), 0);
  let [jobs, moved] = [0, 0];
  for await (const job of liveJobs(admin, plans)) {
    const cause = stopIn(job)?.cause;
    if (cause !== undefined && !isPause(cause)) continue;
    jobs += 1;
    // The deadline of an excluded device may move when the exclusion ends.
    if (cause !== "excluded" && deadlineIfResumed(job, now) !== undefined) moved += 1;
  }
  return { devices: open + jobs, notGiven: open, deadlinesMoved: moved };
}

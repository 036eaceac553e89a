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

/** Devices that are held back, or continue, together: those of a plan, or of a rollout. */
export interface Part {
  readonly counts: readonly PlanCount[];
  /** Devices without a job so far. */
  readonly notGiven: number;
  /** Documents of its live jobs, in pages by enrollment; `after`: "" at first. */
  readonly docs: (after: string, limit: number) => ReturnType<AdminStore["liveDocs"]>;
}

async function partsOf(admin: AdminStore, plans: readonly Planned[]): Promise<Part[]> {
  const counts = await admin.planCounts(plans.map(({ id }) => id));
  return plans.map((plan) => {
    const own = counts.get(plan.id) ?? [];
    const docs: Part["docs"] = (after, limit) => admin.liveDocs(plan.id, after, limit);
    return { counts: own, notGiven: notGiven(plan, own), docs };
  });
}

async function* liveJobs(parts: readonly Part[]) {
  for (const { docs } of parts) {
    for (let after: string | undefined = ""; after !== undefined; ) {
      const rows: Awaited<ReturnType<Part["docs"]>> = await docs(after, PAGE);
      for (const { doc } of rows) yield readLiveJob(doc);
      after = rows.length < PAGE ? undefined : rows.at(-1)?.enrollmentId;
    }
  }
}

const notGivenIn = (parts: readonly Part[]): number => parts.reduce((sum, part) => sum + part.notGiven, 0);

/** What a pause of these plans would do. */
export const pauseNumbers = async (admin: AdminStore, plans: readonly Planned[], now: number): Promise<PauseDryRun> =>
  pauseOf(await partsOf(admin, plans), now);

/** What the end of a pause or a halt of these plans would do. */
export const resumeNumbers = async (admin: AdminStore, plans: readonly Planned[], now: number): Promise<ResumeDryRun> =>
  resumeOf(await partsOf(admin, plans), now);

export async function pauseOf(parts: readonly Part[], now: number): Promise<PauseDryRun> {
  const rows = {
    waiting: { command: 0, declaration: 0 },
    underWay: { command: 0, declaration: 0 },
    beyondRecall: { command: 0, declaration: 0 },
  };
  let jobs = 0;
  for await (const job of liveJobs(parts)) {
    if (stopIn(job) !== undefined) continue;
    rows[fateOf(job, now)][job.mechanism] += 1;
    jobs += 1;
  }
  const open = notGivenIn(parts);
  const done = parts.flatMap(({ counts }) => counts).filter(({ state }) => state === "done");
  const installed = done.reduce((sum, { jobs: n }) => sum + n, 0);
  return { devices: open + jobs, notGiven: open, ...rows, installed };
}

export async function resumeOf(parts: readonly Part[], now: number): Promise<ResumeDryRun> {
  const open = notGivenIn(parts);
  let [jobs, moved] = [0, 0];
  for await (const job of liveJobs(parts)) {
    const cause = stopIn(job)?.cause;
    if (cause !== undefined && !isPause(cause)) continue;
    jobs += 1;
    // The deadline of an excluded device may move when the exclusion ends.
    if (cause !== "excluded" && deadlineIfResumed(job, now) !== undefined) moved += 1;
  }
  return { devices: open + jobs, notGiven: open, deadlinesMoved: moved };
}

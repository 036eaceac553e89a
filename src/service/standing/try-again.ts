/** Failed jobs of a standing plan are tried again before their week is over, since a person says so (targets P3). */
import type { TryAgain, TryAgainRequest } from "../../contract/index.ts";
import type { EndedJob } from "../../plans/index.ts";
import { type JobRow, type Json, transaction, type Write } from "../../store/index.ts";
import type { Actor } from "../actor.ts";
import { timelineNote } from "../enrollment/bodies.ts";
import { classDue } from "../enrollment/class-due.ts";
import type { Selector } from "../plans/selector.ts";
import type { Ports } from "../ports.ts";

/** In the document of an ended job: a person has said that it does not count as a failure. */
interface Again {
  readonly again?: { readonly at: number; readonly by: string };
}

/** Whether a job keeps the next one waiting. What was withdrawn has not failed. */
export const hasFailed = ({ state, doc }: Pick<JobRow, "state" | "doc">): boolean =>
  state !== "done" && state !== "stopped" && (doc as Again | null)?.again === undefined;

export interface TryAgainInput {
  readonly planId: string;
  readonly jobId: string;
  readonly by: string;
  readonly now: number;
}

export const tryAgain = transaction({
  name: "tryAgain",
  reads: ({ jobId }: TryAgainInput) => ({ job: { from: "job", where: { id: jobId } } }),
  changes: ({ planId }) => ({ id: planId }),
  decide({ planId, jobId, by, now }: TryAgainInput, seen): { writes: Write[]; result: { again: boolean } } {
    const [job] = seen.job;
    if (job?.state !== "failed" || !hasFailed(job)) return { writes: [], result: { again: false } };
    const { enrollmentId } = job;
    const doc = { ...(job.doc as object), again: { at: now, by } } as unknown as Json;
    return {
      writes: [
        { patch: "job", where: { id: jobId }, set: { doc } },
        classDue(enrollmentId, now),
        timelineNote(enrollmentId, now, "job-try-again", { planId, by }, null),
      ],
      result: { again: true },
    };
  },
});

const PAGE = 100;

/** All failed devices of a plan, or those that are named. `actor` undefined: they are only counted. */
export async function triedAgain(
  ports: Ports,
  select: Selector,
  planId: string,
  { devices }: TryAgainRequest,
  actor: Actor | undefined,
): Promise<TryAgain> {
  const named = devices === undefined ? undefined : new Set<string>();
  if (devices !== undefined)
    for await (const rows of select.meant({ devices })) for (const { id } of rows) named?.add(id);
  let count = 0;
  for (let after: string | undefined; ; ) {
    const page = await ports.admin.planJobs(planId, after, PAGE, "failed");
    const failed = page.rows
      .flatMap((row) => ("job" in row ? [row.job] : []))
      .filter((job) => hasFailed(job) && named?.has(job.enrollmentId) !== false);
    const newest = await newestOf(ports, failed);
    count += newest.length;
    for (const { id } of actor === undefined ? [] : newest)
      await actor?.run(tryAgain, { planId, jobId: id, by: actor.name, now: ports.now() });
    if (page.next === undefined) return { dryRun: actor === undefined, devices: count };
    after = page.next;
  }
}

/** Those that are the last of their device: an older failure keeps nothing waiting. */
async function newestOf({ admin }: Pick<Ports, "admin">, jobs: readonly JobRow[]): Promise<readonly JobRow[]> {
  const ids = jobs.map(({ enrollmentId }) => enrollmentId);
  const [ended, live] = [await admin.endedStanding(ids), await admin.liveJobs(ids, false)];
  const busy = new Set(live.map(({ enrollmentId }) => enrollmentId));
  const last = new Map(ended.map((row) => [row.enrollmentId, (row.doc as unknown as EndedJob).id]));
  return jobs.filter(({ id, enrollmentId }) => last.get(enrollmentId) === id && !busy.has(enrollmentId));
}

/** A live job comes in line with the blackouts that cover its device (targets D11). */
import { afterBlackout, type Moved } from "../deadlines/blackout-added.ts";
import type { Days } from "../deadlines/days.ts";
import type { LocalDateTime } from "../deadlines/local.ts";
import { instantIn } from "./window.ts";
import { enforcementFor } from "./by-declaration/enforcement.ts";
import { clockOf } from "./clock-of.ts";
import type { LiveJob } from "./job.ts";
import { withMoment } from "./moment.ts";
import { drop } from "./pace.ts";
import { momentOf, plannedMoment, rulesOf } from "./terms.ts";

/** What a blackout does to a job. */
export interface InLine {
  readonly job: LiveJob;
  /** The deadline before and after; absent: it stays. */
  readonly deadline?: { readonly from: LocalDateTime; readonly to: LocalDateTime };
  readonly moment?: { readonly from: LocalDateTime; readonly to: LocalDateTime };
  /** Its moment has passed: what the device was told stays, and it may restart in the blackout. */
  readonly mayRestart: boolean;
}

const isSame = (one: Days) => (other: Days) =>
  one.name === other.name && one.from === other.from && one.to === other.to;

/** Those of `covering` of which the job does not know. */
export const unknownTo = ({ blackouts = [] }: Pick<LiveJob, "blackouts">, covering: readonly Days[]): readonly Days[] =>
  covering.filter((one) => !blackouts.some(isSame(one)));

/** Whether the job knows of these blackouts and of no others, or has no need to. */
export const knows = (job: Pick<LiveJob, "blackouts" | "blackoutsLifted">, covering: readonly Days[]): boolean =>
  job.blackoutsLifted === true ||
  (unknownTo(job, covering).length === 0 && (job.blackouts ?? []).length === covering.length);

/**
 * The job as it knows of the blackouts that cover its device now. What lies in a new one and is ahead moves; one that is gone moves
 * nothing back: users were told the later time (D5).
 */
export function inLine(job: LiveJob, covering: readonly Days[], now: number): InLine {
  if (job.blackoutsLifted === true) return { job, mayRestart: false };
  const known: LiveJob = { ...drop(job, "blackouts"), ...(covering.length === 0 ? {} : { blackouts: covering }) };
  if (job.goal !== "installed") return { job: known, mayRestart: false };
  let result: InLine = { job: known, mayRestart: false };
  for (const added of unknownTo(job, covering)) {
    const next = after(result.job, momentBefore(job, result), added, now);
    result = {
      job: next.job,
      ...joined("deadline", result.deadline, next.deadline),
      ...joined("moment", result.moment, next.moment),
      mayRestart: result.mayRestart || next.mayRestart,
    };
  }
  return result;
}

/** By the blackouts that the job knew of: the new one would move what follows from them. */
const momentBefore = (job: LiveJob, { moment }: InLine): LocalDateTime | undefined => moment?.to ?? momentOf(job);

const joined = <K extends "deadline" | "moment">(
  name: K,
  first: InLine[K],
  then: InLine[K],
): { readonly [N in K]?: NonNullable<InLine[K]> } => {
  const to = then?.to ?? first?.to;
  const from = first?.from ?? then?.from;
  return (to === undefined || from === undefined ? {} : { [name]: { from, to } }) as {
    readonly [N in K]?: NonNullable<InLine[K]>;
  };
};

function after(job: LiveJob, moment: LocalDateTime | undefined, added: Days, now: number): InLine {
  const { window, deadline, noticeMs: notice = 0 } = job;
  const by = deadline ?? moment;
  if (by === undefined) return { job, mayRestart: false };
  const moved = afterBlackout(
    {
      ...{ deadline: by, clock: clockOf(job), rules: rulesOf(job), notice },
      ...(window === undefined ? {} : { window }),
      ...(moment === undefined ? {} : { moment }),
    },
    added,
    now,
  );
  const due = deadline === undefined ? undefined : localIn(moved.deadline);
  const told = localIn(moved.moment);
  const dated = due === undefined ? job : { ...job, deadline: due, deadlineAt: instantIn(due, job.zone) };
  return {
    job: told === undefined ? kept(dated, moment, due !== undefined) : retold(drop(dated, "moment"), told, now),
    ...(deadline === undefined || due === undefined ? {} : { deadline: { from: deadline, to: due } }),
    ...(moment === undefined || told === undefined ? {} : { moment: { from: moment, to: told } }),
    mayRestart: moved.mayRestart,
  };
}

/** A time for which no day is left stays. */
const localIn = (moved: Moved | undefined): LocalDateTime | undefined =>
  moved?.kind === "moved" ? moved.local : undefined;

/** A moment before a deadline that has moved does not follow from it any more, and stays. */
const kept = (job: LiveJob, moment: LocalDateTime | undefined, moved: boolean): LiveJob =>
  !moved || moment === undefined ? job : { ...job, moment };

/** The moment stands beside the deadline only where it does not follow from that. */
function retold(job: LiveJob, told: LocalDateTime, now: number): LiveJob {
  if (job.mechanism === "command") return told === plannedMoment(job) ? job : withMoment(job, told, now);
  const enforcement = enforcementFor(job, now);
  const follows = enforcement.local.slice(0, 16) === told;
  return follows ? { ...job, declared: { ...job.declared, enforcement } } : withMoment(job, told, now);
}

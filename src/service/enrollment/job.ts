/** The job of an enrollment: it is stepped, and what its steps ask for is done on the queue. */
import {
  commandFor,
  declaredOf,
  type DeclaredReport,
  dueAtOf,
  type Effect,
  type Input,
  isFinal,
  type Job,
  type Purpose,
  readJob,
  type SeenVersion,
  shownState,
  type Step,
  step as stepJob,
  stepAfterEnd,
  type Trace,
} from "../../plans/index.ts";
import { checkCommand, commandBody, encodeCommand } from "../../protocol/index.ts";
import type { Flag, JobRow, Json } from "../../store/index.ts";
import { targetOf } from "./device-facts.ts";
import type { Consequence } from "./consequence.ts";
import { memberAtBegin, memberOf } from "./member.ts";
import { enqueue, enqueueSync, giveUp } from "./queue.ts";
import type { UnitOfWork } from "./unit-of-work.ts";
import type { Withheld } from "./withheld.ts";

/** What steps have asked for is done, and what there is to tell is told, in the order in which it came. */
export const job: Consequence = {
  of: ({ effects, news }) => [effects.length + news.length],
  derive(unit) {
    for (;;) {
      const effect = unit.effects.shift();
      if (effect !== undefined) carryOut(unit, effect);
      else {
        const next = unit.news.shift();
        if (next === undefined) return;
        next();
      }
    }
  },
};

/**
 * The job is told when consequences are derived: it may have moved to another mechanism by then. `news`: the message that says
 * so was not sent before.
 */
export function tell(unit: UnitOfWork, input: Input, news = true): void {
  unit.news.push(() => step(unit, input, news));
}

/** A version was seen in another message than the answer to the job's own question. */
export function tellSeen(unit: UnitOfWork, seen: SeenVersion): void {
  unit.news.push(() => {
    judgeEnded(unit, seen);
    step(unit, { kind: "seen", seen });
  });
}

/**
 * What a status report means for the job, or for one that has ended. `read`: what it says of the job as it is then, undefined
 * where it is not to be told.
 */
export function tellReport(
  unit: UnitOfWork,
  read: (job: Job | undefined) => DeclaredReport | undefined,
  news: boolean,
): void {
  unit.news.push(() => {
    const report = read(unit.job);
    if (report === undefined) return;
    if (report.seen !== undefined) judgeEnded(unit, report.seen);
    step(unit, { kind: "report", report }, news);
  });
}

/** A version was seen in the answer to the job's own question: the job is told that answer, and those that have ended this. */
export function tellEnded(unit: UnitOfWork, seen: SeenVersion): void {
  unit.news.push(() => judgeEnded(unit, seen));
}

/** Moves the live job, if there is one; what follows from it waits in `unit.effects`. */
export function step(unit: UnitOfWork, input: Input, news = true): void {
  const row = unit.jobRow;
  const before = unit.job;
  if (row === undefined || before === undefined || isFinal(before.state)) return;
  const told = input.kind === "withdraw" && unit.declarative?.held === 1 ? { ...input, held: true } : input;
  const { job, effects, traces } = stepJob(before, told, unit.now);
  if (job === before) return;
  setJob(unit, row, { job, traces });
  for (const trace of tracesOf(input, before, { job, traces }, news))
    unit.note(trace.ignored ? "job-event-ignored" : "job-step", traceJson(trace, job));
  unit.effects.push(...effects);
}

/** Starts a job made for this enrollment. That of an excluded device rests at once: nothing of it may leave. */
export function begin(unit: UnitOfWork, row: JobRow): void {
  const former = unit.jobRow ?? unit.past.at(-1);
  unit.jobs.set(row.id, { ...row, ...memberAtBegin(row, former) });
  unit.jobId = row.id;
  if (unit.isExcluded) takeBack(unit, "excluded");
  else step(unit, { kind: "begin" });
}

/** Takes the job back: after a plan's stop it ends, and for any other cause that an admin has said it rests. */
export function takeBack(unit: UnitOfWork, cause: Withheld): void {
  const until = endIn(unit, cause);
  step(unit, { kind: "withdraw", cause, ...(until === undefined ? {} : { until }) });
}

/** When what withholds the job ends, where that is known (ms UTC). */
export const endIn = ({ enrollment }: UnitOfWork, cause: Withheld | undefined): number | undefined =>
  cause === "excluded" ? (enrollment.excludedEndsAt ?? undefined) : undefined;

function setJob(unit: UnitOfWork, row: JobRow, { job, traces }: Pick<Step, "job" | "traces">): void {
  unit.jobs.set(row.id, {
    ...row,
    ...memberOf(row, { after: job, traces }, unit.now),
    state: shownState(job),
    reason: job.reason,
    doc: job as unknown as Json,
    dueAt: dueAtOf(job),
    live: (isFinal(job.state) ? 0 : 1) as Flag,
    finishedAt: job.end?.at ?? null,
    leaseUntil: 0,
  });
}

/**
 * What a version means for jobs that had ended: those that brought the device to a release, or found it there, may be
 * contradicted; and the newest, however it ended, may have come true after all.
 */
function judgeEnded(unit: UnitOfWork, version: SeenVersion): void {
  for (const { id } of unit.past) {
    const row = unit.jobs.get(id);
    if (row === undefined) continue;
    const newest = unit.jobId === undefined && id === unit.past.at(-1)?.id;
    if (!newest && row.state !== "done" && row.state !== "fell-back") continue;
    const after = stepAfterEnd(readJob(row.doc), version, unit.now);
    if (after === undefined) continue;
    setJob(unit, row, after);
    for (const trace of after.traces) unit.note("job-step", traceJson(trace, after.job));
  }
}

/** Does what a step has asked for. */
function carryOut(unit: UnitOfWork, effect: Effect): void {
  if (effect.kind === "push") unit.push();
  else if (effect.kind === "sync") enqueueSync(unit);
  else if (effect.kind === "refreshFacts") unit.refresh = true;
  else if (effect.kind === "withdraw") withdraw(unit, effect.purpose);
  else send(unit, effect);
}

function withdraw(unit: UnitOfWork, purpose: Purpose): void {
  for (const row of [...unit.outstanding.values()]) {
    if (row.origin === "job" && row.purpose === purpose) giveUp(unit, row);
  }
}

function send(unit: UnitOfWork, { purpose, once, notBefore, notAfter }: Extract<Effect, { kind: "send" }>): void {
  const { job } = unit;
  if (job === undefined) return;
  const target = targetOf(unit.enrollment);
  const command = commandFor(job, purpose, target);
  const { requestType } = command;
  const rule = checkCommand(requestType, commandBody(command), target)[0];
  if (rule !== undefined) return step(unit, { kind: "forbidden", purpose, rule: rule.text });
  const uuid = unit.id();
  enqueue(unit, {
    uuid,
    requestType,
    bytes: encodeCommand(command, uuid),
    origin: "job",
    jobId: job.id,
    purpose,
    once: once ? 1 : 0,
    notBefore: notBefore ?? null,
    notAfter: notAfter ?? null,
  });
}

/**
 * What a device says of itself again and again is no entry: a hop within a state that does not change the reason, what fills
 * its words or the enforcement time. Answers to the job's own commands and what time brings are kept as they come.
 */
function tracesOf(
  input: Input,
  before: Job,
  { job, traces }: Pick<Step, "job" | "traces">,
  news: boolean,
): readonly Trace[] {
  if (input.kind !== "report" && input.kind !== "seen") return traces;
  const said = (of: Job): string =>
    JSON.stringify([of.state, of.reason, of.params, declaredOf(of).enforcement?.latestAt ?? null]);
  const same = said(before) === said(job);
  let reason = before.reason;
  return traces.filter((trace, n) => {
    const unchanged = trace.from === trace.to && (same || (trace.reason === reason && n < traces.length - 1));
    reason = trace.reason;
    return trace.ignored ? news : !unchanged;
  });
}

function traceJson(trace: Trace, job: Job): Json {
  const { event, params: said, ...rest } = trace;
  const params = said as Json;
  const until = "deferredUntil" in event ? { deferredUntil: event.deferredUntil } : {};
  return { ...rest, ...until, event: event.kind, params, next: (job.next ?? null) as Json, jobId: job.id };
}

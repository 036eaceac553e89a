/**
 * One device's rows during one transaction: read what was seen, change it, collect the writes. Local to a `decide`, which
 * stays pure: the same ask and rows give the same writes.
 */
import {
  commandFor,
  declaredOf,
  type DeclaredReport,
  dueAtOf,
  type Effect,
  type Input,
  isFinal,
  isStopping,
  type Job,
  type Purpose,
  readJob,
  readLiveJob,
  type SeenVersion,
  shownState,
  type Step,
  step,
  stepAfterEnd,
  type Trace,
} from "../../plans/index.ts";
import {
  type Asked,
  checkCommand,
  type Command,
  commandBody,
  type CommandTarget,
  encodeCommand,
} from "../../protocol/index.ts";
import type {
  AssignmentRow,
  BodyBatchRow,
  ClosedCommandRow,
  CommandRow,
  DeclarativeRow,
  EnrollmentRow,
  Flag,
  JobRow,
  Json,
  OutboxRow,
  PlanRow,
  PolicyRow,
  RawRef,
  Write,
} from "../../store/index.ts";
import { saysOther } from "./declare.ts";
import { FACTS_AGE, platformFrom, PUSH_AGAIN } from "./device-facts.ts";
import { serialNews, serialPatch } from "./claims.ts";
import { keepBody, timelineNote } from "./bodies.ts";
import { declare, mayBegin, sync } from "./declarations.ts";
import { nthId } from "./ids.ts";
import { patchInto, putInto } from "./join-writes.ts";

/** A device of which nothing has been looked up. */
export const NOTHING_SEEN: SeenDevice = {
  outstanding: [],
  job: [],
  plan: [],
  push: [],
  declarative: [],
  assignment: [],
  policy: [],
};

/** What a device's transactions look up, beside what is their own. */
export const deviceLookups = {
  outstanding: { from: "command", where: { enrollmentId: { of: "enrollment", column: "id" } } },
  job: { from: "job", where: { enrollmentId: { of: "enrollment", column: "id" }, live: 1 } },
  plan: { from: "plan", where: { id: { of: "job", column: "planId" } } },
  push: { from: "outbox", where: { enrollmentId: { of: "enrollment", column: "id" } } },
  declarative: { from: "declarative", where: { enrollmentId: { of: "enrollment", column: "id" } } },
  assignment: { from: "assignment", where: { enrollmentId: { of: "enrollment", column: "id" } } },
  policy: { from: "policy", where: { id: { of: "assignment", column: "policyId" } } },
} as const;

export interface SeenDevice {
  readonly outstanding: readonly CommandRow[];
  readonly job: readonly JobRow[];
  readonly plan: readonly PlanRow[];
  readonly push: readonly OutboxRow[];
  readonly declarative: readonly DeclarativeRow[];
  readonly assignment: readonly AssignmentRow[];
  readonly policy: readonly PolicyRow[];
  /** Finished jobs by age, where the transaction may learn a version: their ends are judged by it. */
  readonly past?: readonly JobRow[];
  /** Where the transaction keeps bytes of messages (`bodyLookup`). */
  readonly bodies?: readonly BodyBatchRow[] | undefined;
}

/** A device in Setup Assistant waits for nothing else; a job's or an admin's command does not wait behind questions. */
export const RANK = { first: 0, usual: 1, question: 2 } as const;

export class UnitOfWork {
  enrollment: EnrollmentRow;
  readonly outstanding: Map<string, CommandRow>;
  /** What this transaction has closed: its answer may be the very message at hand. */
  readonly closed = new Map<string, ClosedCommandRow>();
  readonly writes: Write[] = [];
  declarative: DeclarativeRow | undefined;
  assignment: AssignmentRow | undefined;
  /** The one it has, removed or not. */
  policy: PolicyRow | undefined;
  #job: JobRow | undefined;
  readonly #stopped: boolean;
  readonly #past: readonly JobRow[];
  #push: OutboxRow | undefined;
  #bodies: readonly BodyBatchRow[] | undefined;
  readonly #firstId: string;
  #idsTaken = 0;
  /** What steps that are taken as one have left for their end. */
  #held: { readonly declare: boolean; readonly refresh: boolean; readonly begun: boolean } | undefined;
  readonly now: number;

  constructor(enrollment: EnrollmentRow, seen: SeenDevice, firstId: string, now: number) {
    this.enrollment = enrollment;
    this.outstanding = new Map(seen.outstanding.map((row) => [row.uuid, row]));
    this.#job = seen.job[0];
    this.#stopped = seen.plan[0]?.state === "stopped";
    this.#past = seen.past ?? [];
    this.#push = seen.push[0];
    this.#bodies = seen.bodies;
    this.declarative = seen.declarative[0];
    this.assignment = seen.assignment[0];
    this.policy = seen.policy[0];
    this.#firstId = firstId;
    this.now = now;
  }

  get job(): Job | undefined {
    if (this.#job === undefined) return undefined;
    const job = readLiveJob(this.#job.doc);
    const { dueAt } = this.#job;
    // The row is due earlier than the job thinks: the clock has stepped back since the job was written.
    if (job.next === null || dueAt === null || dueAt >= (dueAtOf(job) ?? 0)) return job;
    return { ...job, next: { ...job.next, at: dueAt } };
  }
  /** The job has been stopped, and the stop is not over. */
  get isStopping(): boolean {
    return this.#job !== undefined && isStopping(readLiveJob(this.#job.doc).state);
  }
  get planStopped(): boolean {
    return this.#stopped;
  }

  /** A new id. A transaction seldom needs one and sometimes many, so an ask brings the first, and the others follow it. */
  id(): string {
    this.#idsTaken += 1;
    return nthId(this.#firstId, this.#idsTaken - 1);
  }

  patch(set: Partial<EnrollmentRow>): void {
    this.enrollment = { ...this.enrollment, ...set };
    patchInto(this.writes, "enrollment", { id: this.enrollment.id }, set);
  }

  /** The device names its serial number, or null: none. `holders`: who is called by it (`holdersOf`). */
  saysSerial(result: string | null, holders: readonly EnrollmentRow[]): void {
    const before = this.enrollment;
    const set = serialPatch(before, result, holders);
    const { serial = before.serial, claimedSerial = before.claimedSerial } = set;
    if (serial !== before.serial || claimedSerial !== before.claimedSerial) this.patch({ serial, claimedSerial });
    this.writes.push(...serialNews(before, set, holders, this.now));
  }

  note(kind: string, data: Json, raw: RawRef | null = null): void {
    this.writes.push(timelineNote(this.enrollment.id, this.now, kind, data, raw));
  }

  /** Keeps the bytes of a message, once, and says where. `asked`: an admin has sent them, or asked for them. */
  keep(bytes: Uint8Array, asked = false): RawRef {
    if (this.#bodies === undefined) throw new Error("a transaction that keeps bytes must look up what is kept");
    const body = { enrollmentId: this.enrollment.id, at: this.now, bytes, asked };
    const { ref, batches } = keepBody(this.writes, this.#bodies, body);
    this.#bodies = batches;
    return ref;
  }

  /** Pushes fold into one; a device without a push token is not pushed, it comes by itself. */
  push(): void {
    if (this.enrollment.pushable === 0) return;
    const generation = Math.max(this.now, (this.#push?.generation ?? 0) + 1);
    const id = `push:${this.enrollment.id}`;
    this.#push = {
      id,
      kind: "push",
      enrollmentId: this.enrollment.id,
      dueAt: this.now,
      attempts: 0,
      leaseUntil: 0,
      generation,
    };
    putInto(this.writes, "outbox", { id }, this.#push);
  }

  dropPush(): void {
    if (this.#push === undefined) return;
    this.writes.push({ drop: "outbox", where: { id: this.#push.id } });
    this.#push = undefined;
  }

  /** The device is here: a push that has not left yet is not needed, and the silence is over. */
  heard(): void {
    this.dropPush();
    if (this.enrollment.unheard > 0) this.patch({ unheard: 0 });
    if (this.enrollment.pushesAccepted > 0) this.patch({ pushesAccepted: 0 });
  }

  enqueue(
    command: Pick<CommandRow, "uuid" | "requestType" | "bytes" | "origin" | "once"> & Partial<CommandRow>,
    place: keyof typeof RANK = "usual",
    /** What the timeline shows of it now, where it can't show the command itself when it is handed out. */
    shown: RawRef | null = null,
  ): void {
    const row: CommandRow = {
      jobId: null,
      purpose: null,
      notBefore: null,
      notAfter: null,
      createdBy: null,
      ...command,
      enrollmentId: this.enrollment.id,
      rank: RANK[place] * 1e14 + this.now,
      state: "queued",
      skip: 0,
      queuedAt: this.now,
      offeredAt: null,
      offers: 0,
      notNows: 0,
    };
    this.outstanding.set(row.uuid, row);
    this.writes.push({ insert: "command", row });
    const { uuid, requestType, origin, purpose } = row;
    const by = row.createdBy === null ? {} : { by: row.createdBy };
    this.note("command-queued", { uuid, requestType, origin, purpose, ...by }, shown);
  }

  /** A question or DeviceConfigured of the server's own, unless one like it is outstanding. */
  care(command: Command, place: keyof typeof RANK = "question"): void {
    for (const row of this.outstanding.values()) {
      if (row.origin === "care" && row.requestType === command.requestType) return;
    }
    const uuid = this.id();
    this.enqueue(
      { uuid, requestType: command.requestType, bytes: encodeCommand(command, uuid), origin: "care", once: 0 },
      place,
    );
    this.lookAfter(this.now + PUSH_AGAIN);
  }

  /** The server looks after this enrollment by itself at `at`, or earlier if it was to already. */
  lookAfter(at: number): void {
    if (this.enrollment.dueAt === null || this.enrollment.dueAt > at) this.patch({ dueAt: at });
  }

  /** Nothing of the server's own is unanswered any more: the next look is when the facts are a day old. */
  restIfAnswered(): void {
    const { awaitingConfiguration, dueAt, factsAskedAt } = this.enrollment;
    if (dueAt === null || dueAt <= this.now) return;
    if ([...this.outstanding.values()].some((row) => row.origin !== "job")) return;
    if (this.unsynced) return;
    // Declarations were to begin while something else was unanswered: that must not wait for a day.
    if (mayBegin(this)) return this.patch({ dueAt: this.now });
    if (awaitingConfiguration === 1) return;
    this.patch({ dueAt: Math.max(this.now, (factsAskedAt ?? 0) + FACTS_AGE) });
  }

  update(row: CommandRow, set: Partial<CommandRow>): CommandRow {
    const changed = { ...row, ...set };
    this.outstanding.set(row.uuid, changed);
    patchInto(this.writes, "command", { enrollmentId: row.enrollmentId, uuid: row.uuid }, set);
    return changed;
  }

  close(row: CommandRow, outcome: ClosedCommandRow["outcome"], answer: RawRef | null): void {
    const { enrollmentId, uuid, requestType, origin, jobId, purpose, bytes, queuedAt, offeredAt, createdBy } = row;
    this.outstanding.delete(uuid);
    this.writes.push({ drop: "command", where: { enrollmentId, uuid } });
    const closed: ClosedCommandRow = {
      enrollmentId,
      uuid,
      requestType,
      origin,
      jobId,
      purpose,
      bytes,
      outcome,
      answer,
      queuedAt,
      offeredAt,
      closedAt: this.now,
      createdBy,
    };
    this.closed.set(uuid, closed);
    this.writes.push({ put: "closedCommand", row: closed });
    if (answer === null) this.note("command-closed", { uuid, requestType, outcome });
  }

  /** Moves the live job, if there is one, and carries out what follows from it. `news`: the message was not sent before. */
  step(input: Input, news = true): void {
    const row = this.#job;
    const before = this.job;
    if (row === undefined || before === undefined || isFinal(before.state)) return;
    const told = input.kind === "withdraw" && this.declarative?.held === 1 ? { ...input, held: true } : input;
    const { job, effects, traces } = step(before, told, this.now);
    if (job === before) return;
    this.#job = this.#saveJob(row, job);
    if (saysOther(before, job)) {
      if (this.#held === undefined) declare(this);
      else this.#held = { ...this.#held, declare: true };
    }
    for (const trace of tracesOf(input, before, { job, traces }, news))
      this.note(trace.ignored ? "job-event-ignored" : "job-step", traceJson(trace, job));
    for (const effect of effects) this.#carryOut(effect);
  }

  #saveJob(row: JobRow, job: Job): JobRow {
    const set = {
      state: shownState(job.state),
      reason: job.reason,
      doc: job as unknown as Json,
      dueAt: dueAtOf(job),
      live: (isFinal(job.state) ? 0 : 1) as Flag,
      finishedAt: job.end?.at ?? null,
      leaseUntil: 0,
    };
    patchInto(this.writes, "job", { id: row.id }, set);
    return { ...row, ...set };
  }

  /** Starts a job made for this enrollment. */
  begin(row: JobRow): void {
    this.#job = row;
    this.writes.push({ insert: "job", row });
    this.step({ kind: "begin" });
    if (this.#held === undefined) this.#takenAlready();
    else this.#held = { ...this.#held, begun: true };
  }

  #takenAlready(): void {
    // The same declaration again: the device has it, and its list has not changed.
    if (this.declarative?.held === 1 && !this.unsynced) this.step({ kind: "taken" });
  }

  /**
   * Several steps that are one change for the device: what it must have is computed after the last, and only a job that has
   * no other after it asks for the facts again.
   */
  asOne(steps: () => void): void {
    this.#held = { declare: false, refresh: false, begun: false };
    steps();
    const held = this.#held;
    this.#held = undefined;
    if (held.declare) declare(this);
    if (held.begun) this.#takenAlready();
    if (held.refresh && (this.job === undefined || isFinal(this.job.state))) this.lookAfter(this.now);
  }

  #carryOut(effect: Effect): void {
    if (effect.kind === "push") this.push();
    else if (effect.kind === "sync") sync(this);
    else if (effect.kind === "refreshFacts" && this.#held !== undefined) this.#held = { ...this.#held, refresh: true };
    else if (effect.kind === "refreshFacts") this.lookAfter(this.now);
    else if (effect.kind === "withdraw") this.#withdraw(effect.purpose);
    else this.#send(effect);
  }

  /** What never left is withdrawn; of what left, the answer is given up. */
  #withdraw(purpose: Purpose): void {
    for (const row of [...this.outstanding.values()]) {
      if (row.origin !== "job" || row.purpose !== purpose) continue;
      this.close(row, row.state === "offered" && row.once === 1 ? "answer-lost" : "withdrawn", null);
    }
  }

  #send(effect: Extract<Effect, { kind: "send" }>): void {
    const job = this.job;
    if (job === undefined) return;
    const target = this.target();
    const command = commandFor(job, effect.purpose, target);
    const rule = checkCommand(command.requestType, commandBody(command), target)[0];
    if (rule !== undefined) {
      this.step({ kind: "forbidden", purpose: effect.purpose, rule: rule.text });
      return;
    }
    const uuid = this.id();
    this.enqueue({
      uuid,
      requestType: command.requestType,
      bytes: encodeCommand(command, uuid),
      origin: "job",
      jobId: job.id,
      purpose: effect.purpose,
      once: effect.once ? 1 : 0,
      notBefore: effect.notBefore ?? null,
      notAfter: effect.notAfter ?? null,
    });
  }

  /** True while the device has not fetched the list of its declarations as it is now. */
  get unsynced(): boolean {
    return this.declarative !== undefined && this.declarative.syncedToken !== this.declarative.token;
  }

  patchDeclarative(set: Partial<DeclarativeRow>): void {
    if (this.declarative === undefined) return;
    this.declarative = { ...this.declarative, ...set };
    patchInto(this.writes, "declarative", { enrollmentId: this.enrollment.id }, set);
  }

  patchAssignment(set: Partial<AssignmentRow>): void {
    const before = this.assignment;
    if (before === undefined) return;
    const changed = Object.entries(set).filter(([key, value]) => before[key as keyof AssignmentRow] !== value);
    if (changed.length === 0) return;
    this.assignment = { ...before, ...set };
    const where = { enrollmentId: this.enrollment.id };
    this.writes.push({ patch: "assignment", where, set: Object.fromEntries(changed) });
  }

  /** What a status report means for the job, or for one that has ended. */
  reported(report: DeclaredReport, news: boolean): void {
    if (report.seen !== undefined) this.sighted(report.seen);
    this.step({ kind: "report", report }, news);
  }

  /** What Apple's rules are checked against. */
  target(): CommandTarget {
    return { ...this.asked(), platform: platformFrom(this.enrollment.platform) ?? "iOS" };
  }

  /** The same without a guess at its platform: whom questions are for. */
  asked(): Asked {
    const { osVersion, supervised, accessRights, kind } = this.enrollment;
    return {
      platform: platformFrom(this.enrollment.platform),
      enrollment: kind,
      ...(osVersion === null ? {} : { osVersion }),
      ...(supervised === null ? {} : { supervised: supervised === 1 }),
      ...(accessRights === null ? {} : { accessRights }),
    };
  }

  seen(version: SeenVersion): void {
    this.sighted(version);
    if (this.#job !== undefined) this.step({ kind: "seen", seen: version });
  }

  /**
   * What the version means for jobs that have ended: those that brought the device to a release, or found it there, may be
   * contradicted; and the newest, however it ended, may have come true after all.
   */
  sighted(version: SeenVersion): void {
    for (const row of this.#past) {
      const newest = this.#job === undefined && row === this.#past.at(-1);
      if (!newest && row.state !== "done" && row.state !== "fell-back") continue;
      const after = stepAfterEnd(readJob(row.doc), version, this.now);
      if (after === undefined) continue;
      this.#saveJob(row, after.job);
      for (const trace of after.traces) this.note("job-step", traceJson(trace, after.job));
    }
  }
}

/**
 * What a device says of itself again and again is no entry: a hop within a state that changes neither reason nor what fills
 * its words nor the enforcement time. Answers to the job's own commands and what time brings are kept as they come.
 */
function tracesOf(
  input: Input,
  before: Job,
  { job, traces }: Pick<Step, "job" | "traces">,
  news: boolean,
): readonly Trace[] {
  if (input.kind !== "report" && input.kind !== "seen") return traces;
  const result = (of: Job): string =>
    JSON.stringify([of.state, of.reason, of.params, declaredOf(of).enforcement?.latestAt ?? null]);
  const same = result(before) === result(job);
  let reason = before.reason;
  return traces.filter((trace, n) => {
    const unchanged = trace.from === trace.to && (same || (trace.reason === reason && n < traces.length - 1));
    reason = trace.reason;
    return trace.ignored ? news : !unchanged;
  });
}

function traceJson(trace: Trace, job: Job): Json {
  const { event, ...rest } = trace;
  const params = job.params as Json;
  const until = "deferredUntil" in event ? { deferredUntil: event.deferredUntil } : {};
  return { ...rest, ...until, event: event.kind, params, next: (job.next ?? null) as Json, jobId: job.id };
}

/**
 * One enrollment's rows during one transaction: as they were, and as they are now. What is written is the difference. Local
 * to a `decide`, which stays pure: the same input and rows give the same writes.
 */
import { dueAtOf, type Effect, type Job, type PauseCause, readLiveJob } from "../../plans/index.ts";
import type {
  AssignmentRow,
  BodyBatchRow,
  Change,
  ClosedCommandRow,
  CommandRow,
  DeclarativeRow,
  EnrollmentRow,
  FactsRow,
  JobRow,
  Json,
  OutboxRow,
  PolicyRow,
  RawRef,
  Standing,
  TimelineKind,
  Write,
} from "../../store/index.ts";
import { keepBody, timelineNote } from "./bodies.ts";
import { isBack, type Resolved } from "./stored-class.ts";
import { isExcluded } from "./exclusion.ts";
import { difference } from "./difference.ts";
import { nthId } from "./ids.ts";
import type { EnrollmentRows, UnitRows } from "./rows.ts";
import { mustResolve } from "./resolution.ts";
import { versionChange } from "./version-history.ts";
import { type Withheld, withheldBy } from "./withheld.ts";

/** What a device may be given at this moment, where it lacks it: declarations, and the policy for everyone. */
export interface Provisions {
  readonly organization: Standing["organization"];
  readonly everyone: readonly PolicyRow[];
}

export class UnitOfWork {
  readonly now: number;
  enrollment: EnrollmentRow;
  /** What the device has said about itself, where that is looked up. */
  factsRow: FactsRow | undefined;
  readonly outstanding: Map<string, CommandRow>;
  declarative: DeclarativeRow | undefined;
  assignment: AssignmentRow | undefined;
  /** The policy that the device has, removed or not. */
  policy: PolicyRow | undefined;
  readonly jobs: Map<string, JobRow>;
  /** Of the job that is live or was, before this transaction ended it; undefined: there was none. */
  jobId: string | undefined;
  /** Jobs that had ended before this transaction, by age. */
  readonly past: readonly JobRow[];
  pushRow: OutboxRow | undefined;

  /** What this transaction has closed: its answer may be the very message at hand. */
  readonly closed = new Map<string, ClosedCommandRow>();
  /** By CommandUUID: the bytes of what this transaction has queued. */
  readonly queuedBytes = new Map<string, Uint8Array>();
  /** What steps of the job have asked for and nobody has done yet; see derive.ts. */
  readonly effects: Effect[] = [];
  /** What the job has not been told yet. */
  readonly news: (() => void)[] = [];
  provisions: Provisions | undefined;
  /** Answers in which the device has said something about itself, the same as before or not. */
  answers = 0;
  /** What has happened that no row shows. */
  readonly occasions = new Set<Occasion>();
  /** A job has ended: what is known of the device has to be asked again, unless it has another. */
  refresh = false;
  /** What was looked up for its class, where this transaction has. */
  resolved: Resolved | undefined;
  /** The device itself is heard by this transaction. */
  speaks = false;
  /** The device asks for commands: what is queued now reaches it without a push. */
  polls = false;

  /** What an admin has changed, for the audit. */
  change: Change | undefined;

  readonly #before: UnitRows;
  readonly #others: Write[] = [];
  #bodies: readonly BodyBatchRow[] | undefined;
  /** Of the job that was there before this transaction. */
  readonly #plan: EnrollmentRows["plan"][number] | undefined;
  readonly #rollout: EnrollmentRows["jobRollout"][number] | undefined;
  readonly #halt: EnrollmentRows["halt"][number] | undefined;
  readonly #knowsFacts: boolean;
  readonly #firstId: string;
  #idsTaken = 0;

  constructor(enrollment: EnrollmentRow, rows: EnrollmentRows, { firstId, now }: Moment) {
    this.now = now;
    this.enrollment = enrollment;
    [this.factsRow] = rows.facts ?? [];
    this.#knowsFacts = rows.facts !== undefined;
    this.outstanding = new Map(rows.outstanding.map((row) => [row.uuid, row]));
    [this.declarative] = rows.declarative;
    [this.assignment] = rows.assignment;
    [this.policy] = rows.policy;
    this.jobId = rows.job[0]?.id;
    this.jobs = new Map([...rows.job, ...(rows.past ?? [])].map((row) => [row.id, row]));
    this.past = rows.past ?? [];
    [this.#plan, this.#rollout, this.#halt] = [rows.plan[0], rows.jobRollout[0], rows.halt[0]];
    [this.pushRow] = rows.push;
    this.#bodies = rows.bodies;
    this.#firstId = firstId;
    const { factsRow, declarative, assignment, pushRow } = this;
    const [outstanding, jobs] = [new Map(this.outstanding), new Map(this.jobs)];
    this.#before = { enrollment, factsRow, outstanding, declarative, assignment, pushRow, jobs };
  }

  get jobRow(): JobRow | undefined {
    return this.jobId === undefined ? undefined : this.jobs.get(this.jobId);
  }

  get job(): Job | undefined {
    const row = this.jobRow;
    if (row === undefined) return undefined;
    const job = readLiveJob(row.doc);
    const { dueAt } = row;
    // The row is due earlier than the job thinks: the clock has stepped back since the job was written.
    if (job.next === null || dueAt === null || dueAt >= (dueAtOf(job) ?? 0)) return job;
    return { ...job, next: { ...job.next, at: dueAt } };
  }

  get isExcluded(): boolean {
    return isExcluded(this.enrollment, this.now);
  }

  /** Why nothing of the job may leave, by what was decided about the device, its plan, its rollout or all plans; undefined: it may. */
  get withheldBy(): Withheld | undefined {
    const [plan, rollout, halt] = [this.#plan, this.#rollout, this.#halt];
    return withheldBy({ plan, rollout, halt, isExcluded: this.isExcluded });
  }

  /** A newer release has replaced that of its rollout in every ring. */
  get isSuperseded(): boolean {
    return this.#rollout?.state === "superseded";
  }

  /** Who resumed its plan or rollout, ended the halt or had excluded the device last; null: nobody has. */
  get resumedBy(): { readonly [C in PauseCause]: string | null } {
    return {
      "plan-paused": this.#plan?.pauseBy ?? null,
      "rollout-paused": this.#rollout?.stateBy ?? null,
      halted: this.#halt?.setBy ?? null,
      excluded: this.enrollment.excludedBy,
    };
  }

  /** This transaction has made the job. */
  get hasBegunJob(): boolean {
    return this.jobId !== undefined && !this.#before.jobs.has(this.jobId);
  }

  /** True while the device has not fetched the list of its declarations as it is now. */
  get unsynced(): boolean {
    return this.declarative !== undefined && this.declarative.syncedToken !== this.declarative.token;
  }

  /** A new id. A transaction seldom needs one and sometimes many, so an input brings the first, and the others follow it. */
  id(): string {
    this.#idsTaken += 1;
    return nthId(this.#firstId, this.#idsTaken - 1);
  }

  patch(set: Partial<EnrollmentRow>): void {
    this.enrollment = { ...this.enrollment, ...set };
  }

  get facts(): FactsRow["doc"] {
    return this.factsRow?.doc ?? {};
  }

  /** All that is known of what the device said about itself, from now on. */
  keepFacts(doc: FactsRow["doc"]): void {
    if (!this.#knowsFacts) throw new Error("a transaction that learns facts must look up what is known");
    this.factsRow = { enrollmentId: this.enrollment.id, doc };
  }

  /** It is another device, for all that is known. */
  forgetFacts(): void {
    this.factsRow = undefined;
    if (!this.#knowsFacts) this.also({ drop: "facts", where: { enrollmentId: this.enrollment.id } });
  }

  patchDeclarative(set: Partial<DeclarativeRow>): void {
    if (this.declarative !== undefined) this.declarative = { ...this.declarative, ...set };
  }

  patchAssignment(set: Partial<AssignmentRow>): void {
    const before = this.assignment;
    if (before === undefined) return;
    const differs = Object.entries(set).some(([key, value]) => before[key as keyof AssignmentRow] !== value);
    if (differs) this.assignment = { ...before, ...set };
  }

  /** The server looks after this enrollment at `at` (ms UTC), or earlier if it was to already. */
  lookAfter(at: number): void {
    if (this.enrollment.dueAt === null || this.enrollment.dueAt > at) this.patch({ dueAt: at });
  }

  /** Asks for a push. Pushes fold into one; a device without a push token is not pushed, it polls on its own schedule. */
  push(): void {
    const { id: enrollmentId, pushable } = this.enrollment;
    if (pushable === 0) return;
    const generation = Math.max(this.now, (this.#before.pushRow?.generation ?? 0) + 1);
    const row = { id: `push:${enrollmentId}`, enrollmentId, dueAt: this.now, attempts: 0, leaseUntil: 0, generation };
    this.pushRow = { kind: "push", ...row };
  }

  /** The device is here: a push that has not left yet is not needed, and the silence is over. */
  heard(): void {
    this.pushRow = undefined;
    if (this.enrollment.unheard > 0) this.patch({ unheard: 0 });
    if (this.enrollment.pushesAccepted > 0) this.patch({ pushesAccepted: 0 });
  }

  /** A message of the device itself: its silence is over, by its class as well. */
  isHeard(): void {
    this.speaks = true;
    if (!isBack(this.enrollment)) return;
    this.occasions.add("heard");
    // Contacts are written together, a bit later: until then the device would be silent for whoever looks.
    this.patch({ lastSeenAt: this.now });
  }

  /** Its class is worked out by the catalog and the plans, at once. */
  makeClassDue(): void {
    this.patch({ classDueAt: this.now, classLeaseUntil: 0 });
  }

  /** Writes of rows that are not the unit's own. */
  also(...writes: readonly Write[]): void {
    this.#others.push(...writes);
  }

  note(kind: TimelineKind, data: Json, raw: RawRef | null = null): void {
    this.also(timelineNote(this.enrollment.id, this.now, kind, data, raw));
  }

  /** Keeps the bytes of a message, once, and says where. `asked`: an admin has sent them, or asked for them. */
  keep(bytes: Uint8Array, asked = false): RawRef {
    if (this.#bodies === undefined) throw new Error("a transaction that keeps bytes must look up what is kept");
    const body = { enrollmentId: this.enrollment.id, at: this.now, bytes, asked };
    const { ref, batches } = keepBody(this.#others, this.#bodies, body);
    this.#bodies = batches;
    return ref;
  }

  /** Everything to be written: what is not the unit's own, and then how its rows differ from what they were. */
  writes(): Write[] {
    if (this.resolved === undefined && mustResolve(this.#before, this)) this.makeClassDue();
    const versions = versionChange(this.#before.enrollment, this.enrollment, this.now);
    return [...this.#others, ...versions, ...difference(this.#before, this)];
  }
}

/**
 * `look`: the server looks after the device without a message of it, so what failed or got lost may be done again; `late`: that is overdue,
 * and the device is here; `token`: it has sent a TokenUpdate; `policy`: the policy that it has was removed;
 * `withdrawn`: an admin has withdrawn a command; `heard`: it was silent by its class, and is here.
 */
export type Occasion = "look" | "late" | "token" | "policy" | "withdrawn" | "heard";

/** When a transaction runs, and the first of the ids that it may need. */
export interface Moment {
  /** ms UTC */
  readonly now: number;
  readonly firstId: string;
}

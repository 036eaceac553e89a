/** A device that is played: its rows in memory as the server keeps them, its job stepped by the server's rules, and its habits. */
import { isSameNamed } from "../catalog/index.ts";
import {
  broughtBy,
  dueAtOf,
  type EndedJob,
  hasBegun,
  heldBy,
  type Input,
  isFinal,
  isWithheld,
  type Job,
  knownBy,
  type LiveJob,
  memberAfter,
  memberFrom,
  memberHeard,
  type MemberKept,
  newJob,
  type ReadDevice,
  type Resolution,
  step,
  stopIn,
  takeOver,
} from "../plans/index.ts";
import type { Json, MemberRow, NotGivenRow, RolloutRow } from "../store/index.ts";
import { Habits, type HabitsGiven } from "./habits.ts";
import type { InventoryDevice } from "./inventory.ts";
import { nowOn } from "./read-device.ts";

const MINUTE = 60_000;

/** What it has of a rollout. */
interface Part {
  readonly ring: number;
  readonly urgent: 0 | 1;
  readonly createdAt: number;
  readonly kept: MemberKept;
}

export interface PlayerGiven extends HabitsGiven {
  readonly own: InventoryDevice;
  readonly read: ReadDevice;
  /** It has begun to install (ms UTC). */
  readonly onInstall: (at: number) => void;
}

export class Player {
  readonly own: InventoryDevice;
  readonly habits: Habits;
  read: ReadDevice;
  resolution: Resolution | undefined;
  /** When it was heard last. */
  lastSeenAt: number;
  /** Something of it has changed since it was resolved. */
  isLooking = false;
  /** By the id of their rollouts. */
  readonly #parts = new Map<string, Part>();
  readonly #versions = new Set<string>();
  readonly #onInstall: (at: number) => void;
  #rolloutId = "";
  #job: Job | undefined;

  constructor({ own, read, onInstall, ...habits }: PlayerGiven) {
    this.own = own;
    this.read = read;
    this.#onInstall = onInstall;
    this.lastSeenAt = habits.startsAt;
    this.habits = new Habits(habits);
  }

  get job(): Job | undefined {
    return this.#job;
  }

  /** What is stored of a resolution at `now`, and its job. */
  take(resolution: Resolution, now: number): void {
    const { plan, given, act, joinedAt, ring = null } = resolution;
    this.resolution = resolution;
    this.isLooking = false;
    const kept = this.read.given.filter((row) => !given.some((one) => isSameNamed(one, row)));
    this.read = {
      ...this.read,
      under: { planId: plan.id, joinedAt, ring },
      given: given.length === 0 ? this.read.given : [...kept, ...given],
    };
    if (act.kind === "make") this.#begin(act, plan.id, now);
    else if (act.kind === "withdraw") this.#tell({ kind: "withdraw", cause: "plan-left" }, now);
    else return;
    this.habits.pushed(this.#job, now);
  }

  /** Does what is due by `now`, each at its own time. */
  live(now: number): void {
    for (let at = this.#nextAt(); at <= now; at = this.#nextAt(at)) this.#next(at);
    if (!this.habits.isAway(now)) this.#heard(now);
  }

  /** Of the releases that it was given, and of the one that the plan means for it. */
  versions(): readonly string[] {
    const { aim } = this.resolution ?? {};
    return [...this.#versions, ...(aim === undefined ? [] : [aim.version])];
  }

  /** A device that was given a release of a rollout, as the gate reads it. */
  memberOf(rolloutId: string): MemberRow | undefined {
    const part = this.#parts.get(rolloutId);
    if (part === undefined) return undefined;
    const { ring, urgent, createdAt, kept } = part;
    const { enrollmentId } = this.read.planned;
    // Made some million times: without spreading.
    return {
      enrollmentId,
      ring,
      urgent,
      createdAt,
      startedAt: kept.startedAt,
      member: kept.member as unknown as Json,
      lastSeenAt: this.lastSeenAt,
      excludedEndsAt: null,
      governedBy: this.read.under?.planId ?? null,
    };
  }

  /** When it started in the rollout, and in which run; undefined: it has not. */
  startIn(
    rolloutId: string,
  ): { readonly ring: number; readonly urgent: 0 | 1; readonly startedAt: number } | undefined {
    const part = this.#parts.get(rolloutId);
    if (part === undefined || part.kept.startedAt === null) return undefined;
    return { ring: part.ring ?? 0, urgent: part.urgent, startedAt: part.kept.startedAt };
  }

  /** The same of one that was not given it; undefined: the plan means nothing for it. */
  notGiven(): NotGivenRow | undefined {
    const { ring, aim } = this.resolution ?? {};
    if (ring === undefined || aim === undefined) return undefined;
    const { enrollmentId: id, osVersion, supplementalExtra } = this.read.planned;
    return {
      id,
      osVersion,
      supplementalExtra,
      lastSeenAt: this.lastSeenAt,
      excludedEndsAt: null,
      ring,
      aim: aim.version,
    };
  }

  #begin(act: Extract<Resolution["act"], { kind: "make" }>, planId: string, now: number): void {
    const { seed, rolloutId, ring, urgent } = act;
    const live = this.#job !== undefined && !isFinal(this.#job.state) ? this.#job : undefined;
    const former = this.#parts.get(this.#rolloutId)?.kept.member ?? null;
    if (live !== undefined) this.#tell({ kind: "withdraw", cause: "replaced" }, now);
    const ids = { id: `${rolloutId}/${seed.enrollmentId}/${now}`, planId };
    const fresh = newJob(seed, ids, now, this.lastSeenAt);
    const job = live === undefined ? fresh : takeOver(live, fresh);
    this.#rolloutId = rolloutId;
    this.#job = job;
    this.#versions.add(job.target.version);
    const kept = { member: memberFrom(former), startedAt: null };
    this.#parts.set(rolloutId, { ring, urgent: urgent ? 1 : 0, createdAt: now, kept });
    this.#tell({ kind: "begin" }, now);
    if (live !== undefined) this.#tell({ kind: "known", events: knownBy(live, job) }, now);
  }

  /** A job of a rollout that is paused is taken back, as the server does; it ends where that is superseded meanwhile. */
  heed(stateOf: (rolloutId: string) => RolloutRow["state"] | undefined, now: number): void {
    const job = this.#live;
    if (job === undefined) return;
    const state = stateOf(this.#rolloutId);
    const cause = stopIn(job)?.cause;
    const isOver = cause === "rollout-paused" && state === "superseded";
    if (!isOver && (state !== "paused" || cause === "rollout-paused" || isWithheld(job.state))) return;
    this.#tell({ kind: "withdraw", cause: isOver ? "rollout-superseded" : "rollout-paused" }, now);
    this.habits.pushed(this.#job, now);
  }

  /** When it, or the server's clock for its job, does something next. */
  #nextAt(after = Number.NEGATIVE_INFINITY): number {
    const due = this.#live === undefined ? null : dueAtOf(this.#live);
    return Math.min(this.habits.nextAt, due === null ? Infinity : Math.max(due, after + MINUTE));
  }

  get #live(): Job | undefined {
    return this.#job === undefined || isFinal(this.#job.state) ? undefined : this.#job;
  }

  #next(at: number): void {
    const job = this.#live;
    if (job === undefined) return;
    if (this.habits.nextAt > at) {
      this.#tell({ kind: "due", heardAt: this.lastSeenAt }, at);
      // What a job's clock brings ends in a push.
      this.habits.pushed(this.#job, at);
      return;
    }
    const { inputs, begins, runs } = this.habits.act(job, at, this.lastSeenAt);
    this.#heard(at);
    if (begins) this.#onInstall(at);
    if (runs !== undefined) {
      this.read = nowOn(this.read, this.own, runs);
      this.isLooking = true;
    }
    for (const input of inputs) this.#tell(input, at);
    this.habits.look(this.#job, at);
  }

  #heard(now: number): void {
    this.lastSeenAt = now;
    const part = this.#parts.get(this.#rolloutId);
    if (part === undefined || this.#live === undefined) return;
    const kept = memberHeard(part.kept, now);
    if (kept !== part.kept) this.#parts.set(this.#rolloutId, { ...part, kept });
  }

  #tell(input: Input, now: number): void {
    const before = this.#live;
    const part = this.#parts.get(this.#rolloutId);
    if (before === undefined || part === undefined) return;
    const { job, traces } = step(before, input, now);
    if (job === before) return;
    this.#job = job;
    this.#parts.set(this.#rolloutId, { ...part, kept: memberAfter(part.kept, { after: job, traces }, now) });
    this.#keep(job, part);
  }

  /** What a resolution reads of its job. */
  #keep(job: Job, { ring, urgent }: Part): void {
    const { held: _before, ...rest } = this.read.planned;
    if (isFinal(job.state)) {
      const brought = job.state === "done" ? { brought: broughtBy(job) } : {};
      const failed = job.state === "done" || job.state === "stopped" ? null : (job as EndedJob);
      this.read = { ...this.read, planned: { ...rest, busyWith: null, ...brought }, live: null, failed };
      this.isLooking = true;
      return;
    }
    const held = heldBy(job);
    const busyWith = hasBegun(job) ? job.planId : null;
    this.read = {
      ...this.read,
      planned: { ...rest, busyWith, ...(held === undefined ? {} : { held }) },
      live: {
        ...{ job: job as LiveJob, kind: "standing", planId: job.planId, rolloutId: this.#rolloutId, ring },
        urgent: urgent === 1,
      },
    };
  }
}

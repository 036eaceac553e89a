/**
 * The behaviour of a device: assumptions, which nothing measures. It answers a push at once, tells what it has when it has a
 * job, installs at one moment or never, and is heard each hour. Its job is the server's.
 */
import { declaredOf, type Input, installFrom, isFinal, isWithheld, type Job } from "../plans/index.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Percent of the devices; each device is in one part at most. */
export interface Assumptions {
  /** Whose users install before the moment, at any hour between. */
  readonly early: number;
  /** That are switched off for a fortnight, which begins on a day of the rehearsal. */
  readonly away: number;
  /** That have something in the way from before on, such as a full disk, and never install. */
  readonly hindered: number;
  /** Whose install fails at their moment, through the release. */
  readonly failing: number;
}

export const ASSUMED: Assumptions = { early: 30, away: 5, hindered: 3, failing: 0 };
export const AWAY_FOR = 14 * DAY;
/** From the restart until the device is heard with its new version. */
export const INSTALLS_FOR = 30 * 60_000;

/** Of a name, always the same, from 0 to below 1. */
export type Draw = (name: string) => number;

type Kind = "early" | "away" | "hindered" | "failing" | "plain";

/** What a device tells, in its order. */
export interface Deed {
  readonly inputs: readonly Input[];
  /** It begins to install. */
  readonly begins: boolean;
  /** It runs this version from now on. */
  readonly runs?: string;
}

export interface HabitsGiven {
  readonly startsAt: number;
  readonly endsAt: number;
  readonly assumed: Assumptions;
  readonly draw: Draw;
}

export class Habits {
  readonly kind: Kind;
  /** When it does something next (ms UTC); Infinity: nothing is ahead. */
  nextAt = Number.POSITIVE_INFINITY;
  readonly #awayFrom: number;
  readonly #draw: Draw;
  #jobId = "";
  #moment: number | undefined;
  #contactAt = Number.POSITIVE_INFINITY;
  #installAt = Number.POSITIVE_INFINITY;
  #reachAt = Number.POSITIVE_INFINITY;
  #hasFailed = false;

  constructor({ startsAt, endsAt, assumed, draw }: HabitsGiven) {
    this.kind = kindOf(draw("kind") * 100, assumed);
    this.#awayFrom =
      this.kind === "away" ? startsAt + Math.floor(draw("away") * (endsAt - startsAt)) : Number.POSITIVE_INFINITY;
    this.#draw = draw;
  }

  isAway(at: number): boolean {
    return at >= this.#awayFrom && at < this.#awayFrom + AWAY_FOR;
  }

  /** Its job has changed, or it is pushed: it syncs, at once or when it is back. */
  pushed(job: Job | undefined, now: number): void {
    this.#contactAt = this.isAway(now) ? this.#awayFrom + AWAY_FOR : now;
    this.look(job, now);
  }

  /** Something may have changed its job. */
  look(job: Job | undefined, now: number): void {
    if (job === undefined || isFinal(job.state)) {
      this.#forget();
      return;
    }
    if (job.id !== this.#jobId) {
      this.#forget();
      this.#jobId = job.id;
      this.pushed(job, now);
      return;
    }
    if (this.#reachAt < Infinity) {
      this.nextAt = this.#reachAt;
      return;
    }
    if (isWithheld(job.state)) {
      this.#moment = undefined;
      this.#installAt = Number.POSITIVE_INFINITY;
      this.nextAt = this.#contactAt;
      return;
    }
    const moment = momentOf(job) ?? now;
    if (moment !== this.#moment) {
      this.#moment = moment;
      this.#installAt = this.#installAtOf(job, now, Math.max(now, moment));
    }
    this.nextAt = Math.min(this.#contactAt, this.#installAt);
  }

  /** What it does at `nextAt`. `heardAt`: when it was heard before. */
  act(job: Job, at: number, heardAt: number): Deed {
    if (this.#reachAt <= at) {
      const { version } = job.target;
      if (this.kind === "failing") {
        this.#reachAt = Number.POSITIVE_INFINITY;
        this.#installAt = Number.POSITIVE_INFINITY;
        this.#hasFailed = true;
        return { inputs: this.#tells(job), begins: false };
      }
      this.#forget();
      return { inputs: [{ kind: "seen", seen: { version, at } }], begins: false, runs: version };
    }
    if (this.#contactAt <= at) {
      this.#contactAt = Number.POSITIVE_INFINITY;
      return { inputs: [{ kind: "contact", heardAt }, ...this.#tells(job)], begins: false };
    }
    this.#reachAt = at + INSTALLS_FOR;
    return { inputs: isDeclared(job) ? [{ kind: "report", report: INSTALLING }] : [], begins: true };
  }

  #tells(job: Job): readonly Input[] {
    if (!isDeclared(job)) return [];
    // It fetches the list without its declaration, and says that it has it no longer.
    if (isWithheld(job.state))
      return [
        { kind: "synced", listed: false },
        { kind: "report", report: GONE },
      ];
    const report = this.kind === "hindered" ? HINDERED : this.#hasFailed ? FAILED : IN_FORCE;
    return [{ kind: "taken" }, { kind: "report", report }];
  }

  #installAtOf(job: Job, now: number, moment: number): number {
    if (this.kind === "hindered") return Number.POSITIVE_INFINITY;
    if (this.kind === "early") return now + Math.floor(this.#draw(`early/${job.target.version}`) * (moment - now));
    // Switched off over its moment: the server gives it a new one when it is back.
    return this.isAway(moment) ? Number.POSITIVE_INFINITY : moment;
  }

  #forget(): void {
    this.#jobId = "";
    this.#hasFailed = false;
    this.#moment = undefined;
    this.#contactAt = Number.POSITIVE_INFINITY;
    this.#installAt = Number.POSITIVE_INFINITY;
    this.#reachAt = Number.POSITIVE_INFINITY;
    this.nextAt = Number.POSITIVE_INFINITY;
  }
}

const isDeclared = ({ mechanism }: Job): boolean => mechanism === "declaration";

/** When its clock shows the moment of its job (ms UTC). Undefined: at once. */
const momentOf = (job: Job): number | undefined =>
  job.mechanism === "declaration" ? declaredOf(job).enforcement?.at : installFrom(job);

function kindOf(percent: number, { early, away, hindered, failing }: Assumptions): Kind {
  if (percent < early) return "early";
  if (percent < early + away) return "away";
  if (percent < early + away + hindered) return "hindered";
  return percent < early + away + hindered + failing ? "failing" : "plain";
}

const IN_FORCE = { declaration: { active: true, valid: "valid", reasons: [] }, ours: false } as const;
const GONE = { declaration: "absent", ours: false } as const;
const INSTALLING = { ...IN_FORCE, ours: true, installState: "installing" } as const;
/** In the words of a device, which are taken for no fault of the release. */
const HINDERED = {
  ...IN_FORCE,
  ours: true,
  installState: "failed",
  failure: { count: 1, reason: "There is not enough space." },
} as const;
const FAILED = {
  ...HINDERED,
  failure: { count: 1, reason: "The update could not be applied." },
} as const;

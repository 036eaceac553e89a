/**
 * A device that is played: what an inventory says of it, how its user behaves by the assumptions, and what it does with a job. Its
 * way to the release is modelled: it is told when its job is made, and installs at one moment, or never.
 */
import {
  firstShown,
  type MemberFacts,
  newJob,
  type ReadDevice,
  type Resolution,
  type Sha256,
  startOf,
  underPlan,
} from "../plans/index.ts";
import type { InventoryDevice } from "./inventory.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Percent of the devices, of which each is at most one. */
export interface Assumptions {
  /** Whose users install before the moment. */
  readonly early: number;
  /** That are silent for a fortnight, which begins on a day of the rehearsal. */
  readonly away: number;
  /** That have something in the way from before on, such as a full disk, and never install. */
  readonly hindered: number;
}

export const ASSUMED: Assumptions = { early: 30, away: 5, hindered: 3 };
export const AWAY_FOR = 14 * DAY;

/** The newest job of a device, as a member of its ring. Times are ms UTC. */
interface Member {
  readonly rolloutId: string;
  readonly ring: number;
  readonly urgent: boolean;
  readonly version: string;
  readonly givenAt: number;
  readonly momentAt: number;
  /** Infinity: never. */
  readonly installAt: number;
  readonly isDone: boolean;
}

type Plain = "early" | "hindered" | "plain";
type Habit = { readonly kind: Plain } | { readonly kind: "away"; readonly from: number };

export interface Player {
  readonly own: InventoryDevice;
  readonly habit: Habit;
  readonly read: ReadDevice;
  readonly member: Member | null;
  readonly resolution: Resolution | undefined;
}

export interface Times {
  readonly startsAt: number;
  readonly endsAt: number;
}

/** `random`: from 0 to below 1. Nothing in an inventory says that a device can't do what its OS can: it is taken to be supervised. */
export function playerOf(
  own: InventoryDevice,
  { startsAt, endsAt }: Times,
  assumed: Assumptions,
  { hash, random }: { readonly hash: Sha256; readonly random: () => number },
): Player {
  const { serial, model, board, platform, osVersion, tags, zone } = own;
  const lookupIds = [model, board].filter((id) => id !== null && id !== "") as string[];
  const read: ReadDevice = {
    planned: {
      ...{ enrollmentId: serial, enrolled: true, enrollment: "device", platform, productName: model, osVersion },
      ...{ softwareUpdateDeviceId: board, oddVersion: null, buildVersion: null, supplementalBuild: null },
      ...{ supplementalExtra: null, supervised: true, timeZone: zone, enforces: null, accessRights: null },
      ...{ bootstrapToken: null, busyWith: null },
    },
    facts: {
      ...{ platform, productName: model, lookupIds, osVersion, supervised: true },
      ...{ tags: new Set(tags), serial, groups: new Set<string>() },
    },
    ...{
      zone,
      hash,
      inSetupAssistant: false,
      excluded: false,
      excludedEndsAt: null,
      under: null,
      live: null,
      failed: null,
      given: [],
    },
    blackouts: [],
  };
  const draw = random() * 100;
  const from = startsAt + random() * (endsAt - startsAt);
  return { own, habit: habitOf(draw, from, assumed), read, member: null, resolution: undefined };
}

function habitOf(draw: number, from: number, { early, away, hindered }: Assumptions): Habit {
  if (draw < early) return { kind: "early" };
  if (draw < early + away) return { kind: "away", from };
  return { kind: draw < early + away + hindered ? "hindered" : "plain" };
}

/** After a resolution at `now`: what is stored of it, and its job. */
export function resolved(player: Player, resolution: Resolution, now: number, random: () => number): Player {
  const { plan, given, act, joinedAt } = resolution;
  const kept = player.read.given.filter((row) => !given.some((one) => one.version === row.version));
  const read: ReadDevice = {
    ...player.read,
    under: { planId: plan.id, joinedAt, ring: resolution.ring ?? null },
    given: [...kept, ...given],
  };
  if (act.kind === "keep") return { ...player, read, resolution };
  if (act.kind === "withdraw") return { ...player, read: { ...read, live: null }, member: null, resolution };
  const { seed, rolloutId, urgent } = act;
  const job = newJob(seed, { id: `${rolloutId}/${seed.enrollmentId}/${now}`, planId: plan.id }, now);
  const local = seed.enforcement?.local ?? seed.deadline;
  const momentAt = local === undefined ? now : firstShown(local.slice(0, 16), underPlan(read, plan).clock);
  const { version } = seed.target;
  const installAt = installAtOf(player.habit, now, Math.max(now, momentAt), random);
  const member = {
    rolloutId,
    ring: resolution.ring ?? 0,
    urgent,
    version,
    givenAt: now,
    momentAt,
    installAt,
    isDone: false,
  };
  const live = { job, kind: "standing", planId: plan.id, rolloutId, ring: act.ring, urgent } as const;
  return { ...player, read: { ...read, live }, member, resolution };
}

function installAtOf(habit: Habit, now: number, momentAt: number, random: () => number): number {
  if (habit.kind === "hindered") return Number.POSITIVE_INFINITY;
  if (habit.kind === "early") return now + random() * (momentAt - now);
  if (habit.kind !== "away" || momentAt < habit.from || momentAt >= habit.from + AWAY_FOR) return momentAt;
  // Over its moment it was silent: it is told a new one when it is back.
  return habit.from + AWAY_FOR + DAY;
}

/** Its install is over: it runs the release. */
export function installed(player: Player): Player {
  const { member, read } = player;
  if (member === null) return player;
  const { version } = member;
  const planned = { ...read.planned, osVersion: version };
  const facts = { ...read.facts, osVersion: version };
  return { ...player, member: { ...member, isDone: true }, read: { ...read, planned, facts, live: null } };
}

const heardAt = ({ habit }: Player, now: number): number =>
  habit.kind === "away" && now >= habit.from && now < habit.from + AWAY_FOR ? habit.from : now;

/** What the gate knows of it at `now`, in a run that opened at `openedAt`. */
export function memberFacts(player: Player, member: Member, openedAt: number, now: number) {
  const { givenAt, momentAt, installAt, isDone } = member;
  const lastSeenAt = heardAt(player, now);
  const reachedAt = isDone ? installAt : null;
  const startedAt = startOf({
    ...{ orderedAt: null, installStateAt: reachedAt, fetchedAt: givenAt, momentAt, reachedAt, openedAt },
    heardPastMomentAt: lastSeenAt >= momentAt ? momentAt : null,
  });
  const facts: MemberFacts = {
    ...{ openedAt, givenAt, startedAt, lastSeenAt, reachedAt, wentBackAt: null, installingAt: null },
    ...{ signs: { at: [], since: null }, report: null, jobFailedAt: null, momentAt, excluded: false, blocked: false },
    hindrance: player.habit.kind === "hindered" ? { since: givenAt - 1 } : null,
  };
  return { facts, startedAt };
}

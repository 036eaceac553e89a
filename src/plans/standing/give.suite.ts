/** A device under a standing plan over time, for tests: looks that are carried out, and what happens to its job. */
import type { Days } from "../deadlines/days.ts";
import type { PauseCause } from "../jobs/state.ts";
import { step } from "../jobs/step.ts";
import { DAY } from "../jobs/units.ts";
import type { LiveJob } from "../jobs/job.ts";
import type { LiveOf, ReadDevice, StandingPlan } from "./plan.ts";
import { resolve, type Resolution } from "./resolve.ts";
import { at, device, listedOn, madeOf, openRun, plan, ring, rollout } from "./standing.suite.ts";

export const DAY_1 = at("2026-08-18T09:00");
export const DUE = "2026-08-31T17:00";
export const running = (more: Parameters<typeof plan>[0] = {}): StandingPlan =>
  plan({ rollouts: [rollout("26.6.2")], runs: [openRun("26.6.2", DAY_1)], ...more });

export interface World {
  readonly device: ReadDevice;
  readonly plans: readonly StandingPlan[];
}

export const look = ({ device: of, plans }: World, now: number): Resolution => {
  const found = resolve(of, plans, listedOn("2026-08-18"), { halted: false, now });
  if (found === undefined) throw new Error("no plan governs");
  return found;
};

/** The device as a resolution leaves it. */
export function carried(world: World, now: number): { readonly world: World; readonly found: Resolution } {
  const found = look(world, now);
  const { device: of } = world;
  const same = (a: { version: string }) => found.given.some(({ version }) => version === a.version);
  const live: LiveOf | null =
    found.act.kind === "make"
      ? { ...madeOf(found.act, now), planId: found.plan.id }
      : found.act.kind === "withdraw"
        ? null
        : of.live;
  const under = { planId: found.plan.id, joinedAt: found.joinedAt, ring: found.ring ?? null };
  const given = [...of.given.filter((one) => !same(one)), ...found.given];
  const former = found.isSettled ? of.facts : of.former;
  return { found, world: { ...world, device: { ...of, live, under, given, former } } };
}

export const withJob = (world: World, change: (job: LiveJob) => LiveJob): World => {
  const { live } = world.device;
  return live === null ? world : { ...world, device: { ...world.device, live: { ...live, job: change(live.job) } } };
};
export const paused = (world: World, cause: PauseCause, now: number): World =>
  withJob(world, (job) => step(job, { kind: "withdraw", cause }, now).job as LiveJob);
export const resumed = (world: World, now: number): World =>
  withJob(world, (job) => step(job, { kind: "resume" }, now).job as LiveJob);
export const blackedOut = (world: World, blackouts: readonly Days[], now: number): World =>
  withJob({ ...world, device: { ...world.device, blackouts } }, (job) =>
    job.end === undefined ? (step(job, { kind: "blackouts", covering: blackouts }, now).job as LiveJob) : job,
  );
export const given = (more: Parameters<typeof plan>[0] = {}): World =>
  carried({ device: device(), plans: [running(more)] }, DAY_1).world;

export const pick = ({ live, given: rows, under }: ReadDevice) => ({ live, given: rows, under });

/** What may happen to a device under a plan, drawn. */
export const ACTS = ["pause", "exclude", "rollout", "resume", "edit", "blackout", "clear", "wait"] as const;

export function happen(world: World, act: (typeof ACTS)[number], n: number, now: number): World {
  const isPaused = world.device.live?.job.state === "paused";
  switch (act) {
    case "pause":
      return isPaused ? world : paused(world, "plan-paused", now);
    case "exclude":
      return isPaused ? world : paused(world, "excluded", now);
    case "rollout":
      return isPaused ? world : paused(world, "rollout-paused", now);
    case "resume":
      return isPaused ? resumed(world, now) : world;
    case "edit":
      return { ...world, plans: [running({ standing: { editedAt: now, days: n }, rings: [ring("", "rest", 0, n)] })] };
    case "blackout": {
      const from = new Date(now + n * DAY).toISOString().slice(0, 10);
      const to = new Date(now + (n + 3) * DAY).toISOString().slice(0, 10);
      return blackedOut(world, [{ name: "b", from, to }], now);
    }
    case "clear":
      return blackedOut(world, [], now);
    default:
      return world;
  }
}

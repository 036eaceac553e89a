/**
 * A standing plan played ahead over devices in memory, hour by hour: `resolve` and the gate's rules decide as they do in the server,
 * and the devices follow their model. Apple's list is taken to be fetched each day and to stay as it is.
 */
import { type Catalog, dayOf } from "../catalog/index.ts";
import {
  baseOf,
  type PlanRollout,
  resolve,
  type Resolution,
  type RunSince,
  type Sha256,
  type StandingPlan,
} from "../plans/index.ts";
import { compareVersions } from "../protocol/index.ts";
import { type Assumptions, installed, type Player, playerOf, resolved } from "./device.ts";
import { type Decided, decideOnce } from "./gate.ts";
import type { InventoryDevice } from "./inventory.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export interface PlayInput {
  /** Without rollouts and runs: they begin while it is played. Its urgent runs are not played. */
  readonly plan: StandingPlan;
  readonly devices: readonly InventoryDevice[];
  readonly catalog: Catalog;
  /** ms UTC, a full hour. */
  readonly startsAt: number;
  readonly days: number;
  readonly assumed: Assumptions;
  readonly hash: Sha256;
  /** From 0 to below 1. */
  readonly random: () => number;
}

export interface Played {
  /** Devices that the plan governs. */
  readonly inScope: number;
  /** At the end of each day (UTC): how many of them have the newest release that the plan means for them. */
  readonly adoption: readonly { readonly day: string; readonly atNewest: number }[];
  readonly decided: readonly Decided[];
  /** The hour in which most devices install, ms UTC; null: none installs. */
  readonly peak: { readonly at: number; readonly devices: number } | null;
  /** Devices that do not have the release in the end, by the reason. */
  readonly behind: ReadonlyMap<string, readonly string[]>;
  readonly players: readonly Player[];
}

export function play(input: PlayInput): Played {
  const { startsAt, days } = input;
  const endsAt = startsAt + days * DAY;
  const game = new Game(input, endsAt);
  for (let now = startsAt; now <= endsAt; now += HOUR) game.hour(now);
  return game.played();
}

class Game {
  readonly #input: PlayInput;
  #plan: StandingPlan;
  #players: Player[];
  #day = "";
  #catalog: Catalog;
  readonly #decided: Decided[] = [];
  readonly #adoption: { day: string; atNewest: number }[] = [];
  readonly #installs = new Map<number, number>();

  constructor(input: PlayInput, endsAt: number) {
    const { devices, startsAt, assumed } = input;
    this.#input = input;
    this.#plan = { ...input.plan, rollouts: [], runs: [] };
    this.#catalog = input.catalog;
    const draws = { random: input.random, hash: remembered(input.hash) };
    this.#players = devices.map((own) => playerOf(own, { startsAt, endsAt }, assumed, draws));
  }

  hour(now: number): void {
    this.#install(now);
    const day = dayOf(now);
    if (day !== this.#day) {
      if (this.#day !== "") this.#adoption.push({ day: this.#day, atNewest: this.#atNewest() });
      this.#day = day;
      this.#catalog = { ...this.#input.catalog, list: { date: day } };
      this.#resolveAll(now);
    }
    for (;;) {
      const { plan, decided } = decideOnce(this.#plan, this.#players, now);
      if (decided.length === 0) return;
      this.#plan = plan;
      this.#decided.push(...decided);
      this.#resolveAll(now);
    }
  }

  #install(now: number): void {
    this.#players = this.#players.map((player) => {
      const { member } = player;
      if (member === null || member.isDone || member.installAt > now) return player;
      const at = member.installAt - (member.installAt % HOUR);
      this.#installs.set(at, (this.#installs.get(at) ?? 0) + 1);
      return this.#look(installed(player), now);
    });
  }

  #look(player: Player, now: number): Player {
    const resolution = resolve(player.read, [this.#plan], this.#catalog, { halted: false, now });
    if (resolution === undefined) return player;
    if (resolution.begins && resolution.aim !== undefined && this.#begin(resolution, player, now))
      return this.#look(player, now);
    return resolved(player, resolution, now, this.#input.random);
  }

  #resolveAll(now: number): void {
    this.#players = this.#players.map((player) => this.#look(player, now));
  }

  /** Whether a rollout of the release has begun now. */
  #begin({ aim }: Resolution, { own: { platform } }: Player, now: number): boolean {
    const { id: planId, rollouts, spec } = this.#plan;
    if (aim === undefined || platform === null) return false;
    if (rollouts.some((one) => one.version === aim.version && one.platform === platform)) return false;
    const { version, extra = null } = aim;
    const known = this.#catalog.releases.filter((one) => one.platform === platform && one.version === version);
    const target = spec.targets[platform];
    const base = baseOf({
      postedOn: known.map(({ postingDate }) => postingDate).toSorted()[0] ?? dayOf(now),
      ageDays: target === undefined || target.kind === "other-updates" ? 0 : (target.ageDays ?? 0),
      seenAt: now,
      fetchedBefore: now - DAY,
      activatedAt: this.#input.startsAt,
      zone: spec.zone,
    });
    const id = `${platform}/${version}${extra ?? ""}`;
    const rollout: PlanRollout = {
      ...{ id, planId, platform, version, extra, base, urgentBelow: null, blockId: null, blackoutLifted: false },
      ...{ instead: null, reason: "began", since: now, beganAt: now },
      state: "running",
    };
    const waiting = { state: "waiting", urgent: false, openedAt: null, countFrom: null, since: now } as const;
    const runs = this.#plan.rings.map((_, ring): RunSince => ({ rolloutId: id, ring, ...waiting }));
    this.#plan = { ...this.#plan, rollouts: [...rollouts, rollout], runs: [...this.#plan.runs, ...runs] };
    return true;
  }

  #atNewest(): number {
    return this.#players.filter(isAtNewest).length;
  }

  played(): Played {
    const players = this.#players;
    const peak = [...this.#installs].toSorted((a, b) => b[1] - a[1] || a[0] - b[0])[0];
    const behind = players.filter((one) => one.resolution !== undefined && !isAtNewest(one));
    const grouped = Map.groupBy(behind, whyBehind);
    return {
      inScope: players.filter(({ resolution }) => resolution !== undefined).length,
      adoption: this.#adoption,
      decided: this.#decided,
      peak: peak === undefined ? null : { at: peak[0], devices: peak[1] },
      behind: new Map([...grouped].map(([reason, all]) => [reason, all.map(({ own }) => own.serial)])),
      players,
    };
  }
}

/** A device's place in the plan is asked for whenever it is resolved, and is always the same. */
function remembered(hash: Sha256): Sha256 {
  const known = new Map<string, string>();
  return (text) => {
    const found = known.get(text) ?? hash(text);
    known.set(text, found);
    return found;
  };
}

function isAtNewest({ resolution, read }: Player): boolean {
  const { osVersion } = read.planned;
  return resolution?.aim !== undefined && osVersion !== null && compareVersions(osVersion, resolution.aim.version) >= 0;
}

function whyBehind({ resolution, habit, member }: Player): string {
  if (member !== null && !member.isDone)
    return habit.kind === "hindered" || habit.kind === "away" ? habit.kind : "under-way";
  return resolution?.outcome.kind === "job" || resolution === undefined ? "under-way" : resolution.outcome.reason;
}

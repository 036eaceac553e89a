/**
 * A standing plan played ahead over devices in memory. The server's own functions decide: `resolve` for each device, `step` for its job,
 * the gate and its transactions for the rings. Each hour the devices live, what has changed is resolved, and the gate looks.
 */
import { compareNamed, dayOf, NO_SECURITY } from "../catalog/index.ts";
import { decideAlike, resolve, type Resolution, type Sha256 } from "../plans/index.ts";
import { majorOf, type Platform } from "../protocol/index.ts";
import {
  beginning,
  beginRollout,
  createReady,
  gateDecides,
  type GateWorld,
  isCounted,
  nextIn,
  type Standing,
  standingOf,
  type StoredCatalog,
  watchedOf,
} from "../service/index.ts";
import type { GateDecisionRow, PlanRow, RingRunRow, RolloutRow } from "../store/index.ts";
import { onDay } from "./catalog.ts";
import { type Concerned, concernedBy, countRings, lastStarts } from "./count.ts";
import { Player } from "./device.ts";
import type { Assumptions } from "./habits.ts";
import type { InventoryDevice } from "./inventory.ts";
import { readDevice } from "./read-device.ts";
import { Rollouts } from "./rollouts.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** As many as the server's gate makes in one look. */
const MOST_DECISIONS = 200;

export interface PlayInput {
  /** As it is made at `startsAt`, without rollouts. */
  readonly plan: PlanRow;
  readonly devices: readonly InventoryDevice[];
  /** As it is at `startsAt`; it is confirmed each day, and stays as it is. */
  readonly catalog: StoredCatalog;
  /** ms UTC, a full hour. */
  readonly startsAt: number;
  readonly days: number;
  readonly assumed: Assumptions;
  readonly seed: string;
  readonly hash: Sha256;
  /** By which the server would know a device: its place in shares and in the spread hangs on it. Without it: by its serial. */
  readonly idOf?: (device: InventoryDevice) => string;
}

export interface Played {
  readonly startsAt: number;
  readonly endsAt: number;
  readonly plan: PlanRow;
  readonly players: readonly Player[];
  /** At the end of each day (UTC): devices that have the newest release that the plan means for them. */
  readonly adoption: readonly { readonly day: string; readonly atNewest: number }[];
  /** Devices that begin to install, by the hour (ms UTC). */
  readonly installs: ReadonlyMap<number, number>;
  readonly rollouts: readonly RolloutRow[];
  readonly runs: readonly RingRunRow[];
  readonly decisions: readonly GateDecisionRow[];
}

/** `onDay`: a day of it has been played. */
export function play(input: PlayInput): Played {
  const game = new Game(input);
  for (let now = input.startsAt; now <= game.endsAt; now += HOUR) game.hour(now);
  return game.played();
}

class Game {
  readonly endsAt: number;
  readonly #input: PlayInput;
  readonly #table: Rollouts;
  readonly #players: readonly Player[];
  readonly #ready = createReady();
  readonly #adoption: { day: string; atNewest: number }[] = [];
  readonly #installs = new Map<number, number>();
  #catalog: StoredCatalog;
  #standing: Standing;
  #day = "";
  /** Undefined: devices have been resolved since it was made. */
  #concerned: Concerned | undefined;

  constructor(input: PlayInput) {
    const { devices, startsAt, assumed, seed, days, plan, idOf = ({ serial }) => serial } = input;
    this.#input = input;
    this.endsAt = startsAt + days * DAY;
    this.#table = new Rollouts(plan);
    this.#catalog = input.catalog;
    this.#standing = this.#read();
    const hash = remembered(input.hash);
    const onInstall = (at: number): void => this.#noteInstall(at);
    this.#players = devices.map((own) => {
      const draw = (name: string): number => fractionOf(input.hash(`${seed}/${own.serial}/${name}`));
      const read = readDevice(idOf(own), own, hash);
      return new Player({ own, read, onInstall, startsAt, endsAt: this.endsAt, assumed, draw });
    });
  }

  hour(now: number): void {
    for (const player of this.#players) player.live(now);
    const day = dayOf(now);
    if (day === this.#day)
      this.#resolve(
        this.#players.filter(({ isLooking }) => isLooking),
        now,
      );
    else {
      if (this.#day !== "") this.#adoption.push({ day: this.#day, atNewest: this.#players.filter(isAtNewest).length });
      this.#day = day;
      this.#catalog = onDay(this.#input.catalog, day, now);
      this.#resolve(this.#players, now);
    }
    if (!this.#decide(now)) return;
    this.#resolve(this.#players, now);
    const states = new Map(this.#table.rollouts.map(({ id, state }) => [id, state]));
    for (const player of this.#players) player.heed((id) => states.get(id), now);
  }

  /** The gate's look. True: it has decided something. */
  #decide(now: number): boolean {
    const { plan } = this.#table;
    for (let n = 0; n < MOST_DECISIONS; n += 1) {
      const { rollouts, runs } = this.#table;
      this.#concerned ??= concernedBy(this.#players);
      const starts = lastStarts(rollouts, runs, this.#concerned);
      const known = { rollouts, runs, watched: watchedOf(plan, { rollouts, runs, starts }, now) };
      const counted = rollouts.filter((one) => isCounted(one, known));
      const counts = countRings(counted, runs, this.#concerned, now);
      const world: GateWorld = { ...known, counts, blackouts: [], isSwept: false };
      const found = nextIn(plan, world, now);
      if (found === undefined) return n > 0;
      const { input } = found;
      const seen = { plan: [plan], rollouts, blackouts: [], "runs 0": input.read.runs };
      this.#table.apply(gateDecides.decide(input, seen).writes);
      this.#standing = this.#read();
    }
    return true;
  }

  #resolve(players: readonly Player[], now: number): void {
    const decide = decideAlike(this.#catalog, now);
    const look = ({ read }: Player): Resolution | undefined =>
      resolve(read, this.#standing.plans, this.#catalog, { halted: false, now, decide });
    // All devices are asked before the first rollout begins, as the server does.
    const needed = new Map<string, Resolution & { readonly platform: Platform }>();
    let found = players.map(look);
    for (const [n, one] of found.entries()) {
      const platform = players[n]?.own.platform ?? null;
      if (one?.begins === true && one.aim !== undefined && platform !== null)
        needed.set(JSON.stringify([platform, one.aim]), { ...one, platform });
    }
    for (const one of needed.values()) this.#begin(one, now);
    if (needed.size > 0) found = players.map(look);
    for (const [n, one] of found.entries()) if (one !== undefined) players[n]?.take(one, now);
    this.#concerned = undefined;
  }

  #begin({ plan, aim, platform }: Resolution & { readonly platform: Platform }, now: number): void {
    if (aim === undefined) return;
    const major = majorOf(aim.version);
    const runs = this.#players.some(
      ({ own, read: { facts } }) =>
        own.platform === platform && majorOf(facts.osVersion ?? "") === major && plan.matches(facts),
    );
    const catalogs = { catalog: this.#catalog, security: NO_SECURITY };
    const begins = beginning({ plan, platform, aim, crosses: !runs }, catalogs, now);
    const id = `${platform}/${aim.version}${aim.extra ?? ""}`;
    const same = this.#table.rollouts.filter((one) => one.id === id);
    this.#table.apply(beginRollout.decide({ id, ...begins, now }, { plan: [this.#table.plan], same }).writes);
    this.#standing = this.#read();
  }

  #read(): Standing {
    const { plan, rollouts, runs } = this.#table;
    return standingOf({ plans: [plan], rollouts, runs, blocks: [], halted: false }, this.#ready);
  }

  #noteInstall(at: number): void {
    const hour = at - (at % HOUR);
    this.#installs.set(hour, (this.#installs.get(hour) ?? 0) + 1);
  }

  played(): Played {
    const { plan, rollouts, runs, decisions } = this.#table;
    return {
      ...{ startsAt: this.#input.startsAt, endsAt: this.endsAt, plan, players: this.#players },
      ...{ adoption: this.#adoption, installs: this.#installs, rollouts, runs, decisions },
    };
  }
}

/** It has all that the plan means for it, open or not. */
export function isAtNewest({ resolution, read }: Player): boolean {
  const { osVersion, supplementalExtra: extra } = read.planned;
  if (resolution?.aim === undefined || osVersion === null) return false;
  return compareNamed({ version: osVersion, ...(extra === null ? {} : { extra }) }, resolution.aim) >= 0;
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

/** 48 bits of a hash in hex, as a number from 0 to below 1. */
const fractionOf = (hex: string): number => Number.parseInt(hex.slice(0, 12), 16) / 2 ** 48;

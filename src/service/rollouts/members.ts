/** The numbers of a rollout's rings, from what is stored of their members (targets R6, R14). */
import { compareNamed, isSameNamed } from "../../catalog/index.ts";
import { majorOf } from "../../protocol/index.ts";
import {
  type Counted,
  countsOf,
  factsOf,
  type Member,
  NO_COUNTS,
  outcomeOf,
  parseRule,
  type RingCounts,
  startOf,
} from "../../plans/index.ts";
import type { BlockRow, MemberRow, NotGivenRow, RingRunRow, RolloutRow, KeptRow } from "../../store/index.ts";
import type { Ports } from "../ports.ts";
import { scopeOf } from "../scopes/scope.ts";
import { countsKey } from "./views.ts";

/** The counts of all runs of these rollouts, by `countsKey`. */
export async function countRings(
  ports: Pick<Ports, "admin" | "now">,
  rollouts: readonly RolloutRow[],
): Promise<ReadonlyMap<string, RingCounts>> {
  const found = new Map<string, RingCounts>();
  if (rollouts.length === 0) return found;
  const { admin } = ports;
  const [runs, blocks] = await Promise.all([admin.ringRunsOf(rollouts.map(({ id }) => id)), admin.blocks()]);
  const plans = [...new Set(rollouts.map(({ planId }) => planId))];
  const follows = new Set((await admin.rolloutsOf(plans)).flatMap(({ blockId }) => (blockId === "" ? [] : [blockId])));
  for (const rollout of rollouts) {
    const own = runs.filter(({ rolloutId }) => rolloutId === rollout.id);
    for (const [key, counts] of await countRollout(ports, rollout, own, blocks, follows)) found.set(key, counts);
  }
  return found;
}

async function countRollout(
  ports: Pick<Ports, "admin" | "now">,
  rollout: RolloutRow,
  runs: readonly RingRunRow[],
  blocks: readonly BlockRow[],
  follows: ReadonlySet<string>,
): Promise<ReadonlyMap<string, RingCounts>> {
  const { admin } = ports;
  const now = ports.now();
  const own = blocks.filter((block) => block.platform === rollout.platform && isSameNamed(block, rollout));
  // Only a block asks whose the rows are.
  const ids = own.length > 0;
  const [given, others] = [admin.ringMembers(rollout, ids), admin.notGivenTo(rollout, ids)];
  const reach = ids
    ? Promise.all([given, others]).then((rows) => reachOf(ports, rollout, own, follows, idsOf(rows.flat())))
    : reachOf(ports, rollout, own, follows, []);
  const tallies = runs.map((run) => ({ run, counted: [] as Counted[] }));
  const tallyOf = (ring: number, urgent: 0 | 1) =>
    tallies.find(({ run }) => run.ring === ring && run.urgent === urgent);
  async function countGiven(): Promise<void> {
    const [rows, within] = await Promise.all([given, reach]);
    for (const row of rows) {
      // One that has left the plan before it started is no member any more; one that is blocked has left the ring, whatever it did (C9).
      if (within.blocked.has(row.enrollmentId)) continue;
      if (row.startedAt === null && !(row.governedBy === rollout.planId && within.covers(row.enrollmentId))) continue;
      const tally = tallyOf(row.ring ?? 0, row.urgent);
      tally?.counted.push(memberOf(row, tally.run, now));
    }
  }
  async function countOthers(): Promise<void> {
    const [rows, within] = await Promise.all([others, reach]);
    const aims = new Map<string, boolean>();
    for (const row of rows) {
      const known = aims.get(row.aim);
      const meant = known ?? isMeant(row, rollout);
      if (known === undefined) aims.set(row.aim, meant);
      if (!meant || within.blocked.has(row.id) || !within.covers(row.id)) continue;
      const tally = tallyOf(row.ring, urgencyOf(row, rollout, runs));
      tally?.counted.push(otherOf(row, rollout, tally.run, now));
    }
  }
  // What comes first is counted while the store reads the others.
  await Promise.all([countGiven(), countOthers()]);
  return new Map(
    tallies.map(({ run, counted }) => [
      countsKey(run),
      run.openedAt === null && counted.length === 0
        ? NO_COUNTS
        : countsOf(counted, run.countFrom ?? run.openedAt ?? now, now),
    ]),
  );
}

const idsOf = (rows: readonly (MemberRow | NotGivenRow)[]): string[] =>
  rows.map((row) => ("id" in row ? row.id : row.enrollmentId));

/** The plan means the release for it, or a newer one of the same major. */
export const isMeant = ({ aim }: NotGivenRow, { version }: RolloutRow): boolean =>
  majorOf(aim) === majorOf(version) && compareNamed({ version: aim }, { version }) >= 0;

/** Of a device that was given the release. */
export function memberOf(row: KeptRow, run: Pick<RingRunRow, "openedAt" | "urgent">, now: number): Counted {
  const openedAt = run.openedAt ?? now;
  const facts = factsOf(
    (row.member ?? {}) as Member,
    {
      givenAt: row.createdAt,
      startedAt: row.startedAt,
      lastSeenAt: row.lastSeenAt,
      excluded: (row.excludedEndsAt ?? 0) > now,
    },
    openedAt,
  );
  return { outcome: outcomeOf(facts, now, run.urgent === 1 ? "urgent" : "normal"), startedAt: facts.startedAt };
}

/** It was never given the release: it is there already, or waits. When it came there is not looked up: it was good from the opening on. */
export function otherOf(row: NotGivenRow, { version, extra }: RolloutRow, run: RingRunRow, now: number): Counted {
  const openedAt = run.openedAt ?? now;
  const installed = { version: row.osVersion ?? "0", extra: row.supplementalExtra ?? "" };
  const reachedAt = compareNamed(installed, { version, extra }) >= 0 ? openedAt : null;
  const signs = { orderedAt: null, installStateAt: null, fetchedAt: null, momentAt: null, heardPastMomentAt: null };
  const startedAt = startOf({ ...signs, reachedAt, openedAt });
  const facts = factsOf(
    reachedAt === null ? {} : { reachedAt },
    {
      givenAt: null,
      startedAt,
      lastSeenAt: row.lastSeenAt,
      excluded: (row.excludedEndsAt ?? 0) > now,
    },
    openedAt,
  );
  return { outcome: outcomeOf(facts, now, run.urgent === 1 ? "urgent" : "normal"), startedAt };
}

/** In which of its ring's runs a device without a job is. */
export function urgencyOf(
  { osVersion }: NotGivenRow,
  { urgentBelow, version }: RolloutRow,
  runs: readonly RingRunRow[],
): 0 | 1 {
  if (urgentBelow === null || osVersion === null || !runs.some(({ urgent }) => urgent === 1)) return 0;
  const sameMajor = majorOf(osVersion) === majorOf(version);
  return sameMajor && compareNamed({ version: osVersion }, { version: urgentBelow }) < 0 ? 1 : 0;
}

/** Devices that a block is asked about at once. */
const CHUNK = 1000;

export interface Reach {
  /** Devices that a block keeps from the release now. */
  readonly blocked: ReadonlySet<string>;
  /** The rollout is meant for the device: one that follows a block is for those that it covered, and the first for all others. */
  covers(enrollmentId: string): boolean;
}

async function reachOf(
  { admin }: Pick<Ports, "admin">,
  rollout: RolloutRow,
  /** Blocks of its release. */
  own: readonly BlockRow[],
  /** Blocks that rollouts of the plan follow. */
  follows: ReadonlySet<string>,
  ids: readonly string[],
): Promise<Reach> {
  const coveredBy = async (block: BlockRow): Promise<readonly string[]> => {
    const scope = await scopeOf(admin, parseRule(block.rule));
    const covered: string[] = [];
    // A database takes so many values at a time.
    for (let i = 0; i < ids.length; i += CHUNK)
      for (const { id } of await scope.of(await admin.fleetOf(ids.slice(i, i + CHUNK)))) covered.push(id);
    return covered;
  };
  const blocked = new Set((await Promise.all(own.filter(({ live }) => live === 1).map(coveredBy))).flat());
  if (rollout.blockId === "") {
    // After a block its devices take the release by a rollout that only they have.
    const over = own.filter(({ id, live }) => live === 0 && follows.has(id));
    const gone = new Set((await Promise.all(over.map(coveredBy))).flat());
    return { blocked, covers: (id) => !gone.has(id) };
  }
  const [block] = own.filter(({ id }) => id === rollout.blockId);
  const covered = new Set(block === undefined ? [] : await coveredBy(block));
  return { blocked, covers: (id) => covered.has(id) };
}

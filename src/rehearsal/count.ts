/** The numbers of rings over devices in memory, as `countRings` of the service has them from its store. */
import { type Counted, countsOf, NO_COUNTS, type RingCounts } from "../plans/index.ts";
import { majorOf } from "../protocol/index.ts";
import { countsKey, isMeant, memberOf, otherOf, urgencyOf } from "../service/index.ts";
import type { LastStart, RingRunRow, RolloutRow } from "../store/index.ts";
import type { Player } from "./device.ts";

/** Devices by platform and major version of the releases that they were given or that the plan means for them. */
export type Concerned = ReadonlyMap<string, readonly Player[]>;

const keyOf = (platform: string, version: string): string => `${platform} ${majorOf(version)}`;

export function concernedBy(players: readonly Player[]): Concerned {
  const found = new Map<string, Player[]>();
  for (const player of players) {
    const { platform } = player.own;
    if (platform === null) continue;
    for (const key of new Set(player.versions().map((version) => keyOf(platform, version)))) {
      const all = found.get(key);
      if (all === undefined) found.set(key, [player]);
      else all.push(player);
    }
  }
  return found;
}

/** By `countsKey`. An inventory has no blocks and no exclusions. */
export function countRings(
  rollouts: readonly RolloutRow[],
  runs: readonly RingRunRow[],
  concerned: Concerned,
  now: number,
): ReadonlyMap<string, RingCounts> {
  const found = new Map<string, RingCounts>();
  for (const rollout of rollouts) {
    const own = runs.filter(({ rolloutId }) => rolloutId === rollout.id);
    const players = concerned.get(keyOf(rollout.platform, rollout.version)) ?? [];
    for (const [run, counted] of countedIn(rollout, own, players, now)) {
      const counts =
        run.openedAt === null && counted.length === 0
          ? NO_COUNTS
          : countsOf(counted, run.countFrom ?? run.openedAt ?? now, now);
      found.set(countsKey(run), counts);
    }
  }
  return found;
}

function countedIn(
  rollout: RolloutRow,
  runs: readonly RingRunRow[],
  players: readonly Player[],
  now: number,
): ReadonlyMap<RingRunRow, Counted[]> {
  const counted = new Map<RingRunRow, Counted[]>(runs.map((run) => [run, []]));
  const put = (ring: number, urgent: 0 | 1, of: (run: RingRunRow) => Counted): void => {
    const run = runs.find((one) => one.ring === ring && one.urgent === urgent);
    if (run !== undefined) counted.get(run)?.push(of(run));
  };
  for (const player of players) {
    const row = player.memberOf(rollout.id);
    if (row !== undefined) {
      if (row.startedAt !== null || row.governedBy === rollout.planId)
        put(row.ring ?? 0, row.urgent, (run) => memberOf(row, run, now));
      continue;
    }
    const other = player.notGiven();
    if (other !== undefined && isMeant(other, rollout))
      put(other.ring, urgencyOf(other, rollout, runs), (run) => otherOf(other, rollout, run, now));
  }
  return counted;
}

/** The last start in each run, as `lastStarts` of the service has it from its store. By `countsKey`. */
export function lastStarts(
  rollouts: readonly RolloutRow[],
  runs: readonly RingRunRow[],
  concerned: Concerned,
): ReadonlyMap<string, LastStart> {
  const found = new Map<string, LastStart>();
  for (const { rolloutId, ring, urgent } of runs)
    found.set(countsKey({ rolloutId, ring, urgent }), { rolloutId, ring, urgent, lastStartAt: null });
  for (const { id, platform, version } of rollouts)
    for (const player of concerned.get(keyOf(platform, version)) ?? []) {
      const row = player.startIn(id);
      if (row === undefined) continue;
      const key = countsKey({ rolloutId: id, ring: row.ring, urgent: row.urgent });
      const last = found.get(key);
      if (last !== undefined && (last.lastStartAt ?? 0) < row.startedAt)
        found.set(key, { ...last, lastStartAt: row.startedAt });
    }
  return found;
}

/** What a rehearsal has shown, as data: codes and numbers, which `uptick rehearse` puts into words. */
import { isFinal, type Params, ringsIn, type StandingSpec } from "../plans/index.ts";
import type { GateDecisionRow, RingRunRow, RolloutRow } from "../store/index.ts";
import type { Player } from "./device.ts";
import { isAtNewest, type Played } from "./play.ts";

/** Devices that do not have the newest release in the end, for one reason. */
export interface Behind {
  readonly reason: string;
  /** Of the first of them. */
  readonly params: Params;
  /** Serial numbers, in the order of the inventory. */
  readonly devices: readonly string[];
}

export interface RehearsedRing {
  readonly ring: number;
  readonly name: string;
  readonly urgent: boolean;
  readonly devices: number;
  readonly state: RingRunRow["state"];
  /** ms UTC */
  readonly openedAt: number | null;
  /** The earliest that its devices were given, on their clocks. */
  readonly deadline: string | null;
}

export interface RehearsedRollout extends Pick<RolloutRow, "platform" | "version" | "extra" | "state" | "reason"> {
  readonly rings: readonly RehearsedRing[];
}

export type RehearsedDecision = Pick<GateDecisionRow, "at" | "what" | "reason" | "numbers"> &
  Pick<RolloutRow, "platform" | "version"> & { readonly ring: number; readonly name: string; readonly urgent: boolean };

export interface Rehearsed {
  /** ms UTC */
  readonly startsAt: number;
  readonly endsAt: number;
  readonly zone: string;
  readonly devices: number;
  /** That the plan governs. */
  readonly inScope: number;
  readonly adoption: Played["adoption"];
  /** The hour in which most devices begin to install, ms UTC; null: none does. */
  readonly peak: { readonly at: number; readonly devices: number } | null;
  readonly rollouts: readonly RehearsedRollout[];
  readonly decisions: readonly RehearsedDecision[];
  /** The largest group first. */
  readonly behind: readonly Behind[];
}

export function summaryOf(played: Played): Rehearsed {
  const { startsAt, endsAt, plan, players, adoption, installs, rollouts, decisions } = played;
  const { zone, standing } = plan.spec as unknown as StandingSpec;
  const governed = players.filter(({ resolution }) => resolution !== undefined);
  const [peak] = [...installs].toSorted((a, b) => b[1] - a[1] || a[0] - b[0]);
  const names = ringsIn(standing).map(({ name }) => name);
  return {
    ...{ startsAt, endsAt, zone, adoption },
    devices: players.length,
    inScope: governed.length,
    peak: peak === undefined ? null : { at: peak[0], devices: peak[1] },
    rollouts: rollouts.map((rollout) => rolloutOf(rollout, played, names)),
    decisions: decisions.flatMap((row) => decisionOf(row, rollouts, names)),
    behind: behindIn(governed, played),
  };
}

function rolloutOf(rollout: RolloutRow, { runs, players }: Played, names: readonly string[]): RehearsedRollout {
  const { id, platform, version, extra, state, reason } = rollout;
  const rings = runs
    .filter(({ rolloutId }) => rolloutId === id)
    .map((run): RehearsedRing => {
      const members = players.flatMap((player) => {
        const row = player.memberOf(id);
        return row?.ring === run.ring && row.urgent === run.urgent ? [player] : [];
      });
      const deadlines = members.flatMap(({ read }) =>
        read.given.flatMap((one) => (one.version === version && one.ring === run.ring ? [one.local] : [])),
      );
      return {
        ...{ ring: run.ring, name: names[run.ring] ?? "", urgent: run.urgent === 1, state: run.state },
        ...{ devices: members.length, openedAt: run.openedAt, deadline: deadlines.toSorted()[0] ?? null },
      };
    });
  return { platform, version, extra, state, reason, rings };
}

function decisionOf(
  { rolloutId, ring, urgent, at, what, reason, numbers }: GateDecisionRow,
  rollouts: readonly RolloutRow[],
  names: readonly string[],
): RehearsedDecision[] {
  const rollout = rollouts.find(({ id }) => id === rolloutId);
  if (rollout === undefined) return [];
  const { platform, version } = rollout;
  return [{ at, what, reason, numbers, platform, version, ring, name: names[ring] ?? "", urgent: urgent === 1 }];
}

function behindIn(governed: readonly Player[], played: Played): readonly Behind[] {
  const behind = governed.filter((one) => !isAtNewest(one));
  const reasons = behind.map((player) => ({ player, ...whyBehind(player, played) }));
  return [...Map.groupBy(reasons, ({ reason }) => reason)]
    .map(
      ([reason, all]): Behind => ({
        reason,
        params: all[0]?.params ?? {},
        devices: all.map(({ player }) => player.own.serial),
      }),
    )
    .toSorted((a, b) => b.devices.length - a.devices.length || (a.reason < b.reason ? -1 : 1));
}

type Why = Pick<Behind, "reason" | "params">;

function whyBehind({ resolution, habits, job, own }: Player, { rollouts, runs, endsAt }: Played): Why {
  const { outcome, ring, aim, deadline, deadlineAt } = resolution ?? {};
  if (outcome?.kind === "refused") return outcome;
  const rollout = rollouts.find(({ platform, version }) => platform === own.platform && version === aim?.version);
  const run = runs.find((one) => one.rolloutId === rollout?.id && one.ring === ring);
  if (habits.kind === "hindered" && job !== undefined) return { reason: "assumed-hindered", params: {} };
  if (rollout?.state === "paused") return { reason: "assumed-paused", params: { version: rollout.version } };
  if (job !== undefined && !isFinal(job.state)) {
    if (habits.kind === "away") return { reason: "assumed-away", params: {} };
    if (deadlineAt !== null && deadlineAt !== undefined && deadlineAt >= endsAt)
      return { reason: "due-later", params: { deadline: deadline ?? "" } };
    return { reason: job.reason, params: job.params };
  }
  if (run?.asked !== undefined && run.asked !== null) return { reason: "ring-asks", params: {} };
  if (run !== undefined && run.state === "waiting") return { reason: "ring-waits", params: {} };
  const progress = resolution?.progress;
  return progress === undefined ? { reason: "under-way", params: {} } : { reason: progress.reason, params: {} };
}

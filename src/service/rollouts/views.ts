/** A rollout, its rings and its decisions as an admin sees them. */
import type { GateDecisionView, RingView, RolloutView } from "../../contract/index.ts";
import { type Security, versionText } from "../../catalog/index.ts";
import { hasOpened, powerOf, type RingCounts, ringDates, ringsIn, type StandingSpec } from "../../plans/index.ts";
import type { DevicesUnder, GateDecisionRow, PlanCount, RingRunRow, RolloutRow } from "../../store/index.ts";
import { askWords, decisionWords, percentOf, powerWords, rolloutWords } from "../../words/index.ts";
import { isoTime } from "../iso-time.ts";
import { withdrawalOf } from "../plans/withdrawals.ts";
import { olderFor } from "./older.ts";
import { rolloutOf, runOf } from "./rows.ts";

/** What is known of a plan whose rollouts are shown. */
export interface Shown {
  readonly spec: StandingSpec;
  /** All rollouts of the plan. */
  readonly rollouts: readonly RolloutRow[];
  readonly runs: ReadonlyMap<string, readonly RingRunRow[]>;
  readonly under: readonly DevicesUnder[];
  /** Of the rollouts that are shown. */
  readonly jobs: ReadonlyMap<string, readonly PlanCount[]>;
  /** The newest first; read where a sentence needs their numbers. */
  readonly decisions: ReadonlyMap<string, readonly GateDecisionRow[]>;
  /** Where rings are counted: by `countsKey`. */
  readonly counts: ReadonlyMap<string, RingCounts>;
  readonly security: Security;
}

export const countsKey = ({ rolloutId, ring, urgent }: Pick<RingRunRow, "rolloutId" | "ring" | "urgent">): string =>
  `${rolloutId}/${ring}/${urgent}`;

const sum = <T>(rows: readonly T[], of: (row: T) => number): number => rows.reduce((all, row) => all + of(row), 0);

/** Devices for which the plan means this release. */
const aimed = ({ platform, version }: RolloutRow, { under }: Pick<Shown, "under">): readonly DevicesUnder[] =>
  under.filter((one) => one.platform === platform && one.aim === version);

/** Those of them that are below it and have no job for it; of one ring, or of all. */
export const notGivenOf = (rollout: RolloutRow, shown: Pick<Shown, "under">, ring?: number): number =>
  sum(
    aimed(rollout, shown).filter((one) => one.osVersion !== one.aim && (ring === undefined || one.ring === ring)),
    (one) => one.devices - one.withJob,
  );

export function viewOf(row: RolloutRow, shown: Shown): RolloutView {
  const runs = shown.runs.get(row.id) ?? [];
  const rings = runs.toSorted((a, b) => a.ring - b.ring || a.urgent - b.urgent).map((run) => ringOf(run, row, shown));
  const decisions = shown.decisions.get(row.id) ?? [];
  const jobs = shown.jobs.get(row.id) ?? [];
  const isWithdrawn = row.state === "paused" || row.state === "aborted";
  const goes = row.state === "running" || row.state === "held";
  const open = rings.filter(({ state }) => state === "open" || state === "asks");
  return {
    id: row.id,
    planId: row.planId,
    platform: row.platform,
    version: versionText(row.version, row.extra === "" ? undefined : row.extra),
    state: row.state,
    stateBy: row.stateBy,
    sinceAt: isoTime(row.since),
    sentence: rolloutWords({
      state: row.state,
      by: row.stateBy,
      reason: row.reason,
      numbers: decisions.find(({ what }) => what === "pause")?.numbers ?? {},
      instead: row.instead,
    }),
    startsOn: row.base,
    beganAt: isoTime(row.beganAt),
    urgentBelow: row.urgentBelow,
    blackoutLifted: row.blackoutLifted === 1,
    instead: row.instead,
    older: olderFor(row, shown.rollouts, shown.under, shown.security),
    // A ring and its urgent run have the same devices by their place; counts tell them apart.
    atRisk: goes ? sum(distinct(open), ({ devices }) => devices) : 0,
    withdrawal: isWithdrawn ? withdrawalOf(jobs) : null,
    rings,
  };
}

/** Rings that are not counted know their devices by their place alone: the urgent run has the same. */
const distinct = (rings: readonly RingView[]): readonly RingView[] =>
  rings.filter((one, i) => one.counts !== undefined || rings.findIndex(({ ring }) => ring === one.ring) === i);

function ringOf(run: RingRunRow, row: RolloutRow, shown: Shown): RingView {
  const { spec } = shown;
  const counts = shown.counts.get(countsKey(run));
  const devices =
    counts?.members ??
    sum(
      aimed(row, shown).filter(({ ring }) => ring === run.ring),
      (one) => one.devices,
    );
  const dates = datesOf(run, row, shown);
  const power = devices === 0 ? null : powerOf(devices);
  return {
    ring: run.ring + 1,
    name: ringsIn(spec.standing)[run.ring]?.name ?? "",
    urgent: run.urgent === 1,
    state: run.state,
    sinceAt: isoTime(run.since),
    devices,
    notGiven: notGivenOf(row, shown, run.ring),
    ...(counts === undefined ? {} : { counts }),
    plannedAt: dates.plannedAt === null ? null : isoTime(dates.plannedAt),
    openedAt: run.openedAt === null ? null : isoTime(run.openedAt),
    dueLocal: dates.dueLocal,
    power: power === null ? null : { percent: percentOf(power), sentence: powerWords(devices, power) },
    asks: asksOf(run, row, shown),
  };
}

function datesOf(run: RingRunRow, row: RolloutRow, { spec, runs }: Shown) {
  const first = runs.get(row.id)?.find(({ ring, urgent }) => ring === 0 && urgent === 1);
  return ringDates({
    terms: spec.standing,
    zone: spec.zone,
    rollout: rolloutOf(row),
    run: runOf(run),
    knownAt: run.urgent === 1 ? (row.urgentAt ?? row.knownAt) : row.knownAt,
    firstOpenedAt: first?.openedAt ?? null,
    blackouts: [],
  });
}

/** Its question, how many devices wait for the answer, and when their ring was planned to open. */
function asksOf(run: RingRunRow, row: RolloutRow, shown: Shown): RingView["asks"] {
  if (run.asked === null) return null;
  const runs = shown.runs.get(row.id) ?? [];
  // One that has not opened keeps its own devices waiting, any other those of the rings after it.
  const own = !hasOpened(run);
  const waiting = new Set(runs.map(({ ring }) => ring).filter((ring) => (own ? ring >= run.ring : ring > run.ring)));
  const devices = sum([...waiting], (ring) => notGivenOf(row, shown, ring));
  const next = own ? run : runs.find((one) => one.ring === run.ring + 1 && one.urgent === run.urgent);
  const plannedAt = next === undefined ? null : datesOf(next, row, shown).plannedAt;
  const asked = shown.decisions
    .get(row.id)
    ?.find((one) => one.what === "ask" && one.ring === run.ring && one.urgent === run.urgent);
  return {
    reason: run.asked,
    sinceAt: isoTime(asked?.at ?? run.since),
    devices,
    sentence: askWords(run.asked, asked?.numbers ?? {}, {
      waiting: devices,
      planned: plannedAt === null ? null : isoTime(plannedAt).slice(0, 10),
    }),
  };
}

/** Whether its sentences need the numbers of its decisions. */
export const needsDecisions = (row: RolloutRow, runs: readonly RingRunRow[]): boolean =>
  (row.state === "paused" && row.stateBy === "gate") || runs.some(({ asked }) => asked !== null);

export function decisionOf(row: GateDecisionRow, { spec }: Pick<Shown, "spec">): GateDecisionView {
  const { what, by, at, reason, numbers } = row;
  const name = ringsIn(spec.standing)[row.ring]?.name ?? "";
  const urgent = row.urgent === 1;
  const ring = row.ring + 1;
  const sentence = decisionWords({ what, by, reason, numbers, urgent }, name === "" ? String(ring) : name);
  return {
    ring,
    name,
    urgent,
    decision: what,
    decidedBy: by,
    decidedAt: isoTime(at),
    reason,
    params: numbers,
    sentence,
  };
}

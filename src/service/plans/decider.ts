/** What a plan decides for a device of the store, and how an admin reads that. */
import type { BlockedRelease, Catalog } from "../../catalog/index.ts";
import type { DecisionView } from "../../contract/index.ts";
import {
  broughtBy,
  decide,
  type Decision,
  hasBegun,
  heldBy,
  installFrom,
  installMoment,
  isOnBeta,
  type Days,
  type JobSeed,
  type PlannedDevice,
  type PlanSpec,
  readLiveJob,
} from "../../plans/index.ts";
import type { FleetRow, JobRow } from "../../store/index.ts";
import { jobDecisionWords, otherDecisionWords } from "../../words/index.ts";
import { authorisationOf, oddVersionOf, platformFrom, zoneOf } from "../enrollment/device-facts.ts";
import { shownOf } from "./decision-mark.ts";

/** Different devices whose decisions are remembered, and different decisions of which more is: about 1.5 KB each. */
const MOST_DECIDED = 10_000;

/**
 * Decides; most devices of a fleet differ in nothing that a plan looks at, so what was decided for one is so for the next. The
 * decision names no device: `decisionFor` makes it one's own.
 */
export function decider(spec: PlanSpec, catalog: Catalog, now: number): (device: PlannedDevice) => Decision {
  const decided = new Map<string, Decision>();
  return (device) => {
    const alike = { ...device, enrollmentId: "" };
    const facts = JSON.stringify(alike);
    let decision = decided.get(facts);
    if (decision === undefined) {
      decision = decide(alike, spec, catalog, now);
      if (decided.size >= MOST_DECIDED) decided.clear();
      decided.set(facts, decision);
    }
    return decision;
  };
}

/**
 * What is made of a decision that names no device, made once for all that are alike: that costs more than to find it. Devices that
 * differ in facts often have the same decision.
 */
export function onceForAlike<T extends object>(make: (decision: Decision) => T): (decision: Decision) => T {
  const made = new WeakMap<Decision, T>();
  const alike = new Map<string, T>();
  return (decision) => {
    const known = made.get(decision);
    if (known !== undefined) return known;
    const text = JSON.stringify(decision);
    let one = alike.get(text);
    if (one === undefined) {
      one = make(decision);
      if (alike.size >= MOST_DECIDED) alike.clear();
      alike.set(text, one);
    }
    made.set(decision, one);
    return one;
  };
}

/** What was decided for all that are alike, for one of them. */
export const decisionFor = (decision: Decision, enrollmentId: string): Decision =>
  decision.kind === "job"
    ? { ...decision, enrollmentId, job: { ...decision.job, enrollmentId } }
    : { ...decision, enrollmentId };

/** What a decision needs beside the device's own row. */
export interface Beside {
  /** Its job, with its document where that may be replaced. */
  readonly live:
    | { readonly planId: string; readonly rolloutId: string | null; readonly doc?: JobRow["doc"] }
    | undefined;
  /** Its newest job that brought it to a release. */
  readonly updated: Pick<JobRow, "doc"> | undefined;
  /** The zone that a rule names for it, where it has no other. */
  readonly ruleZone: string | undefined;
  /** Releases that blocks ban for it. */
  readonly blocked: readonly BlockedRelease[];
  /** Blackouts that cover it. */
  readonly blackouts: readonly Days[];
  /** Its place in the plan's spread. */
  readonly slot: number;
}

/**
 * A device's rows as a decision needs them. The job of a standing plan gives way to a once plan also without `replace`, unless its
 * install has begun (targets G2).
 */
export function planned(
  row: FleetRow,
  { live, updated, ruleZone, blocked, blackouts, slot }: Beside,
  replace: boolean,
): PlannedDevice {
  const job = live?.doc === undefined ? undefined : readLiveJob(live.doc);
  const givesWay = job !== undefined && live?.rolloutId !== null && !hasBegun(job);
  const held = job === undefined || !(replace || givesWay) ? undefined : heldBy(job);
  return {
    enrollmentId: row.id,
    enrolled: row.state === "enrolled",
    enrollment: row.kind,
    platform: platformFrom(row.platform) ?? null,
    productName: row.productName,
    softwareUpdateDeviceId: row.softwareUpdateDeviceId,
    osVersion: row.osVersion,
    oddVersion: oddVersionOf(row) ?? null,
    buildVersion: row.buildVersion,
    supplementalBuild: row.supplementalBuild,
    supplementalExtra: row.supplementalExtra,
    supervised: row.supervised === null ? null : row.supervised === 1,
    timeZone: zoneOf(row)?.zone ?? null,
    ...(ruleZone === undefined ? {} : { ruleZone }),
    enforces: row.enforces === null ? null : row.enforces === 1,
    accessRights: row.accessRights,
    bootstrapToken: authorisationOf(row),
    busyWith: givesWay ? null : (live?.planId ?? null),
    ...(updated === undefined ? {} : { brought: broughtBy(readLiveJob(updated.doc)) }),
    ...(held === undefined ? {} : { held }),
    ...(blocked.length === 0 ? {} : { blocked }),
    ...(blackouts.length === 0 ? {} : { blackouts }),
    ...(slot === 0 ? {} : { slot }),
  };
}

/** A decision as the dry run shows it, for any device. `now`: ms UTC, by which it was made. */
export function decisionView(decision: Decision, now: number): Omit<DecisionView, "device" | "zone" | "zoneFrom"> {
  if (decision.kind !== "job")
    return {
      kind: decision.kind,
      release: null,
      mechanism: null,
      deadlineLocal: null,
      momentLocal: null,
      reason: decision.reason,
      params: decision.params,
      ...otherDecisionWords(decision),
    };
  const { job, losesDownload, movedDue } = decision;
  const { release, mechanism, deadlineLocal, momentLocal } = shownOf(decision);
  const onBeta = isOnBeta(job.target, job.from);
  const from = job.mechanism === undefined ? orderedFrom(job, now) : undefined;
  return {
    kind: "job",
    release,
    mechanism,
    deadlineLocal,
    momentLocal,
    reason: onBeta ? "runs-beta" : null,
    params: onBeta ? { version: job.from.version, build: job.from.build ?? "" } : {},
    ...jobDecisionWords({
      ...decision,
      release: job.target.others === true ? null : release,
      onBeta,
      ...(from === undefined ? {} : { installsFrom: from }),
    }),
    ...(movedDue === undefined ? {} : { askedLocal: movedDue.from }),
    ...(losesDownload === undefined ? {} : { losesDownload }),
  };
}

/** By command: before when no install is ordered; undefined: it is as soon as its window is open. */
function orderedFrom(job: JobSeed, now: number): number | undefined {
  const from = installFrom(job);
  if (job.blackouts === undefined || job.goal !== "installed") return from;
  const opening = installMoment(job, now);
  const free = installMoment({ ...job, blackouts: [] }, now);
  return opening.opensAt > Math.max(free.opensAt, now) ? opening.opensAt : from;
}

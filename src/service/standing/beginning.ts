/** The days of a release that begins its way through a plan, and whether it is urgent for devices (targets D2, T4, U1). */
import { countsFrom, MAJOR_TERMS, type Named, type Security, urgentBelow } from "../../catalog/index.ts";
import { baseOf, type StandingPlan } from "../../plans/index.ts";
import { majorOf, type Platform } from "../../protocol/index.ts";
import type { StoredCatalog } from "../catalog/catalog.ts";
import type { BeginRolloutInput } from "./begin-rollout.ts";

/** A release that begins: for which plan, and whether all devices that need it come from another major. */
export interface Needed {
  readonly plan: StandingPlan;
  readonly platform: Platform;
  readonly aim: Named;
  readonly crosses: boolean;
}

/** What is looked up for all devices. */
export interface Catalogs {
  readonly catalog: StoredCatalog;
  readonly security: Security;
}

/** The days of a release in a plan, and whether it hurries. */
export function beginning(
  { plan, platform, aim, crosses }: Needed,
  { catalog, security }: Catalogs,
  now: number,
): Omit<BeginRolloutInput, "id" | "now"> {
  const { version } = aim;
  const known = catalog.releases.filter((one) => one.platform === platform && one.version === version);
  const seenAt = Math.min(now, ...known.flatMap(({ since }) => since ?? []));
  const posted = known.map(({ postingDate }) => postingDate).toSorted()[0];
  const { spec } = plan;
  const target = spec.targets[platform];
  const major = majorOf(version);
  const terms = { ...MAJOR_TERMS, afterDays: spec.newMajorAfterDays ?? MAJOR_TERMS.afterDays };
  const counts = crosses && major !== undefined ? countsFrom(catalog, platform, terms, major) : null;
  const base = baseOf({
    postedOn: posted ?? new Date(now).toISOString().slice(0, 10),
    ageDays: target?.kind === "other-updates" ? 0 : (target?.ageDays ?? 0),
    // A major that devices run already counts from its first day.
    ...(counts === null ? {} : { countsFrom: counts }),
    seenAt,
    fetchedBefore: fetchedBefore(catalog, seenAt),
    activatedAt: spec.standing.activatedAt,
    zone: spec.zone,
  });
  const below = urgentBelow(security, platform, aim);
  return {
    planId: plan.id,
    release: { platform, version, extra: aim.extra ?? "", blockId: "" },
    base,
    knownAt: seenAt,
    urgent: below === undefined ? null : { below: below.version, at: now },
  };
}

/** From one fetch to the next lists are fetched until this hour of their day. */
const FETCHED_BY = 21 * 3_600_000;

/** When Apple's list was last taken before it had a release; undefined: never. One that was seen long ago was not seen late. */
function fetchedBefore({ list }: StoredCatalog, seenAt: number): number | undefined {
  if (list === null || seenAt < list.takenAt) return seenAt;
  return list.before === null ? undefined : Date.parse(list.before.date) + FETCHED_BY;
}

/** Majors that start to count within two weeks for a plan, and the devices that cross then (targets T4). Pure; days are UTC. */
import {
  type Catalog,
  ceilingOf,
  chooseRelease,
  countsFrom,
  dayAfter,
  MAJOR_TERMS,
  type MajorTerms,
} from "../../catalog/index.ts";
import { majorOf, type Platform, PLATFORMS } from "../../protocol/index.ts";
import type { PlanSpec } from "../decisions/spec.ts";
import { DAY } from "../jobs/units.ts";

/** Devices that a catalog cannot tell apart, and how many they are. */
export interface Alike {
  readonly platform: Platform;
  readonly version: string;
  readonly lookupIds: readonly string[];
  readonly devices: number;
}

export interface MajorAhead {
  readonly platform: Platform;
  /** The major that starts to count, and from which day on. */
  readonly major: number;
  readonly on: string;
  readonly from: number;
  readonly to: number;
  readonly devices: number;
}

/** A plan says so this many days before. */
export const SAID_BEFORE = 14;

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** The majors of a platform that start to count after today and within so many days. */
function startingIn(spec: PlanSpec, platform: Platform, catalog: Catalog, now: number, days: number) {
  const terms = termsOf(spec, platform);
  const today = dayOf(now);
  const majors = new Set(
    catalog.releases.flatMap((one) => (one.platform === platform ? (majorOf(one.version) ?? []) : [])),
  );
  return [...majors].flatMap((major) => {
    const on = countsFrom(catalog, platform, terms, major);
    return on !== null && on > today && on <= dayAfter(today, days) ? [{ major, on }] : [];
  });
}

const termsOf = (spec: PlanSpec, platform: Platform): MajorTerms => ({
  afterDays: spec.newMajorAfterDays ?? MAJOR_TERMS.afterDays,
  held: spec.heldMajors?.[platform] ?? MAJOR_TERMS.held,
});

/** As if that day were today: the list is the present one. */
const termsOn = ({ afterDays, held }: MajorTerms, on: string, now: number): MajorTerms => ({
  afterDays: afterDays - Math.round((Date.parse(on) - Date.parse(dayOf(now))) / DAY),
  held,
});

/** Whether any major starts to count for the plan: only then must its devices be looked at. */
export const hasMajorsAhead = (spec: PlanSpec, catalog: Catalog, now: number): boolean =>
  crossing(spec).some((platform) => startingIn(spec, platform, catalog, now, SAID_BEFORE).length > 0);

/** Platforms on which the plan goes to newer majors by its own target. */
const crossing = ({ targets, allowMajor }: PlanSpec): Platform[] =>
  allowMajor
    ? PLATFORMS.filter((platform) => targets[platform]?.kind === "latest" || targets[platform]?.kind === "n-1")
    : [];

/** For each major, and each major that devices come from and go to. */
export function majorsAhead(
  spec: PlanSpec,
  alike: readonly Alike[],
  catalog: Catalog,
  now: number,
): readonly MajorAhead[] {
  const found = new Map<string, MajorAhead>();
  for (const platform of crossing(spec)) {
    for (const { major, on } of startingIn(spec, platform, catalog, now, SAID_BEFORE)) {
      const terms = termsOf(spec, platform);
      for (const one of alike.filter((some) => some.platform === platform)) {
        const from = majorOf(one.version) ?? 0;
        const [before, to] = [terms, termsOn(terms, on, now)].map((then) => aimOf(spec, one, catalog, now, then));
        if (to === undefined || to === before || to <= from) continue;
        const key = `${platform} ${on} ${from} ${to}`;
        const devices = (found.get(key)?.devices ?? 0) + one.devices;
        found.set(key, { platform, major, on, from, to, devices });
      }
    }
  }
  return [...found.values()].toSorted((a, b) => (a.on < b.on ? -1 : Number(a.on > b.on)) || a.from - b.from);
}

/** The major of the release that the plan means for the device. */
function aimOf(
  spec: PlanSpec,
  { platform, version, lookupIds }: Alike,
  catalog: Catalog,
  now: number,
  majors: MajorTerms,
): number | undefined {
  const target = spec.targets[platform];
  if (target === undefined || target.kind === "other-updates") return undefined;
  const device = { platform, version, lookupIds };
  const choice = chooseRelease({ target, device, catalog, now, allowMajor: true, allowUnlisted: false, majors });
  return choice.kind === "refused" ? undefined : majorOf(choice.wanted.version);
}

export interface PreviousMajor {
  readonly platform: Platform;
  /** The major that `n-1` goes up to; null: none counts. */
  readonly now: number | null;
  /** The next one, and from when on; null: no major that Apple has posted changes it. */
  readonly next: { readonly major: number; readonly on: string } | null;
}

/** What `n-1` is now and next, for each platform that it is the target of. */
export function previousMajors(spec: PlanSpec, catalog: Catalog, now: number): readonly PreviousMajor[] {
  return PLATFORMS.filter((platform) => spec.targets[platform]?.kind === "n-1").map((platform) => {
    const terms = termsOf(spec, platform);
    const is = ceilingOf(catalog, platform, terms, now);
    const days = startingIn(spec, platform, catalog, now, MOST_DAYS).toSorted((a, b) => (a.on < b.on ? -1 : 1));
    const next = days
      .map(({ on }) => ({ major: ceilingOf(catalog, platform, termsOn(terms, on, now), now), on }))
      .find(({ major }) => major !== undefined && major !== is);
    return { platform, now: is ?? null, next: next?.major === undefined ? null : { major: next.major, on: next.on } };
  });
}

/** The longest time that a plan waits. */
const MOST_DAYS = 400;

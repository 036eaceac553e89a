/** A standing plan, its rollouts, and a Mac in Berlin, for tests. The releases of macOS 26 have the dates that Apple gave them. */
import { listOf, released } from "../../catalog/listed.suite.ts";
import type { Catalog } from "../../catalog/index.ts";
import type { Given } from "../deadlines/given.ts";
import type { PlannedDevice } from "../decisions/decision.ts";
import { newJob } from "../jobs/new-job.ts";
import type { JobSeed, LiveJob } from "../jobs/job.ts";
import type { RunSince } from "../rollouts/context.ts";
import type { Ring } from "../rollouts/rollout.ts";
import type { Matcher, ScopeFacts } from "../scope/match.ts";
import type { LiveOf, PlanRollout, ReadDevice, StandingPlan } from "./plan.ts";
import type { Act } from "./act.ts";
import type { StandingTerms } from "./terms.ts";

export const at = (local: string): number => Date.parse(`${local}+02:00`);
export const MAC = "J413AP";

const mac = (version: string, postingDate: string, more: object = {}) =>
  released(version, { platform: "macOS", devices: [MAC], postingDate, ...more });
export const MACOS: Readonly<Record<string, string>> = {
  "26.6": "2026-07-27",
  "26.6.1": "2026-08-06",
  "26.6.2": "2026-08-17",
};
/** What Apple lists on a day. */
export const listedOn = (date: string): Catalog =>
  listOf(
    [mac("26.5.2", "2026-06-29"), ...Object.entries(MACOS).map(([version, posted]) => mac(version, posted))].filter(
      ({ postingDate }) => postingDate <= date,
    ),
    date,
  );

export const ring = (name: string, who: Ring<Matcher>["who"], opens: number, due: number): Ring<Matcher> => ({
  ...{ name, who, opens, due },
  approval: "gate",
});
const ALL: Matcher = () => true;
export const tagged =
  (tag: string): Matcher =>
  ({ tags }) =>
    tags.has(tag);

interface PlanMore extends Partial<Omit<StandingPlan, "spec">> {
  readonly spec?: Partial<StandingPlan["spec"]>;
  readonly standing?: Partial<StandingTerms>;
}

export function plan({ spec, standing, ...more }: PlanMore = {}): StandingPlan {
  return {
    id: "plan",
    revision: 1,
    state: "active",
    matches: ALL,
    rings: [ring("", "rest", 0, 14)],
    rollouts: [],
    runs: [],
    ...more,
    spec: {
      targets: { macOS: { kind: "latest-minor" } },
      action: "install",
      zone: "Europe/Berlin",
      zoneNamed: true,
      allowMajor: false,
      allowPastDeadline: false,
      allowDataLoss: false,
      replace: false,
      ...spec,
      standing: {
        include: "all",
        exclude: null,
        days: 14,
        at: "17:00",
        noticeHours: 24,
        skipWeekdays: [],
        spreadHours: 0,
        rings: [],
        maxFailurePercent: 5,
        urgentDays: null,
        activatedAt: at("2026-06-01T12:00"),
        ...standing,
      },
    },
  };
}

export const rollout = (version: string, more: Partial<PlanRollout> = {}): PlanRollout => ({
  id: version,
  planId: "plan",
  platform: "macOS",
  version,
  extra: null,
  base: MACOS[version] ?? "2026-08-17",
  urgentBelow: null,
  blockId: null,
  blackoutLifted: false,
  instead: null,
  state: "running",
  reason: "began",
  since: at(`${MACOS[version] ?? "2026-08-17"}T20:10`),
  beganAt: at(`${MACOS[version] ?? "2026-08-17"}T20:10`),
  ...more,
});

export const openRun = (version: string, openedAt: number, more: Partial<RunSince> = {}): RunSince => ({
  ...{ rolloutId: version, ring: 0, urgent: false, state: "open" },
  ...{ openedAt, countFrom: openedAt, since: openedAt },
  ...more,
});

const PLANNED: PlannedDevice = {
  enrollmentId: "e1",
  enrolled: true,
  enrollment: "device",
  platform: "macOS",
  productName: "Mac14,2",
  softwareUpdateDeviceId: MAC,
  osVersion: "26.5.2",
  buildVersion: null,
  supplementalBuild: null,
  supplementalExtra: null,
  supervised: true,
  timeZone: "Europe/Berlin",
  enforces: true,
  accessRights: 8191,
  bootstrapToken: null,
  oddVersion: null,
  busyWith: null,
};
const FACTS: ScopeFacts = {
  platform: "macOS",
  productName: "Mac14,2",
  lookupIds: [MAC],
  osVersion: "26.5.2",
  supervised: true,
  tags: new Set(),
  serial: "S1",
  groups: new Set(),
};

type DeviceMore = Partial<Omit<ReadDevice, "planned" | "facts">> & {
  readonly planned?: Partial<PlannedDevice>;
  readonly facts?: Partial<ScopeFacts>;
};

export const device = ({ planned, facts, ...more }: DeviceMore = {}): ReadDevice => ({
  zone: "Europe/Berlin",
  hash: (text) => (text.length % 16).toString(16).repeat(64),
  inSetupAssistant: false,
  excluded: false,
  excludedEndsAt: null,
  under: { planId: "plan", joinedAt: at("2026-06-01T12:00"), ring: 0 },
  live: null,
  failed: null,
  given: [],
  blackouts: [],
  // It was always what it is.
  former: { ...FACTS, ...facts },
  ...more,
  planned: { ...PLANNED, ...planned },
  facts: { ...FACTS, ...facts },
});

/** The job that a resolution asks for, at its beginning. */
export function madeOf(act: Act, now: number, more: Partial<LiveJob> = {}): LiveOf {
  if (act.kind !== "make") throw new Error(`nothing is made: ${act.kind}`);
  const job = { ...newJob(act.seed, { id: "j", planId: "plan" }, now), ...more } as LiveJob;
  return { job, kind: "standing", planId: "plan", rolloutId: act.rolloutId, ring: act.ring, urgent: act.urgent };
}

export const liveJob = (seed: JobSeed, rolloutId: string, now: number, more: Partial<LiveJob> = {}): LiveOf =>
  madeOf({ kind: "make", seed, rolloutId, ring: 0, urgent: false }, now, more);

export const givenAt = (version: string, local: string, more: Partial<Given> = {}): Given => ({
  ...{ version, planId: "plan", ring: 0, local, givenAt: 0 },
  ...more,
});

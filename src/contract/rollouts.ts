/** Rollouts: one release on its way through a standing plan, ring by ring, and what a person says of it. */
import { z } from "zod";
import { withdrawal } from "./halt.ts";
import { count, instant, page } from "./values.ts";

export const ROLLOUT_STATES = ["running", "held", "paused", "aborted", "superseded"] as const;
export const RUN_STATES = ["waiting", "open", "asks", "passed", "superseded"] as const;
export const DECISIONS = [
  "open",
  "pass",
  "ask",
  "supersede",
  "promote",
  "wait",
  "hold",
  "pause",
  "resume",
  "abort",
  "instead",
  "lift-blackout",
] as const;

const ring = z.int().min(1).describe("its number in the plan, from 1");
const urgent = z.boolean().describe("the ring's devices for which the release is urgent, which follow other dates");

export const ringCounts = z
  .object({
    members: count,
    good: count.describe("seen on the release or a newer one, and heard again an hour later"),
    settled: count.describe("good, and started at least 48 hours ago"),
    failed: count,
    lost: count.describe("silent for 72 hours since the install began"),
    unclear: count.describe("silent for 1 to 72 hours since the install began"),
    away: count.describe("not started and not heard, excluded or blocked: they do not count"),
    hinderedBefore: count.describe("hindered since before the release was given to them"),
    hindered: count,
    pending: count,
    startedSince: count.describe("members that count in the numbers of failures"),
    failuresSince: count,
    unclearSince: count,
  })
  .meta({ id: "RingCounts", description: "The devices of a ring as its gate counts them." });

export const ringView = z
  .object({
    ring,
    name: z.string(),
    urgent,
    state: z.enum(RUN_STATES),
    sinceAt: instant,
    devices: count.describe("devices of the ring for which the plan means this release"),
    notGiven: count.describe("those of them that are below it and have no job for it"),
    counts: ringCounts.exactOptional().describe("absent: the ring is not counted"),
    plannedAt: instant.nullable().describe("when it opens at the earliest; null: that is not known yet"),
    openedAt: instant.nullable(),
    dueLocal: z
      .string()
      .nullable()
      .describe("its deadline on the plan's clock (YYYY-MM-DDTHH:MM); planned, until the ring has opened"),
    power: z
      .object({
        percent: z.number().describe("failure rates above this would be seen"),
        sentence: z.string(),
      })
      .nullable()
      .describe("what the ring can prove; null: it has no devices"),
    asks: z
      .object({
        reason: z.string(),
        sinceAt: instant,
        devices: count.describe("devices that wait for the answer"),
        sentence: z.string(),
      })
      .nullable()
      .describe("null: it asks nothing"),
  })
  .meta({ id: "RolloutRing", description: "A ring of a rollout." });
export type RingView = z.output<typeof ringView>;

export const rolloutView = z
  .object({
    id: z.string(),
    planId: z.string(),
    platform: z.string(),
    version: z.string().describe("`26.6.2`, or `26.3.1 (a)`"),
    state: z.enum(ROLLOUT_STATES),
    stateBy: z.string().describe("who brought it into this state: `token:NAME`, `account:ID`, `gate` or `system`"),
    sinceAt: instant,
    sentence: z.string().describe("the state, its cause, and what follows from it"),
    startsOn: z.iso.date().describe("the day from which the days of its rings count"),
    beganAt: instant,
    urgentBelow: z.string().nullable().describe("the release is urgent for devices below this version; null: for none"),
    blackoutLifted: z.boolean().describe("blackouts do not hold its urgent devices back"),
    instead: z.string().nullable().describe("the older release that its devices are given while it is paused"),
    older: z
      .array(z.object({ version: z.string(), cves: z.array(z.string()).readonly(), devices: count }))
      .readonly()
      .describe("older releases that can be given instead, and the exploited CVEs that each fixes on how many devices"),
    atRisk: count.describe("devices in open rings: so many can be hurt before the gate sees it"),
    withdrawal: withdrawal.nullable().describe("how far a pause or an abort is; null: nothing is withdrawn"),
    rings: z.array(ringView).readonly().describe("in their order"),
  })
  .meta({ id: "Rollout", description: "A release on its way through a standing plan." });
export type RolloutView = z.output<typeof rolloutView>;

export const gateDecisionView = z
  .object({
    ring,
    name: z.string().describe("of the ring"),
    urgent,
    decision: z.enum(DECISIONS),
    decidedBy: z.string().describe("`token:NAME`, `account:ID`, `gate` or `system`"),
    decidedAt: instant,
    reason: z.string().describe("a code of the gate, or what a person wrote"),
    params: z.record(z.string(), z.union([z.string(), z.number()])).describe("the numbers it was decided on"),
    sentence: z.string(),
  })
  .meta({ id: "GateDecision", description: "What was decided about a ring, or about the whole rollout." });
export type GateDecisionView = z.output<typeof gateDecisionView>;

export const rolloutDetail = rolloutView
  .extend({ decisions: z.array(gateDecisionView).readonly().describe("the newest first, at most 1,000") })
  .meta({ id: "RolloutDetail", description: "A rollout with what was decided about it." });
export type RolloutDetail = z.output<typeof rolloutDetail>;

export const rolloutPage = page(rolloutView);

export const holdDryRun = z
  .object({
    devices: count.describe("devices without a job yet: they get none while the rollout is held"),
    goOn: count.describe("devices with a job: they continue"),
  })
  .meta({ id: "HoldDryRun", description: "What a hold would do; nothing has changed." });
export type HoldDryRun = z.output<typeof holdDryRun>;

export const verbDryRun = z
  .object({ devices: count.describe("devices for which the verb would change something") })
  .meta({ id: "VerbDryRun", description: "What a verb of a rollout or a ring would do; nothing has changed." });
export type VerbDryRun = z.output<typeof verbDryRun>;

const idParam = z
  .string()
  .min(1)
  .max(100)
  .describe("the id of a rollout, or six or more digits at its beginning or end");
export const rolloutParams = z.object({ id: idParam });
export const ringParams = z.object({
  id: idParam,
  ring: z.string().min(1).max(100).describe("the ring's number, from 1, or its name"),
});

const reason = z.string().trim().min(1).max(500).describe("why");
export const verbRequest = z.strictObject({ reason }).meta({ id: "RolloutVerb" });
export const insteadRequest = z
  .strictObject({ version: z.string().max(50).describe("one of the rollout's `older` releases"), reason })
  .meta({ id: "GiveInstead" });
export const ringVerbRequest = z
  .strictObject({
    reason,
    urgent: z.boolean().exactOptional().describe("`true`: the ring's urgent run; default false"),
  })
  .meta({ id: "RingVerb" });

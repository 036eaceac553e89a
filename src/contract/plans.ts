/** Plans: one request for many devices, what it means for each, and how far it is. */
import { z } from "zod";
import { withdrawal } from "./halt.ts";
import { JOB_STATES, jobView } from "./jobs.ts";
import { standingRequest, standingTermsView } from "./standing.ts";
import { asShown, changedDecisions, DECISION_KINDS, plannedDevice, savable, shownDecision } from "./plan-changes.ts";
import { problem } from "./problem.ts";
import { meant } from "./scopes.ts";
import { count, createdBy, cursor, instant, page, wholeNumber, word } from "./values.ts";

/** How insistent a plan is. */
export const PLAN_ACTIONS = ["install", "download", "notify", "install-later", "force-restart"] as const;
export const planAction = z.enum(PLAN_ACTIONS);
export type PlanAction = z.output<typeof planAction>;

export const WEEKDAY_WORDS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

export const planRequest = z
  .strictObject({
    name: z.string().min(1).max(200).exactOptional(),
    to: z
      .string()
      .min(1)
      .max(500)
      .describe(
        "`26.6.2`, `26.6.2 (25G83)`, `26.3.1 (a)`, `latest`, `latest-minor` or `n-1` for all; or one per platform: `iOS=26.6.1,macOS=26.6.2`. Each may be followed by `below 27`, `floor 26.4` and `age 14d` ([plans](plans.md)). `macOS=other-updates`: updates of Macs other than macOS itself (Safari, firmware, configuration data)",
      ),
    ...meant,
    ...standingRequest,
    action: planAction.describe("what the device does with the update; `force-restart` needs `allowDataLoss`"),
    window: z
      .string()
      .max(50)
      .exactOptional()
      .describe("`22:00-05:00`, each device's local time; not with `install-later`, where the user chooses"),
    zone: z
      .string()
      .max(100)
      .exactOptional()
      .describe("IANA time zone for devices that do not report one; default: `default-zone`"),
    deadline: z
      .string()
      .max(50)
      .exactOptional()
      .describe(
        "of a standing plan `+14d 17:00`: days after a release can first be picked, and the time of day on each device's clock. Of others `YYYY-MM-DDTHH:MM` or `YYYY-MM-DD HH:MM`, each device's local time; or an instant with `Z` or an offset, only for devices whose time zone is known or set; seconds are rounded up to the minute. Devices install from then on, or from the last opening of their window before it",
      ),
    noticeHours: z
      .int()
      .min(0)
      .max(168)
      .exactOptional()
      .describe(
        "hours that users have at least between the notice on their device and the install; the deadline of a device that leaves less moves to a later day. Default: 24 where `skipWeekdays` or `spreadHours` is given, else no notice is promised. Needs `deadline`",
      ),
    skipWeekdays: z
      .array(z.enum(WEEKDAY_WORDS))
      .max(6)
      .readonly()
      .exactOptional()
      .describe(`days on which no deadline lies: ${WEEKDAY_WORDS.join(", ")}; at most six. Needs \`deadline\``),
    spreadHours: z
      .int()
      .min(0)
      .max(8)
      .exactOptional()
      .describe("spread the deadlines over so many hours before the time of `deadline`, which it needs; default 0"),
    detailsUrl: z
      .string()
      .max(2000)
      .exactOptional()
      .describe("https address of a web page that the update notice links to (declarations only)"),
    allowMajor: z.boolean().exactOptional().describe("allow an update to another major version; default false"),
    newMajorAfterDays: z
      .int()
      .min(0)
      .max(365)
      .exactOptional()
      .describe(
        "with `allowMajor`, days from Apple's posting of a new major version until `latest` and `n-1` may go to it; default 30",
      ),
    allowUnlisted: z
      .boolean()
      .exactOptional()
      .describe("allow an exact version that Apple's list does not offer, or an old or missing list; default false"),
    allowPastDeadline: z.boolean().exactOptional().describe("allow a deadline in the past; default false"),
    allowDataLoss: z.boolean().exactOptional().describe("allow a restart that loses unsaved work; default false"),
    maxUserDeferrals: z
      .int()
      .min(0)
      .max(1000)
      .exactOptional()
      .describe("for `install-later`: how often a user may postpone the update"),
    replace: z
      .boolean()
      .exactOptional()
      .describe("replace the job of another plan; without it, a device with such a job is refused; default false"),
    ...asShown,
  })
  .meta({
    id: "PlanRequest",
    description: "A plan as an admin requests it, for devices by one of `devices`, `rule` and `group`.",
  });
export type PlanRequest = z.output<typeof planRequest>;

export const decisionView = z
  .object({
    device: z.object(plannedDevice),
    kind: z.enum(DECISION_KINDS),
    release: z.string().nullable(),
    mechanism: shownDecision.shape.mechanism,
    deadlineLocal: shownDecision.shape.deadlineLocal,
    momentLocal: shownDecision.shape.momentLocal,
    zone: z
      .string()
      .nullable()
      .describe(
        "IANA name of the time zone in which its times are judged; null: it is not known, or the device gets no job",
      ),
    zoneFrom: z
      .enum(["device", "admin", "rule", "plan"])
      .nullable()
      .describe("who names the time zone; `plan`: the plan itself, or `default-zone`"),
    reason: z.string().nullable(),
    params: z.record(z.string(), z.union([z.string(), z.number()])).describe("the values of the reason"),
    ring: shownDecision.shape.ring,
    sentence: z.string(),
    remedy: z.string().exactOptional(),
    askedLocal: z
      .string()
      .exactOptional()
      .describe(
        "what the plan asks for, where a blackout, a skipped weekday, the notice or the spread makes it another",
      ),
    plans: z
      .array(z.object({ id: z.string().nullable(), name: z.string() }))
      .readonly()
      .exactOptional()
      .describe(
        "of a standing plan: every standing plan that would match the device, in their order; the first governs it. `id` null: the plan that is tried",
      ),
    losesDownload: z
      .enum(["will", "may"])
      .exactOptional()
      .describe(
        "the device throws away what it has downloaded, since its declaration is replaced: by its own report, or it may have begun to download",
      ),
  })
  .meta({ id: "Decision", description: "What a plan means for one device: exactly what the accepted plan does." });
export type DecisionView = z.output<typeof decisionView>;

const planRefusal = z
  .object({
    reason: z.string(),
    count: count.describe("devices"),
    sentence: z.string().describe("of the first of them"),
    remedy: z.string().exactOptional(),
    devices: z.array(z.object(plannedDevice)).readonly().describe("the first of them, five at most"),
  })
  .meta({ id: "PlanRefusal", description: "Devices that a plan refuses for one reason." });
export type PlanRefusal = z.output<typeof planRefusal>;

const decided = {
  jobs: count.describe("devices to update"),
  compliant: count.describe("devices that are already up to date"),
  refused: count,
  downloadsLost: count.describe("devices that lose a download, or may lose one"),
  refusals: z.array(planRefusal).readonly().describe("the most frequent reason first"),
};

export const dryRunSummary = z
  .object({
    to: z.string(),
    devices: count,
    ...decided,
    pushRate: z.int().describe("pushes per second that the server sends at most (`push-rate`)"),
    pushSeconds: count.describe("how long it takes at this rate to push all devices to update"),
    notes: z
      .array(z.string())
      .readonly()
      .describe("what an admin should know of the whole plan, such as that a target does not cross major versions"),
    ...savable,
  })
  .meta({ id: "DryRunSummary", description: "What the decisions of a dry run come to." });
export type DryRunSummary = z.output<typeof dryRunSummary>;

export const dryRun = dryRunSummary
  .extend({
    rows: z
      .array(decisionView)
      .readonly()
      .describe("for the first 1,000 devices; ask for `application/x-ndjson` to get all of them"),
  })
  .meta({ id: "DryRun", description: "What a plan would do; nothing has changed." });
export type DryRun = z.output<typeof dryRun>;

export const dryRunLine = z
  .union([
    z.object({ decision: decisionView }),
    z.object({ summary: dryRunSummary }).describe("the last line of a reply that is complete"),
    z.object({ problem }),
  ])
  .meta({
    id: "DryRunLine",
    description:
      "One line of the reply: a decision for each device, then the summary. A reply that ends without the summary is not complete; when the server could not continue, its last line is the problem.",
  });
export type DryRunLine = z.output<typeof dryRunLine>;

const planFields = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(["once", "standing"]).describe("`standing`: it follows new releases for as long as it is not stopped"),
  order: z.int().nullable().describe("place among the standing plans, from 0; null for other plans"),
  revision: z.int().describe("1, and one more with each edit"),
  state: z.enum(["active", "paused", "stopped"]),
  createdAt: instant,
  createdBy,
  stoppedAt: instant.nullable(),
  pausedAt: instant.nullable(),
  pauseReason: z.string().nullable(),
  withdrawal: withdrawal.nullable().describe("how far a pause or a halt is; null: there is none"),
  to: z.string(),
  action: planAction,
  window: z.string().nullable(),
  deadline: z.string().nullable(),
  noticeHours: z.int().nullable().describe("null: the plan promises no notice, and moves deadlines for blackouts only"),
  skipWeekdays: z.array(z.enum(WEEKDAY_WORDS)).readonly(),
  spreadHours: z.int(),
  maxFailurePercent: z.int(),
  devices: count.describe("of a standing plan: those that it governs now"),
  rule: z.string().nullable().describe("the rule by which its devices were named; null: they were named one by one"),
  standing: standingTermsView.nullable().describe("null: a once plan"),
  request: planRequest
    .nullable()
    .describe(
      "the request that makes the same plan, with canonical rules and without fields that are not set; null: a once plan whose devices were named one by one",
    ),
  states: z.record(z.string(), z.number()).describe("jobs by state"),
  pending: count.describe("devices whose job has not been made yet"),
  finished: z.boolean().describe("true when every job is finished"),
  working: z.boolean().describe("true while jobs are being made, withdrawn or resumed"),
});
export const planView = planFields.meta({ id: "Plan" });
export type PlanView = z.output<typeof planView>;

export const newPlan = planFields
  .extend({
    decided: z
      .object(decided)
      .exactOptional()
      .describe(
        "the decisions for its devices when the plan was accepted; absent in a repeated reply whose first was lost",
      ),
    changed: changedDecisions.exactOptional().describe("where the request has a `hash`"),
  })
  .meta({ id: "NewPlan", description: "A plan just made, and what it decided for its devices." });
export type NewPlan = z.output<typeof newPlan>;
export type PlanDecided = NonNullable<NewPlan["decided"]>;

export const planJobView = z
  .object({ device: z.object({ ...plannedDevice, lastSeenAt: instant.nullable() }), job: jobView })
  .meta({ id: "PlanJob", description: "A device of a plan and its job." });
export type PlanJobView = z.output<typeof planJobView>;

export const planPage = page(planView);
export const planJobPage = page(planJobView);

export const planParams = z.object({
  id: z.string().min(1).describe("the id, or six or more digits at its beginning or end that only one plan has"),
});
export const createPlanQuery = z.strictObject({
  dryRun: z
    .enum(["true", "false", "summary"])
    .default("false")
    .describe(
      "`true`: return what the plan would do for each device; `summary`: only what that comes to, for many devices; both change nothing",
    ),
});
export const planJobsQuery = z.strictObject({
  state: word(JOB_STATES)
    .exactOptional()
    .describe(`state of the job: ${JOB_STATES.join(", ")}`),
  after: cursor,
  limit: wholeNumber(1, 1000, 100).describe("rows of a page, 1 to 1000; default 100"),
});

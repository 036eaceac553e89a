/**
 * The one place that classifies a device (console K1–K3). Lists, counts, the API and the CLI use its stored result. Pure: what is
 * known of the device, what the catalog has for it and what governs it come in, a class with its reason and the flags come out.
 */
import { compareVersions } from "../../protocol/index.ts";
import { isSatisfied, type Observation, type OpenTo, positionOf, type Wanted } from "../../catalog/index.ts";
import { DAY } from "../jobs/units.ts";

/** In the order in which a list shows them: who needs something first. */
export const COMPLIANCE_CLASSES = ["waiting-person", "cannot", "unknown", "no-plan", "under-way", "on-target"] as const;
export type ComplianceClass = (typeof COMPLIANCE_CLASSES)[number];

export const COMPLIANCE_FLAGS = ["overdue", "exposed", "silent", "newest", "major-ended", "below-floor"] as const;
export type ComplianceFlag = (typeof COMPLIANCE_FLAGS)[number];

/** Not heard for so many days: flag `silent`, and unknown where a newer release may have come. As long as nobody sets another number. */
export const SILENT_DAYS = 7;
/** Not heard for so long: unknown in any case. */
export const LOST_AFTER = 30 * DAY;

/** What the catalog has for a device. Whoever knows exploited CVEs or ended majors adds it. */
export interface Offer extends OpenTo {
  /** The newest release can't be known by such a list, or has not been looked up yet. */
  readonly doubt?: "catalog-empty" | "catalog-stale" | "not-classified";
  /** Version of the newest release of its major that fixes an exploited CVE, where CVEs are known (targets C8). */
  readonly exploitedFix?: string;
  /** Apple updates its major for other models only (targets T13). */
  readonly majorEnded?: true;
}

/** What a plan has made of a device. */
export type Progress =
  /** Its job: `person` is what only a person can change, as a reason's code. */
  | { readonly kind: "job"; readonly reason: string; readonly over: boolean; readonly person?: string }
  /** The plan refuses it. */
  | { readonly kind: "refused"; readonly reason: string }
  /** The plan has nothing to do with it yet: its ring, a pause, a halt. */
  | { readonly kind: "waits"; readonly reason: string };

/** The plan that governs a device. */
export interface Governing {
  readonly planId: string;
  /** What is open to the device by it; null: that is not known, or is no version. */
  readonly wanted: Wanted | null;
  /** The target is a word: it is only known by a catalog that is not old. */
  readonly word: boolean;
  /** ms UTC */
  readonly deadlineAt: number | null;
  readonly progress: Progress;
  /** The pick is below the floor of the target (targets T5). */
  readonly belowFloor?: true;
  /** Of a standing plan (targets D13). */
  readonly late?: Late;
}

/** When a device is overdue, whether its release is open to it or not. */
export interface Late {
  /** After this moment (ms UTC), while it is below the release; null: never. */
  readonly after: number | null;
  /** The newest release that the plan means for it. */
  readonly below: Wanted;
}

export interface ComplianceInput {
  /** When the device was last heard, or enrolled where it was never heard since (ms UTC). */
  readonly heardAt: number;
  /** The OS that it last reported; null: none. */
  readonly seen: Observation | null;
  /** The newest version that it named is no version. */
  readonly odd?: true;
  /** Apple's list has a name for it: a lookup id. */
  readonly listed: boolean;
  readonly offer: Offer;
  readonly plan: Governing | null;
  /** A person has excluded it until this moment (targets S5; ms UTC), which may have passed. */
  readonly excludedUntil?: number;
  /** The setting of this name, or `SILENT_DAYS`. */
  readonly silentDays: number;
  /** ms UTC */
  readonly now: number;
}

export interface Compliance {
  readonly class: ComplianceClass;
  /** Code; worded in src/words. That of a job or of a refusal where one is the cause. */
  readonly reason: string;
  /** In the order of `COMPLIANCE_FLAGS`. */
  readonly flags: readonly ComplianceFlag[];
}

export function complianceOf(input: ComplianceInput): Compliance {
  return { ...classOf(input), flags: COMPLIANCE_FLAGS.filter((flag) => FLAG_RULES[flag](input)) };
}

type Classed = Pick<Compliance, "class" | "reason">;

/** The first row of console K2 that applies. */
function classOf(input: ComplianceInput): Classed {
  const unknown = whyUnknown(input);
  if (unknown !== undefined) return { class: "unknown", reason: unknown };
  const { plan } = input;
  const excluded = isExcluded(input);
  if (hasWhatIsOpen(input)) return { class: "on-target", reason: plan === null ? "newest-of-major" : "target-reached" };
  if (plan === null || excluded) return { class: "no-plan", reason: excluded ? "excluded" : "nothing-governs" };
  const { progress } = plan;
  if (progress.kind === "refused") return { class: "cannot", reason: progress.reason };
  if (progress.kind === "waits") return { class: "under-way", reason: progress.reason };
  if (progress.person !== undefined) return { class: "waiting-person", reason: progress.person };
  return { class: progress.over ? "cannot" : "under-way", reason: progress.reason };
}

const isExcluded = ({ excludedUntil, now }: ComplianceInput): boolean =>
  excludedUntil !== undefined && now < excludedUntil;

const isSilent = ({ heardAt, silentDays, now }: ComplianceInput): boolean => now - heardAt >= silentDays * DAY;

function whyUnknown(input: ComplianceInput): string | undefined {
  const { heardAt, seen, odd, listed, offer, plan, now } = input;
  if (odd === true) return "version-unreadable";
  if (seen === null) return "facts-unknown";
  if (!listed) return "device-id-unknown";
  if (now - heardAt >= LOST_AFTER) return "not-heard";
  if (isSilent(input) && offer.newest !== undefined && !satisfies(offer.newest, seen)) return "not-heard";
  if (plan !== null && !plan.word) return undefined;
  return offer.doubt ?? (offer.newest === undefined ? "no-release" : undefined);
}

const satisfies = (wanted: Wanted, seen: Observation): boolean => isSatisfied(positionOf(wanted, seen));

/** Without a plan that is the newest release of its major. */
function hasWhatIsOpen({ seen, offer, plan }: ComplianceInput): boolean {
  if (seen === null) return false;
  if (plan !== null) return plan.wanted !== null && satisfies(plan.wanted, seen);
  return isNewest(seen, offer);
}

/**
 * Nothing newer in its major is offered, by a list that has something for its model: one that does not know the model says nothing. Where
 * the list has nothing of its major at all, nothing newer is there.
 */
const isNewest = (seen: Observation, { inMajor, newest, doubt }: Offer): boolean =>
  doubt === undefined && newest !== undefined && (inMajor === undefined || satisfies(inMajor, seen));

const lateOf = ({
  late,
  deadlineAt,
  wanted,
}: Governing): { readonly after: number | null; readonly below: Wanted | null } =>
  late ?? { after: deadlineAt, below: wanted };

const FLAG_RULES: Readonly<Record<ComplianceFlag, (input: ComplianceInput) => boolean>> = {
  overdue(input) {
    const { plan, seen, now } = input;
    if (plan === null || isExcluded(input)) return false;
    const { after, below } = lateOf(plan);
    return after !== null && now > after && !(below !== null && seen !== null && satisfies(below, seen));
  },
  exposed: ({ seen, offer: { exploitedFix } }) =>
    seen !== null && exploitedFix !== undefined && compareVersions(seen.version, exploitedFix) < 0,
  silent: isSilent,
  newest: ({ seen, odd, listed, offer }) => seen !== null && odd !== true && listed && isNewest(seen, offer),
  "major-ended": ({ offer }) => offer.majorEnded === true,
  "below-floor": ({ plan }) => plan?.belowFloor === true,
};

/** A lower bound of when the class or a flag changes though nothing happens (ms UTC); null: never. */
export function changesAt({ heardAt, plan, excludedUntil, silentDays, now }: ComplianceInput): number | null {
  const after = plan === null ? null : lateOf(plan).after;
  const moments = [
    ...[heardAt + silentDays * DAY, heardAt + LOST_AFTER],
    ...(after === null ? [] : [after + 1]),
    ...(excludedUntil === undefined ? [] : [excludedUntil]),
  ];
  const ahead = moments.filter((at) => at > now);
  return ahead.length === 0 ? null : Math.min(...ahead);
}

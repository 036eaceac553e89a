/** What an admin asks of a standing plan, and what the plan keeps of it (targets P1, R3). */
import type { PlanRequest, RingRequest } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import {
  checkRings,
  parseRule,
  plannedFor,
  type PlanSpec,
  printRule,
  type Ring,
  STANDING_DEFAULTS,
  type StandingSpec,
  type StandingTerms,
} from "../../plans/index.ts";
import { specOf } from "./plan-spec.ts";

const invalid = (why: string): UptickError => new UptickError("plan-invalid", why);

/** Fields that only a standing plan has. */
const ONLY_STANDING = ["include", "exclude", "order", "rings", "urgentDays"] as const;

/** Percent: what the gate's figures were worked out for (targets R16). */
const MOST_FAILURES = 20;

/** Throws `plan-invalid` where a once plan has fields of a standing one. */
export function checkOnce(request: PlanRequest): void {
  const given = ONLY_STANDING.find((field) => request[field] !== undefined);
  if (given !== undefined) throw invalid(`${given}: only a standing plan has it; say standing, or leave it out.`);
}

/** `now`: when the plan is made. Throws as `specOf`, `rule-invalid`. */
export function standingSpecOf(request: PlanRequest, defaultZone: string | undefined, now: number): StandingSpec {
  const named = (["devices", "rule", "group"] as const).find((field) => request[field] !== undefined);
  if (named !== undefined)
    throw invalid(`${named}: a standing plan names its devices with include and exclude, by rules.`);
  if (request.action !== "install") throw invalid("action: a standing plan has the action install only.");
  const once = (["replace", "allowPastDeadline", "maxUserDeferrals"] as const).find((field) => request[field]);
  if (once !== undefined) throw invalid(`${once}: a standing plan does not have it.`);
  if ((request.maxFailurePercent ?? 0) > MOST_FAILURES)
    throw invalid(`maxFailurePercent: a standing plan allows ${MOST_FAILURES} at most; its rings would prove nothing.`);
  const spec = specOf(request, defaultZone);
  if (Object.values(spec.targets).some((target) => target.kind === "other-updates"))
    throw invalid("to: a standing plan follows releases; other-updates has none.");
  const standing = termsOf(request, spec, now);
  checkRings(standing.rings, {
    days: standing.days,
    noticeHours: standing.noticeHours,
    deadlineOf(base, due) {
      const rules = { skipWeekdays: standing.skipWeekdays, blackouts: [] };
      const found = plannedFor({ due: { base, days: due, at: standing.at }, clock: UTC, rules });
      return found.kind === "deadline" ? found.local : `${found.to}T${standing.at}`;
    },
  });
  return { ...spec, standing };
}

const UTC = { kind: "known", zone: "UTC" } as const;

function termsOf(request: PlanRequest, _spec: PlanSpec, now: number): StandingTerms {
  const { noticeHours, skipWeekdays, spreadHours, maxFailurePercent, urgentDays, rings } = request;
  const d = STANDING_DEFAULTS;
  return {
    include: canonical(request.include ?? "all"),
    exclude: request.exclude === undefined ? null : canonical(request.exclude),
    ...relative(request.deadline),
    noticeHours: noticeHours ?? d.noticeHours,
    skipWeekdays: [...new Set(skipWeekdays ?? d.skipWeekdays)],
    spreadHours: spreadHours ?? d.spreadHours,
    rings: (rings ?? d.rings).map(ringOf),
    maxFailurePercent: maxFailurePercent ?? d.maxFailurePercent,
    urgentDays: urgentDays ?? d.urgentDays,
    activatedAt: now,
  };
}

const canonical = (text: string): string => printRule(parseRule(text));

function ringOf({ name, who, opens, due, approval }: RingRequest): Ring<string> {
  const rest = { name, opens, due, approval: approval ?? ("gate" as const) };
  if (who === "rest") return { ...rest, who };
  if (typeof who === "string") return { ...rest, who: canonical(who) };
  const { percent, of } = who;
  return { ...rest, who: of === undefined ? { percent } : { percent, of: canonical(of) } };
}

const RELATIVE = /^\+(\d{1,3})d (\d\d:\d\d)$/;

/** "+14d 17:00". Throws `deadline-invalid`. */
export function relative(text: string | undefined): Pick<StandingTerms, "days" | "at"> {
  const [, days, at = ""] = RELATIVE.exec(text?.trim() ?? "") ?? [];
  if (days === undefined || at > "23:59" || Number(at.slice(3)) > 59 || Number(days) > 365)
    throw new UptickError(
      "deadline-invalid",
      `"${(text ?? "").slice(0, 100)}" is no deadline of a standing plan: write the days after a release and a time of day, such as +14d 17:00.`,
    );
  return { days: Number(days), at };
}

/** What an admin asks of a plan, as text, and what the plan keeps of it. */
import { describeTarget, parseTarget } from "../../catalog/index.ts";
import type { PlanRequest } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import { deadlineIn, parseWindow, type PlanSpec, type PlanTarget, WEEKDAYS, zoneNamed } from "../../plans/index.ts";
import { PLATFORMS, type Platform, platformNamed } from "../../protocol/index.ts";

/** The request as a spec. Throws `target-invalid`, `window-invalid`, `deadline-invalid`, `plan-invalid`. */
export function specOf(request: PlanRequest, defaultZone: string | undefined): PlanSpec {
  const named = request.zone ?? defaultZone;
  const zone = zoneNamed(named ?? "UTC");
  if (zone === undefined)
    throw new UptickError(
      "plan-invalid",
      `zone: "${(named ?? "").slice(0, 100)}" is not a time zone; write an IANA name such as Europe/Paris.`,
    );
  if (request.action === "force-restart" && request.allowDataLoss !== true) {
    throw new UptickError(
      "plan-invalid",
      "action: force-restart restarts Macs whether or not work is saved; say --allow-data-loss if that is meant.",
    );
  }
  if (request.action === "install-later" && request.window !== undefined) {
    throw new UptickError(
      "plan-invalid",
      "window: with install-later the Mac and its user choose the moment, so no window can be kept; leave one of the two out.",
    );
  }
  if (request.maxUserDeferrals !== undefined && request.action !== "install-later") {
    throw new UptickError("plan-invalid", "maxUserDeferrals: only install-later lets users put an install off.");
  }
  if (request.deadline !== undefined && request.standing !== true) deadlineIn(request.deadline, zone);
  if (request.detailsUrl !== undefined && !/^https:\/\/[^\s]+$/.test(request.detailsUrl)) {
    throw new UptickError("plan-invalid", `detailsUrl: "${request.detailsUrl.slice(0, 100)}" is no https address.`);
  }
  return {
    targets: parseTargets(request.to),
    action: request.action,
    zone,
    zoneNamed: named !== undefined,
    allowMajor: request.allowMajor ?? false,
    allowUnlisted: request.allowUnlisted ?? false,
    allowPastDeadline: request.allowPastDeadline ?? false,
    allowDataLoss: request.allowDataLoss ?? false,
    replace: request.replace ?? false,
    ...(request.newMajorAfterDays === undefined ? {} : { newMajorAfterDays: request.newMajorAfterDays }),
    ...(request.window === undefined ? {} : { window: parseWindow(request.window) }),
    ...(request.deadline === undefined || request.standing === true ? {} : { deadline: request.deadline }),
    ...(request.standing === true ? {} : { ...daysOf(request), ...failuresOf(request) }),
    ...(request.detailsUrl === undefined ? {} : { detailsUrl: request.detailsUrl }),
    ...(request.maxUserDeferrals === undefined ? {} : { maxUserDeferrals: request.maxUserDeferrals }),
  };
}

const failuresOf = ({ maxFailurePercent }: PlanRequest): Pick<PlanSpec, "maxFailurePercent"> =>
  maxFailurePercent === undefined ? {} : { maxFailurePercent };

/** Hours of notice where a plan uses one of the settings and does not name them (targets P1). */
const NOTICE_HOURS = 24;

/**
 * Who uses one of the settings gets the defaults of the others. A plan that uses none means what it meant before there were any: it
 * promises no notice.
 */
function daysOf({
  noticeHours,
  skipWeekdays,
  spreadHours,
  deadline,
}: PlanRequest): Pick<PlanSpec, "noticeHours" | "skipWeekdays" | "spreadHours"> {
  if (noticeHours === undefined && skipWeekdays === undefined && spreadHours === undefined) return {};
  if (deadline === undefined)
    throw new UptickError("plan-invalid", "noticeHours, skipWeekdays and spreadHours need a deadline; name one.");
  return {
    noticeHours: noticeHours ?? NOTICE_HOURS,
    skipWeekdays: WEEKDAYS.filter((day) => skipWeekdays?.includes(day)),
    spreadHours: spreadHours ?? 0,
  };
}

/** "26.6.2" or "other-updates" for every platform, or "iOS=26.6.1,macOS=26.6.2". */
function parseTargets(text: string): PlanSpec["targets"] {
  if (!text.includes("=")) {
    const target = parsePlanTarget(text);
    return Object.fromEntries(PLATFORMS.map((platform) => [platform, target]));
  }
  const targets: Partial<Record<Platform, PlanTarget>> = {};
  for (const part of text.split(",")) {
    const [name, value, more] = part.split("=").map((piece) => piece.trim());
    const platform = platformNamed(name ?? "");
    if (platform === undefined || value === undefined || more !== undefined) {
      const ipads = name?.toLowerCase() === "ipados" ? " iPads are of the platform iOS; --devices chooses them." : "";
      throw new UptickError(
        "target-invalid",
        `"${part.trim()}" is not PLATFORM=VERSION; platforms are ${PLATFORMS.join(", ")}.${ipads}`,
      );
    }
    if (targets[platform] !== undefined) throw new UptickError("target-invalid", `${platform} is named twice.`);
    targets[platform] = parsePlanTarget(value);
  }
  return targets;
}

const parsePlanTarget = (text: string): PlanTarget =>
  text.trim() === "other-updates" ? { kind: "other-updates" } : parseTarget(text.trim());

const describePlanTarget = (target: PlanTarget): string =>
  target.kind === "other-updates" ? target.kind : describeTarget(target);

/** The targets as an admin writes them. */
export function describeTargets(targets: PlanSpec["targets"]): string {
  const entries = Object.entries(targets).map(([platform, target]) => [platform, describePlanTarget(target)] as const);
  const texts = new Set(entries.map(([, text]) => text));
  if (texts.size === 1 && entries.length === PLATFORMS.length) return [...texts][0] ?? "";
  return entries.map(([platform, text]) => `${platform}=${text}`).join(", ");
}

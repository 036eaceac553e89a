/** What Apple's commands can't do on an OS or for a jump, and in how many steps a device is told. */
import { compareVersions, type InstallAction, type Platform } from "../../protocol/index.ts";
import type { JobTarget } from "../jobs/job.ts";
import type { PlanSpec } from "./spec.ts";

type ActionProblem = "action-not-for-major" | "action-too-new" | "action-not-for-others" | "deferrals-too-new";

/** Source: mdm/commands/system.update.schedule.yaml (UpdatesItem.InstallAction, UpdatesItem.MaxUserDeferrals). */
export function actionProblem(
  action: InstallAction,
  platform: Platform,
  osVersion: string,
  { major, others }: JobTarget,
  spec: Pick<PlanSpec, "maxUserDeferrals">,
): ActionProblem | undefined {
  if (platform !== "macOS") return undefined;
  // Only an install has an end that a list of updates can show.
  if (others === true && action !== "InstallASAP" && action !== "InstallForceRestart") return "action-not-for-others";
  if (major && (action === "InstallForceRestart" || action === "InstallLater")) return "action-not-for-major";
  const since11 = action === "InstallForceRestart" || action === "DownloadOnly";
  if (since11 && compareVersions(osVersion, "11.0") < 0) return "action-too-new";
  // Without the limit the user could put it off without end, which is not what was asked for.
  const limited = action === "InstallLater" && spec.maxUserDeferrals !== undefined;
  return limited && compareVersions(osVersion, "12.0") < 0 ? "deferrals-too-new" : undefined;
}

/**
 * iOS and tvOS install only what is downloaded. A Mac's install action downloads and restarts automatically, whenever the
 * download ends; so where a window or a deadline is announced the download is its own step (possible from macOS 11; before it
 * a Mac is ordered nothing until the window or the deadline).
 */
export function inTwoSteps(
  platform: Platform,
  osVersion: string,
  spec: Pick<PlanSpec, "window" | "deadline">,
  action: InstallAction,
): boolean {
  if (platform !== "macOS") return true;
  if (action === "NotifyOnly") return false;
  if (action === "DownloadOnly") return true;
  const announced = spec.deadline !== undefined || spec.window !== undefined;
  return announced && compareVersions(osVersion, "11.0") >= 0;
}

/** A plan meets a device: a job, a device that is there already, or a refusal that names the rule. Pure; a dry run is this. */
import {
  type Catalog,
  type Choice,
  chooseRelease,
  lookupIdsOf,
  MAJOR_TERMS,
  type Observation,
  type Target,
} from "../../catalog/index.ts";
import { actionProblem, inTwoSteps } from "./action-rules.ts";
import { compliant } from "./compliant.ts";
import { deadlineIn, isAbsolute } from "./deadline.ts";
import type { Decision, Params, PlannedDevice } from "./decision.ts";
import { dueTerms, noDayParams } from "./due.ts";
import { type Mechanism, mechanismFor, type Wanted as MechanismWanted } from "./mechanism.ts";
import { pickParams } from "./pick-params.ts";
import { lossOf, momentFor } from "./replace.ts";
import { goalOf, installActionOf, type PlanSpec } from "./spec.ts";
import { withBuilds } from "../jobs/by-command/listed.ts";
import { type Enforcement, enforcementFor, momentIn, type When } from "../jobs/by-declaration/enforcement.ts";
import type { JobSeed, JobTarget } from "../jobs/job.ts";
import { FURTHEST_AHEAD } from "../jobs/window.ts";
import { zoneNamed } from "../jobs/zone.ts";
import { listNoteOf } from "../list-note.ts";
import type { Platform } from "../../protocol/index.ts";

export function decide(device: PlannedDevice, spec: PlanSpec, catalog: Catalog, now: number): Decision {
  const { enrollmentId } = device;
  const refuse = (reason: string, params: Params = {}): Decision => ({ kind: "refused", enrollmentId, reason, params });
  if (!device.enrolled) return refuse("not-enrolled");
  if (device.oddVersion !== null) return refuse("version-unreadable", { detail: device.oddVersion });
  if (device.platform === null || device.osVersion === null) return refuse("facts-unknown");
  const { platform, osVersion } = device;
  const target = spec.targets[platform];
  if (target === undefined) return refuse("no-target", { platform });
  if (device.busyWith !== null && !spec.replace) return refuse("busy", { plan: device.busyWith });

  if (target.kind === "other-updates" && platform !== "macOS") return refuse("other-updates-mac-only", { platform });

  const choice: Choice | "others" =
    target.kind === "other-updates" ? "others" : choose(device, platform, osVersion, target, spec, catalog, now);
  if (choice !== "others" && choice.kind === "already")
    return compliant(device, target, choice, observed(osVersion, device), { catalog, now });
  // Compliance comes first: a device that is there already needs no mechanism.
  const mechanism = mechanismFor(
    {
      platform,
      osVersion,
      supervised: device.supervised ?? undefined,
      enrollment: device.enrollment,
      accessRights: device.accessRights ?? undefined,
      enforces: device.enforces ?? undefined,
    },
    wantedBy(spec, choice),
  );
  if (mechanism.kind === "none") return refuse(mechanism.reason, { version: osVersion, platform, action: spec.action });
  if (choice !== "others" && choice.kind === "refused")
    return refuse(choice.code, { ...choice.params, from: osVersion });

  if (spec.action === "force-restart" && !spec.allowDataLoss) return refuse("data-loss-not-allowed");
  const action = installActionOf(spec.action, platform);
  const jobTarget: JobTarget =
    choice === "others"
      ? OTHERS
      : withBuilds({ ...choice.wanted, major: choice.major }, mechanism, platform, catalog.releases);
  const illegal =
    mechanism.kind === "declaration"
      ? undefined
      : action === undefined
        ? ("action-not-here" as const)
        : actionProblem(action, platform, osVersion, jobTarget, spec);
  if (action === undefined || illegal !== undefined)
    return refuse(illegal ?? "action-not-here", { action: spec.action, platform });

  const own = device.timeZone === null ? undefined : zoneNamed(device.timeZone);
  const zoneKnown = own !== undefined;
  const byRule = device.ruleZone === undefined ? undefined : zoneNamed(device.ruleZone);
  const zone = own ?? byRule ?? spec.zone;
  const named = !zoneKnown && (byRule !== undefined || spec.zoneNamed === true);
  if (spec.deadline !== undefined && isAbsolute(spec.deadline) && !zoneKnown && !named) return refuse("zone-unknown");
  if (spec.deadline !== undefined && !spec.allowPastDeadline) {
    const judgedIn = zoneKnown || named ? zone : FURTHEST_AHEAD;
    if (deadlineIn(spec.deadline, judgedIn).at <= now)
      return refuse("deadline-past", { zone: zoneKnown ? zone : `${zone}, assumed` });
  }
  const place = {
    zone,
    zoneKnown,
    ...(named ? { zoneNamed: true } : {}),
    ...(spec.window === undefined ? {} : { window: spec.window }),
  };
  const { blackouts = [], slot = 0 } = device;
  const asked = spec.deadline === undefined ? undefined : deadlineIn(spec.deadline, zone);
  const due = dueTerms(asked, spec, { when: place, blackouts, slot }, now);
  if ("kind" in due) return refuse(due.kind, noDayParams(due));
  const { moved: movedDue, ...terms } = due;
  const when = { ...place, ...terms };
  const listed = listNoteOf(jobTarget, { platform, lookupIds: lookupIdsOf({ ...device, platform }) }, catalog, now);
  const seed: JobSeed = {
    enrollmentId,
    platform,
    from: device.buildVersion === null ? { version: osVersion } : { version: osVersion, build: device.buildVersion },
    target: jobTarget,
    goal: goalOf(spec.action),
    action,
    ...(spec.maxUserDeferrals === undefined || action !== "InstallLater"
      ? {}
      : { maxUserDeferrals: spec.maxUserDeferrals }),
    twoSteps: inTwoSteps(platform, osVersion, spec, action),
    ...toldBy(mechanism, jobTarget),
    ...(mechanism.kind === "declaration" ? { enforcement: momentOf(device, spec, when, jobTarget, now) } : {}),
    ...(spec.detailsUrl === undefined ? {} : { detailsUrl: spec.detailsUrl }),
    ...when,
    ...(device.bootstrapToken === null || platform !== "macOS" || action === "DownloadOnly" || action === "NotifyOnly"
      ? {}
      : { bootstrapToken: device.bootstrapToken }),
  };
  const losesDownload = device.held === undefined ? undefined : lossOf(device.held, seed);
  const heldBack = choice === "others" || target.kind === "other-updates" ? {} : pickParams(choice, target.floor);
  return {
    kind: "job",
    enrollmentId,
    job: seed,
    ...(listed === undefined ? {} : { listed }),
    ...(Object.keys(heldBack).length === 0 ? {} : { heldBack }),
    ...(losesDownload === undefined ? {} : { losesDownload }),
    ...(movedDue === undefined ? {} : { movedDue }),
  };
}

function momentOf(
  { held }: PlannedDevice,
  { detailsUrl }: PlanSpec,
  when: Omit<When, "target">,
  target: JobTarget,
  now: number,
): Enforcement {
  const moment = enforcementFor({ ...when, target }, now);
  if (held === undefined) return moment;
  const { enforcement } = held.wish;
  // The device keeps the local time that it was told; which moment that is depends on the zone of this plan.
  const wish = { ...held.wish, enforcement: { ...enforcement, ...momentIn(enforcement.local, when) } };
  const seed = { ...when, target, ...(detailsUrl === undefined ? {} : { detailsUrl }) };
  return momentFor(moment, seed, { ...held, wish }, now);
}

/** What the choice of mechanism must know of a plan. */
function wantedBy(spec: PlanSpec, choice: Choice | "others"): MechanismWanted {
  return {
    action: spec.action,
    others: choice === "others",
    improvement: choice !== "others" && choice.kind === "release" && choice.wanted.supplemental !== undefined,
    now: spec.window === undefined && spec.deadline === undefined,
  };
}

function toldBy(mechanism: Exclude<Mechanism, { kind: "none" }>, target: JobTarget) {
  const { because } = mechanism;
  if (mechanism.kind === "command") {
    return { because, identify: target.others === true ? ("product-key" as const) : mechanism.identify };
  }
  return {
    because,
    mechanism: "declaration" as const,
    // How a command would name it, should the job ever go back to one.
    identify: mechanism.otherwise ?? ("product-version" as const),
    ...(mechanism.reported ? {} : { unreported: true }),
    ...(mechanism.otherwise === undefined ? {} : { otherwise: mechanism.otherwise }),
  };
}

/** A target without a version: what the Mac lists other than versions of its OS. */
const OTHERS: JobTarget = { version: "other-updates", major: false, others: true };

function choose(
  device: PlannedDevice,
  platform: Platform,
  version: string,
  target: Target,
  spec: PlanSpec,
  catalog: Catalog,
  now: number,
): Choice {
  const lookupIds = lookupIdsOf({ ...device, platform });
  return chooseRelease({
    target,
    device: {
      platform,
      ...observed(version, device),
      lookupIds,
      ...(device.blocked === undefined ? {} : { blocked: device.blocked }),
    },
    catalog,
    now,
    allowMajor: spec.allowMajor,
    allowUnlisted: spec.allowUnlisted === true,
    ...(device.open === undefined ? {} : { open: device.open }),
    majors: {
      afterDays: spec.newMajorAfterDays ?? MAJOR_TERMS.afterDays,
      held: spec.heldMajors?.[platform] ?? MAJOR_TERMS.held,
    },
  });
}

function observed(version: string, device: PlannedDevice): Observation {
  return {
    version,
    build: device.buildVersion ?? undefined,
    supplementalBuild: device.supplementalBuild ?? undefined,
    supplementalExtra: device.supplementalExtra ?? undefined,
  };
}

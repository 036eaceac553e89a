/** What a device's answer to one of a job's commands means for the job. An answer that says nothing is `unclear`. */
import {
  type AvailableOSUpdate,
  decodeAvailableOSUpdates,
  decodeDeviceInformation,
  decodeOSUpdateStatus,
  decodeScan,
  decodeUpdateResults,
  type ErrorChainItem,
  hintOf,
  type OSUpdateStatusItem,
  type PlistValue,
  type UpdateResult,
} from "../protocol/index.ts";
import { needsUserOf } from "./authorise.ts";
import { capabilityOf } from "./capability.ts";
import type { Event } from "./event.ts";
import { STATUS_HINDRANCE } from "./hindrance.ts";
import type { Deferrals, Job, Purpose, SeenVersion } from "./job.ts";
import { otherUpdatesIn } from "./other-updates.ts";
import { satisfies } from "./satisfy.ts";

/** An answer as the device gave it. */
export interface Answer {
  readonly status: "Acknowledged" | "Error" | "CommandFormatError" | "NotNow" | { readonly unknown: string };
  readonly body: ReadonlyMap<string, PlistValue>;
  readonly errorChain: readonly ErrorChainItem[];
}

/** The one event that an answer to the job's `purpose` command is. */
export function interpret(job: Job, purpose: Purpose, answer: Answer, now: number): Event {
  if (answer.status === "NotNow") return { kind: "notNow", purpose };
  if (answer.status === "CommandFormatError") return hindered("format-error", "CommandFormatError", answer.errorChain);
  if (answer.status === "Error") return fromError(job, purpose, answer.errorChain);
  if (answer.status !== "Acknowledged") return { kind: "unclear", note: `status ${answer.status.unknown}` };
  if (purpose === "ask") return fromDeviceInformation(job, answer.body, now);
  if (purpose === "status") return fromUpdateStatus(job, decodeOSUpdateStatus(answer.body));
  if (purpose === "scan") {
    return decodeScan(answer.body).scanInitiated === false
      ? hindered("scan-failed", "ScanInitiated false", [])
      : { kind: "scanned" };
  }
  if (purpose === "list") return fromList(job, decodeAvailableOSUpdates(answer.body));
  return fromResults(job, purpose, decodeUpdateResults(answer.body));
}

/** A version seen, from whatever message, as an event of this job. */
export function versionEvent(job: Job, seen: SeenVersion): Event {
  if (satisfies(job.target, seen)) return { kind: "reached", seen };
  const { command } = capabilityOf(job.platform, seen.version);
  if (job.mechanism !== "declaration" && (command === "removed" || command === "never")) {
    return { kind: "impossible", seen, reason: "commands-removed" };
  }
  return { kind: "below", seen };
}

/** OSVersion and its companions out of a DeviceInformation answer; undefined when it names no version. */
export function seenIn(queryResponses: ReadonlyMap<string, PlistValue>, now: number): SeenVersion | undefined {
  const text = (key: string): string | undefined => {
    const value = queryResponses.get(key);
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const version = text("OSVersion");
  if (version === undefined || !/^\d+(\.\d+)*$/.test(version)) return undefined;
  const build = text("BuildVersion");
  const supplementalBuild = text("SupplementalBuildVersion");
  const supplementalExtra = text("SupplementalOSVersionExtra");
  return {
    version,
    at: now,
    ...(build === undefined ? {} : { build }),
    ...(supplementalBuild === undefined ? {} : { supplementalBuild }),
    ...(supplementalExtra === undefined ? {} : { supplementalExtra }),
  };
}

function fromDeviceInformation(job: Job, body: ReadonlyMap<string, PlistValue>, now: number): Event {
  const responses = decodeDeviceInformation(body);
  const seen = seenIn(responses, now);
  if (seen === undefined) return hindered("version-not-told", "no OSVersion in the answer", []);
  const event = versionEvent(job, seen);
  const lastScan = lastScanIn(responses);
  return event.kind === "below" && lastScan !== undefined ? { ...event, lastScan } : event;
}

/** Source: mdm/commands/information.device.yaml (QueryResponses.OSUpdateSettings.PreviousScanDate). */
function lastScanIn(responses: ReadonlyMap<string, PlistValue>): number | undefined {
  const settings = responses.get("OSUpdateSettings");
  const date = settings instanceof Map ? (settings.get("PreviousScanDate") as PlistValue | undefined) : undefined;
  return date instanceof Date && !Number.isNaN(date.getTime()) ? date.getTime() : undefined;
}

function fromUpdateStatus(job: Job, items: readonly OSUpdateStatusItem[] | undefined): Event {
  if (items === undefined) return { kind: "unclear", note: "no OSUpdateStatus in the answer" };
  if (job.target.others === true) return fromStatusOfOthers(job, items);
  const item = ours(job, items);
  if (item === undefined) return nothing(job);
  const told = deferralsOf(item);
  const deferrals = told === undefined ? {} : { deferrals: told };
  if (item.status === "Installing") return { kind: "installing" };
  if (item.status === "Downloading") return { kind: "progress", ...percentOf(item), ...deferrals };
  if (item.isDownloaded === true) return { kind: "downloaded", ...deferrals };
  const event = nothing(job);
  return event.kind === "nothing" && item.status === "Idle" && item.isDownloaded === false
    ? { ...event, purged: true }
    : event;
}

function fromStatusOfOthers(job: Job, items: readonly OSUpdateStatusItem[]): Event {
  const ofJob = items.filter(({ productKey }) => job.others?.some(({ key }) => key === productKey) === true);
  if (ofJob.some(({ status }) => status === "Installing")) return { kind: "installing" };
  if (ofJob.some(({ status }) => status === "Downloading")) {
    const done = ofJob.reduce((sum, { downloadPercentComplete = 0 }) => sum + downloadPercentComplete, 0);
    return { kind: "progress", percent: done / ofJob.length };
  }
  if (ofJob.length > 0 && ofJob.every(({ isDownloaded }) => isDownloaded === true)) return { kind: "downloaded" };
  return { kind: "nothing" };
}

function deferralsOf(item: OSUpdateStatusItem): Deferrals | undefined {
  const { maxDeferrals, deferralsRemaining, nextScheduledInstall, pastNotifications } = item;
  const told: Deferrals = {
    ...(maxDeferrals === undefined ? {} : { max: maxDeferrals }),
    ...(deferralsRemaining === undefined ? {} : { remaining: deferralsRemaining }),
    ...(nextScheduledInstall === undefined ? {} : { nextInstallAt: nextScheduledInstall }),
    ...(pastNotifications === undefined ? {} : { pastNotifications }),
  };
  return Object.keys(told).length === 0 ? undefined : told;
}

/**
 * Before anything was ordered, a Mac must look for updates first, and a device that takes only a ProductKey must list
 * them; after that, nothing is nothing.
 */
function nothing(job: Job): Event {
  const fresh = job.tries.downloads === 0 && job.installs === 0;
  const mustList = job.platform === "macOS" || (job.identify === "product-key" && job.productKey === undefined);
  return mustList && fresh ? { kind: "mustScan" } : { kind: "nothing" };
}

function percentOf(item: OSUpdateStatusItem): { percent?: number } {
  return item.downloadPercentComplete === undefined ? {} : { percent: item.downloadPercentComplete };
}

/** The entry that speaks of the job's update: by product key where one is known, else the first. */
function ours<T extends { readonly productKey?: string }>(job: Job, items: readonly T[]): T | undefined {
  return items.find((item) => job.productKey !== undefined && item.productKey === job.productKey) ?? items[0];
}

function fromList(job: Job, updates: readonly AvailableOSUpdate[] | undefined): Event {
  if (updates === undefined) return { kind: "unclear", note: "no AvailableOSUpdates in the answer" };
  if (job.target.others === true) {
    const { others, deferred, keyless } = otherUpdatesIn(updates);
    if (others.length === 0 && keyless > 0) return { kind: "unclear", note: "an update without ProductKey" };
    return others.length === 0 ? { kind: "noneLeft", deferred } : { kind: "othersListed", others };
  }
  const response = job.target.supplemental !== undefined;
  const match = updates.find(
    (update) =>
      update.version === job.target.version &&
      (update.isSecurityResponse === true) === response &&
      (response ||
        job.target.builds.length === 0 ||
        update.build === undefined ||
        job.target.builds.includes(update.build)),
  );
  if (job.action === "InstallLater" && match?.allowsInstallLater === false) {
    return hindered("later-not-allowed", "AllowsInstallLater false", []);
  }
  const key = match?.productKey;
  // The list is stale until a scan ran, and leaves out what a declaration manages: where a version can be named, it is.
  if (key === undefined && job.identify === "product-key") {
    return { kind: "notListed", offered: updates.map((update) => update.version ?? "?").join(", ") };
  }
  const kind = job.twoSteps ? "listed" : "skipDownload";
  return key === undefined ? { kind } : { kind, productKey: key };
}

function fromResults(job: Job, purpose: "download" | "install", results: readonly UpdateResult[] | undefined): Event {
  const several = job.target.others === true ? results?.filter((result) => !hasFailed(result)) : undefined;
  // Of several updates those that go on say how it stands; the next list says what is left.
  const result = several?.[0] ?? (results === undefined ? undefined : ours(job, results));
  if (result === undefined) return { kind: "unclear", note: "no UpdateResults in the answer" };
  const device = textOf(result.installAction);
  const status = textOf(result.status);
  const took = device === undefined ? {} : { device };
  const code = status === undefined ? undefined : STATUS_HINDRANCE[status];
  if (code !== undefined && status !== undefined) {
    return hindered(explained(job, purpose, code), status, result.errorChain ?? []);
  }
  if (device === "Error") return fromError(job, purpose, result.errorChain ?? []);
  // A Mac that does something else than tell its user has not told anyone.
  const told = device === undefined || device === "NotifyOnly";
  if (purpose === "install" && job.goal === "notified" && told) return { kind: "goalMet" };
  if (status === "Downloading") return { kind: "progress", ...took };
  if (status === "Installing") return { kind: "installing", ...took };
  return { kind: "accepted", status: status ?? "none", ...took };
}

function hasFailed({ installAction, status }: UpdateResult): boolean {
  return textOf(installAction) === "Error" || STATUS_HINDRANCE[textOf(status) ?? ""] !== undefined;
}

/** A failure without a stated reason on a Mac that is known to need its user is that Mac needing its user. */
function explained(job: Job, purpose: Purpose, code: string): string {
  const vague = code === "install-failed" || code === "device-error";
  return (purpose === "install" && vague ? needsUserOf(job) : undefined) ?? code;
}

function fromError(job: Job, purpose: Purpose, errorChain: readonly ErrorChainItem[]): Event {
  const hint = hintOf(errorChain);
  const detail = detailOf(errorChain);
  if (hint === "downloaded") return { kind: "downloaded" };
  if (hint === "download-in-progress") return { kind: "progress" };
  if (hint === "installing") return { kind: "installing" };
  if (hint === "requires-download" && purpose === "install") return { kind: "requiresDownload" };
  if (hint === "no-update") return fromNoUpdate(job, purpose, detail);
  // A status that can't be had must not stop the job.
  if (purpose === "status" && hint !== "unknown-command" && hint !== "unauthorized") {
    return { kind: "unclear", note: detail };
  }
  return hindered(explained(job, purpose, hint ?? "device-error"), detail, errorChain);
}

function fromNoUpdate(job: Job, purpose: Purpose, detail: string): Event {
  switch (purpose) {
    case "download":
    case "install":
      return { kind: "noUpdate", detail };
    case "scan":
      return { kind: "scanned" };
    case "list":
      return fromList(job, []);
    default:
      return { kind: "unclear", note: detail };
  }
}

function hindered(code: string, detail: string, errorChain: readonly ErrorChainItem[]): Event {
  return { kind: "hindered", hindrance: { code, detail, errorChain } };
}

/** The first words of an error chain that an admin can read. */
function detailOf(errorChain: readonly ErrorChainItem[]): string {
  const first = errorChain[0];
  if (first === undefined) return "no reason given";
  const words = first.usEnglishDescription ?? first.localizedDescription ?? "no description";
  return `${words} (${first.domain ?? "?"} ${first.code ?? "?"})`;
}

function textOf(value: string | { readonly unknown: string } | undefined): string | undefined {
  return typeof value === "object" ? value.unknown : value;
}

/** What a device's answer to one of a job's commands means for the job. An answer that says nothing is `unclear`. */
import {
  decodeAvailableOSUpdates,
  decodeDeviceInformation,
  decodeOSUpdateStatus,
  decodeScan,
  decodeUpdateResults,
  type ErrorChainItem,
  hintOf,
  isVersion,
  knownErrorOf,
  type OSUpdateStatusItem,
  type PlistValue,
  type UpdateResult,
} from "../../../protocol/index.ts";
import { needsUserOf } from "../../decisions/authorise.ts";
import { capabilityOf } from "../../decisions/capability.ts";
import type { Event } from "../event.ts";
import { isHindrance, STATUS_HINDRANCE } from "../hindrance.ts";
import type { Deferrals, Job, Purpose, SeenVersion } from "../job.ts";
import { fromList } from "./listed.ts";
import { oddVersion } from "../odd-version.ts";
import { satisfies } from "../satisfy.ts";

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
  if (version === undefined || !isVersion(version)) return undefined;
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
  if (seen === undefined) {
    const odd = oddVersion(responses.get("OSVersion"));
    return odd === undefined
      ? hindered("version-not-told", "no OSVersion in the answer", [])
      : hindered("version-unreadable", odd, []);
  }
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
  // Several of which none is known as the job's: the list names the key.
  if (item === undefined) return items.length > 1 && job.productKey === undefined ? mustList(job) : nothing(job);
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
export function nothing(job: Job): Event {
  const fresh = job.tries.downloads === 0 && job.installs === 0;
  const lists = job.platform === "macOS" || (job.identify === "product-key" && job.productKey === undefined);
  return lists && fresh ? { kind: "mustScan" } : { kind: "nothing" };
}

function percentOf(item: OSUpdateStatusItem): { percent?: number } {
  return item.downloadPercentComplete === undefined ? {} : { percent: item.downloadPercentComplete };
}

/**
 * The entry that speaks of the job's update, by its product key: an entry names no version, and a Mac's may be of another
 * product. iOS and tvOS have nothing but their OS, so where the key is not known, an only entry is the job's there.
 */
function ours<T extends { readonly productKey?: string }>(job: Job, items: readonly T[]): T | undefined {
  if (job.productKey !== undefined) return items.find((item) => item.productKey === job.productKey);
  return job.platform !== "macOS" && items.length === 1 ? items[0] : undefined;
}

/** The same in the answer to an order: where that has one result only, it is what was ordered. */
function oursIn(job: Job, results: readonly UpdateResult[]): UpdateResult | undefined {
  return ours(job, results) ?? (job.productKey === undefined && results.length === 1 ? results[0] : undefined);
}

/** The list tells the key of the job's update, once: after that, an entry without it is another product's. */
function mustList(job: Job): Event {
  return job.tries.scans === 0 ? { kind: "mustScan" } : nothing(job);
}

function fromResults(job: Job, purpose: "download" | "install", results: readonly UpdateResult[] | undefined): Event {
  const several = job.target.others === true ? results?.filter((result) => !hasFailed(result)) : undefined;
  // Of several updates those that continue say how it stands; the next list says what is left.
  const result = several?.[0] ?? (results === undefined ? undefined : oursIn(job, results));
  if (result === undefined) {
    const others = results !== undefined && results.length > 0;
    return {
      kind: "unclear",
      note: others ? "UpdateResults of other products only" : "no UpdateResults in the answer",
    };
  }
  const device = textOf(result.installAction);
  const status = textOf(result.status);
  const took = {
    ...(device === undefined ? {} : { device }),
    ...(job.target.others === true || result.productKey === undefined ? {} : { productKey: result.productKey }),
  };
  const code = status === undefined ? undefined : STATUS_HINDRANCE[status];
  if (code !== undefined && status !== undefined) {
    const chain = result.errorChain ?? [];
    // The chain may tell what the status does not: that a passcode is needed, that a declaration is in place.
    const hint = VAGUE.has(code) ? hintOf(chain) : undefined;
    const cause = hint === undefined || !isHindrance(hint) ? code : hint;
    return hindered(
      explained(job, purpose, cause),
      chain.length === 0 ? status : `${status}: ${detailOf(chain)}`,
      chain,
    );
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

/** Statuses that say only that it failed. */
const VAGUE: ReadonlySet<string> = new Set(["install-failed", "download-failed"]);

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
  if (purpose === "status" && (hint === undefined || !STOPS_ASKING.has(hint))) {
    return { kind: "unclear", note: detail };
  }
  return hindered(explained(job, purpose, hint ?? "device-error"), detail, errorChain);
}

/** Errors after which asking again tells nothing: the device says so of every request of this kind. */
const STOPS_ASKING: ReadonlySet<string> = new Set([
  "unknown-command",
  "unauthorized",
  "declaration-in-place",
  "return-to-service",
  "refused-for-good",
]);

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

/** The words of an error chain that tell most: those of a code we know, else the first with a description. */
function detailOf(errorChain: readonly ErrorChainItem[]): string {
  const known = errorChain.find((item) => knownErrorOf([item]) !== undefined);
  const wordsOf = (item: ErrorChainItem) => item.usEnglishDescription ?? item.localizedDescription;
  const shown = known ?? errorChain.find((item) => wordsOf(item) !== undefined) ?? errorChain[0];
  if (shown === undefined) return "no reason given";
  return `${wordsOf(shown) ?? "no description"} (${shown.domain ?? "?"} ${shown.code ?? "?"})`;
}

function textOf(value: string | { readonly unknown: string } | undefined): string | undefined {
  return typeof value === "object" ? value.unknown : value;
}

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
import { mechanismFor } from "./capability.ts";
import type { Event } from "./event.ts";
import { STATUS_HINDRANCE } from "./hindrance.ts";
import type { Job, Purpose, SeenVersion } from "./job.ts";
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
  if (answer.status === "Error") return fromError(purpose, answer.errorChain);
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
  const mechanism = mechanismFor({
    platform: job.platform,
    osVersion: seen.version,
    supervised: true,
    enrollment: "device",
    accessRights: undefined,
  });
  if (mechanism.kind === "none") return { kind: "impossible", seen, reason: mechanism.reason };
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
  const seen = seenIn(decodeDeviceInformation(body), now);
  return seen === undefined ? hindered("version-not-told", "no OSVersion in the answer", []) : versionEvent(job, seen);
}

function fromUpdateStatus(job: Job, items: readonly OSUpdateStatusItem[] | undefined): Event {
  if (items === undefined) return { kind: "unclear", note: "no OSUpdateStatus in the answer" };
  const item = ours(job, items);
  if (item === undefined) return nothing(job);
  const deferrals = item.deferralsRemaining === undefined ? {} : { deferralsRemaining: item.deferralsRemaining };
  if (item.status === "Installing") return { kind: "installing" };
  if (item.status === "Downloading") return { kind: "progress", ...percentOf(item), ...deferrals };
  if (item.isDownloaded === true) return { kind: "downloaded", ...deferrals };
  return nothing(job);
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
  const match = updates.find(
    (update) =>
      update.version === job.target.version &&
      update.isSecurityResponse !== true &&
      (job.target.builds.length === 0 || update.build === undefined || job.target.builds.includes(update.build)),
  );
  const key = match?.productKey;
  // The list is stale until a scan ran, and leaves out what a declaration manages: where a version can be named, it is.
  if (key === undefined && job.identify === "product-key") {
    return { kind: "notListed", offered: updates.map((update) => update.version ?? "?").join(", ") };
  }
  const kind = job.twoSteps ? "listed" : "skipDownload";
  return key === undefined ? { kind } : { kind, productKey: key };
}

function fromResults(job: Job, purpose: "download" | "install", results: readonly UpdateResult[] | undefined): Event {
  const result = results === undefined ? undefined : ours(job, results);
  if (result === undefined) return { kind: "unclear", note: "no UpdateResults in the answer" };
  const device = textOf(result.installAction);
  const status = textOf(result.status);
  const took = device === undefined ? {} : { device };
  const code = status === undefined ? undefined : STATUS_HINDRANCE[status];
  if (code !== undefined && status !== undefined) return hindered(code, status, result.errorChain ?? []);
  if (device === "Error") return fromError(purpose, result.errorChain ?? []);
  if (purpose === "install" && job.goal === "notified") return { kind: "goalMet" };
  if (status === "Downloading") return { kind: "progress", ...took };
  if (status === "Installing") return { kind: "installing", ...took };
  return { kind: "accepted", status: status ?? "none", ...took };
}

function fromError(purpose: Purpose, errorChain: readonly ErrorChainItem[]): Event {
  const hint = hintOf(errorChain);
  const detail = detailOf(errorChain);
  if (hint === "downloaded") return { kind: "downloaded" };
  if (hint === "download-in-progress") return { kind: "progress" };
  if (hint === "installing") return { kind: "installing" };
  if (hint === "requires-download" && purpose === "install") return { kind: "requiresDownload" };
  // "No update" may mean that it is installed already, and a status that can't be had must not stop the job.
  if (hint === "no-update" || (purpose === "status" && hint !== "unknown-command" && hint !== "unauthorized")) {
    return { kind: "unclear", note: detail };
  }
  return hindered(hint ?? "device-error", detail, errorChain);
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

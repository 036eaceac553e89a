/** What an answer to OSUpdateStatus means for a job. */
import type { Event } from "../event.ts";
import type { Deferrals, Job } from "../job.ts";
import type { OSUpdateStatusItem } from "../../../protocol/index.ts";

export function fromUpdateStatus(job: Job, items: readonly OSUpdateStatusItem[] | undefined): Event {
  if (items === undefined) return { kind: "unclear", note: "no OSUpdateStatus in the answer" };
  if (job.target.others === true) return fromStatusOfOthers(job, items);
  const item = ours(job, items);
  // Several of which none is known as the job's: the list names the key.
  if (item === undefined) return items.length > 1 && job.known.productKey === undefined ? mustList(job) : nothing(job);
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
  const ofJob = items.filter(({ productKey }) => job.known.others?.some(({ key }) => key === productKey) === true);
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
  const fresh = job.tries.downloads === 0 && job.orders.installs === 0;
  const lists = job.platform === "macOS" || (job.identify === "product-key" && job.known.productKey === undefined);
  return lists && fresh ? { kind: "mustScan" } : { kind: "nothing" };
}

function percentOf(item: OSUpdateStatusItem): { percent?: number } {
  return item.downloadPercentComplete === undefined ? {} : { percent: item.downloadPercentComplete };
}

/**
 * The entry that speaks of the job's update, by its product key: an entry names no version, and a Mac's may be of another
 * product. iOS and tvOS have nothing but their OS, so where the key is not known, an only entry is the job's there.
 */
export function ours<T extends { readonly productKey?: string }>(job: Job, items: readonly T[]): T | undefined {
  if (job.known.productKey !== undefined) return items.find((item) => item.productKey === job.known.productKey);
  return job.platform !== "macOS" && items.length === 1 ? items[0] : undefined;
}

/** The list tells the key of the job's update, once: after that, an entry without it is another product's. */
function mustList(job: Job): Event {
  return job.tries.scans === 0 ? { kind: "mustScan" } : nothing(job);
}

/** The command that carries out a job's step. What Apple forbids on the device is checked again before it is sent. */
import {
  type Command,
  type CommandTarget,
  deviceInformationQueries,
  type UpdateRequest,
} from "../../../protocol/index.ts";
import type { Job, Purpose } from "../job.ts";

/** `target`: the device as it is known now. */
export function commandFor(job: Job, purpose: Purpose, target: CommandTarget): Command {
  switch (purpose) {
    case "ask":
      return { requestType: "DeviceInformation", queries: deviceInformationQueries(target) };
    case "status":
      return { requestType: "OSUpdateStatus" };
    case "scan":
      // Without force the Mac scans when it likes, which may be in days.
      return { requestType: "ScheduleOSUpdateScan", force: true };
    case "list":
      return { requestType: "AvailableOSUpdates" };
    case "download":
      return { requestType: "ScheduleOSUpdate", updates: updatesOf(job, { installAction: "DownloadOnly" }) };
    case "install": {
      const deferrals = job.maxUserDeferrals === undefined ? {} : { maxUserDeferrals: job.maxUserDeferrals };
      return { requestType: "ScheduleOSUpdate", updates: updatesOf(job, { installAction: job.action, ...deferrals }) };
    }
  }
}

/** One item; for what is no version, one for each update that the newest list has. */
function updatesOf(job: Job, terms: Omit<UpdateRequest, "productKey" | "productVersion">): readonly UpdateRequest[] {
  if (job.target.others !== true) return [{ ...named(job), ...terms }];
  return (job.known.others ?? []).map(({ key }) => ({ productKey: key, ...terms }));
}

/** Exactly one of ProductKey and ProductVersion: which one wins when both are sent is not documented. */
function named(job: Job): Pick<UpdateRequest, "productKey" | "productVersion"> {
  if (job.identify === "product-version") return { productVersion: job.target.version };
  return job.known.productKey === undefined ? {} : { productKey: job.known.productKey };
}

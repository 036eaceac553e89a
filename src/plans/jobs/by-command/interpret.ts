/** What a device's answer to one of a job's commands means for the job. An answer that says nothing is `unclear`. */
import { fromList } from "./listed.ts";
import { fromError, fromResults } from "./results.ts";
import { fromUpdateStatus } from "./update-status.ts";
import type { Event } from "../event.ts";
import { hindered } from "../blocker.ts";
import type { Job, Purpose } from "../job.ts";
import { oddVersion } from "../odd-version.ts";
import { seenIn, versionEvent } from "../sighting.ts";
import {
  decodeAvailableOSUpdates,
  decodeDeviceInformation,
  decodeOSUpdateStatus,
  decodeScan,
  decodeUpdateResults,
  type ErrorChainItem,
  type PlistValue,
} from "../../../protocol/index.ts";

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

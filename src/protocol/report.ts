/** What a device says on the connect endpoint: Idle, or the answer to a command. */
import { UptickError } from "../errors/index.ts";
import { type DeviceIdentity, readIdentity } from "./device-identity.ts";
import { decodeErrorChain, type ErrorChainItem } from "./error-codes.ts";
import { DictReader } from "./plist/dict-reader.ts";
import { parsePlist } from "./plist/parse.ts";
import type { PlistLimits } from "./plist/parse-xml.ts";
import { isDict, type PlistDict } from "./plist/value.ts";
import { redactMessage } from "./redact.ts";

/** Source: developer.apple.com, "Sending MDM commands to a device". */
export const REPORT_STATUSES = ["Idle", "Acknowledged", "Error", "NotNow", "CommandFormatError"] as const;
export type KnownReportStatus = (typeof REPORT_STATUSES)[number];
/** A status we don't know is kept as sent. */
export type ReportStatus = KnownReportStatus | { readonly unknown: string };

/**
 * One report of a device.
 * Looser than the documentation: all but the identity and Status may be absent or of another type; `body` keeps it as sent.
 */
export interface Report {
  readonly who: DeviceIdentity;
  readonly status: ReportStatus;
  /** Absent for Idle. */
  readonly commandUuid?: string;
  readonly errorChain: readonly ErrorChainItem[];
  /** The whole dictionary: the command's own answer keys stand at its top level. */
  readonly body: PlistDict;
  /** The bytes as received. They may hold secrets: use them, don't keep them. */
  readonly raw: Uint8Array;
  /** The same without secrets, for keeping; equals `raw` byte for byte where there were none. XML where `raw` is binary. */
  readonly redacted: Uint8Array;
}

/** Lists of everything on a device (apps, profiles, certificates) are the largest answers there are: some MB. */
export const REPORT_LIMITS = { maxBytes: 8 * 1024 * 1024, maxNodes: 262_144 } as const satisfies PlistLimits;

/**
 * Reads a report.
 * @throws UptickError `plist-invalid`, `plist-too-large`, or `message-invalid` when identity or Status is missing or no text
 */
export function decodeReport(bytes: Uint8Array): Report {
  const body = parsePlist(bytes, REPORT_LIMITS);
  if (!isDict(body)) throw new UptickError("message-invalid", "A report is not a dictionary.");
  const read = new DictReader(body, "report");
  const who = readIdentity(body, "report");
  const status = read.required("string", "Status");
  const commandUuid = read.lenient("string", "CommandUUID");
  return {
    who,
    status: isKnown(status) ? status : { unknown: status },
    ...(commandUuid === undefined || commandUuid === "" ? {} : { commandUuid }),
    errorChain: decodeErrorChain(body.get("ErrorChain")),
    body,
    raw: bytes,
    redacted: redactMessage(bytes, body),
  };
}

function isKnown(status: string): status is KnownReportStatus {
  return (REPORT_STATUSES as readonly string[]).includes(status);
}

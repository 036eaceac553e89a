/** A device's status report, as it comes in. */
import type { Json } from "../facts.ts";
import { cutSecrets } from "./cut-secrets.ts";
import {
  isJsonArray,
  isJsonObject,
  type JsonLimits,
  type JsonObject,
  type JsonProblem,
  own,
  parseJson,
} from "./json.ts";

/** Why something is as it is. Sources: declarative/protocol/statusreport.yaml (Code …), declarative/status/statusreason.yaml (code …). */
export interface StatusReason {
  /** e.g. "Error.ConfigurationCannotBeApplied"; see `reasonClass`. */
  readonly code: string;
  readonly description?: string;
  readonly details?: JsonObject;
}

/** A status item that the device could not report. */
export interface StatusError {
  readonly statusItem: string;
  readonly reasons: readonly StatusReason[];
}

/** Source: declarative/protocol/statusreport.yaml. */
export interface StatusReport {
  /** Everything there is to say, to replace what was stored; otherwise only what changed. */
  readonly fullReport: boolean;
  /** StatusItems as sent, nested by the dots of their names, secrets cut out. */
  readonly items: JsonObject;
  readonly errors: readonly StatusError[];
  /** Paths of what was cut out: secrets, which no one may keep. */
  readonly cut: readonly string[];
  /** Paths of what has another type than Apple's and was left out. */
  readonly odd: readonly string[];
}

export interface StatusProblem {
  readonly problem: JsonProblem | "wrong-type";
  /** A sentence. */
  readonly text: string;
}

/** A check-in message holds no more than 1 MiB; Apple's items nest about eight deep. */
export const STATUS_LIMITS: JsonLimits = { bytes: 1_048_576, depth: 32 };

/** Names beyond that are not told one by one. */
const MOST_NAMED = 50;
const LONGEST_NAME = 200;

/**
 * Reads the Data of a `status` check-in. Never throws. Looser than the schema: Errors may be missing, and what of it or of
 * FullReport has another type is left out and named, since the items beside it are still worth having.
 */
export function readStatusReport(bytes: Uint8Array, limits: JsonLimits = STATUS_LIMITS): StatusReport | StatusProblem {
  const parsed = parseJson(bytes, limits);
  if ("problem" in parsed) return { problem: parsed.problem, text: sentence(parsed.problem, bytes.length, limits) };
  const { value, paths } = cutSecrets(parsed.value);
  if (!isJsonObject(value)) return wrongType("A status report is not an object.");
  const items = own(value, "StatusItems");
  if (!isJsonObject(items)) {
    return wrongType(`StatusItems of a status report ${items === undefined ? "is missing" : "is not an object"}.`);
  }
  const odd: string[] = [];
  const full = own(value, "FullReport");
  if (full !== undefined && typeof full !== "boolean") odd.push("FullReport");
  const errors = readErrors(own(value, "Errors"), odd);
  return { fullReport: full === true, items, errors, cut: named(paths), odd: named(odd) };
}

/** Names of a stranger's, few and short enough to be kept. */
export function named(names: Iterable<string>): string[] {
  return Array.from(new Set(names), shortName).slice(0, MOST_NAMED);
}

export function shortName(name: string): string {
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name;
}

function readErrors(value: Json | undefined, odd: string[]): StatusError[] {
  if (value === undefined) return [];
  if (!isJsonArray(value)) {
    odd.push("Errors");
    return [];
  }
  return value.flatMap((entry, i) => {
    const at = `Errors[${i}]`;
    const statusItem = isJsonObject(entry) ? own(entry, "StatusItem") : undefined;
    if (!isJsonObject(entry) || typeof statusItem !== "string") {
      odd.push(at);
      return [];
    }
    return [{ statusItem, reasons: readReasons(own(entry, "Reasons"), CAPITAL, `${at}.Reasons`, odd) }];
  });
}

export interface ReasonKeys {
  readonly code: string;
  readonly description: string;
  readonly details: string;
}
/** In Errors of a report. */
const CAPITAL: ReasonKeys = { code: "Code", description: "Description", details: "Details" };
/** In management.declarations. */
export const LOWER: ReasonKeys = { code: "code", description: "description", details: "details" };

/** Reasons as far as they are right; the rest is named in `odd`. */
export function readReasons(value: Json | undefined, keys: ReasonKeys, path: string, odd: string[]): StatusReason[] {
  if (value === undefined) return [];
  if (!isJsonArray(value)) {
    odd.push(path);
    return [];
  }
  return value.flatMap((entry, i) => {
    const at = `${path}[${i}]`;
    const code = isJsonObject(entry) ? own(entry, keys.code) : undefined;
    if (!isJsonObject(entry) || typeof code !== "string") {
      odd.push(at);
      return [];
    }
    const description = own(entry, keys.description);
    const details = own(entry, keys.details);
    if (description !== undefined && typeof description !== "string") odd.push(`${at}.${keys.description}`);
    if (details !== undefined && !isJsonObject(details)) odd.push(`${at}.${keys.details}`);
    return [
      {
        code,
        ...(typeof description === "string" && { description }),
        ...(isJsonObject(details) && { details }),
      },
    ];
  });
}

function wrongType(text: string): StatusProblem {
  return { problem: "wrong-type", text };
}

function sentence(problem: JsonProblem, size: number, limits: JsonLimits): string {
  switch (problem) {
    case "too-large":
      return `A status report of ${size} bytes is larger than ${limits.bytes}.`;
    case "too-deep":
      return `A status report nests deeper than ${limits.depth} levels.`;
    case "not-utf-8":
      return "A status report is not UTF-8.";
    case "not-json":
      return `A status report of ${size} bytes is not JSON.`;
  }
}

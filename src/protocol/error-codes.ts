/**
 * What a device gives as the reason of an error. Apple says the codes may change, so they only ever explain: nothing is
 * decided by a code alone.
 */
import { type Json, jsonOf } from "./facts.ts";
import { DictReader } from "./plist/dict-reader.ts";
import { isArray, isDict, type PlistValue } from "./plist/value.ts";

/**
 * One item of an ErrorChain: the first is the error, those after it its causes.
 * Source: the ErrorChain of a command's answer; inside results, mdm/commands/system.update.schedule.yaml (UpdateResults.ErrorChain).
 * Looser: every key may be absent, and an item that is no dictionary is kept in `malformed`.
 */
export interface ErrorChainItem {
  readonly code?: number;
  readonly domain?: string;
  readonly localizedDescription?: string;
  readonly usEnglishDescription?: string;
  readonly malformed?: Json;
}

/** What an error code tells about an update, as far as it tells anything. */
export type ErrorHint =
  | "no-update"
  | "download-in-progress"
  | "downloaded"
  | "requires-computer"
  | "insufficient-space"
  | "insufficient-power"
  | "insufficient-network"
  | "download-failed"
  | "installing"
  | "requires-download"
  | "install-failed"
  | "logged-in-user"
  | "passcode"
  | "user-rejected"
  | "unauthorized"
  | "unknown-command"
  | "scan-failed";

export interface ErrorCodeEntry {
  readonly code: number;
  /** What it means, in words for an admin. */
  readonly words: string;
  readonly hint: ErrorHint;
}

/** The error domain these codes belong to; the same number in another domain means something else. */
export const UPDATE_ERROR_DOMAIN = "MCMDMErrorDomain";

/** Codes that concern updates. Source: Apple's archived MDM Protocol Reference, MCMDMErrorDomain. */
export const UPDATE_ERROR_CODES: readonly ErrorCodeEntry[] = [
  { code: 12020, words: "the device does not let this server do that", hint: "unauthorized" },
  { code: 12021, words: "the device does not know the command", hint: "unknown-command" },
  { code: 12048, words: "the device finds no update to install", hint: "no-update" },
  { code: 12049, words: "the device's passcode has to be removed first", hint: "passcode" },
  { code: 12050, words: "looking for updates failed", hint: "scan-failed" },
  { code: 12051, words: "the update is being downloaded already", hint: "download-in-progress" },
  { code: 12052, words: "the update is downloaded already", hint: "downloaded" },
  { code: 12053, words: "the update can only be downloaded through a computer", hint: "requires-computer" },
  { code: 12054, words: "there is too little space to download the update", hint: "insufficient-space" },
  { code: 12055, words: "there is too little power to download the update", hint: "insufficient-power" },
  { code: 12056, words: "the network is not good enough to download the update", hint: "insufficient-network" },
  { code: 12057, words: "the download failed", hint: "download-failed" },
  { code: 12058, words: "the update is being installed already", hint: "installing" },
  { code: 12059, words: "the update has to be downloaded before it can be installed", hint: "requires-download" },
  { code: 12060, words: "there is too little space to install the update", hint: "insufficient-space" },
  { code: 12061, words: "there is too little power to install the update", hint: "insufficient-power" },
  { code: 12062, words: "the installation failed", hint: "install-failed" },
  { code: 12063, words: "the user refused", hint: "user-rejected" },
  { code: 12077, words: "a user is logged in, and the update needs everyone logged out", hint: "logged-in-user" },
  { code: 12081, words: "the device is not tethered to a network", hint: "insufficient-network" },
];

const byCode: ReadonlyMap<number, ErrorCodeEntry> = new Map(UPDATE_ERROR_CODES.map((entry) => [entry.code, entry]));

/** The first item of the chain whose code we know, or undefined. */
export function knownErrorOf(chain: readonly ErrorChainItem[]): ErrorCodeEntry | undefined {
  for (const item of chain) {
    const entry = item.domain === UPDATE_ERROR_DOMAIN && item.code !== undefined ? byCode.get(item.code) : undefined;
    if (entry !== undefined) return entry;
  }
  return undefined;
}

/** What the chain hints at, or undefined when it holds no code we know. */
export function hintOf(chain: readonly ErrorChainItem[]): ErrorHint | undefined {
  return knownErrorOf(chain)?.hint;
}

/** Reads an ErrorChain; absent gives an empty chain, and nothing a device can write there throws. */
export function decodeErrorChain(value: PlistValue | undefined): ErrorChainItem[] {
  if (value === undefined) return [];
  return (isArray(value) ? value : [value]).map(decodeItem);
}

function decodeItem(value: PlistValue): ErrorChainItem {
  if (!isDict(value)) return { malformed: jsonOf(value) };
  const read = new DictReader(value, "ErrorChain");
  const code = read.lenient("real", "ErrorCode");
  const domain = read.lenient("string", "ErrorDomain");
  const localized = read.lenient("string", "LocalizedDescription");
  const english = read.lenient("string", "USEnglishDescription");
  const item = {
    ...(code === undefined ? {} : { code }),
    ...(domain === undefined ? {} : { domain }),
    ...(localized === undefined ? {} : { localizedDescription: localized }),
    ...(english === undefined ? {} : { usEnglishDescription: english }),
  };
  return Object.keys(item).length === 0 ? { malformed: jsonOf(value) } : item;
}

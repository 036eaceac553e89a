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
  | "scan-failed"
  | "declaration-in-place"
  | "declaration-invalid"
  | "return-to-service"
  | "update-service-away"
  | "refused-for-good";

export interface ErrorCodeEntry {
  readonly code: number;
  /** What it means, in words for an admin. */
  readonly words: string;
  readonly hint: ErrorHint;
}

/** Codes that concern updates, by domain: the same number in another domain means something else. */
export const UPDATE_ERROR_CODES: Readonly<Record<string, readonly ErrorCodeEntry[]>> = {
  // Source: Apple's archived MDM Protocol Reference.
  MCMDMErrorDomain: [
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
  ],
  // Seen in answers of devices; Apple does not document the domain or its codes.
  "DeviceManagement.error": [{ code: 2213, words: "the device finds no update to install", hint: "no-update" }],
  // iOS' update service, where a declaration stands in the way of commands.
  "com.apple.softwareupdateservices.errors": [
    { code: 74, words: "the device refuses the update for good", hint: "refused-for-good" },
    { code: 102, words: "the device has no such declaration", hint: "declaration-in-place" },
    { code: 103, words: "a declaration on the device manages the update", hint: "declaration-in-place" },
    { code: 106, words: "the device is in Return to Service with app preservation", hint: "return-to-service" },
  ],
  // The check of a declaration, on every platform.
  SUCoreError: [
    { code: 9100, words: "the device refuses what the declaration says", hint: "declaration-invalid" },
    { code: 9101, words: "the device's update service was not there", hint: "update-service-away" },
    { code: 9102, words: "the device could not schedule the update", hint: "update-service-away" },
    { code: 9103, words: "the device could not show the declaration to its user", hint: "update-service-away" },
  ],
};

const byDomain: ReadonlyMap<string, ReadonlyMap<number, ErrorCodeEntry>> = new Map(
  Object.entries(UPDATE_ERROR_CODES).map(([domain, entries]) => [
    domain,
    new Map(entries.map((entry) => [entry.code, entry])),
  ]),
);

/** The first item of the whole chain whose code we know in its domain, or undefined: the telling item need not come first. */
export function knownErrorOf(chain: readonly ErrorChainItem[]): ErrorCodeEntry | undefined {
  for (const { domain, code } of chain) {
    const entry = domain === undefined || code === undefined ? undefined : codesOf(domain)?.get(code);
    if (entry !== undefined) return entry;
  }
  return undefined;
}

/** Some frameworks write "DeviceManagement.error" with "com.apple." before it. */
const codesOf = (domain: string): ReadonlyMap<number, ErrorCodeEntry> | undefined =>
  byDomain.get(domain) ?? byDomain.get(domain.replace(/^com\.apple\./, ""));

/** What the chain hints at, or undefined when it holds no code we know. */
export function hintOf(chain: readonly ErrorChainItem[]): ErrorHint | undefined {
  return knownErrorOf(chain)?.hint;
}

/** What is read of a chain: it goes into jobs and lists, and a device decides how long it is. */
const MOST_ITEMS = 16;
const MOST_CHARACTERS = 1000;

/** Reads an ErrorChain, its first items; absent gives an empty chain, and nothing a device can write there throws. */
export function decodeErrorChain(value: PlistValue | undefined): ErrorChainItem[] {
  if (value === undefined) return [];
  return (isArray(value) ? value : [value]).slice(0, MOST_ITEMS).map(decodeItem);
}

const text = (read: DictReader, key: string): string | undefined =>
  read.lenient("string", key)?.slice(0, MOST_CHARACTERS);

function decodeItem(value: PlistValue): ErrorChainItem {
  if (!isDict(value)) return { malformed: jsonOf(value) };
  const read = new DictReader(value, "ErrorChain");
  const code = read.lenient("real", "ErrorCode");
  const domain = text(read, "ErrorDomain");
  const localized = text(read, "LocalizedDescription");
  const english = text(read, "USEnglishDescription");
  const item = {
    ...(code === undefined ? {} : { code }),
    ...(domain === undefined ? {} : { domain }),
    ...(localized === undefined ? {} : { localizedDescription: localized }),
    ...(english === undefined ? {} : { usEnglishDescription: english }),
  };
  return Object.keys(item).length === 0 ? { malformed: jsonOf(value) } : item;
}

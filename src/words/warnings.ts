/** Warnings in words: what ends soon, has ended, or waits for an admin, and what the admin does about it. */
import { dayOf, listText } from "./day.ts";
import { type AffectedDevices, DEVICE_WARNING_WORDS, type DeviceWarningParams } from "./device-warnings.ts";
import { type FailedFeeds, failedFeedsText } from "./cve-feeds.ts";
import { type FailingFetch, failingText, fetchFailureWords } from "./fetches.ts";
import { utc } from "./local-time.ts";

/** When something ends, ms UTC, and whether it has. */
interface End {
  readonly at: number;
  readonly ended: boolean;
}

/** What the words of each warning are filled with. Times are ms UTC. */
export interface WarningParams extends DeviceWarningParams {
  "push-certificate-ends": End & { readonly topic: string };
  "tls-certificate-ends": End & { readonly subject: string };
  /** `host` of public-url; `names` that the certificate is for, "" where it has none. */
  "tls-certificate-other-host": { readonly host: string; readonly names: string };
  "authority-ends": End;
  "profile-signer-ends": End & { readonly subject: string };
  /** What the system clock says, how far that is ahead of what is believed, and when it will be believed. */
  "clock-suspect": { readonly system: number; readonly ahead: number; readonly until: number };
  /** Who halted all plans, when and why; `devices` that wait for the end of it. */
  "plans-halted": { readonly by: string; readonly since: number; readonly reason: string; readonly devices: number };
  /** `failing`: the server tries to fetch a list, and fails. */
  "catalog-empty": { readonly failing: FailingFetch | null };
  /** `oldAfter`: days; `refuses`: plans that ask for the newest release are refused. */
  "catalog-old": {
    readonly listDate: string;
    readonly listDays: number;
    readonly oldAfter: number;
    readonly refuses: boolean;
    readonly failing: FailingFetch | null;
  };
  /** The list is not old yet. */
  "catalog-fetch-failed": {
    readonly listDate: string;
    readonly listDays: number;
    readonly failing: FailingFetch;
  };
  "cve-feed-failed": FailedFeeds;
  /** Blocks whose day has passed, as "macOS 26.6.2"; `first`: some of them. */
  "blocks-ask": { readonly count: number; readonly first: readonly string[] };
  "rollouts-ask": { readonly count: number; readonly first: readonly string[] };
  "rollouts-paused": { readonly count: number; readonly first: readonly string[] };
  /** Once plans that the gate has paused, by name. */
  "plans-paused": { readonly count: number; readonly first: readonly string[] };
  /** Webhooks that take nothing, by name, and since when the first of them has not. */
  "webhooks-failing": { readonly count: number; readonly first: readonly string[]; readonly since: number };
  "webhooks-disabled": { readonly count: number; readonly first: readonly string[] };
}

export type WarningCode = keyof WarningParams;

interface Warned {
  readonly sentence: string;
  readonly remedy: string;
}

const ends = (what: string, { at, ended }: End): string => `${what} ${ended ? "ended" : "ends"} on ${dayOf(at)}.`;

const FETCH =
  "Run uptick catalog fetch. If this server must not connect to Apple, download https://gdmf.apple.com/v2/pmv on another machine and import it: uptick catalog import pmv.json.";

/** One warning of a list and of what keeps it from being renewed. */
const withFailure = (text: string, failing: FailingFetch | null): Warned =>
  failing === null
    ? { sentence: text, remedy: FETCH }
    : { sentence: `${text} ${failingText(failing)}`, remedy: fetchFailureWords(failing).remedy };

const WORDS: { readonly [C in Exclude<WarningCode, keyof DeviceWarningParams>]: (params: WarningParams[C]) => Warned } =
  {
    "push-certificate-ends": (a) => ({
      sentence: ends(`The push certificate for ${a.topic}`, a),
      remedy: "Renew the same certificate in Apple's Push Certificates Portal and import it: uptick push import FILE.",
    }),
    "tls-certificate-ends": (a) => ({
      sentence: ends(`The TLS certificate of the MDM endpoint, ${a.subject},`, a),
      remedy:
        "Put the renewed certificate and its chain in tls-cert, and restart. Without tls-cert, a restart makes a new certificate. Devices can't connect once any certificate of the chain has ended.",
    }),
    "tls-certificate-other-host": ({ host, names }) => ({
      sentence: `The certificate in tls-cert ${names === "" ? "names no host in its alternative names" : `is for ${names}`}, not for ${host}, the host of public-url: devices will not connect.`,
      remedy: `Put a certificate for ${host} in tls-cert and its key in tls-key, and restart.`,
    }),
    "authority-ends": (a) => ({
      sentence: ends("The CA that issues device identities", a),
      remedy: "Set up a new server and enroll the devices there before that day.",
    }),
    "profile-signer-ends": (a) => ({
      sentence: ends(`The certificate that signs enrollment profiles, ${a.subject},`, a),
      remedy: "Replace it; profiles signed with it are shown as not verified afterwards.",
    }),
    "clock-suspect": ({ system, ahead, until }) => ({
      sentence: `The system clock says ${utc(system)} UTC; Uptick does not believe it and uses ${utc(system - ahead)} UTC. Until it does, nothing expires or is deleted. It will believe the clock from ${utc(until)} UTC on.`,
      remedy:
        "Check the time of the machine. If it is right, run uptick clock accept. If it is wrong, correct it: Uptick then believes it again.",
    }),
    "plans-halted": ({ by, since, reason, devices }) => ({
      sentence: `All plans are halted since ${utc(since)} UTC by ${by}: ${reason}. ${devices === 1 ? "1 device waits" : `${devices} devices wait`} for the end of it.`,
      remedy: "When plans may continue, run uptick halt --end --dry-run, and then with --devices and its number.",
    }),
    "catalog-empty": ({ failing }) =>
      withFailure(
        "This server has no list of Apple's releases: a plan can't tell what Apple offers to a device.",
        failing,
      ),
    "catalog-old": ({ listDate, listDays, oldAfter, refuses, failing }) =>
      withFailure(
        `${listText({ listDate, listDays })} is older than ${oldAfter} days. ${refuses ? "Plans to latest, latest-minor and n-1 are refused." : "Apple may have released newer versions since."}`,
        failing,
      ),
    "catalog-fetch-failed": ({ listDate, listDays, failing }) =>
      withFailure(`Uptick could not renew ${listText({ listDate, listDays })}, and continues with it.`, failing),
    "cve-feed-failed": (feeds) => ({
      sentence: failedFeedsText(feeds),
      remedy:
        "Check cve-feed-url, and that the server may connect to its host. Uptick tries again after the next fetch of Apple's list. Until then, import a feed that you have downloaded: uptick catalog import-cves FILE.",
    }),
    "rollouts-ask": ({ count, first }) => ({
      sentence: `${count === 1 ? "A rollout asks" : `${count} rollouts ask`} a person: ${someOf(first, count)}. The devices of later rings wait for the answer.`,
      remedy: "Look at it with uptick rollout show ID; then promote its ring, or let it wait, or abort the rollout.",
    }),
    "rollouts-paused": ({ count, first }) => ({
      sentence: `${count === 1 ? "A rollout is" : `${count} rollouts are`} paused: ${someOf(first, count)}. Its devices get nothing else meanwhile.`,
      remedy:
        "Look at it with uptick rollout show ID; then block the release for the devices that fail and resume it, or abort it.",
    }),
    "plans-paused": ({ count, first }) => ({
      sentence: `The gate paused ${count === 1 ? "a plan" : `${count} plans`}, because too many devices failed: ${someOf(first, count)}.`,
      remedy:
        "Look at it with uptick plan show ID; then block the release for the devices that fail and resume the plan, or stop it.",
    }),
    "webhooks-failing": ({ count, first, since }) => ({
      sentence: `${count === 1 ? "A webhook has" : `${count} webhooks have`} taken no event since ${utc(since)} UTC: ${someOf(first, count)}. Uptick tries each event for 3 days.`,
      remedy: "Look at the errors with uptick webhook deliveries ID, and try again with uptick webhook test ID.",
    }),
    "webhooks-disabled": ({ count, first }) => ({
      sentence: `Uptick disabled ${count === 1 ? "a webhook" : `${count} webhooks`}, because the address is gone or failed for 3 days: ${someOf(first, count)}.`,
      remedy: "Enable it with uptick webhook edit ID --enable, or remove it with uptick webhook remove ID.",
    }),
    "blocks-ask": ({ count, first }) => ({
      sentence: `${count === 1 ? "A block has" : `${count} blocks have`} passed the day until which it was made: ${someOf(first, count)}. Blocked devices stay without these releases.`,
      remedy: "Look at uptick catalog blocks. End a block that is not needed any more with uptick catalog unblock.",
    }),
  };

const someOf = (first: readonly string[], count: number): string =>
  `${first.join(", ")}${count > first.length ? ` and ${count - first.length} more` : ""}`;

/** What an admin reads of a warning about the server. */
export const serverWarningWords = <C extends keyof typeof WORDS>(code: C, params: WarningParams[C]): Warned =>
  WORDS[code](params);

/** What an admin reads of a warning about devices: with some of their names, the newest error, and how to list them all. */
export function deviceWarningWords<C extends keyof DeviceWarningParams>(
  code: C,
  params: DeviceWarningParams[C] & AffectedDevices,
): Warned {
  const { sentence: text, remedy } = DEVICE_WARNING_WORDS[code];
  return {
    sentence: `${text(params)}${namesText(params)}${newestText(params.newest)}`,
    remedy: `${remedy(params)} uptick devices --warning ${code} lists them.`,
  };
}

function namesText({ names, devices }: AffectedDevices): string {
  const more = devices - names.length;
  return names.length === 0 ? "" : ` Devices: ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}.`;
}

function newestText(newest: AffectedDevices["newest"]): string {
  if (newest === undefined) return "";
  const { deviceName, serial, appleId, error, at } = newest;
  const name = deviceName === null ? (serial ?? appleId) : `${deviceName} (${serial ?? appleId})`;
  return ` The newest error is of ${name} on ${dayOf(at)}: ${error}`;
}

/** Every code that has words. */
export const WARNING_CODES = [...Object.keys(WORDS), ...Object.keys(DEVICE_WARNING_WORDS)] as readonly WarningCode[];

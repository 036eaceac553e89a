/**
 * What ends soon, or has ended, and what an admin does about it. Pure: the facts and the moment come in. A warning about devices
 * is a row of a table: its code, which devices it is about, and its words; the code is also the filter that lists them.
 */
import { OLD_AFTER, STALE_AFTER } from "../../catalog/index.ts";
import type { DeviceWarningCode, Warning } from "../../contract/index.ts";
import { listText } from "../../words/index.ts";
import type { DeviceCondition, DeviceTrouble } from "../../store/index.ts";
import type { ClockSuspicion } from "../ports.ts";

/** A certificate and when it ends (ms UTC). */
interface Ending {
  readonly subject: string;
  readonly notAfter: number;
}

export interface WarningFacts {
  readonly push: { readonly topic: string; readonly notAfter: number } | undefined;
  /** Every certificate that the device face shows, its own first. */
  readonly tls: readonly Ending[];
  /** Host of `public-url`, where the TLS certificate is not for it, and the names it is for ("" where it has none). */
  readonly tlsOtherHost: { readonly host: string; readonly names: string } | undefined;
  readonly authority: Ending;
  /** Who signs enrollment profiles, where that is not the CA. */
  readonly signer: Ending | undefined;
  readonly endedIdentities: "accept" | "refuse";
  readonly clock: ClockSuspicion | null;
  /** The newest list of Apple's releases: its day, and how many days old it is; null: none was imported. */
  readonly catalog: { readonly date: string; readonly days: number } | null;
}

/** What the store says of the devices of a warning. */
export interface Affected {
  readonly devices: number;
  /** When the first of them ends, where something ends. */
  readonly first: number | null;
  /** Some of them, as an admin calls them. */
  readonly names: readonly string[];
  /** The newest error, of the device that had it. */
  readonly newest: DeviceTrouble | undefined;
}

const DAY = 24 * 3_600_000;
/** Warnings begin this long before an end. */
export const WARN_BEFORE = 30 * DAY;

interface DeviceWarning {
  /** The devices, as of `now` (real time); undefined: none, whatever is stored. */
  readonly which: (facts: Pick<WarningFacts, "push">, now: number) => DeviceCondition | undefined;
  readonly text: (devices: number, facts: WarningFacts) => string;
  readonly remedy: (facts: WarningFacts) => string;
}

export const DEVICE_WARNINGS: Readonly<Record<DeviceWarningCode, DeviceWarning>> = {
  "identities-end": {
    which: (_facts, now) => ({ is: "identity-ends", from: now, to: now + WARN_BEFORE }),
    text: (n) => `The identities of ${counted(n)} end within 30 days and have not been renewed.`,
    remedy: () => "Bring silent devices online; enroll again the devices that refuse the renewal.",
  },
  "identities-ended": {
    which: (_facts, now) => ({ is: "identity-ends", from: 0, to: now }),
    text: (n, { endedIdentities }) =>
      `The identities of ${counted(n)} have ended. The server ${endedIdentities === "accept" ? "still accepts" : "refuses"} them.`,
    remedy: ({ endedIdentities }) =>
      endedIdentities === "accept"
        ? "They are renewed as soon as the devices are heard; enroll again the devices that refuse the renewal."
        : "Set expired-identities to accept so that they can be renewed, or enroll these devices again.",
  },
  "devices-to-adopt": {
    which: () => ({ is: "quarantined" }),
    text: (n) =>
      `${counted(n)} came with a certificate of this server's CA but ${n === 1 ? "is" : "are"} not known here.`,
    remedy: () => "See which devices wait with uptick adopt --all --dry-run, and adopt them with uptick adopt.",
  },
  "certificates-to-adopt": {
    which: () => ({ is: "pending" }),
    text: (n) =>
      `A certificate that is not known here was presented for ${counted(n)}. Uptick keeps to the certificate it knows until an admin adopts the other.`,
    remedy: () =>
      "After a restore this is expected. Compare fingerprint and subject with uptick adopt --all --dry-run, then adopt the certificate with uptick adopt.",
  },
  "serials-shared": {
    which: () => ({ is: "serial-shared" }),
    text: (n) => `${counted(n)} have the serial number of another device here.`,
    remedy: () =>
      "A Mac whose logic board was replaced keeps its serial number and gets another UDID: remove the enrollment that is gone with uptick remove ID.",
  },
  "macs-need-help": {
    which: () => ({ is: "needs-user" }),
    text: (n) =>
      `${n === 1 ? "1 Mac with a pending update" : `${n} Macs with a pending update`} cannot install it unattended: no bootstrap token is escrowed, or the Mac does not accept it for updates.`,
    remedy: () =>
      "Let a user with a secure token log in once on each, before the deadline: the Mac then escrows its token.",
  },
  "push-tokens-dead": {
    which: () => ({ is: "unpushable" }),
    text: (n) =>
      `${counted(n)} cannot be pushed: Apple does not accept the push token, or the device has sent none. ${n === 1 ? "It acts" : "They act"} only when ${n === 1 ? "it contacts" : "they contact"} the server without a push.`,
    remedy: () =>
      "Connect the devices to a network and restart them: a device sends a new token when it has one. Enroll again the devices that stay silent.",
  },
  "topics-differ": {
    which: ({ push }) => (push === undefined ? undefined : { is: "other-topic", topic: push.topic }),
    text: (n, { push }) =>
      `${counted(n)} enrolled with another push topic than that of the push certificate (${push?.topic ?? ""}) and cannot be pushed.`,
    remedy: () => "Import the push certificate with the devices' topic, or enroll these devices again.",
  },
  "fell-back": {
    which: () => ({ is: "fell-back" }),
    text: (n) =>
      `${counted(n)} ${n === 1 ? "runs" : "run"} an older OS than the one on which ${n === 1 ? "its" : "their"} newest plan had ended.`,
    remedy: () => "Make a new plan for these devices.",
  },
};

export const DEVICE_WARNING_CODES = Object.keys(DEVICE_WARNINGS) as readonly DeviceWarningCode[];

/** What is about the server, then what is about devices. */
export function warningsOf(
  facts: WarningFacts,
  affected: ReadonlyMap<DeviceWarningCode, Affected>,
  now: number,
): Warning[] {
  const list: Warning[] = [];
  const ends = (code: Warning["code"], what: string, at: number, remedy: string): void => {
    if (at - now > WARN_BEFORE) return;
    const text = `${what} ${at <= now ? "ended" : "ends"} on ${dayOf(at)}.`;
    list.push({ code, text, remedy, at, devices: null });
  };
  if (facts.push !== undefined)
    ends(
      "push-certificate-ends",
      `The push certificate for ${facts.push.topic}`,
      facts.push.notAfter,
      "Renew the same certificate in Apple's Push Certificates Portal and import it: uptick push import FILE.",
    );
  for (const { subject, notAfter } of facts.tls)
    ends(
      "tls-certificate-ends",
      `The device face's TLS certificate ${subject}`,
      notAfter,
      "Put the renewed certificate and its chain in tls-cert (without one: nothing), and restart: devices can't connect once any of the chain has ended.",
    );
  if (facts.tlsOtherHost !== undefined) {
    const { host, names } = facts.tlsOtherHost;
    const isFor = names === "" ? "names no host in its alternative names" : `is for ${names}`;
    list.push({
      code: "tls-certificate-other-host",
      text: `The certificate in tls-cert ${isFor}, not for ${host}, the host of public-url: devices will not connect.`,
      remedy: `Put a certificate for ${host} in tls-cert and its key in tls-key, and restart.`,
      at: null,
      devices: null,
    });
  }
  ends(
    "authority-ends",
    "The CA that issues device identities",
    facts.authority.notAfter,
    "Set up a new server and enroll the devices there before that day.",
  );
  if (facts.signer !== undefined)
    ends(
      "profile-signer-ends",
      `The certificate that signs enrollment profiles, ${facts.signer.subject},`,
      facts.signer.notAfter,
      "Replace it; profiles signed with it are shown as not verified afterwards.",
    );
  const catalog = catalogWarning(facts.catalog);
  if (catalog !== undefined) list.push(catalog);
  for (const code of DEVICE_WARNING_CODES) {
    const found = affected.get(code);
    if (found === undefined || found.devices === 0) continue;
    const { text, remedy } = DEVICE_WARNINGS[code];
    list.push({
      code,
      text: `${text(found.devices, facts)}${namesText(found)}${newestText(found.newest)}`,
      remedy: `${remedy(facts)} uptick devices --warning ${code} lists them.`,
      at: code === "identities-end" ? found.first : null,
      devices: found.devices,
    });
  }
  if (facts.clock !== null) list.push(clockWarning(facts.clock));
  return list;
}

const minute = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;

function clockWarning({ system, ahead, since, until }: ClockSuspicion): Warning {
  return {
    code: "clock-suspect",
    text: `The system clock says ${minute(system)}; Uptick does not believe it and uses ${minute(system - ahead)}. Until it does, nothing expires or is deleted. It will believe the clock from ${minute(until)} on.`,
    remedy:
      "Check the time of the machine. If it is right, run uptick clock accept. If it is wrong, correct it: Uptick then believes it again.",
    at: since,
    devices: null,
  };
}

function catalogWarning(catalog: WarningFacts["catalog"]): Warning | undefined {
  const remedy =
    "Fetch https://gdmf.apple.com/v2/pmv (curl -o pmv.json) and import it: uptick catalog import pmv.json.";
  if (catalog === null) {
    const text = "This server has no list of Apple's releases: a plan can't tell what Apple offers to a device.";
    return { code: "catalog-empty", text, remedy, at: null, devices: null };
  }
  const { date, days } = catalog;
  if (days <= OLD_AFTER) return undefined;
  const effect =
    days > STALE_AFTER
      ? "Plans to latest, latest-minor and n-1 are refused."
      : "What is said of the newest release is as of that day.";
  const text = `${listText({ listDate: date, listDays: days })} is older than ${OLD_AFTER} days. ${effect}`;
  return { code: "catalog-old", text, remedy, at: Date.parse(date), devices: null };
}

function namesText({ names, devices }: Affected): string {
  const more = devices - names.length;
  return names.length === 0 ? "" : ` Devices: ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}.`;
}

function newestText(newest: DeviceTrouble | undefined): string {
  if (newest === undefined) return "";
  const { deviceName, serial, appleId, error, at } = newest;
  const name = deviceName === null ? (serial ?? appleId) : `${deviceName} (${serial ?? appleId})`;
  return ` The newest error is of ${name} on ${dayOf(at)}: ${error}`;
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
const counted = (n: number): string => (n === 1 ? "1 device" : `${n} devices`);

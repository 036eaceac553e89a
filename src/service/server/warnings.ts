/**
 * What ends soon, or has ended, and what an admin does about it. Pure: the facts and the moment come in. A warning about devices
 * is a row of a table: its code, and which devices it is about; the code is also the filter that lists them. Its words are in
 * src/words.
 */
import { OLD_AFTER, STALE_AFTER } from "../../catalog/index.ts";
import type { DeviceWarningCode, Warning } from "../../contract/index.ts";
import type { DeviceCondition } from "../../store/index.ts";
import {
  type AffectedDevices,
  deviceWarningWords,
  type FailedFeeds,
  type FailingFetch,
  serverWarningWords,
  type WarningCode,
  type WarningParams,
} from "../../words/index.ts";
import { isoTimeOrNull } from "../iso-time.ts";
import { EXCLUSION_ENDS_SOON } from "../plans/exclusion.ts";
import type { ClockSuspicion } from "../ports.ts";

/** A certificate and when it ends (ms UTC). */
interface Ending {
  readonly subject: string;
  readonly notAfter: number;
}

export interface WarningFacts {
  /** The moment by which devices are told what to do (ms UTC), which may not be real time. */
  readonly now: number;
  readonly push: { readonly topic: string; readonly notAfter: number } | undefined;
  /** Every certificate that the MDM endpoint shows, its own first. */
  readonly tls: readonly Ending[];
  /** Host of `public-url`, where the TLS certificate is not for it, and the names it is for ("" where it has none). */
  readonly tlsOtherHost: { readonly host: string; readonly names: string } | undefined;
  readonly authority: Ending;
  /** Who signs enrollment profiles, where that is not the CA. */
  readonly signer: Ending | undefined;
  readonly endedIdentities: "accept" | "refuse";
  readonly clock: ClockSuspicion | null;
  /** All plans are halted. */
  readonly halt: WarningParams["plans-halted"] | null;
  /** The newest list of Apple's releases: its day, and how many days old it is; null: there is none. */
  readonly catalog: { readonly date: string; readonly days: number } | null;
  /** Blocks whose day has passed, as "macOS 26.6.2". */
  readonly blocksThatAsk: readonly string[];
  /** Rollouts of which a ring asks a person, and those that are paused, as a person reads them. */
  readonly rolloutsThatAsk: readonly string[];
  readonly rolloutsPaused: readonly string[];
  /** Names of once plans that the gate has paused. */
  readonly plansPaused: readonly string[];
  /** Webhooks, by name: those that have taken nothing for an hour, since the first of them has not, and those that this server has disabled. */
  readonly webhooksFailing: WarningParams["webhooks-failing"] | null;
  readonly webhooksDisabled: readonly string[];
  /** The server fetches the list daily, and has failed since the last good fetch. */
  readonly failing: FailingFetch | null;
  /** The server fetches feeds of CVEs, and the last fetch of some failed: when the first of them did. */
  readonly cveFeeds: (FailedFeeds & { readonly at: number }) | null;
}

/** What the store says of the devices of a warning. */
export interface Affected extends AffectedDevices {
  /** When the first of them ends, where something ends. */
  readonly first: number | null;
}

const DAY = 24 * 3_600_000;
/** Warnings begin this long before an end. */
export const WARN_BEFORE = 30 * DAY;

/** The devices of each, as of now; undefined: none, whatever is stored. */
export const DEVICE_WARNINGS: Readonly<
  Record<DeviceWarningCode, (facts: Pick<WarningFacts, "push" | "now">, realNow: number) => DeviceCondition | undefined>
> = {
  "identities-end": (_facts, now) => ({ is: "identity-ends", from: now, to: now + WARN_BEFORE }),
  "identities-ended": (_facts, now) => ({ is: "identity-ends", from: 0, to: now }),
  "devices-to-adopt": () => ({ is: "quarantined" }),
  "certificates-to-adopt": () => ({ is: "pending" }),
  "serials-shared": () => ({ is: "serial-shared" }),
  "macs-need-help": () => ({ is: "needs-user" }),
  "push-tokens-dead": () => ({ is: "unpushable" }),
  "topics-differ": ({ push }) => (push === undefined ? undefined : { is: "other-topic", topic: push.topic }),
  "fell-back": () => ({ is: "fell-back" }),
  "exclusions-end": ({ now }) => ({ is: "exclusion-ends", from: now, to: now + EXCLUSION_ENDS_SOON }),
};

export const DEVICE_WARNING_CODES = Object.keys(DEVICE_WARNINGS) as readonly DeviceWarningCode[];

/** What is about the server, then what is about devices. */
export function warningsOf(
  facts: WarningFacts,
  affected: ReadonlyMap<DeviceWarningCode, Affected>,
  now: number,
): Warning[] {
  const list: Warning[] = [];
  const about = <C extends Exclude<WarningCode, DeviceWarningCode>>(
    code: C,
    params: WarningParams[C],
    at: number | null,
  ): void => {
    list.push({ reason: code, ...serverWarningWords(code, params), momentAt: isoTimeOrNull(at), devices: null });
  };
  const isNear = (at: number): boolean => at - now <= WARN_BEFORE;
  const end = (at: number): { at: number; ended: boolean } => ({ at, ended: at <= now });
  if (facts.halt !== null) about("plans-halted", facts.halt, facts.halt.since);
  const { push, tls, tlsOtherHost, authority, signer, catalog, failing, cveFeeds, clock, blocksThatAsk } = facts;
  if (push !== undefined && isNear(push.notAfter))
    about("push-certificate-ends", { ...end(push.notAfter), topic: push.topic }, push.notAfter);
  for (const { subject, notAfter } of tls)
    if (isNear(notAfter)) about("tls-certificate-ends", { ...end(notAfter), subject }, notAfter);
  if (tlsOtherHost !== undefined) about("tls-certificate-other-host", tlsOtherHost, null);
  if (isNear(authority.notAfter)) about("authority-ends", end(authority.notAfter), authority.notAfter);
  if (signer !== undefined && isNear(signer.notAfter))
    about("profile-signer-ends", { ...end(signer.notAfter), subject: signer.subject }, signer.notAfter);
  // One warning of the list at most: an old one names what keeps it from being renewed.
  if (catalog === null) about("catalog-empty", { failing }, null);
  else {
    const { date: listDate, days: listDays } = catalog;
    const refuses = listDays > STALE_AFTER;
    if (listDays > OLD_AFTER)
      about("catalog-old", { listDate, listDays, oldAfter: OLD_AFTER, refuses, failing }, Date.parse(listDate));
    else if (failing !== null) about("catalog-fetch-failed", { listDate, listDays, failing }, failing.since);
  }
  if (cveFeeds !== null) about("cve-feed-failed", cveFeeds, cveFeeds.at);
  if (blocksThatAsk.length > 0)
    about("blocks-ask", { count: blocksThatAsk.length, first: blocksThatAsk.slice(0, 3) }, null);
  const { rolloutsThatAsk: asking, rolloutsPaused: paused, plansPaused } = facts;
  if (asking.length > 0) about("rollouts-ask", { count: asking.length, first: asking.slice(0, 3) }, null);
  if (paused.length > 0) about("rollouts-paused", { count: paused.length, first: paused.slice(0, 3) }, null);
  if (plansPaused.length > 0)
    about("plans-paused", { count: plansPaused.length, first: plansPaused.slice(0, 3) }, null);
  const { webhooksFailing: fail, webhooksDisabled: off } = facts;
  if (fail !== null) about("webhooks-failing", fail, fail.since);
  if (off.length > 0) about("webhooks-disabled", { count: off.length, first: off.slice(0, 3) }, null);
  for (const code of DEVICE_WARNING_CODES) {
    const found = affected.get(code);
    if (found === undefined || found.devices === 0) continue;
    const { first, ...devices } = found;
    const params = { ...devices, endedIdentities: facts.endedIdentities, topic: push?.topic ?? "" };
    list.push({
      reason: code,
      ...deviceWarningWords(code, params),
      momentAt: isoTimeOrNull(code === "identities-end" || code === "exclusions-end" ? first : null),
      devices: found.devices,
    });
  }
  if (clock !== null) about("clock-suspect", clock, clock.since);
  return list;
}

/** What ends soon, or has ended, and what an admin does about it. Pure: the facts and the moment come in. */
import type { EnrollmentRow } from "../store/index.ts";
import type { ClockSuspicion } from "./ports.ts";

export interface Warning {
  /** Fixed: others match on it. */
  readonly code:
    | "push-certificate-ends"
    | "tls-certificate-ends"
    | "tls-certificate-other-host"
    | "authority-ends"
    | "profile-signer-ends"
    | "identities-end"
    | "identities-ended"
    | "devices-to-adopt"
    | "certificates-to-adopt"
    | "macs-need-help"
    | "clock-suspect";
  readonly text: string;
  readonly remedy: string;
  /** When it ends or ended, ms UTC; null where that is not one moment. */
  readonly at: number | null;
}

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
  /** Who signs enrolment profiles, where that is not the CA. */
  readonly signer: Ending | undefined;
  /** Identities of enrolled devices: ended, ending within `WARN_BEFORE`, and when the first of these does. */
  readonly identities: { readonly ended: number; readonly ending: number; readonly next: number | null };
  readonly endedIdentities: "accept" | "refuse";
  readonly quarantined: number;
  /** Known devices for which a certificate waits. */
  readonly pending: number;
  /** The first of both, for their names. */
  readonly waiting: readonly WaitingName[];
  /** Macs with a live job that can't install without their user. */
  readonly helpless: number;
  readonly clock: ClockSuspicion | null;
}

type WaitingName = Pick<EnrollmentRow, "state" | "deviceName" | "serial" | "appleId">;

const DAY = 24 * 3_600_000;
/** Warnings begin this long before an end. */
export const WARN_BEFORE = 30 * DAY;

export function warningsOf(facts: WarningFacts, now: number): Warning[] {
  const list: Warning[] = [];
  const ends = (code: Warning["code"], what: string, at: number, remedy: string): void => {
    if (at - now > WARN_BEFORE) return;
    const day = new Date(at).toISOString().slice(0, 10);
    list.push({ code, text: `${what} ${at <= now ? `ended on ${day}` : `ends on ${day}`}.`, remedy, at });
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
    });
  }
  ends(
    "authority-ends",
    "The CA that issues device identities",
    facts.authority.notAfter,
    "Set up a new server and enrol the devices there before that day.",
  );
  if (facts.signer !== undefined)
    ends(
      "profile-signer-ends",
      `The certificate that signs enrolment profiles, ${facts.signer.subject},`,
      facts.signer.notAfter,
      "Replace it; profiles signed with it are shown as not verified afterwards.",
    );
  const { ended, ending, next } = facts.identities;
  if (ending > 0)
    list.push({
      code: "identities-end",
      text: `The identities of ${devices(ending)} end within 30 days and have not been renewed.`,
      remedy:
        "Their renewals wait or failed: see their timelines. Bring silent devices online; enrol again what refuses.",
      at: next,
    });
  if (ended > 0)
    list.push({
      code: "identities-ended",
      text: `The identities of ${devices(ended)} have ended; they are ${facts.endedIdentities === "accept" ? "let in all the same" : "refused"}.`,
      remedy:
        facts.endedIdentities === "accept"
          ? "They are renewed as soon as the devices are heard; enrol again what refuses."
          : "Set expired-identities to accept so that they can be renewed, or enrol these devices again.",
      at: null,
    });
  if (facts.quarantined > 0)
    list.push({
      code: "devices-to-adopt",
      text: `${devices(facts.quarantined)} came with a certificate of ours but ${facts.quarantined === 1 ? "is" : "are"} not known here: ${names(facts, true)}.`,
      remedy: "See which devices wait with uptick adopt --all --dry-run, and adopt them with uptick adopt.",
      at: null,
    });
  if (facts.pending > 0)
    list.push({
      code: "certificates-to-adopt",
      text: `A certificate that is not known here was presented for ${devices(facts.pending)}: ${names(facts, false)}. Uptick keeps to the certificate it knows until an admin adopts the other.`,
      remedy:
        "After a restore this is expected. Compare fingerprint and subject with uptick adopt --all --dry-run, then adopt the certificate with uptick adopt.",
      at: null,
    });
  if (facts.helpless > 0)
    list.push({
      code: "macs-need-help",
      text: `${facts.helpless === 1 ? "1 Mac has" : `${facts.helpless} Macs have`} an update before them that they can't install without their user: no bootstrap token is escrowed, or it is not let authorise anything.`,
      remedy:
        "Let a user with a secure token log in once on each, before the deadline: the Mac then escrows its token. The plan's page names them.",
      at: null,
    });
  if (facts.clock !== null) list.push(clockWarning(facts.clock));
  return list;
}

/** At most five, of those in quarantine or of the others. */
function names({ waiting, quarantined, pending }: WarningFacts, inQuarantine: boolean): string {
  const shown = waiting
    .filter(({ state }) => (state === "quarantined") === inQuarantine)
    .slice(0, 5)
    .map(({ deviceName, serial, appleId }) => deviceName ?? serial ?? appleId);
  const more = (inQuarantine ? quarantined : pending) - shown.length;
  return more > 0 ? `${[...shown, `${more} more`].join(", ")}` : shown.join(", ");
}

const minute = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;

function clockWarning({ system, ahead, since, until }: ClockSuspicion): Warning {
  return {
    code: "clock-suspect",
    text: `The system clock says ${minute(system)}; Uptick does not believe it and uses ${minute(system - ahead)}. Until it does, nothing expires or is deleted. It will believe the clock from ${minute(until)} on.`,
    remedy:
      "Check the time of the machine. If it is right, run uptick clock accept. If it is wrong, correct it: Uptick then believes it again.",
    at: since,
  };
}

const devices = (n: number): string => (n === 1 ? "1 device" : `${n} devices`);

/**
 * Renews the identities of devices before they end: an InstallProfile with the enrollment profile as the device has it and a
 * challenge for this one device. Times here are real time, as X.509 counts.
 */
import { hashSecret, makeChallenge } from "../../identity/index.ts";
import { checkCommand, commandBody, encodeCommand } from "../../protocol/index.ts";
import type { CertificateRow, EnrollmentRow, RenewalRow } from "../../store/index.ts";
import { buildEnrollmentProfile } from "./enrollment-profile.ts";
import { RENEWAL_LEAD } from "../enrollment/admit.ts";
import { dropRenewal, postponeRenewal, renew } from "./renewal.ts";
import { targetOf } from "../enrollment/device-facts.ts";
import type { Ports } from "../ports.ts";
import { storedCommand } from "../enrollment/stored-command.ts";

export interface RenewalOptions {
  readonly publicUrl: string | undefined;
  readonly organization: string;
  /** For a device whose rights are not known. */
  readonly accessRights: number;
  readonly signMessages: boolean;
  readonly trust: Uint8Array | undefined;
  readonly profileIdentifier: string;
  /** How long an identity lives that is issued now (ms). */
  readonly identityLife: number;
  signProfile(profile: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

const DAY = 24 * 3_600_000;
/** How long a renewal's challenge is good, and after which time in the queue it is replaced by a fresh one. */
const CHALLENGE_LIFE = 14 * DAY;
const STALE = 7 * DAY;

/**
 * When an identity will be renewed: from 60 days before its end, spread over half of that time by the enrollment's id, so
 * that a fleet enrolled in one week does not renew in one. Identities that live shorter use the last third of their life.
 */
export function renewalDue(enrollmentId: string, endsAt: number, life: number): number {
  const lead = Math.min(RENEWAL_LEAD, life / 3);
  return Math.floor(endsAt - lead + share(enrollmentId) * (lead / 2));
}

/** A number from 0 to 1 that belongs to the id: its last digits are random. */
function share(id: string): number {
  return Number.parseInt(hashSecret(id).slice(0, 12), 16) / 16 ** 12;
}

/** Attempts come daily, then ever less often, but at least weekly; with short-lived identities sooner. */
export function nextAttempt(attempts: number, life: number): number {
  const lead = Math.min(RENEWAL_LEAD, life / 3);
  return Math.floor(Math.min(7, 1 + attempts) * Math.min(DAY, lead / 16));
}

export function createRenewals(ports: Ports, options: RenewalOptions): (row: RenewalRow) => Promise<void> {
  const { devices } = ports;

  async function postpone(row: RenewalRow, dueAt: number | null, because: string | null = null): Promise<void> {
    const { enrollmentId, endsAt } = row;
    await devices.run(postponeRenewal, { enrollmentId, endsAt, dueAt, because, now: ports.now() });
  }

  async function topicOf(enrollment: EnrollmentRow): Promise<string | undefined> {
    if (enrollment.topic !== null) return enrollment.topic;
    const [push] = await devices.read({ from: "setting", where: { name: "push" } });
    return (push?.value as { topic?: string } | undefined)?.topic;
  }

  async function send(row: RenewalRow, enrollment: EnrollmentRow, publicUrl: string, topic: string): Promise<void> {
    const now = ports.realNow();
    const challenge = makeChallenge(ports.random(24));
    const accessRights = enrollment.accessRights ?? options.accessRights;
    const { organization, signMessages, trust, profileIdentifier: identifier } = options;
    const profile = await options.signProfile(
      buildEnrollmentProfile({
        publicUrl,
        topic,
        organization,
        accessRights,
        challenge,
        signMessages,
        trust,
        identifier,
        uuids: [ports.newId(), ports.newId(), ports.newId(), ports.newId()],
      }),
    );
    const uuid = ports.newId();
    const command = { requestType: "InstallProfile", payload: profile } as const;
    const rule = checkCommand(command.requestType, commandBody(command), targetOf(enrollment))[0];
    const next = now + nextAttempt(row.attempts, options.identityLife);
    if (rule !== undefined) return postpone(row, now + 7 * DAY, rule.text);
    await devices.run(renew, {
      enrollmentId: row.enrollmentId,
      endsAt: row.endsAt,
      challenge: {
        hash: hashSecret(challenge),
        purpose: "renew",
        enrollmentId: row.enrollmentId,
        usesLeft: 1,
        expiresAt: now + CHALLENGE_LIFE,
        createdAt: now,
        note: "",
        accessRights,
        device: null,
        link: null,
        createdBy: "system",
      },
      uuid,
      ...storedCommand(encodeCommand(command, uuid), enrollment.appleId, ports.sealer),
      staleBefore: now - STALE,
      dueAt: next,
      firstId: ports.newId(),
      now: ports.now(),
    });
  }

  return async (row) => {
    const [enrollment] = await devices.read({ from: "enrollment", where: { id: row.enrollmentId } });
    if (enrollment === undefined || enrollment.state === "checked-out") {
      await devices.run(dropRenewal, { enrollmentId: row.enrollmentId });
      return;
    }
    const now = ports.realNow();
    const due = renewalDue(row.enrollmentId, row.endsAt, options.identityLife);
    // Looked at again within a day: the setting that this follows from may change.
    if (row.attempts === 0 && due > now) return postpone(row, Math.min(due, now + DAY));
    const certificate = await certificateOf(ports, enrollment);
    if (certificate?.purpose === "external") return postpone(row, null);
    const topic = await topicOf(enrollment);
    if (options.publicUrl === undefined || topic === undefined || enrollment.state !== "enrolled")
      return postpone(row, now + DAY);
    await send(row, enrollment, options.publicUrl, topic);
  };
}

async function certificateOf(ports: Ports, enrollment: EnrollmentRow): Promise<CertificateRow | undefined> {
  if (enrollment.certificate === null) return undefined;
  const [row] = await ports.devices.read({ from: "certificate", where: { fingerprint: enrollment.certificate } });
  return row;
}

/** What waits for an admin after a restore, or with a second certificate of the organization's CA, and how it is adopted. */
import type {
  Adoption,
  AdoptionRequest,
  Adoptions,
  DeviceView,
  Page,
  PendingCertificate,
  WaitingDevice,
} from "../../contract/index.ts";
import { isUptickError, UptickError } from "../../errors/index.ts";
import { namesIn } from "../../identity/index.ts";
import type { CertificateRow, EnrollmentRow, WaitingRow } from "../../store/index.ts";
import type { Actor } from "../actor.ts";
import { readingOf } from "../catalog/catalog.ts";
import { cursorOf, keyIn } from "../cursor.ts";
import { adopt, adoptable, isReachable } from "./adoption.ts";
import { isoTime } from "../iso-time.ts";
import type { Ports } from "../ports.ts";
import type { Selector } from "../plans/selector.ts";
import { adoptedWords, nothingWaitsWords } from "../../words/index.ts";
import { deviceView } from "../devices/device-view.ts";

export interface AdoptionService {
  /** Devices in quarantine and devices with a certificate that waits. */
  waiting(after: string | undefined, limit: number): Promise<Page<WaitingDevice>>;
  /**
   * Accepts a quarantined device (guarantee 6), or a certificate that waits for a known one. `certificate`: its fingerprint, needed
   * where several wait; it may also be one that an adoption has superseded. Throws `not-quarantined`,
   * `certificate-ambiguous`, `certificate-unknown`.
   */
  adopt(actor: Actor, ref: string, certificate: string | undefined): Promise<DeviceView>;
  /** The same for many. */
  adoptAll(actor: Actor, request: AdoptionRequest): Promise<Adoptions>;
  /** What `adoptAll` would do; nothing is done. */
  tryAdoptAll(request: AdoptionRequest): Promise<Adoptions>;
}

export function createAdoptions(ports: Ports, select: Selector, accessRights: number): AdoptionService {
  const { admin, devices } = ports;

  /** The certificate that is meant. Throws `not-quarantined`, `certificate-ambiguous`, `certificate-unknown`. */
  async function chosen(enrollment: EnrollmentRow, fingerprint: string | undefined): Promise<CertificateRow> {
    if (fingerprint !== undefined) {
      const [row] = await devices.read({ from: "certificate", where: { fingerprint: fingerprint.toLowerCase() } });
      if (row !== undefined && adoptable(row, enrollment)) return row;
      throw new UptickError("certificate-unknown", `No certificate ${fingerprint} waits for this device.`);
    }
    const rows = await waitingFor(ports, enrollment);
    const [row, other] = rows;
    if (row === undefined) throw new UptickError("not-quarantined", nothingWaitsWords(enrollment.state === "removed"));
    if (other === undefined) return row;
    const names = rows.map((one) => one.fingerprint).join(", ");
    throw new UptickError("certificate-ambiguous", `${rows.length} certificates wait for this device: ${names}.`);
  }

  async function take(actor: Actor, enrollment: EnrollmentRow, { fingerprint }: CertificateRow): Promise<void> {
    const { adopted } = await actor.run(adopt, {
      enrollmentId: enrollment.id,
      fingerprint,
      accessRights,
      firstId: ports.newId(),
      now: ports.now(),
    });
    // Another admin was faster, or newer certificates have taken its place meanwhile.
    if (!adopted)
      throw new UptickError("certificate-unknown", `The certificate ${fingerprint} does not wait any more.`);
  }

  /** Without an actor nothing is done. */
  async function one(
    actor: Actor | undefined,
    { ref, certificate }: AdoptionRequest["devices"][number],
  ): Promise<Adoption> {
    let id: string | null = null;
    let name: string | null = null;
    try {
      const enrollment = await select.one(ref, actor);
      ({ id, deviceName: name } = enrollment);
      const row = await chosen(enrollment, certificate);
      if (actor !== undefined) await take(actor, enrollment, row);
      const sentence = adoptedWords(actor === undefined);
      return { ref, id, name, certificate: row.fingerprint, outcome: "adopted", sentence, remedy: null };
    } catch (error) {
      const outcome = isUptickError(error) ? OUTCOMES[error.code] : undefined;
      if (!isUptickError(error) || outcome === undefined) throw error;
      const { message: sentence, remedy } = error;
      return { ref, id, name, certificate: certificate ?? null, outcome, sentence, remedy };
    }
  }

  async function each(actor: Actor | undefined, request: AdoptionRequest): Promise<Adoptions> {
    const rows: Adoption[] = [];
    for (const device of request.devices) rows.push(await one(actor, device));
    const counts: Adoptions["counts"] = {};
    for (const { outcome } of rows) counts[outcome] = (counts[outcome] ?? 0) + 1;
    return { dryRun: actor === undefined, counts, rows };
  }

  return {
    async waiting(after, limit) {
      const page = await admin.waiting(keyIn(WAITING, after), limit);
      return { rows: page.rows.map(waitingDevice), next: cursorOf(WAITING, page.next) };
    },
    async adopt(actor, ref, certificate) {
      const enrollment = await select.one(ref, actor);
      await take(actor, enrollment, await chosen(enrollment, certificate));
      const row = await admin.device(enrollment.id);
      return deviceView(row ?? { enrollment, job: null, refused: null, pending: 0 }, await readingOf(ports));
    },
    adoptAll: (actor, request) => each(actor, request),
    tryAdoptAll: (request) => each(undefined, request),
  };
}

/** The list that a cursor of devices that wait is of. */
const WAITING = "waiting";

const OUTCOMES: Readonly<Record<string, Adoption["outcome"]>> = {
  "device-unknown": "device-unknown",
  "device-ambiguous": "device-ambiguous",
  "not-quarantined": "nothing-waits",
  "certificate-ambiguous": "several-wait",
  "certificate-unknown": "certificate-unknown",
};

/** Oldest first. */
async function waitingFor({ devices }: Ports, enrollment: EnrollmentRow): Promise<readonly CertificateRow[]> {
  const { id, state } = enrollment;
  const pending = await devices.read({ from: "certificate", where: { pendingFor: id } });
  const undoes = state === "removed" && isReachable(await devices.read({ from: "secret", where: { owner: id } }));
  if ((state !== "quarantined" && !undoes) || enrollment.certificate === null) return pending;
  return [...(await devices.read({ from: "certificate", where: { fingerprint: enrollment.certificate } })), ...pending];
}

function waitingDevice({ enrollment, certificates }: WaitingRow): WaitingDevice {
  return {
    id: enrollment.id,
    udid: enrollment.appleId,
    serial: enrollment.serial,
    name: enrollment.deviceName,
    enrollment: enrollment.state,
    lastSeenAt: enrollment.lastSeenAt === null ? null : isoTime(enrollment.lastSeenAt),
    certificates: certificates.map(pendingCertificate),
  };
}

export function pendingCertificate(row: CertificateRow): PendingCertificate {
  const { fingerprint, issuedAt, notAfter } = row;
  return { fingerprint, ...namesIn(row.der), presentedAt: isoTime(issuedAt), endsAt: isoTime(notAfter) };
}

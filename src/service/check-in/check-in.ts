/** Check-in: a device enrolls, tells how to reach it, escrows its bootstrap token, leaves. */
import { deviceInformationQueries, platformOf } from "../../protocol/index.ts";
import {
  type CertificateRow,
  type ChallengeRow,
  type EnrollmentRow,
  transaction,
  type SecretRow,
  type SettingRow,
  lowerAscii,
  type Standing,
  upperAscii,
  type Write,
} from "../../store/index.ts";
import { authorisationOf } from "../enrollment/device-facts.ts";
import {
  admissionLookups,
  admit,
  admitUnknown,
  blankEnrollment,
  certificateIn,
  forbidOther,
  type NotAdmitted,
  notAdmitted,
  renewalOf,
  takesOver,
} from "../enrollment/admit.ts";
import { type Caller, certificateOf, forbid } from "../enrollment/caller.ts";
import { freedLookups, freeSerial, holdersOf, isMeant, lives, serialNews, serialPatch } from "../enrollment/claims.ts";
import { bodyLookup, keepBody, timelineNote } from "../enrollment/bodies.ts";
import { release } from "../enrollment/configured.ts";
import { forgetDeclarations, startDeclarations } from "../enrollment/declarations.ts";
import { giveUp } from "../enrollment/given-up.ts";
import { noteOtherMachine } from "../enrollment/machines.ts";
import { dropPending, keepSecrets, pendingOwner } from "../enrollment/pending.ts";
import { enrollsAgain } from "../enrollment/returned.ts";
import { versionSaid } from "../enrollment/reported-version.ts";
import { deviceLookups, UnitOfWork } from "../enrollment/scene.ts";
import { everyoneLookup, forgetStanding, settle, takePolicy } from "../enrollment/standing.ts";

interface CheckinAsk extends Caller {
  /** The bytes as received, secrets cut out. */
  readonly kept: Uint8Array;
}

/** What the handler needs to know: 200, or an empty 403. */
export type CheckinSaid = { readonly kind: "accepted"; readonly enrollmentId: string } | NotAdmitted;

const lookups = (ask: CheckinAsk) =>
  ({
    ...admissionLookups(ask),
    ...deviceLookups,
    bodies: bodyLookup,
  }) as const;

export interface AuthenticateAsk extends CheckinAsk {
  readonly enrollmentKind: "device" | "user";
  readonly says: {
    readonly serial: string | null;
    readonly deviceName: string | null;
    readonly productName: string | null;
    readonly modelName: string | null;
    readonly model: string | null;
    readonly osVersion: string | null;
    readonly buildVersion: string | null;
    readonly topic: string;
  };
}

/**
 * The certificate is bound to its enrollment here, once and permanently. An Authenticate for a device we know is either the
 * renewal of its identity (a certificate issued for that) or a new enrollment, which changes nothing before its
 * TokenUpdate: the profile may still fail.
 */
export const authenticate = transaction({
  name: "authenticate",
  reads: (ask: AuthenticateAsk) => ({
    ...lookups(ask),
    holders: holdersOf(ask.says.serial),
    namesakes: holdersOf(ask.appleId),
    inCapitals: { from: "enrollment", where: { appleId: upperAscii(ask.appleId) } },
    inSmall: { from: "enrollment", where: { appleId: lowerAscii(ask.appleId) } },
  }),
  decide(ask: AuthenticateAsk, seen): { writes: Write[]; said: CheckinSaid } {
    const known = seen.enrollment[0];
    let certificate = certificateIn(seen);
    const writes: Write[] = [];
    if (certificate === undefined) {
      // The organisation's CA vouches for a device that enrolls; what our CA has issued we ought to know.
      const enrols = ask.shown.external && (known === undefined || ENROLS_UNASKED.has(known.state));
      if (!enrols) return notAdmitted(admitUnknown(ask, known, seen.waiting));
      const own = { purpose: "external", enrollmentId: null, renews: null, pendingFor: null } as const;
      certificate = certificateOf(ask, own);
      writes.push({ insert: "certificate", row: certificate });
    } else if (known !== undefined && isSettled(certificate, known)) {
      const admission = admit(ask, seen);
      if (admission.kind !== "known") return notAdmitted(admission);
    }
    if (!mayBind(certificate, known, ask)) return notAdmitted(forbidOther(certificate));
    const { fingerprint } = certificate;
    const isNew = known === undefined;
    // It would be taken for a device that an admin calls by this name, as a UDID in other letters or as a serial number.
    const others = [...seen.inCapitals, ...seen.inSmall, ...seen.namesakes];
    if (isNew && others.some(lives)) return notAdmitted(forbid("not-bound-to-it", certificate));
    const id = known?.id ?? ask.firstId;
    const row = known ?? enrollmentFrom(ask, id, certificate);
    const serials = known?.state === "enrolled" ? {} : serialPatch(row, ask.says.serial, seen.holders);
    if (isNew) writes.push({ insert: "enrollment", row: { ...row, ...serials } });
    else if (Object.keys(serials).length > 0) writes.push({ patch: "enrollment", where: { id }, set: serials });
    writes.push(...serialNews(row, serials, seen.holders, ask.now));
    if (isNew || known.state === "checked-out" || known.state === "authenticated") {
      writes.push({ patch: "enrollment", where: { id }, set: { certificate: fingerprint } });
    } else if (certificate.purpose === "renew" && certificate.renewedBy === null && known.certificate !== fingerprint) {
      writes.push(...takesOver(certificate, known));
    }
    if (certificate.enrollmentId === null) {
      writes.push({ patch: "certificate", where: { fingerprint }, set: { enrollmentId: id } });
    }
    if (!isNew) {
      const keepsLife = known.state === "authenticated" || certificate.purpose === "renew";
      writes.push(...noteOtherMachine(known, ask.says, keepsLife, ask.now));
    }
    const data = { ...ask.says, fingerprint, renewal: certificate.purpose === "renew" };
    const { ref } = keepBody(writes, seen.bodies, { enrollmentId: id, at: ask.now, bytes: ask.kept, asked: false });
    writes.push(timelineNote(id, ask.now, "authenticate", data, ref));
    return { writes, said: { kind: "accepted", enrollmentId: id } };
  },
});

/** States in which a certificate of the organisation's CA that is not known enrolls without an admin. */
const ENROLS_UNASKED: ReadonlySet<EnrollmentRow["state"]> = new Set(["authenticated", "checked-out"]);

/**
 * What stands about these two does not change by an Authenticate: it waits, is superseded, or its device is in quarantine or
 * was removed.
 */
function isSettled(certificate: CertificateRow, known: EnrollmentRow): boolean {
  if (certificate.pendingFor !== null || certificate.supersededAt !== null) return true;
  if (known.state === "removed") return !enrollsAgain(certificate, known);
  return known.state === "quarantined" && known.certificate === certificate.fingerprint;
}

/** A certificate speaks for the one enrollment it is bound to; unbound, only for what it was issued for. */
function mayBind(certificate: CertificateRow, known: EnrollmentRow | undefined, ask: AuthenticateAsk): boolean {
  if (certificate.pendingFor !== null || certificate.supersededAt !== null) return false;
  if (certificate.enrollmentId !== null) return certificate.enrollmentId === known?.id;
  if (certificate.purpose === "renew") return certificate.renews === known?.id;
  return isMeant(certificate, { appleId: ask.appleId, serial: ask.says.serial }, known);
}

function enrollmentFrom(ask: AuthenticateAsk, id: string, certificate: CertificateRow): EnrollmentRow {
  const { model, topic, serial: _claimed, osVersion, ...says } = ask.says;
  const platform = platformOf({
    ...(says.productName === null ? {} : { productName: says.productName }),
    ...(model === null ? {} : { model }),
  });
  return {
    ...blankEnrollment(id, ask.appleId, ask.now),
    ...says,
    ...versionSaid(osVersion, ask.now),
    topic,
    kind: ask.enrollmentKind,
    certificate: certificate.fingerprint,
    platform: platform ?? null,
    accessRights: rightsOf(certificate),
  };
}

const rightsOf = (certificate: CertificateRow | undefined): number | null =>
  certificate === undefined || certificate.accessRights === 0 ? null : certificate.accessRights;

export interface TokenUpdateAsk extends CheckinAsk {
  readonly topic: string;
  readonly awaitingConfiguration: boolean | null;
  /** Sealed already: PushToken, PushMagic, and UnlockToken where the device sent one. */
  readonly secrets: readonly { readonly name: string; readonly sealed: Uint8Array }[];
}

export const tokenUpdate = transaction({
  name: "tokenUpdate",
  reads: (ask: TokenUpdateAsk) => ({
    ...lookups(ask),
    certificates: { from: "certificate", where: { enrollmentId: { of: "enrollment", column: "id" } } },
    renewing: { from: "certificate", where: { renews: { of: "enrollment", column: "id" } } },
    pending: { from: "certificate", where: { pendingFor: { of: "enrollment", column: "id" } } },
    challenges: { from: "challenge", where: { enrollmentId: { of: "enrollment", column: "id" } } },
    secrets: { from: "secret", where: { owner: { of: "enrollment", column: "id" } } },
    configured: { from: "setting", where: { name: "push" } },
    organization: organizationLookup,
    everyone: everyoneLookup,
  }),
  decide(ask: TokenUpdateAsk, seen): { writes: Write[]; said: CheckinSaid } {
    const certificate = certificateIn(seen);
    const known = seen.enrollment[0];
    const fingerprint = certificate?.fingerprint ?? ask.shown.fingerprint;
    const anew =
      certificate !== undefined &&
      known !== undefined &&
      certificate.purpose !== "renew" &&
      certificate.renewedBy === null &&
      certificate.supersededAt === null &&
      certificate.enrollmentId === known.id &&
      known.certificate !== fingerprint;
    const admission = anew ? { kind: "known" as const, enrollment: known, writes: [] } : admit(ask, seen);
    if (admission.kind !== "known") {
      const { writes, said } = notAdmitted(admission);
      writes.push(...keep(ask, said, known, fingerprint, ask.secrets));
      if (said.kind === "quarantined" && known !== undefined)
        writes.push({ patch: "enrollment", where: { id: known.id }, set: { topic: ask.topic } });
      return { writes, said };
    }

    const unit = new UnitOfWork(admission.enrollment, seen, ask.firstId, ask.now);
    unit.writes.push(...admission.writes);
    if (anew || admission.enrollment.state === "checked-out") {
      startAnew(unit, fingerprint, seen);
    }
    const first = unit.enrollment.state !== "enrolled";
    const owner = unit.enrollment.id;
    const topicBefore = first ? null : unit.enrollment.topic;
    for (const { name, sealed } of ask.secrets)
      unit.writes.push({ put: "secret", row: { owner, name, sealed, at: ask.now } });
    unit.patch({
      state: "enrolled",
      topic: ask.topic,
      pushable: 1,
      ...(unit.enrollment.pushTrouble === null ? {} : { pushTrouble: null }),
      ...(first ? { enrolledAt: ask.now, accessRights: rightsOf(certificate) } : {}),
      // Its absence must not take back what was said before.
      ...(ask.awaitingConfiguration === null ? {} : { awaitingConfiguration: ask.awaitingConfiguration ? 1 : 0 }),
    });
    unit.note(
      "token-update",
      { topic: ask.topic, awaitingConfiguration: ask.awaitingConfiguration, first },
      unit.keep(ask.kept),
    );
    if (first && certificate !== undefined) unit.writes.push(renewalOf(owner, certificate.notAfter));
    const topic = (seen.configured[0]?.value as { topic?: string } | undefined)?.topic;
    if (topic !== undefined && topic !== ask.topic && topicBefore !== ask.topic)
      unit.note("topic-differs", { topic: ask.topic, ours: topic });
    if (first) {
      askWhatMustBeKnown(unit);
      startDeclarations(unit, organizationOf(seen));
      takePolicy(unit, seen.everyone);
      settle(unit);
    }
    release(unit);
    unit.push();
    return { writes: unit.writes, said: { kind: "accepted", enrollmentId: owner } };
  },
});

/** Who manages the devices, as the configuration says. */
export const organizationLookup = { from: "setting", where: { name: "organization" } } as const;

export function organizationOf(seen: { readonly organization: readonly SettingRow[] }): Standing["organization"] {
  return (seen.organization[0]?.value ?? undefined) as Standing["organization"];
}

/** What the server must know of a device: after enrollment, daily, and after every job. */
export function askWhatMustBeKnown(unit: UnitOfWork): void {
  unit.care({ requestType: "DeviceInformation", queries: deviceInformationQueries(unit.asked()) });
  unit.care({ requestType: "SecurityInfo" });
  unit.patch({ factsAskedAt: unit.now });
}

/** What a device sends that waits for the admin, kept where its adoption finds it. */
function keep(
  { now }: CheckinAsk,
  said: NotAdmitted,
  known: EnrollmentRow | undefined,
  fingerprint: string,
  secrets: TokenUpdateAsk["secrets"],
): Write[] {
  if (said.kind === "pending") return keepSecrets(pendingOwner(fingerprint), secrets, now);
  return said.kind === "quarantined" && known !== undefined ? keepSecrets(known.id, secrets, now) : [];
}

/** What belongs to an enrollment's former life. */
export interface FormerLife {
  readonly certificates: readonly CertificateRow[];
  /** Certificates made to renew it, used or not. */
  readonly renewing: readonly CertificateRow[];
  readonly challenges: readonly ChallengeRow[];
  readonly secrets: readonly SecretRow[];
  /** Certificates that wait for the admin. */
  readonly pending: readonly CertificateRow[];
}

/** A device enrolled again: nothing that was meant for its former life may reach it, nothing of it may speak for it. */
export function startAnew(unit: UnitOfWork, fingerprint: string, former: FormerLife): void {
  unit.step({ kind: "gone", cause: "enrolled-anew" });
  forgetDeclarations(unit);
  forgetStanding(unit);
  giveUp(unit);
  for (const { owner, name } of former.secrets) unit.writes.push({ drop: "secret", where: { owner, name } });
  for (const { hash } of former.challenges) unit.writes.push({ drop: "challenge", where: { hash } });
  // Kept, and refused from now on: a certificate that is not known would wait for the admin.
  for (const row of [...former.certificates, ...former.renewing]) {
    if (row.fingerprint === fingerprint || row.supersededAt !== null) continue;
    const where = { fingerprint: row.fingerprint };
    unit.writes.push({ patch: "certificate", where, set: { supersededAt: unit.now } });
  }
  unit.writes.push(...dropPending(former.pending.filter((row) => row.fingerprint !== fingerprint)));
  unit.patch({
    state: "authenticated",
    removedAt: null,
    certificate: fingerprint,
    bootstrapTokenAt: null,
    awaitingConfiguration: 0,
    facts: {},
    osVersion: null,
    buildVersion: null,
    supplementalBuild: null,
    supplementalExtra: null,
    supervised: null,
    enforces: null,
    dueAt: null,
    unheard: 0,
    pushesAccepted: 0,
    pushTrouble: null,
  });
  unit.note("enrolled-anew", {});
}

export const checkOut = transaction({
  name: "checkOut",
  reads: (ask: CheckinAsk) => ({
    ...lookups(ask),
    challenges: { from: "challenge", where: { enrollmentId: { of: "enrollment", column: "id" } } },
    secrets: { from: "secret", where: { owner: { of: "enrollment", column: "id" } } },
    ...freedLookups,
  }),
  decide(ask: CheckinAsk, seen): { writes: Write[]; said: CheckinSaid } {
    const [known] = seen.enrollment;
    if (known?.state === "removed" && known.certificate === certificateIn(seen)?.fingerprint)
      return { writes: leavesRemoved(ask, known, seen.secrets), said: { kind: "accepted", enrollmentId: known.id } };
    const admission = admit(ask, seen);
    if (admission.kind !== "known") return notAdmitted(admission);
    const unit = new UnitOfWork(admission.enrollment, seen, ask.firstId, ask.now);
    unit.writes.push(...admission.writes);
    unit.heard();
    unit.step({ kind: "gone", cause: "checked-out" });
    forgetDeclarations(unit);
    forgetStanding(unit);
    giveUp(unit);
    for (const { owner, name } of seen.secrets) unit.writes.push({ drop: "secret", where: { owner, name } });
    for (const { hash } of seen.challenges) unit.writes.push({ drop: "challenge", where: { hash } });
    unit.writes.push({ drop: "renewal", where: { enrollmentId: unit.enrollment.id } });
    unit.patch({ state: "checked-out", pushable: 0, dueAt: null, bootstrapTokenAt: null, enforces: null });
    unit.note("check-out", {}, unit.keep(ask.kept));
    unit.writes.push(...freeSerial(unit.enrollment, seen, ask.now));
    return { writes: unit.writes, said: { kind: "accepted", enrollmentId: unit.enrollment.id } };
  },
});

/** A removed device that leaves has nothing to wait for: it stays removed, and what was kept for its return goes. */
function leavesRemoved(ask: CheckinAsk, { id }: EnrollmentRow, secrets: readonly SecretRow[]): Write[] {
  return [
    ...secrets.map(({ owner, name }): Write => ({ drop: "secret", where: { owner, name } })),
    { patch: "enrollment", where: { id }, set: { bootstrapTokenAt: null } },
    timelineNote(id, ask.now, "check-out", {}, null),
  ];
}

export const BOOTSTRAP_TOKEN = "BootstrapToken";

export interface SetBootstrapTokenAsk extends CheckinAsk {
  /** null: the device takes its token back. */
  readonly sealed: Uint8Array | null;
}

export const setBootstrapToken = transaction({
  name: "setBootstrapToken",
  reads: (ask: SetBootstrapTokenAsk) => lookups(ask),
  decide(ask: SetBootstrapTokenAsk, seen): { writes: Write[]; said: CheckinSaid } {
    const admission = admit(ask, seen);
    if (admission.kind !== "known") {
      const { writes, said } = notAdmitted(admission);
      const { fingerprint } = certificateIn(seen) ?? ask.shown;
      const secrets = ask.sealed === null ? [] : [{ name: BOOTSTRAP_TOKEN, sealed: ask.sealed }];
      return { writes: [...writes, ...keep(ask, said, seen.enrollment[0], fingerprint, secrets)], said };
    }
    const unit = new UnitOfWork(admission.enrollment, seen, ask.firstId, ask.now);
    unit.writes.push(...admission.writes);
    const where = { owner: unit.enrollment.id, name: BOOTSTRAP_TOKEN };
    if (ask.sealed === null) unit.writes.push({ drop: "secret", where });
    else unit.writes.push({ put: "secret", row: { ...where, sealed: ask.sealed, at: ask.now } });
    unit.patch({ bootstrapTokenAt: ask.sealed === null ? null : ask.now });
    unit.note(ask.sealed === null ? "bootstrap-token-removed" : "bootstrap-token-escrowed", {}, unit.keep(ask.kept));
    unit.step({ kind: "authorised", bootstrapToken: authorisationOf(unit.enrollment) });
    if (ask.sealed !== null) unit.step({ kind: "escrowed" });
    return { writes: unit.writes, said: { kind: "accepted", enrollmentId: unit.enrollment.id } };
  },
});

export type GetBootstrapTokenSaid =
  | { readonly kind: "accepted"; readonly enrollmentId: string; readonly sealed: Uint8Array | null }
  | NotAdmitted;

export const getBootstrapToken = transaction({
  name: "getBootstrapToken",
  reads: (ask: CheckinAsk) => ({
    ...lookups(ask),
    token: { from: "secret", where: { owner: { of: "enrollment", column: "id" }, name: BOOTSTRAP_TOKEN } },
  }),
  decide(ask: CheckinAsk, seen): { writes: Write[]; said: GetBootstrapTokenSaid } {
    const admission = admit(ask, seen);
    if (admission.kind !== "known") return notAdmitted(admission);
    const unit = new UnitOfWork(admission.enrollment, seen, ask.firstId, ask.now);
    unit.writes.push(...admission.writes);
    const sealed = seen.token[0]?.sealed ?? null;
    unit.note("bootstrap-token-fetched", { stored: sealed !== null }, unit.keep(ask.kept));
    return { writes: unit.writes, said: { kind: "accepted", enrollmentId: unit.enrollment.id, sealed } };
  },
});

/** Any other check-in message of a device we know is kept and shown, and changes nothing. */
export interface OtherCheckinAsk extends CheckinAsk {
  readonly messageType: string;
}

export const otherCheckin = transaction({
  name: "otherCheckin",
  reads: (ask: OtherCheckinAsk) => lookups(ask),
  decide(ask: OtherCheckinAsk, seen): { writes: Write[]; said: CheckinSaid } {
    const admission = admit(ask, seen);
    if (admission.kind !== "known") return notAdmitted(admission);
    const unit = new UnitOfWork(admission.enrollment, seen, ask.firstId, ask.now);
    unit.writes.push(...admission.writes);
    unit.note("check-in-other", { messageType: ask.messageType }, unit.keep(ask.kept));
    return { writes: unit.writes, said: { kind: "accepted", enrollmentId: unit.enrollment.id } };
  },
});

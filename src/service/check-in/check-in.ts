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
import { deviceLookups, UnitOfWork } from "../enrollment/unit-of-work.ts";
import { everyoneLookup, forgetStanding, settle, takePolicy } from "../enrollment/standing.ts";

interface CheckinInput extends Caller {
  /** The bytes as received, secrets cut out. */
  readonly kept: Uint8Array;
}

/** What the handler needs to know: 200, or an empty 403. */
export type CheckinResult = { readonly kind: "accepted"; readonly enrollmentId: string } | NotAdmitted;

const lookups = (input: CheckinInput) =>
  ({
    ...admissionLookups(input),
    ...deviceLookups,
    bodies: bodyLookup,
  }) as const;

export interface AuthenticateInput extends CheckinInput {
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
  reads: (input: AuthenticateInput) => ({
    ...lookups(input),
    holders: holdersOf(input.says.serial),
    namesakes: holdersOf(input.appleId),
    inCapitals: { from: "enrollment", where: { appleId: upperAscii(input.appleId) } },
    inSmall: { from: "enrollment", where: { appleId: lowerAscii(input.appleId) } },
  }),
  decide(input: AuthenticateInput, seen): { writes: Write[]; result: CheckinResult } {
    const known = seen.enrollment[0];
    let certificate = certificateIn(seen);
    const writes: Write[] = [];
    if (certificate === undefined) {
      // The organisation's CA vouches for a device that enrolls; what our CA has issued we ought to know.
      const enrols = input.shown.external && (known === undefined || ENROLS_UNASKED.has(known.state));
      if (!enrols) return notAdmitted(admitUnknown(input, known, seen.waiting));
      const own = { purpose: "external", enrollmentId: null, renews: null, pendingFor: null } as const;
      certificate = certificateOf(input, own);
      writes.push({ insert: "certificate", row: certificate });
    } else if (known !== undefined && isSettled(certificate, known)) {
      const admission = admit(input, seen);
      if (admission.kind !== "known") return notAdmitted(admission);
    }
    if (!mayBind(certificate, known, input)) return notAdmitted(forbidOther(certificate));
    const { fingerprint } = certificate;
    const isNew = known === undefined;
    // It would be taken for a device that an admin calls by this name, as a UDID in other letters or as a serial number.
    const others = [...seen.inCapitals, ...seen.inSmall, ...seen.namesakes];
    if (isNew && others.some(lives)) return notAdmitted(forbid("not-bound-to-it", certificate));
    const id = known?.id ?? input.firstId;
    const row = known ?? enrollmentFrom(input, id, certificate);
    const serials = known?.state === "enrolled" ? {} : serialPatch(row, input.says.serial, seen.holders);
    if (isNew) writes.push({ insert: "enrollment", row: { ...row, ...serials } });
    else if (Object.keys(serials).length > 0) writes.push({ patch: "enrollment", where: { id }, set: serials });
    writes.push(...serialNews(row, serials, seen.holders, input.now));
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
      writes.push(...noteOtherMachine(known, input.says, keepsLife, input.now));
    }
    const data = { ...input.says, fingerprint, renewal: certificate.purpose === "renew" };
    const { ref } = keepBody(writes, seen.bodies, { enrollmentId: id, at: input.now, bytes: input.kept, asked: false });
    writes.push(timelineNote(id, input.now, "authenticate", data, ref));
    return { writes, result: { kind: "accepted", enrollmentId: id } };
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
function mayBind(certificate: CertificateRow, known: EnrollmentRow | undefined, input: AuthenticateInput): boolean {
  if (certificate.pendingFor !== null || certificate.supersededAt !== null) return false;
  if (certificate.enrollmentId !== null) return certificate.enrollmentId === known?.id;
  if (certificate.purpose === "renew") return certificate.renews === known?.id;
  return isMeant(certificate, { appleId: input.appleId, serial: input.says.serial }, known);
}

function enrollmentFrom(input: AuthenticateInput, id: string, certificate: CertificateRow): EnrollmentRow {
  const { model, topic, serial: _claimed, osVersion, ...says } = input.says;
  const platform = platformOf({
    ...(says.productName === null ? {} : { productName: says.productName }),
    ...(model === null ? {} : { model }),
  });
  return {
    ...blankEnrollment(id, input.appleId, input.now),
    ...says,
    ...versionSaid(osVersion, input.now),
    topic,
    kind: input.enrollmentKind,
    certificate: certificate.fingerprint,
    platform: platform ?? null,
    accessRights: rightsOf(certificate),
  };
}

const rightsOf = (certificate: CertificateRow | undefined): number | null =>
  certificate === undefined || certificate.accessRights === 0 ? null : certificate.accessRights;

export interface TokenUpdateInput extends CheckinInput {
  readonly topic: string;
  readonly awaitingConfiguration: boolean | null;
  /** Sealed already: PushToken, PushMagic, and UnlockToken where the device sent one. */
  readonly secrets: readonly { readonly name: string; readonly sealed: Uint8Array }[];
}

export const tokenUpdate = transaction({
  name: "tokenUpdate",
  reads: (input: TokenUpdateInput) => ({
    ...lookups(input),
    certificates: { from: "certificate", where: { enrollmentId: { of: "enrollment", column: "id" } } },
    renewing: { from: "certificate", where: { renews: { of: "enrollment", column: "id" } } },
    pending: { from: "certificate", where: { pendingFor: { of: "enrollment", column: "id" } } },
    challenges: { from: "challenge", where: { enrollmentId: { of: "enrollment", column: "id" } } },
    secrets: { from: "secret", where: { owner: { of: "enrollment", column: "id" } } },
    configured: { from: "setting", where: { name: "push" } },
    organization: organizationLookup,
    everyone: everyoneLookup,
  }),
  decide(input: TokenUpdateInput, seen): { writes: Write[]; result: CheckinResult } {
    const certificate = certificateIn(seen);
    const known = seen.enrollment[0];
    const fingerprint = certificate?.fingerprint ?? input.shown.fingerprint;
    const anew =
      certificate !== undefined &&
      known !== undefined &&
      certificate.purpose !== "renew" &&
      certificate.renewedBy === null &&
      certificate.supersededAt === null &&
      certificate.enrollmentId === known.id &&
      known.certificate !== fingerprint;
    const admission = anew ? { kind: "known" as const, enrollment: known, writes: [] } : admit(input, seen);
    if (admission.kind !== "known") {
      const { writes, result } = notAdmitted(admission);
      writes.push(...keep(input, result, known, fingerprint, input.secrets));
      if (result.kind === "quarantined" && known !== undefined)
        writes.push({ patch: "enrollment", where: { id: known.id }, set: { topic: input.topic } });
      return { writes, result };
    }

    const unit = new UnitOfWork(admission.enrollment, seen, input.firstId, input.now);
    unit.writes.push(...admission.writes);
    if (anew || admission.enrollment.state === "checked-out") {
      startAnew(unit, fingerprint, seen);
    }
    const first = unit.enrollment.state !== "enrolled";
    const owner = unit.enrollment.id;
    const topicBefore = first ? null : unit.enrollment.topic;
    for (const { name, sealed } of input.secrets)
      unit.writes.push({ put: "secret", row: { owner, name, sealed, at: input.now } });
    unit.patch({
      state: "enrolled",
      topic: input.topic,
      pushable: 1,
      ...(unit.enrollment.pushTrouble === null ? {} : { pushTrouble: null }),
      ...(first ? { enrolledAt: input.now, accessRights: rightsOf(certificate) } : {}),
      // Its absence must not take back what was said before.
      ...(input.awaitingConfiguration === null ? {} : { awaitingConfiguration: input.awaitingConfiguration ? 1 : 0 }),
    });
    unit.note(
      "token-update",
      { topic: input.topic, awaitingConfiguration: input.awaitingConfiguration, first },
      unit.keep(input.kept),
    );
    if (first && certificate !== undefined) unit.writes.push(renewalOf(owner, certificate.notAfter));
    const topic = (seen.configured[0]?.value as { topic?: string } | undefined)?.topic;
    if (topic !== undefined && topic !== input.topic && topicBefore !== input.topic)
      unit.note("topic-differs", { topic: input.topic, ours: topic });
    if (first) {
      askWhatMustBeKnown(unit);
      startDeclarations(unit, organizationOf(seen));
      takePolicy(unit, seen.everyone);
      settle(unit);
    }
    release(unit);
    unit.push();
    return { writes: unit.writes, result: { kind: "accepted", enrollmentId: owner } };
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
  { now }: CheckinInput,
  result: NotAdmitted,
  known: EnrollmentRow | undefined,
  fingerprint: string,
  secrets: TokenUpdateInput["secrets"],
): Write[] {
  if (result.kind === "pending") return keepSecrets(pendingOwner(fingerprint), secrets, now);
  return result.kind === "quarantined" && known !== undefined ? keepSecrets(known.id, secrets, now) : [];
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
  reads: (input: CheckinInput) => ({
    ...lookups(input),
    challenges: { from: "challenge", where: { enrollmentId: { of: "enrollment", column: "id" } } },
    secrets: { from: "secret", where: { owner: { of: "enrollment", column: "id" } } },
    ...freedLookups,
  }),
  decide(input: CheckinInput, seen): { writes: Write[]; result: CheckinResult } {
    const [known] = seen.enrollment;
    if (known?.state === "removed" && known.certificate === certificateIn(seen)?.fingerprint)
      return {
        writes: leavesRemoved(input, known, seen.secrets),
        result: { kind: "accepted", enrollmentId: known.id },
      };
    const admission = admit(input, seen);
    if (admission.kind !== "known") return notAdmitted(admission);
    const unit = new UnitOfWork(admission.enrollment, seen, input.firstId, input.now);
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
    unit.note("check-out", {}, unit.keep(input.kept));
    unit.writes.push(...freeSerial(unit.enrollment, seen, input.now));
    return { writes: unit.writes, result: { kind: "accepted", enrollmentId: unit.enrollment.id } };
  },
});

/** A removed device that leaves has nothing to wait for: it stays removed, and what was kept for its return goes. */
function leavesRemoved(input: CheckinInput, { id }: EnrollmentRow, secrets: readonly SecretRow[]): Write[] {
  return [
    ...secrets.map(({ owner, name }): Write => ({ drop: "secret", where: { owner, name } })),
    { patch: "enrollment", where: { id }, set: { bootstrapTokenAt: null } },
    timelineNote(id, input.now, "check-out", {}, null),
  ];
}

export const BOOTSTRAP_TOKEN = "BootstrapToken";

export interface SetBootstrapTokenInput extends CheckinInput {
  /** null: the device takes its token back. */
  readonly sealed: Uint8Array | null;
}

export const setBootstrapToken = transaction({
  name: "setBootstrapToken",
  reads: (input: SetBootstrapTokenInput) => lookups(input),
  decide(input: SetBootstrapTokenInput, seen): { writes: Write[]; result: CheckinResult } {
    const admission = admit(input, seen);
    if (admission.kind !== "known") {
      const { writes, result } = notAdmitted(admission);
      const { fingerprint } = certificateIn(seen) ?? input.shown;
      const secrets = input.sealed === null ? [] : [{ name: BOOTSTRAP_TOKEN, sealed: input.sealed }];
      return { writes: [...writes, ...keep(input, result, seen.enrollment[0], fingerprint, secrets)], result };
    }
    const unit = new UnitOfWork(admission.enrollment, seen, input.firstId, input.now);
    unit.writes.push(...admission.writes);
    const where = { owner: unit.enrollment.id, name: BOOTSTRAP_TOKEN };
    if (input.sealed === null) unit.writes.push({ drop: "secret", where });
    else unit.writes.push({ put: "secret", row: { ...where, sealed: input.sealed, at: input.now } });
    unit.patch({ bootstrapTokenAt: input.sealed === null ? null : input.now });
    unit.note(
      input.sealed === null ? "bootstrap-token-removed" : "bootstrap-token-escrowed",
      {},
      unit.keep(input.kept),
    );
    unit.step({ kind: "authorised", bootstrapToken: authorisationOf(unit.enrollment) });
    if (input.sealed !== null) unit.step({ kind: "escrowed" });
    return { writes: unit.writes, result: { kind: "accepted", enrollmentId: unit.enrollment.id } };
  },
});

export type GetBootstrapTokenResult =
  | { readonly kind: "accepted"; readonly enrollmentId: string; readonly sealed: Uint8Array | null }
  | NotAdmitted;

export const getBootstrapToken = transaction({
  name: "getBootstrapToken",
  reads: (input: CheckinInput) => ({
    ...lookups(input),
    token: { from: "secret", where: { owner: { of: "enrollment", column: "id" }, name: BOOTSTRAP_TOKEN } },
  }),
  decide(input: CheckinInput, seen): { writes: Write[]; result: GetBootstrapTokenResult } {
    const admission = admit(input, seen);
    if (admission.kind !== "known") return notAdmitted(admission);
    const unit = new UnitOfWork(admission.enrollment, seen, input.firstId, input.now);
    unit.writes.push(...admission.writes);
    const sealed = seen.token[0]?.sealed ?? null;
    unit.note("bootstrap-token-fetched", { stored: sealed !== null }, unit.keep(input.kept));
    return { writes: unit.writes, result: { kind: "accepted", enrollmentId: unit.enrollment.id, sealed } };
  },
});

/** Any other check-in message of a device we know is kept and shown, and changes nothing. */
export interface OtherCheckinInput extends CheckinInput {
  readonly messageType: string;
}

export const otherCheckin = transaction({
  name: "otherCheckin",
  reads: (input: OtherCheckinInput) => lookups(input),
  decide(input: OtherCheckinInput, seen): { writes: Write[]; result: CheckinResult } {
    const admission = admit(input, seen);
    if (admission.kind !== "known") return notAdmitted(admission);
    const unit = new UnitOfWork(admission.enrollment, seen, input.firstId, input.now);
    unit.writes.push(...admission.writes);
    unit.note("check-in-other", { messageType: input.messageType }, unit.keep(input.kept));
    return { writes: unit.writes, result: { kind: "accepted", enrollmentId: unit.enrollment.id } };
  },
});

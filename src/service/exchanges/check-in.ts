/** Check-in: a device enrols, tells how to reach it, escrows its bootstrap token, leaves. */
import { deviceInformationQueries, platformOf } from "../../protocol/index.ts";
import {
  type CertificateRow,
  type ChallengeRow,
  type EnrollmentRow,
  exchange,
  type SecretRow,
  type SettingRow,
  type Standing,
  type Write,
} from "../../store/index.ts";
import { authorisationOf } from "../device-facts.ts";
import {
  admit,
  asksFor,
  blankEnrollment,
  type Caller,
  certificateOf,
  forbid,
  type NotAdmitted,
  notAdmitted,
  quarantine,
  renewalOf,
  takesOver,
} from "./admit.ts";
import { forgetDeclarations, startDeclarations } from "./declarations.ts";
import { deviceLookups, Scene } from "./scene.ts";
import { everyoneLookup, forgetStanding, settle, takePolicy } from "./standing.ts";

interface CheckinAsk extends Caller {
  /** The bytes as received, secrets cut out. */
  readonly kept: Uint8Array;
}

/** What the handler needs to know: 200, or an empty 403. */
export type CheckinSaid = { readonly kind: "accepted"; readonly enrollmentId: string } | NotAdmitted;

const lookups = (ask: CheckinAsk) =>
  ({
    certificate: { from: "certificate", where: { fingerprint: ask.shown.fingerprint } },
    enrollment: { from: "enrollment", where: { appleId: ask.appleId } },
    ...deviceLookups,
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
 * The certificate is bound to its enrollment here, once and for ever. An Authenticate for a device we know is either the
 * renewal of its identity (a certificate issued for that) or a new enrolment, which changes nothing before its
 * TokenUpdate: the profile may still fail.
 */
export const authenticate = exchange({
  name: "authenticate",
  lane: (ask: AuthenticateAsk) => ask.appleId,
  reads: (ask: AuthenticateAsk) => ({
    ...lookups(ask),
    asking: { from: "certificate", where: { renews: { of: "enrollment", column: "id" } } },
  }),
  decide(ask: AuthenticateAsk, seen): { writes: Write[]; said: CheckinSaid } {
    const known = seen.enrollment[0];
    const { fingerprint, external } = ask.shown;
    const waits = (writes: readonly Write[]) => ({ writes: [...writes], said: { kind: "quarantined" as const } });
    let certificate = seen.certificate[0];
    const writes: Write[] = [];
    if (known?.state === "quarantined" || (certificate === undefined && !external)) {
      const admission = known === undefined ? quarantine(ask) : admit(ask, certificate, known);
      // Neither a quarantined device nor an unknown certificate is known at once.
      if (admission.kind === "known") throw new Error("a device in quarantine was let in");
      return notAdmitted(admission);
    }
    if (certificate === undefined) {
      const bound = known !== undefined && known.state === "enrolled";
      const own = { purpose: "external", enrollmentId: null, renews: bound ? known.id : null } as const;
      certificate = certificateOf(ask, own);
      writes.push({ insert: "certificate", row: certificate });
      if (bound) {
        for (const row of seen.asking.filter((other) => asksFor(other, known)))
          writes.push(...forgetAsking(row.fingerprint));
        return waits([...writes, askingNote(ask, known.id)]);
      }
    }
    if (known !== undefined && asksFor(certificate, known)) return waits([]);
    if (!mayBind(certificate, known, ask)) {
      const other = certificate.enrollmentId !== null || certificate.purpose === "renew";
      return notAdmitted(forbid(other ? "other-device" : "not-bound-to-it", certificate));
    }
    const isNew = known === undefined;
    const id = known?.id ?? ask.firstId;
    if (isNew) writes.push({ insert: "enrollment", row: enrollmentFrom(ask, id, certificate) });
    if (isNew || known.state === "checked-out" || known.state === "authenticated") {
      writes.push({ patch: "enrollment", where: { id }, set: { certificate: fingerprint } });
    } else if (certificate.purpose === "renew" && certificate.renewedBy === null && known.certificate !== fingerprint) {
      writes.push(...takesOver(certificate, known));
    }
    if (certificate.enrollmentId === null) {
      writes.push({ patch: "certificate", where: { fingerprint }, set: { enrollmentId: id } });
    }
    const data = { ...ask.says, fingerprint, renewal: certificate.purpose === "renew" };
    writes.push({
      insert: "timeline",
      row: { enrollmentId: id, at: ask.now, kind: "authenticate", data, raw: ask.kept },
    });
    return { writes, said: { kind: "accepted", enrollmentId: id } };
  },
});

/** Where the push secrets lie that a certificate brought which waits for the admin's word. */
export const askingOwner = (fingerprint: string): string => `asking:${fingerprint}`;

/** Only the newest that asks is kept: a device that tries again comes with another. */
function forgetAsking(fingerprint: string): Write[] {
  return [
    { drop: "certificate", where: { fingerprint } },
    { drop: "secret", where: { owner: askingOwner(fingerprint) } },
  ];
}

function askingNote(ask: AuthenticateAsk, enrollmentId: string): Write {
  const data = { ...ask.says, fingerprint: ask.shown.fingerprint };
  return {
    insert: "timeline",
    row: { enrollmentId, at: ask.now, kind: "identity-asks", data, raw: ask.kept },
  };
}

/** A certificate speaks for the one enrollment it is bound to; unbound, only for what it was issued for. */
function mayBind(certificate: CertificateRow, known: EnrollmentRow | undefined, ask: AuthenticateAsk): boolean {
  if (certificate.enrollmentId !== null) return certificate.enrollmentId === known?.id;
  if (certificate.purpose === "renew") return certificate.renews === known?.id;
  const { device } = certificate;
  return device === null || device === ask.appleId || device === ask.says.serial;
}

function enrollmentFrom(ask: AuthenticateAsk, id: string, certificate: CertificateRow): EnrollmentRow {
  const { model, topic, ...says } = ask.says;
  const platform = platformOf({
    ...(says.productName === null ? {} : { productName: says.productName }),
    ...(model === null ? {} : { model }),
  });
  return {
    ...blankEnrollment(id, ask.appleId, ask.now),
    ...says,
    topic,
    kind: ask.enrollmentKind,
    certificate: ask.shown.fingerprint,
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

export const tokenUpdate = exchange({
  name: "tokenUpdate",
  lane: (ask: TokenUpdateAsk) => ask.appleId,
  reads: (ask: TokenUpdateAsk) => ({
    ...lookups(ask),
    certificates: { from: "certificate", where: { enrollmentId: { of: "enrollment", column: "id" } } },
    renewing: { from: "certificate", where: { renews: { of: "enrollment", column: "id" } } },
    challenges: { from: "challenge", where: { enrollmentId: { of: "enrollment", column: "id" } } },
    secrets: { from: "secret", where: { owner: { of: "enrollment", column: "id" } } },
    configured: { from: "setting", where: { name: "push" } },
    organization: organizationLookup,
    everyone: everyoneLookup,
  }),
  decide(ask: TokenUpdateAsk, seen): { writes: Write[]; said: CheckinSaid } {
    const certificate = seen.certificate[0];
    const known = seen.enrollment[0];
    const { fingerprint } = ask.shown;
    const anew =
      certificate !== undefined &&
      known !== undefined &&
      certificate.purpose !== "renew" &&
      certificate.renewedBy === null &&
      certificate.enrollmentId === known.id &&
      known.certificate !== fingerprint;
    const admission = anew ? { kind: "known" as const, enrollment: known, writes: [] } : admit(ask, certificate, known);
    if (admission.kind !== "known") {
      const { writes, said } = notAdmitted(admission);
      if (said.kind === "quarantined" && known !== undefined) writes.push(...keep(ask, known));
      return { writes, said };
    }

    const scene = new Scene(admission.enrollment, seen, ask.firstId, ask.now);
    scene.writes.push(...admission.writes);
    if (anew || admission.enrollment.state === "checked-out") {
      startAnew(scene, fingerprint, seen);
    }
    const first = scene.enrollment.state !== "enrolled";
    const owner = scene.enrollment.id;
    for (const { name, sealed } of ask.secrets)
      scene.writes.push({ put: "secret", row: { owner, name, sealed, at: ask.now } });
    scene.patch({
      state: "enrolled",
      topic: ask.topic,
      pushable: 1,
      ...(scene.enrollment.pushTrouble === null ? {} : { pushTrouble: null }),
      ...(first ? { enrolledAt: ask.now, accessRights: rightsOf(certificate) } : {}),
      // Its absence must not take back what was said before.
      ...(ask.awaitingConfiguration === null ? {} : { awaitingConfiguration: ask.awaitingConfiguration ? 1 : 0 }),
    });
    scene.note("token-update", { topic: ask.topic, awaitingConfiguration: ask.awaitingConfiguration, first }, ask.kept);
    if (first && certificate !== undefined) scene.writes.push(renewalOf(owner, certificate.notAfter));
    const topic = (seen.configured[0]?.value as { topic?: string } | undefined)?.topic;
    if (topic !== undefined && topic !== ask.topic) scene.note("topic-differs", { topic: ask.topic, ours: topic });
    if (ask.awaitingConfiguration === true) scene.care({ requestType: "DeviceConfigured" }, "first");
    if (first) {
      askWhatMustBeKnown(scene);
      startDeclarations(scene, organizationOf(seen));
      takePolicy(scene, seen.everyone);
      settle(scene);
    }
    scene.push();
    return { writes: scene.writes, said: { kind: "accepted", enrollmentId: owner } };
  },
});

/** Who manages the devices, as the configuration says. */
export const organizationLookup = { from: "setting", where: { name: "organization" } } as const;

export function organizationOf(seen: { readonly organization: readonly SettingRow[] }): Standing["organization"] {
  return (seen.organization[0]?.value ?? undefined) as Standing["organization"];
}

/** What the server must know of a device: after enrolment, daily, and after every job. */
export function askWhatMustBeKnown(scene: Scene): void {
  scene.care({ requestType: "DeviceInformation", queries: deviceInformationQueries(scene.asked()) });
  scene.care({ requestType: "SecurityInfo" });
  scene.patch({ factsAskedAt: scene.now });
}

/** How a device that waits for the admin's word can be reached once it is given: it may not say it again for weeks. */
function keep(ask: TokenUpdateAsk, known: EnrollmentRow): Write[] {
  const quarantined = known.state === "quarantined";
  const owner = quarantined ? known.id : askingOwner(ask.shown.fingerprint);
  const secrets = ask.secrets.map(
    ({ name, sealed }): Write => ({ put: "secret", row: { owner, name, sealed, at: ask.now } }),
  );
  if (!quarantined) return secrets;
  return [...secrets, { patch: "enrollment", where: { id: known.id }, set: { topic: ask.topic } }];
}

/** What belongs to an enrollment's former life. */
export interface FormerLife {
  readonly certificates: readonly CertificateRow[];
  /** Certificates made to renew it, used or not. */
  readonly renewing: readonly CertificateRow[];
  readonly challenges: readonly ChallengeRow[];
  readonly secrets: readonly SecretRow[];
}

/** A device enrolled anew: nothing that was meant for its former life may reach it, nothing of it may speak for it. */
export function startAnew(scene: Scene, fingerprint: string, former: FormerLife): void {
  scene.step({ kind: "gone", cause: "enrolled-anew" });
  forgetDeclarations(scene);
  forgetStanding(scene);
  for (const row of [...scene.outstanding.values()]) scene.close(row, "withdrawn", null);
  for (const { owner, name } of former.secrets) scene.writes.push({ drop: "secret", where: { owner, name } });
  for (const { hash } of former.challenges) scene.writes.push({ drop: "challenge", where: { hash } });
  const prints = new Set([...former.certificates, ...former.renewing].map((row) => row.fingerprint));
  prints.delete(fingerprint);
  for (const print of prints) scene.writes.push({ drop: "certificate", where: { fingerprint: print } });
  scene.patch({
    state: "authenticated",
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
  scene.note("enrolled-anew", {});
}

export const checkOut = exchange({
  name: "checkOut",
  lane: (ask: CheckinAsk) => ask.appleId,
  reads: (ask: CheckinAsk) => ({
    ...lookups(ask),
    challenges: { from: "challenge", where: { enrollmentId: { of: "enrollment", column: "id" } } },
    secrets: { from: "secret", where: { owner: { of: "enrollment", column: "id" } } },
  }),
  decide(ask: CheckinAsk, seen): { writes: Write[]; said: CheckinSaid } {
    const admission = admit(ask, seen.certificate[0], seen.enrollment[0]);
    if (admission.kind !== "known") return notAdmitted(admission);
    const scene = new Scene(admission.enrollment, seen, ask.firstId, ask.now);
    scene.writes.push(...admission.writes);
    scene.heard();
    scene.step({ kind: "gone", cause: "checked-out" });
    forgetDeclarations(scene);
    forgetStanding(scene);
    for (const row of [...scene.outstanding.values()]) scene.close(row, "withdrawn", null);
    for (const { owner, name } of seen.secrets) scene.writes.push({ drop: "secret", where: { owner, name } });
    for (const { hash } of seen.challenges) scene.writes.push({ drop: "challenge", where: { hash } });
    scene.writes.push({ drop: "renewal", where: { enrollmentId: scene.enrollment.id } });
    scene.patch({ state: "checked-out", pushable: 0, dueAt: null, bootstrapTokenAt: null, enforces: null });
    scene.note("check-out", {}, ask.kept);
    return { writes: scene.writes, said: { kind: "accepted", enrollmentId: scene.enrollment.id } };
  },
});

export interface SetBootstrapTokenAsk extends CheckinAsk {
  /** null: the device takes its token back. */
  readonly sealed: Uint8Array | null;
}

export const setBootstrapToken = exchange({
  name: "setBootstrapToken",
  lane: (ask: SetBootstrapTokenAsk) => ask.appleId,
  reads: (ask: SetBootstrapTokenAsk) => lookups(ask),
  decide(ask: SetBootstrapTokenAsk, seen): { writes: Write[]; said: CheckinSaid } {
    const admission = admit(ask, seen.certificate[0], seen.enrollment[0]);
    if (admission.kind !== "known") return notAdmitted(admission);
    const scene = new Scene(admission.enrollment, seen, ask.firstId, ask.now);
    scene.writes.push(...admission.writes);
    const where = { owner: scene.enrollment.id, name: "BootstrapToken" };
    if (ask.sealed === null) scene.writes.push({ drop: "secret", where });
    else scene.writes.push({ put: "secret", row: { ...where, sealed: ask.sealed, at: ask.now } });
    scene.patch({ bootstrapTokenAt: ask.sealed === null ? null : ask.now });
    scene.note(ask.sealed === null ? "bootstrap-token-removed" : "bootstrap-token-escrowed", {}, ask.kept);
    scene.step({ kind: "authorised", bootstrapToken: authorisationOf(scene.enrollment) });
    if (ask.sealed !== null) scene.step({ kind: "escrowed" });
    return { writes: scene.writes, said: { kind: "accepted", enrollmentId: scene.enrollment.id } };
  },
});

export type GetBootstrapTokenSaid =
  | { readonly kind: "accepted"; readonly enrollmentId: string; readonly sealed: Uint8Array | null }
  | NotAdmitted;

export const getBootstrapToken = exchange({
  name: "getBootstrapToken",
  lane: (ask: CheckinAsk) => ask.appleId,
  reads: (ask: CheckinAsk) => ({
    ...lookups(ask),
    token: { from: "secret", where: { owner: { of: "enrollment", column: "id" }, name: "BootstrapToken" } },
  }),
  decide(ask: CheckinAsk, seen): { writes: Write[]; said: GetBootstrapTokenSaid } {
    const admission = admit(ask, seen.certificate[0], seen.enrollment[0]);
    if (admission.kind !== "known") return notAdmitted(admission);
    const scene = new Scene(admission.enrollment, seen, ask.firstId, ask.now);
    scene.writes.push(...admission.writes);
    const sealed = seen.token[0]?.sealed ?? null;
    scene.note("bootstrap-token-fetched", { stored: sealed !== null }, ask.kept);
    return { writes: scene.writes, said: { kind: "accepted", enrollmentId: scene.enrollment.id, sealed } };
  },
});

/** Any other check-in message of a device we know is kept and shown, and changes nothing. */
export interface OtherCheckinAsk extends CheckinAsk {
  readonly messageType: string;
}

export const otherCheckin = exchange({
  name: "otherCheckin",
  lane: (ask: OtherCheckinAsk) => ask.appleId,
  reads: (ask: OtherCheckinAsk) => lookups(ask),
  decide(ask: OtherCheckinAsk, seen): { writes: Write[]; said: CheckinSaid } {
    const admission = admit(ask, seen.certificate[0], seen.enrollment[0]);
    if (admission.kind !== "known") return notAdmitted(admission);
    const scene = new Scene(admission.enrollment, seen, ask.firstId, ask.now);
    scene.writes.push(...admission.writes);
    scene.note("check-in-other", { messageType: ask.messageType }, ask.kept);
    return { writes: scene.writes, said: { kind: "accepted", enrollmentId: scene.enrollment.id } };
  },
});

/** Authenticate: a device begins to enroll, and its certificate is bound to its enrollment. */
import { platformOf } from "../../protocol/index.ts";
import { type EnrollmentRow, lowerAscii, transaction, upperAscii, type Write } from "../../store/index.ts";
import {
  admissionLookups,
  admit,
  admitUnknown,
  blankEnrollment,
  certificateIn,
  forbidOther,
  notAdmitted,
  takesOver,
} from "../enrollment/admit.ts";
import { bodyLookup, keepBody, timelineNote } from "../enrollment/bodies.ts";
import { certificateOf, forbid, type KnownCertificate } from "../enrollment/caller.ts";
import { holdersOf, isMeant, lives, serialNews, serialPatch } from "../enrollment/claims.ts";
import { noteOtherMachine } from "../enrollment/machines.ts";
import { versionSaid } from "../enrollment/reported-version.ts";
import { enrollsAgain } from "../enrollment/returned.ts";
import { versionSeen } from "../enrollment/version-history.ts";
import type { CheckinInput, CheckinResult } from "./message.ts";
import { rightsOf } from "./token-update.ts";

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
    ...admissionLookups(input),
    bodies: bodyLookup,
    holders: holdersOf(input.says.serial),
    namesakes: holdersOf(input.appleId),
    inCapitals: { from: "enrollment", where: { appleId: upperAscii(input.appleId) } },
    inSmall: { from: "enrollment", where: { appleId: lowerAscii(input.appleId) } },
  }),
  decide(input: AuthenticateInput, seen): { writes: Write[]; result: CheckinResult } {
    const known = seen.enrollment[0];
    let certificate: KnownCertificate | undefined = certificateIn(seen);
    const writes: Write[] = [];
    if (certificate === undefined) {
      // The organization's CA vouches for a device that enrolls; what our CA has issued we ought to know.
      const enrols = input.shown.external && (known === undefined || ENROLS_UNASKED.has(known.state));
      if (!enrols) return notAdmitted(admitUnknown(input, known, seen.waiting));
      const own = { purpose: "external", enrollmentId: null, renews: null, pendingFor: null } as const;
      const row = certificateOf(input, own);
      certificate = row;
      writes.push({ insert: "certificate", row });
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
    if (isNew)
      writes.push(
        { insert: "enrollment", row: { ...row, ...serials } },
        ...firstFacts(row, input.now),
        ...versionSeen(row, input.now),
      );
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

/** States in which a certificate of the organization's CA that is not known enrolls without an admin. */
const ENROLS_UNASKED: ReadonlySet<EnrollmentRow["state"]> = new Set(["authenticated", "checked-out"]);

/**
 * What stands about these two does not change by an Authenticate: it waits, is superseded, or its device is in quarantine or
 * was removed.
 */
function isSettled(certificate: KnownCertificate, known: EnrollmentRow): boolean {
  if (certificate.pendingFor !== null || certificate.supersededAt !== null) return true;
  if (known.state === "removed") return !enrollsAgain(certificate, known);
  return known.state === "quarantined" && known.certificate === certificate.fingerprint;
}

/** A certificate speaks for the one enrollment it is bound to; unbound, only for what it was issued for. */
function mayBind(certificate: KnownCertificate, known: EnrollmentRow | undefined, input: AuthenticateInput): boolean {
  if (certificate.pendingFor !== null || certificate.supersededAt !== null) return false;
  if (certificate.enrollmentId !== null) return certificate.enrollmentId === known?.id;
  if (certificate.purpose === "renew") return certificate.renews === known?.id;
  return isMeant(certificate, { appleId: input.appleId, serial: input.says.serial }, known);
}

/** Nothing has been asked yet: its own page shows what it called its OS, where that is no version. */
function firstFacts({ id: enrollmentId, reportedVersion }: EnrollmentRow, at: number): Write[] {
  if (reportedVersion === null) return [];
  return [{ put: "facts", row: { enrollmentId, doc: { OSVersion: { value: reportedVersion, at } } } }];
}

function enrollmentFrom(input: AuthenticateInput, id: string, certificate: KnownCertificate): EnrollmentRow {
  const { model, topic, serial: _claimed, osVersion, ...says } = input.says;
  const platform = platformOf({
    ...(says.productName === null ? {} : { productName: says.productName }),
    ...(model === null ? {} : { model }),
  });
  return {
    ...blankEnrollment(id, input.appleId, input.now),
    ...says,
    ...versionSaid(osVersion),
    topic,
    kind: input.enrollmentKind,
    certificate: certificate.fingerprint,
    platform: platform ?? null,
    accessRights: rightsOf(certificate),
  };
}

/** Enrollment profiles: what is still missing for them, and how one is made and signed. */
import type { EnrollRequest, ServerStatus } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import { hashSecret, makeChallenge } from "../../identity/index.ts";
import { type AdminStore, type DeviceBinding, isUdidShaped, upperAscii } from "../../store/index.ts";
import type { Actor } from "../actor.ts";
import { buildEnrollmentProfile } from "./enrollment-profile.ts";
import { addChallenge } from "./issue.ts";
import type { Ports } from "../ports.ts";
import { ambiguity } from "../plans/selector.ts";

export interface EnrollmentOptions {
  /** https origin that devices reach; undefined until it is configured. */
  readonly publicUrl: string | undefined;
  readonly organization: string;
  readonly accessRights: number;
  readonly signMessages: boolean;
  /** The CA certificate for the profile, where the server's TLS certificate is not publicly trusted. */
  readonly trust: Uint8Array | undefined;
  /** True: devices see a TLS certificate of this server's own CA. */
  readonly ownTls: boolean;
  /** Stable identifier of the enrollment profile. */
  readonly profileIdentifier: string;
  signProfile(profile: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

/** A profile as bytes: `http/admin` makes JSON of it where that is asked for. */
export interface SignedProfile {
  /** The signed configuration profile (`application/x-apple-aspen-config`). */
  readonly profile: Uint8Array;
  readonly uses: number;
  readonly expiresAt: number;
  /** False where devices see a TLS certificate of the server's own CA. */
  readonly publiclyTrusted: boolean;
}

/** What an admin may do with profiles. */
export interface EnrollmentAdmin {
  /** Throws `not-ready` while public URL or push certificate are missing, `device-ambiguous`. */
  enroll(actor: Actor, request: EnrollRequest): Promise<SignedProfile>;
}

export interface Enrollment extends EnrollmentAdmin {
  missing(): Promise<ServerStatus["missing"]>;
  /** Where devices enroll, and for which topic. Throws `not-ready`. */
  ready(): Promise<{ readonly publicUrl: string; readonly topic: string }>;
  newChallenge(): string;
  /** The signed profile with this challenge, which must be stored before it leaves. Throws `not-ready`. */
  profile(challenge: string): Promise<Uint8Array>;
}

const HOUR = 3_600_000;
/** How long profiles and links are good unless the admin says otherwise: a week. */
export const USUAL_HOURS = 168;

export function createEnrollment(ports: Ports, options: EnrollmentOptions): Enrollment {
  const { devices } = ports;

  async function topicOfPush(): Promise<string | undefined> {
    const [row] = await devices.read({ from: "setting", where: { name: "push" } });
    return (row?.value as { topic?: string } | undefined)?.topic;
  }

  function lacking(topic: string | undefined): ServerStatus["missing"] {
    const list: { what: string; remedy: string }[] = [];
    if (options.publicUrl === undefined) {
      list.push({
        what: "public URL",
        remedy: "Set --public-url to the https address at which devices reach the MDM endpoint.",
      });
    }
    if (topic === undefined) {
      list.push({
        what: "push certificate",
        remedy:
          "Get an MDM push certificate from Apple's Push Certificates Portal and import it: uptick push csr, then uptick push import FILE.pem.",
      });
    }
    return list;
  }

  const enrollment: Enrollment = {
    missing: async () => lacking(await topicOfPush()),
    async ready() {
      const topic = await topicOfPush();
      const { publicUrl } = options;
      if (topic !== undefined && publicUrl !== undefined) return { publicUrl, topic };
      const list = lacking(topic).map(({ what, remedy: how }) => `${what} (${how})`);
      throw new UptickError("not-ready", `Still missing: ${list.join("; ")}`);
    },
    newChallenge: () => makeChallenge(ports.random(24)),
    async profile(challenge) {
      const { organization, accessRights, signMessages, trust, profileIdentifier: identifier } = options;
      return options.signProfile(
        buildEnrollmentProfile({
          ...(await enrollment.ready()),
          organization,
          accessRights,
          challenge,
          signMessages,
          trust,
          identifier,
          uuids: [ports.newId(), ports.newId(), ports.newId(), ports.newId()],
        }),
      );
    },
    async enroll(actor, request) {
      await enrollment.ready();
      const device = await boundTo(ports.admin, request.device);
      const uses = request.uses ?? 1;
      const now = ports.realNow();
      const expiresAt = now + (request.hours ?? USUAL_HOURS) * HOUR;
      const challenge = enrollment.newChallenge();
      const profile = await enrollment.profile(challenge);
      await actor.run(addChallenge, {
        hash: hashSecret(challenge),
        purpose: "enrol",
        enrollmentId: null,
        usesLeft: uses,
        expiresAt,
        createdAt: now,
        note: request.note ?? "",
        accessRights: options.accessRights,
        device,
        link: null,
        createdBy: actor.name,
      });
      return { profile, uses, expiresAt, publiclyTrusted: !options.ownTls };
    },
  };
  return enrollment;
}

/**
 * What the admin has named, as what it is: the serial number or the UDID of a device; a known device that is named in another
 * way is meant by its UDID. A text that is not known belongs to a device that has not enrolled yet.
 */
async function boundTo(admin: AdminStore, ref: string | undefined): Promise<DeviceBinding | null> {
  if (ref === undefined) return null;
  const found = (await admin.named([ref])).get(ref) ?? [];
  if (found.length > 1) throw ambiguity(new Map([[ref, found]]));
  const [device] = found;
  if (device === undefined) return { kind: isUdidShaped(ref) ? "udid" : "serial", value: ref };
  if (device.serial === upperAscii(ref)) return { kind: "serial", value: device.serial };
  return { kind: "udid", value: device.appleId };
}

/** Enrollment links: made, listed and revoked by admins; opened by whoever holds a device that is to enroll. */
import type { EnrollmentLink, LinkRequest, NewEnrollmentLink, Page } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import { hashSecret } from "../../identity/index.ts";
import type { EnrollmentLinkRow } from "../../store/index.ts";
import type { Actor } from "../actor.ts";
import { type Enrollment, type EnrollmentOptions, USUAL_HOURS } from "./enrollment.ts";
import { addLink, deathOf, followLink, type LinkDeath, revokeLink } from "./link.ts";
import { LINK_TOKEN_BYTES, makeLinkToken, readLinkToken } from "./link-token.ts";
import { cursorOf, keyIn } from "../cursor.ts";
import { isoTime, isoTimeOrNull } from "../iso-time.ts";
import type { Ports } from "../ports.ts";

/** What an admin may do with links. */
export interface LinkAdmin {
  /** Throws `not-ready`. */
  addLink(actor: Actor, request: LinkRequest): Promise<NewEnrollmentLink>;
  /** Newest first. */
  links(after: string | undefined, limit: number): Promise<Page<EnrollmentLink>>;
  /** Throws `link-unknown`. */
  link(id: string): Promise<EnrollmentLink>;
  /** Throws `link-unknown`. */
  revokeLink(actor: Actor, id: string): Promise<EnrollmentLink>;
}

/** A link that gives no profile, and why. */
export type LinkRefused =
  | { readonly kind: "refused"; readonly why: LinkDeath | "link-unknown" }
  /** Opened too often in this minute. */
  | { readonly kind: "wait"; readonly ms: number };

/** What the page behind a link needs. `token` is what stands in the address, as it was typed. */
export interface LinkEndpoint {
  readonly organization: string;
  /** Reads only: a page that is looked at, previewed or fetched by a mail scanner changes nothing. */
  look(token: string): Promise<{ readonly kind: "open"; readonly expiresAt: number } | LinkRefused>;
  /** A profile with its own challenge, for one device. Throws `not-ready`. */
  download(token: string): Promise<{ readonly kind: "profile"; readonly profile: Uint8Array } | LinkRefused>;
  /** An internal fault, or what the admin must still do. */
  failed(error: unknown): void;
}

const HOUR = 3_600_000;
/** The list that a cursor is of. */
const LIST = "enrollment-links";
const UNKNOWN = { kind: "refused", why: "link-unknown" } as const;

export function createEnrollmentLinks(
  ports: Ports,
  enrollment: Enrollment,
  { organization, accessRights, ownTls }: EnrollmentOptions,
): { readonly links: LinkAdmin; readonly face: LinkEndpoint } {
  const { devices } = ports;

  const face: LinkEndpoint = {
    organization,
    async look(text) {
      const token = readLinkToken(text);
      if (token === undefined) return UNKNOWN;
      const [link] = await devices.read({ from: "enrollmentLink", where: { hash: hashSecret(token) } });
      if (link === undefined) return UNKNOWN;
      const why = deathOf(link, ports.realNow());
      return why === undefined ? { kind: "open", expiresAt: link.expiresAt } : { kind: "refused", why };
    },
    async download(text) {
      const token = readLinkToken(text);
      if (token === undefined) return UNKNOWN;
      await enrollment.ready();
      const challenge = enrollment.newChallenge();
      // First, since signing is what costs: a link that is opened too often must not buy any.
      const result = await devices.run(followLink, {
        hash: hashSecret(token),
        challengeHash: hashSecret(challenge),
        accessRights,
        now: ports.realNow(),
      });
      if (result.kind === "dead") return { kind: "refused", why: result.why };
      if (result.kind === "wait") return result;
      return { kind: "profile", profile: await enrollment.profile(challenge) };
    },
    failed(error) {
      ports.log.error("enrollment-link-failed", { error });
    },
  };

  const links: LinkAdmin = {
    async addLink(actor, request) {
      const { publicUrl } = await enrollment.ready();
      const token = makeLinkToken(ports.random(LINK_TOKEN_BYTES));
      const now = ports.realNow();
      const row: EnrollmentLinkRow = {
        id: ports.newId(),
        hash: hashSecret(token),
        note: request.note ?? "",
        uses: request.uses ?? 1,
        used: 0,
        createdAt: now,
        expiresAt: now + (request.hours ?? USUAL_HOURS) * HOUR,
        revokedAt: null,
        downloads: 0,
        minute: 0,
        inMinute: 0,
        createdBy: actor.name,
      };
      await actor.run(addLink, row);
      return { ...linkView(row, now), url: `${publicUrl}/enroll/${token}`, publiclyTrusted: !ownTls };
    },
    async links(after, limit) {
      const now = ports.realNow();
      const page = await ports.admin.links(keyIn(LIST, after), limit);
      return { rows: page.rows.map((row) => linkView(row, now)), next: cursorOf(LIST, page.next) };
    },
    async link(id) {
      const row = await ports.admin.link(id);
      if (row === undefined) throw unknown(id);
      return linkView(row, ports.realNow());
    },
    async revokeLink(actor, id) {
      const now = ports.realNow();
      const row = await actor.run(revokeLink, { id, now });
      if (row === undefined) throw unknown(id);
      return linkView(row, now);
    },
  };
  return { links, face };
}

const unknown = (id: string): UptickError => new UptickError("link-unknown", `No enrollment link has the id ${id}.`);

const STATES: Readonly<Record<LinkDeath, EnrollmentLink["state"]>> = {
  "link-revoked": "revoked",
  "link-used-up": "used-up",
  "link-expired": "expired",
};

function linkView(row: EnrollmentLinkRow, now: number): EnrollmentLink {
  const { id, note, uses, used, downloads, createdAt, expiresAt, revokedAt, createdBy } = row;
  const death = deathOf(row, now);
  const state = death === undefined ? "open" : STATES[death];
  return {
    ...{ id, note, state, uses, used, downloads },
    createdAt: isoTime(createdAt),
    createdBy,
    expiresAt: isoTime(expiresAt),
    revokedAt: isoTimeOrNull(revokedAt),
  };
}

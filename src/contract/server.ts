/** The server itself: its state, what it needs from Apple, enrollment and admin tokens. */
import { complianceCounts } from "./compliance.ts";
import { z } from "zod";
import { catalogList } from "./catalog.ts";
import { count, cursor, createdBy, instant, page, wholeNumber } from "./values.ts";

/** Warnings that are about devices: each is a filter of the list of devices too. */
export const DEVICE_WARNINGS = [
  "identities-end",
  "identities-ended",
  "devices-to-adopt",
  "certificates-to-adopt",
  "serials-shared",
  "macs-need-help",
  "push-tokens-dead",
  "topics-differ",
  "fell-back",
  "exclusions-end",
] as const;
export type DeviceWarningCode = (typeof DEVICE_WARNINGS)[number];

const WARNINGS = [
  "plans-halted",
  "push-certificate-ends",
  "tls-certificate-ends",
  "tls-certificate-other-host",
  "authority-ends",
  "profile-signer-ends",
  "clock-suspect",
  "catalog-empty",
  "catalog-old",
  "catalog-fetch-failed",
  "cve-feed-failed",
  "blocks-ask",
  "rollouts-ask",
  "rollouts-paused",
  "plans-paused",
  "webhooks-failing",
  "webhooks-disabled",
  ...DEVICE_WARNINGS,
] as const;

const SOURCES = ["mdm", "scep", "tls"] as const;

export const refusal = z
  .object({
    id: z.string(),
    source: z.enum(SOURCES).describe("a message of a device, a SCEP request, or a TLS handshake"),
    reason: z.string().describe("a code of docs/errors.md"),
    sentence: z.string().describe("the newest refusal"),
    remedy: z.string(),
    udid: z.string().nullable().describe("the UDID that the sender claims; it is not verified"),
    fingerprint: z.string().nullable().describe("SHA-256 of the certificate that was presented"),
    owner: z
      .object({ id: z.string(), name: z.string().nullable(), serial: z.string().nullable() })
      .nullable()
      .describe("the device that the certificate belongs to"),
    address: z.string().nullable().describe("IP address of the newest one, as the peer or a trusted proxy gave it"),
    count: count.describe("how many there were since `firstAt`"),
    firstAt: instant,
    lastAt: instant,
  })
  .meta({ id: "Refusal", description: "Refused requests of one kind, or failed TLS handshakes, counted." });
export type Refusal = z.output<typeof refusal>;

export const refusalPage = page(refusal);

export const refusalQuery = z.strictObject({
  source: z.enum(SOURCES).exactOptional().describe("only these"),
  after: cursor,
  limit: wholeNumber(1, 1000, 100).describe("rows of a page, 1 to 1000; default 100"),
});

export const serverStatus = z
  .object({
    version: z.string(),
    rehearsal: z
      .boolean()
      .describe("true: `uptick serve --rehearsal`, with simulated devices and a clock that runs fast; nothing is kept"),
    devices: count,
    compliance: complianceCounts,
    releases: count.describe("OS releases known"),
    catalog: catalogList.nullable().describe("the newest list of Apple's releases; null: there is none"),
    publicUrl: z.string().nullable(),
    push: z.object({ topic: z.string(), endsAt: instant }).nullable(),
    warnings: z
      .array(
        z.object({
          reason: z.enum(WARNINGS),
          sentence: z.string().describe("with the newest error, where one is known"),
          remedy: z.string(),
          momentAt: instant
            .nullable()
            .describe("when what it is about ends, has ended or began; null: that is not one moment"),
          devices: count
            .nullable()
            .describe(
              "how many devices it is about; `GET /api/v1/devices?warning=CODE` lists them; null: it is about the server",
            ),
        }),
      )
      .readonly()
      .describe("what ends within 30 days, has ended, or waits for the admin"),
    missing: z
      .array(z.object({ what: z.string(), remedy: z.string() }))
      .readonly()
      .describe("what is missing before real devices can enroll, and how to get it"),
    ownTls: z
      .boolean()
      .describe("true: devices see a TLS certificate of this server's own CA, which iPhones and iPads may not trust"),
    refusals: z
      .array(refusal)
      .readonly()
      .describe("requests that were refused, the latest first, 20 at most; `GET /api/v1/refusals` lists all"),
    handshakes: z.array(refusal).readonly().describe("failed TLS handshakes by reason, the latest first"),
  })
  .meta({ id: "Status" });
export type ServerStatus = z.output<typeof serverStatus>;
/** What ends soon, has ended, or waits for the admin. */
export type Warning = ServerStatus["warnings"][number];

export const clockView = z
  .object({
    trustedAt: instant.describe("the time that the server uses"),
    systemAt: instant.describe("time of the system clock"),
    suspect: z
      .object({
        sinceAt: instant.describe("when the step of the system clock was seen, by `trustedAt`"),
        untilAt: instant.describe("when the server will use the system clock again, by `trustedAt`"),
        aheadMs: count.describe("how far the system clock is ahead"),
      })
      .nullable()
      .describe("why the server does not use the system clock; null: it uses it"),
  })
  .meta({ id: "Clock" });
export type ClockView = z.output<typeof clockView>;

export const enrollRequest = z
  .strictObject({
    uses: z.int().min(1).max(100_000).exactOptional().describe("how many devices may enroll with it; default 1"),
    hours: z.int().min(1).max(8760).exactOptional().describe("hours until the profile expires; default 168, a week"),
    device: z
      .string()
      .min(1)
      .max(200)
      .exactOptional()
      .describe(
        "the one device that may enroll with it: a serial, a UDID, or any other name of a device known here, which stands for its UDID",
      ),
    note: z.string().max(500).exactOptional().describe("stored with each enrollment made with the profile"),
  })
  .meta({ id: "EnrollRequest" });
export type EnrollRequest = z.output<typeof enrollRequest>;

export const enrollmentProfile = z
  .object({
    profile: z.base64().describe("the signed configuration profile; it holds a secret until it is used up"),
    uses: count,
    expiresAt: instant,
    publiclyTrusted: z
      .boolean()
      .describe("false: devices see a TLS certificate from the server's own CA, which iPhones and iPads may not trust"),
  })
  .meta({ id: "EnrollmentProfile" });
export type EnrollmentProfile = z.output<typeof enrollmentProfile>;

export const linkRequest = z
  .strictObject({
    uses: z.int().min(1).max(100_000).exactOptional().describe("how many devices may enroll with the link; default 1"),
    hours: z.int().min(1).max(8760).exactOptional().describe("hours until the link expires; default 168, a week"),
    note: z.string().max(500).exactOptional().describe("stored with the link; people who open the link do not see it"),
  })
  .meta({ id: "EnrollmentLinkRequest" });
export type LinkRequest = z.output<typeof linkRequest>;

const linkFields = z.object({
  id: z.string(),
  note: z.string(),
  state: z.enum(["open", "revoked", "used-up", "expired"]),
  uses: count.describe("how many devices may enroll with the link"),
  used: count.describe("identity certificates issued with the link"),
  downloads: count.describe("profiles downloaded, installed or not"),
  createdAt: instant,
  createdBy,
  expiresAt: instant,
  revokedAt: instant.nullable(),
});
export const enrollmentLink = linkFields.meta({ id: "EnrollmentLink" });
export type EnrollmentLink = z.output<typeof enrollmentLink>;

export const newEnrollmentLink = linkFields
  .extend({
    url: z.string().describe("the link, with its token; the server does not store it and shows it only here"),
    publiclyTrusted: z
      .boolean()
      .describe("false: the MDM endpoint's TLS certificate is from the server's own CA, and browsers warn of it"),
  })
  .meta({ id: "NewEnrollmentLink" });
export type NewEnrollmentLink = z.output<typeof newEnrollmentLink>;

export const linkPage = page(enrollmentLink);
export const linkParams = z.object({ id: z.string().min(1) });

export const pushCertificate = z.object({ topic: z.string(), endsAt: instant }).meta({ id: "PushCertificate" });
export type PushCertificate = z.output<typeof pushCertificate>;

export const pushRequestOptions = z
  .strictObject({
    vendor: z
      .string()
      .max(256 * 1024)
      .exactOptional()
      .describe(
        "PEM: an MDM vendor certificate, its private key and the certificates above it; used once and not kept",
      ),
  })
  .meta({ id: "PushRequestOptions" });

export const pushRequest = z
  .object({
    csr: z.string().describe("PKCS#10 in PEM; its private key stays in the server, sealed"),
    signed: z
      .string()
      .nullable()
      .describe("the signed request for Apple's push portal; null without a vendor's certificate"),
  })
  .meta({ id: "PushRequest" });
export type PushRequest = z.output<typeof pushRequest>;

import { X509Certificate } from "node:crypto";
import { readSignedData } from "./cms.ts";
import type { PlistDict, PlistValue } from "./plist.ts";
import { data, isDict, list, number, readPlist, text, texts } from "./plist.ts";

/** Where and how to get the identity. Apple schema: mdm/profiles/com.apple.security.scep.yaml. */
export interface ScepPayload {
  readonly url: string;
  readonly name: string | undefined;
  readonly challenge: string | undefined;
  /** One attribute per pair: short name or dotted type, and value. */
  readonly subject: readonly (readonly [string, string])[];
  readonly keySize: number;
  readonly caFingerprint: Buffer | undefined;
}

/** Apple schema: mdm/profiles/com.apple.mdm.yaml. */
export interface MdmPayload {
  readonly serverUrl: string;
  readonly checkInUrl: string;
  readonly topic: string;
  readonly accessRights: number;
  readonly serverCapabilities: readonly string[];
  readonly checkOutWhenRemoved: boolean;
  readonly signMessage: boolean;
}

export interface EnrollmentProfile {
  readonly identifier: string;
  /** Subject of the certificate that signed the profile; undefined when it is not signed. */
  readonly signedBy: string | undefined;
  /** Roots to trust, PEM. */
  readonly roots: readonly string[];
  readonly scep: ScepPayload;
  readonly mdm: MdmPayload;
}

/** The device refuses to install a profile; the message says what it missed. */
export class ProfileRefused extends Error {
  override readonly name = "ProfileRefused";
}

function need<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new ProfileRefused(`The profile has no ${what}.`);
  return value;
}

/**
 * Reads an enrollment profile, plain or signed, as strictly as a device does.
 * Throws ProfileRefused when a device would not install it.
 */
export function readProfile(bytes: Uint8Array): EnrollmentProfile {
  try {
    const signed = bytes[0] === 0x30;
    const message = signed ? readSignedData(bytes) : undefined;
    if (message !== undefined && message.signer === undefined)
      throw new ProfileRefused("The profile's signature is missing.");
    return interpret(readPlist(message?.content ?? bytes), message && (message.signer?.subject ?? ""));
  } catch (cause) {
    if (cause instanceof ProfileRefused) throw cause;
    throw new ProfileRefused(`The profile cannot be read: ${String(cause)}`, { cause });
  }
}

/**
 * Identifier of a profile that enrolls nobody (it has no MDM payload), plain ones only; undefined for an enrollment profile.
 * Throws ProfileRefused when a device would not install it.
 */
export function readOtherProfile(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0x30) return undefined;
  let profile: PlistDict;
  try {
    profile = readPlist(bytes);
  } catch (cause) {
    throw new ProfileRefused(`The profile cannot be read: ${String(cause)}`, { cause });
  }
  const payloads = checkPayloads(profile);
  if (payloads.some((payload) => text(payload, "PayloadType") === "com.apple.mdm")) return undefined;
  if (payloads.length === 0) throw new ProfileRefused("The profile has no payloads.");
  return text(profile, "PayloadIdentifier");
}

/** What every profile and payload must have. */
function checkPayloads(profile: PlistDict): PlistDict[] {
  if (text(profile, "PayloadType") !== "Configuration") throw new ProfileRefused("PayloadType is not Configuration.");
  const payloads = (list(profile, "PayloadContent") ?? []).filter(isDict);
  for (const payload of [profile, ...payloads]) {
    for (const key of ["PayloadIdentifier", "PayloadUUID", "PayloadType"]) need(text(payload, key), key);
    if (number(payload, "PayloadVersion") !== 1) throw new ProfileRefused("PayloadVersion is not 1.");
  }
  const uuids = payloads.map((payload) => text(payload, "PayloadUUID"));
  if (new Set(uuids).size !== uuids.length) throw new ProfileRefused("Two payloads share a PayloadUUID.");
  return payloads;
}

function interpret(profile: PlistDict, signedBy: string | undefined): EnrollmentProfile {
  const payloads = checkPayloads(profile);
  const ofType = (type: string): PlistDict[] => payloads.filter((payload) => text(payload, "PayloadType") === type);

  const mdmPayloads = ofType("com.apple.mdm");
  if (mdmPayloads.length !== 1) throw new ProfileRefused("There must be exactly one com.apple.mdm payload.");
  const mdm = need(mdmPayloads[0], "com.apple.mdm payload");
  const identity = need(text(mdm, "IdentityCertificateUUID"), "IdentityCertificateUUID");
  const scep = need(
    ofType("com.apple.security.scep").find((payload) => text(payload, "PayloadUUID") === identity),
    "SCEP payload that IdentityCertificateUUID names",
  );
  const roots = ["com.apple.security.root", "com.apple.security.pem", "com.apple.security.pkcs1"]
    .flatMap(ofType)
    .map((payload) => new X509Certificate(need(data(payload, "PayloadContent"), "certificate")).toString());
  return {
    identifier: need(text(profile, "PayloadIdentifier"), "PayloadIdentifier"),
    signedBy,
    roots,
    scep: interpretScep(scep),
    mdm: interpretMdm(mdm),
  };
}

function interpretScep(payload: PlistDict): ScepPayload {
  const inner = payload["PayloadContent"];
  if (!isDict(inner)) throw new ProfileRefused("The SCEP payload has no PayloadContent dictionary.");
  return {
    url: need(text(inner, "URL"), "SCEP URL"),
    name: text(inner, "Name"),
    challenge: text(inner, "Challenge"),
    subject: (list(inner, "Subject") ?? []).flatMap(subjectPairs),
    keySize: number(inner, "Keysize") ?? 1024,
    caFingerprint: data(inner, "CAFingerprint"),
  };
}

/** `Subject` is a list of relative names, each a list of pairs. */
function subjectPairs(relativeName: PlistValue): (readonly [string, string])[] {
  const pairs = Array.isArray(relativeName) ? (relativeName as readonly PlistValue[]) : [];
  return pairs.map((pair) => {
    const [type, value] = Array.isArray(pair) ? (pair as readonly PlistValue[]) : [];
    if (typeof type !== "string" || typeof value !== "string")
      throw new ProfileRefused("Subject is not [[[OID, value]]].");
    return [type, value] as const;
  });
}

function interpretMdm(payload: PlistDict): MdmPayload {
  const serverUrl = need(text(payload, "ServerURL"), "ServerURL");
  const checkInUrl = text(payload, "CheckInURL") ?? serverUrl;
  for (const url of [serverUrl, checkInUrl]) {
    if (!url.startsWith("https://")) throw new ProfileRefused(`${url} is not https.`);
  }
  const topic = need(text(payload, "Topic"), "Topic");
  if (!topic.startsWith("com.apple.mgmt."))
    throw new ProfileRefused(`Topic ${topic} does not start with com.apple.mgmt.`);
  const accessRights = need(number(payload, "AccessRights"), "AccessRights");
  const implied =
    ((accessRights & 2) !== 0 && (accessRights & 1) === 0) || ((accessRights & 128) !== 0 && (accessRights & 64) === 0);
  if (!Number.isInteger(accessRights) || accessRights < 1 || accessRights > 8191 || implied) {
    throw new ProfileRefused(`AccessRights ${accessRights} is not valid.`);
  }
  return {
    serverUrl,
    checkInUrl,
    topic,
    accessRights,
    serverCapabilities: texts(payload, "ServerCapabilities"),
    checkOutWhenRemoved: payload["CheckOutWhenRemoved"] === true,
    signMessage: payload["SignMessage"] === true,
  };
}

/**
 * The profile as devices would read it if its server stood at `origin` (https://host:port): every URL with the origin of
 * its ServerURL is led there. A SCEP server of its own stays where it is.
 */
export function profileAt(profile: EnrollmentProfile, origin: string): EnrollmentProfile {
  const { mdm, scep } = profile;
  const home = new URL(mdm.serverUrl).origin;
  const led = (text: string): string => {
    const url = new URL(text);
    return url.origin === home ? `${new URL(origin).origin}${url.pathname}${url.search}` : text;
  };
  return {
    ...profile,
    scep: { ...scep, url: led(scep.url) },
    mdm: { ...mdm, serverUrl: led(mdm.serverUrl), checkInUrl: led(mdm.checkInUrl) },
  };
}

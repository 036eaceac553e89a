/**
 * Every reader of bytes that a stranger may have written, as one table. A new reader is one more entry: where it begins
 * from, how it reads, and what it may throw.
 */
import { isUptickError } from "../../src/errors/index.ts";
import { certificateInHeader } from "../../src/http/device/client-cert-header.ts";
import { octetsOf, readBer, toDer } from "../../src/identity/ber.ts";
import { readCertificateFields } from "../../src/identity/certificate-fields.ts";
import { readCertificateRequest } from "../../src/identity/certificate-request.ts";
import { readSignedData } from "../../src/identity/cms-read.ts";
import { openEnvelope } from "../../src/identity/envelope.ts";
import { openPkiOperation, readPushCertificate, signerOfMessage, verifyIdentity } from "../../src/identity/index.ts";
import {
  appleId,
  decodeAvailableOSUpdates,
  decodeCheckin,
  decodeCommand,
  decodeDeviceInformation,
  decodeOSUpdateStatus,
  decodeReport,
  decodeScan,
  decodeSecurityInfo,
  decodeUpdateResults,
  factsOf,
  isArray,
  isBinaryPlist,
  isDict,
  parsePlist,
  parseXmlPlist,
  type PlistValue,
  redactReport,
  writeXmlPlist,
} from "../../src/protocol/index.ts";
import { withoutForbidden } from "../../src/protocol/plist/write-xml.ts";
import type { Format } from "./edits.ts";
import { CHECKINS, COMMANDS, type IdentityMessages, inBinary, REPORTS, SECRET } from "./messages.ts";

export interface Reader {
  readonly name: string;
  readonly format: Format;
  readonly messages: readonly Uint8Array[];
  /** Reads, and throws what the reader throws; also an Error of its own where something is wrong with what was read. */
  readonly read: (bytes: Buffer) => unknown;
  /**
   * "uptick": only an UptickError whose status is 4xx. "error": any plain Error, for what is called inside such a reader
   * only; never a TypeError, RangeError or whatever else says that nobody had thought of it. "nothing": it never throws.
   */
  readonly throws: "uptick" | "error" | "nothing";
}

/** Wrong about a reader, not about what it read. */
export class Broken extends Error {}

/** Throws `Broken` when this reader may not throw that. */
export function judge(reader: Reader, error: unknown): void {
  if (error instanceof Broken) throw error;
  const ours = isUptickError(error) && error.status >= 400 && error.status < 500;
  if (reader.throws === "uptick" && ours) return;
  if (reader.throws === "error" && (ours || isPlain(error))) return;
  throw new Broken(`${reader.name} threw ${String(error)}`, { cause: error });
}

/** Errors of node:crypto are TypeErrors at times; by their code they still are what was foreseen. */
function isPlain(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  return (
    Object.getPrototypeOf(error) === Error.prototype || (typeof code === "string" && /^ERR_(OSSL|CRYPTO)/.test(code))
  );
}

const TEXT = "latin1";

export function readersOfProtocol(): readonly Reader[] {
  const xml = { format: "xml", throws: "uptick" } as const;
  const binary = { format: "binary", throws: "uptick" } as const;
  const [checkins, reports] = [CHECKINS.map(inBinary), REPORTS.map(inBinary)];
  const everything = [...checkins, ...reports, ...COMMANDS.map(inBinary)];
  return [
    { ...xml, name: "parseXmlPlist", messages: [...CHECKINS, ...REPORTS, ...COMMANDS], read: readTwice },
    {
      ...xml,
      name: "decodeCheckin",
      messages: CHECKINS,
      read: (bytes) => isKept(bytes, decodeCheckin(bytes).redacted),
    },
    { ...xml, name: "decodeReport", messages: REPORTS, read: readReport },
    { ...xml, name: "decodeCommand", messages: COMMANDS, read: decodeCommand },
    {
      ...xml,
      name: "redactReport",
      messages: [...CHECKINS, ...REPORTS, ...COMMANDS],
      throws: "nothing",
      read: hideSecrets,
    },
    { ...binary, name: "parsePlist, binary", messages: everything, read: readBinaryAsXml },
    {
      ...binary,
      name: "decodeCheckin, binary",
      messages: checkins,
      read: (bytes) => isKept(bytes, decodeCheckin(bytes).redacted),
    },
    { ...binary, name: "decodeReport, binary", messages: reports, read: readReport },
    { ...binary, name: "redactReport, binary", messages: everything, throws: "nothing", read: hideSecretsOfBinary },
  ];
}

export function readersOfIdentity(given: IdentityMessages): readonly Reader[] {
  const { authority } = given;
  const ber = { format: "ber", throws: "error" } as const;
  const text = { format: "text", throws: "nothing" } as const;
  const all = [...given.certificates, ...given.requests, ...given.envelopes, ...given.operations];
  return [
    { ...ber, name: "readBer", messages: all, read: (bytes) => walk(readBer(bytes)) },
    { ...ber, name: "readCertificateFields", messages: given.certificates, read: readCertificateFields },
    { ...ber, name: "readCertificateRequest", messages: given.requests, read: readCertificateRequest },
    { ...ber, name: "readSignedData", messages: given.operations, read: (bytes) => readSignedData(bytes) },
    {
      ...ber,
      name: "openEnvelope",
      messages: given.envelopes,
      read: (bytes) => openEnvelope(bytes, authority.certificateDer, authority.privateKey),
    },
    {
      ...ber,
      name: "openPkiOperation",
      messages: given.operations,
      throws: "uptick",
      read: (bytes) => openPkiOperation(authority, bytes),
    },
    {
      ...ber,
      name: "verifyIdentity",
      messages: given.certificates,
      throws: "nothing",
      read: (der) => verifyIdentity({ der, authorityDer: authority.certificateDer }),
    },
    {
      ...text,
      name: "signerOfMessage",
      messages: given.signatures.map((header) => Buffer.from(header)),
      read: (bytes) => signerOfMessage(bytes.toString(TEXT), given.body),
    },
    {
      ...ber,
      name: "signerOfMessage, what is in it",
      messages: given.signatures.map((header) => Buffer.from(header, "base64")),
      throws: "nothing",
      read: (bytes) => signerOfMessage(bytes.toString("base64"), given.body),
    },
    {
      ...text,
      name: "certificateInHeader",
      messages: given.headers.map((header) => Buffer.from(header)),
      read: (bytes) => certificateInHeader(bytes.toString(TEXT)),
    },
    {
      ...text,
      name: "readPushCertificate",
      messages: [Buffer.from(given.pushPem)],
      throws: "uptick",
      read: (bytes) => readPushCertificate(bytes.toString(TEXT)),
    },
  ];
}

/** What was read can be written, and is the same when it is read again. */
function readTwice(bytes: Buffer): void {
  const value = parseXmlPlist(bytes);
  const once = writeXmlPlist(value);
  // What is written is indented: of a message near the limit it may be too long to be read.
  if (once.length > 1 << 20) return;
  const twice = writeXmlPlist(parseXmlPlist(once));
  if (!Buffer.from(twice).equals(once)) throw new Broken("what was written is read as something else");
}

/** What XML can say of it is read as the same again. */
function readBinaryAsXml(bytes: Buffer): void {
  const value = parsePlist(bytes);
  const once = writeXmlPlist(withoutForbidden(value));
  const twice = writeXmlPlist(parseXmlPlist(once, { maxBytes: LARGEST_KEPT }));
  if (!Buffer.from(twice).equals(once)) throw new Broken("as XML it is read as something else");
}

function readReport(bytes: Buffer): void {
  const report = decodeReport(bytes);
  isKept(bytes, report.redacted);
  const { body } = report;
  // Nothing that a device can say in a report that was read stops one of these.
  try {
    appleId(report.who);
    factsOf(body);
    for (const decode of [
      decodeDeviceInformation,
      decodeSecurityInfo,
      decodeOSUpdateStatus,
      decodeAvailableOSUpdates,
      decodeScan,
      decodeUpdateResults,
    ]) {
      decode(body);
    }
  } catch (cause) {
    throw new Broken("a decoder of answers threw", { cause });
  }
}

/** 65,536 elements, each with its tags and 64 tabs before it, and the texts. */
const LARGEST_KEPT = 1 << 24;

/** A message that was read can be kept: its redacted form is a property list too. */
function isKept(bytes: Buffer, redacted: Uint8Array): void {
  // One object of a binary message may be used many times: only the number of uses is bounded.
  const most = isBinaryPlist(bytes) ? LARGEST_KEPT : bytes.length * 8 + 1000;
  if (redacted.length > most) throw new Broken(`${bytes.length} bytes became ${redacted.length}`);
  try {
    parseXmlPlist(redacted, { maxBytes: LARGEST_KEPT });
  } catch (cause) {
    throw new Broken("what was kept can't be read", { cause });
  }
}

function walk(node: ReturnType<typeof readBer>): void {
  octetsOf(node);
  toDer(node);
  for (const child of node.children) walk(child);
}

const NAMES =
  "Token|PushMagic|PushToken|UnlockToken|BootstrapToken|SecurityToken|AuthToken|TokenData|Challenge|Password|PIN|FDE_PersonalRecoveryKeyCMS";
const IN_A_SECRET = new RegExp(
  `<key\\s*>\\s*(?:${NAMES})\\s*</key\\s*>\\s*<(?:string|data)\\s*>\\s*(?:${SECRET}|${Buffer.from(SECRET).toString("base64").slice(0, 40)})`,
  "i",
);

/** Text of the bytes in the ways somebody could read them, and of all data inside. */
function readings(bytes: Uint8Array, depth = 0): string[] {
  const plain = Buffer.from(bytes).toString(TEXT).replaceAll("\0", "");
  const inside =
    depth > 2
      ? []
      : [...plain.matchAll(/<data\s*>([^<]*)<\/data/g)].map((found) => Buffer.from(found[1] ?? "", "base64"));
  return [plain, ...inside.flatMap((data) => readings(data, depth + 1))];
}

/** As long as the key of a secret stands before it, whatever else is broken, no secret is in what is kept. */
function hideSecrets(bytes: Buffer): void {
  const kept = redactReport(bytes);
  if (!readings(bytes).some((text) => IN_A_SECRET.test(text))) return;
  const left = readings(kept).find((text) => IN_A_SECRET.test(text));
  if (left !== undefined) throw new Broken(`a secret is left in: ${left.slice(0, 400)}`);
}

const A_NAME = new RegExp(`^\\s*(?:${NAMES})\\s*$`, "i");
const NAMED = new RegExp(NAMES);

/**
 * The same of a binary one: where it can be read, no value of a secret's key is left; where not, nothing that stands in the
 * same message as such a key.
 */
function hideSecretsOfBinary(bytes: Buffer): void {
  const kept = redactReport(bytes);
  const value = parsed(bytes);
  if (value === undefined) {
    const named = readings(bytes).some((text) => NAMED.test(text));
    if (named && readings(kept).some((text) => text.includes(SECRET))) throw new Broken("a secret is left");
    return;
  }
  if (isBinaryPlist(kept)) throw new Broken("a binary message was kept as it came");
  const left = parsed(kept);
  if (left === undefined) throw new Broken("what was kept can't be read");
  if (holdsSecret(left, false)) throw new Broken("a secret is left in what was kept");
}

function parsed(bytes: Uint8Array): PlistValue | undefined {
  try {
    return parsePlist(bytes, { maxBytes: LARGEST_KEPT });
  } catch {
    return undefined;
  }
}

function holdsSecret(value: PlistValue, named: boolean): boolean {
  if (typeof value === "string") return named && value.includes(SECRET);
  if (value instanceof Uint8Array) {
    if (named && Buffer.from(value).includes(SECRET)) return true;
    const inside = parsed(value);
    return inside !== undefined && holdsSecret(inside, false);
  }
  if (isArray(value)) return value.some((one) => holdsSecret(one, named));
  return isDict(value) && Array.from(value).some(([key, one]) => holdsSecret(one, named || A_NAME.test(key)));
}

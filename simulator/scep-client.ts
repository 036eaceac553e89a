import { createHash, createPublicKey, randomBytes, X509Certificate } from "node:crypto";
import type { KeyObject } from "node:crypto";
import type { Clock } from "./clock.ts";
import { whileHeld } from "./clock.ts";
import { readSignedData } from "./cms.ts";
import { newKey } from "./keys.ts";
import type { ScepPayload } from "./profile.ts";
import type { ScepCipher, ScepDigest } from "./scep-message.ts";
import { certificateRequest, pkcsRequest, readCertRep, temporaryCertificate } from "./scep-message.ts";
import type { HttpReply, Transport } from "./transport.ts";

/** The authority said no, or said something a device does not accept. Trying again with the same profile is no use. */
export class ScepRefused extends Error {
  override readonly name = "ScepRefused";
}

/** The identity of a device: PEM certificate and key. */
export interface DeviceIdentity {
  readonly certificate: string;
  readonly key: string;
  readonly keyObject: KeyObject;
}

/** One enrollment's key and transaction: kept when a connection breaks, so that the same request can be said again. */
export interface ScepTransaction {
  readonly key: KeyObject;
  readonly transactionId: string;
  readonly temporary: Buffer;
}

/** Makes the key (in real time, the clock held) and the transaction that belongs to it. */
export async function beginTransaction(payload: ScepPayload, clock: Clock): Promise<ScepTransaction> {
  const privateKey = await whileHeld(clock, () => newKey(payload.keySize));
  const spki = createPublicKey(privateKey).export({ type: "spki", format: "der" });
  return {
    key: privateKey,
    transactionId: createHash("sha1").update(spki).digest("hex").toUpperCase(),
    temporary: temporaryCertificate(privateKey, payload.subject, "sha256"),
  };
}

/**
 * Gets the identity certificate: GetCACert, GetCACaps, PKIOperation.
 * Rejects with ScepRefused on a refusal, with another error when the connection broke (say it again later).
 */
export async function requestIdentity(options: {
  readonly payload: ScepPayload;
  readonly transaction: ScepTransaction;
  readonly transport: Transport;
  /** Uses 3DES and SHA-1 where the server offers them, as old clients do. */
  readonly old: boolean;
}): Promise<DeviceIdentity> {
  const { payload, transaction, transport } = options;
  const authorities = await getCaCert(payload, transport);
  const caps = await getCaCaps(payload, transport);
  const { cipher, digest } = choose(caps, options.old);
  const recipient = authorities.find(isRa) ?? authorities[0];
  if (recipient?.publicKey.asymmetricKeyType !== "rsa") throw new ScepRefused("The authority has no RSA certificate.");

  const senderNonce = randomBytes(16);
  const message = pkcsRequest({
    request: certificateRequest(transaction.key, payload.subject, payload.challenge, digest),
    recipient,
    signer: { certificate: transaction.temporary, key: transaction.key },
    cipher,
    digest,
    transactionId: transaction.transactionId,
    senderNonce,
  });
  const reply = await pkiOperation(
    payload,
    transport,
    message,
    caps.has("POSTPKIOPERATION") || caps.has("SCEPSTANDARD"),
  );
  const answer = accept(() =>
    readCertRep(reply.body, {
      authorities,
      temporary: transaction.temporary,
      key: transaction.key,
      transactionId: transaction.transactionId,
      senderNonce,
    }),
  );
  if (answer.pkiStatus !== "success") {
    throw new ScepRefused(`SCEP ${answer.pkiStatus}${answer.failInfo ? `, failInfo ${answer.failInfo}` : ""}.`);
  }
  const certificate = answer.certificates.find((issued) => issued.checkPrivateKey(transaction.key));
  if (certificate === undefined) throw new ScepRefused("No certificate of ours is in the answer.");
  if (!authorities.some((authority) => certificate.verify(authority.publicKey))) {
    throw new ScepRefused("The certificate is not by the authority.");
  }
  return {
    certificate: certificate.toString(),
    key: transaction.key.export({ type: "pkcs8", format: "pem" }).toString(),
    keyObject: transaction.key,
  };
}

const isRa = (certificate: X509Certificate): boolean => !certificate.ca;

/** Turns a reading error into a refusal: the bytes will not get better. */
function accept<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new ScepRefused(`The answer of the authority is not acceptable: ${String(cause)}`, { cause });
  }
}

function operationUrl(payload: ScepPayload, operation: string, message?: string): string {
  const url = new URL(payload.url);
  url.searchParams.set("operation", operation);
  if (message !== undefined) url.searchParams.set("message", message);
  return url.href;
}

/** "Later" in the words of HTTP: the request took too long, or there are too many. */
const later: ReadonlySet<number> = new Set([408, 429]);

/** Any status but 2xx: 4xx is an answer, everything else is trouble to wait out. */
function expectSuccess(reply: HttpReply, operation: string): void {
  if (reply.status >= 200 && reply.status <= 299) return;
  if (reply.status >= 400 && reply.status <= 499 && !later.has(reply.status))
    throw new ScepRefused(`${operation} was answered ${reply.status}.`);
  throw new Error(`${operation} was answered ${reply.status}.`);
}

/** Asks the authority for its certificates, and compares them with the fingerprint the profile names. */
export async function getCaCert(payload: ScepPayload, transport: Transport): Promise<readonly X509Certificate[]> {
  const reply = await transport.request({
    method: "GET",
    url: operationUrl(payload, "GetCACert", payload.name ?? ""),
    what: "GetCACert",
  });
  expectSuccess(reply, "GetCACert");
  const type = (reply.headers["content-type"] ?? "").split(";")[0];
  const authorities = accept(() => {
    if (type === "application/x-x509-ca-cert") return [new X509Certificate(reply.body)];
    if (type === "application/x-x509-ca-ra-cert") return readSignedData(reply.body).certificates;
    throw new Error(`content type ${type}`);
  });
  const wanted = payload.caFingerprint;
  const algorithm = wanted && ({ 16: "md5", 20: "sha1", 32: "sha256" } as Record<number, string>)[wanted.length];
  if (wanted !== undefined && wanted.length > 0) {
    const matches =
      algorithm !== undefined &&
      authorities.some((authority) => createHash(algorithm).update(authority.raw).digest().equals(wanted));
    if (!matches) throw new ScepRefused("The CA certificate does not have the fingerprint the profile names.");
  }
  return authorities;
}

async function getCaCaps(payload: ScepPayload, transport: Transport): Promise<ReadonlySet<string>> {
  const reply = await transport.request({
    method: "GET",
    url: operationUrl(payload, "GetCACaps", payload.name ?? ""),
    what: "GetCACaps",
  });
  expectSuccess(reply, "GetCACaps");
  const lines = reply.body.toString("utf8").split(/\r?\n/);
  return new Set(lines.map((line) => line.trim().toUpperCase()).filter((line) => line !== ""));
}

function choose(caps: ReadonlySet<string>, old: boolean): { cipher: ScepCipher; digest: ScepDigest } {
  const sha1 = caps.has("SHA-1");
  const sha256 = caps.has("SHA-256") || caps.has("SCEPSTANDARD");
  if (!sha1 && !sha256 && !caps.has("SHA-512")) throw new ScepRefused("Insufficient CACaps (MCSCEPErrorDomain 22006).");
  const aes = caps.has("AES") || caps.has("SCEPSTANDARD");
  return {
    cipher: aes && !(old && caps.has("DES3")) ? "aes128-CBC" : "des-EDE3-CBC",
    digest: sha256 && !(old && sha1) ? "sha256" : "sha1",
  };
}

async function pkiOperation(
  payload: ScepPayload,
  transport: Transport,
  message: Buffer,
  post: boolean,
): Promise<HttpReply> {
  const reply = await transport.request(
    post
      ? {
          method: "POST",
          url: operationUrl(payload, "PKIOperation"),
          headers: { "content-type": "application/x-pki-message" },
          body: message,
          what: "PKIOperation",
        }
      : { method: "GET", url: operationUrl(payload, "PKIOperation", message.toString("base64")), what: "PKIOperation" },
  );
  expectSuccess(reply, "PKIOperation");
  return reply;
}

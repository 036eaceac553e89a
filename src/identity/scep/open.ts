/** Opens a SCEP PKIOperation (RFC 8894, 3.3.1): who asks, and for which key. */
import { UptickError } from "../../errors/index.ts";
import type { Authority } from "../authority.ts";
import { type CertificateRequest, readCertificateRequest } from "../certificate-request.ts";
import type { CipherName } from "../ciphers.ts";
import { readSignedData, type SignedMessage } from "../cms-read.ts";
import type { DigestName } from "../digests.ts";
import { openEnvelope } from "../envelope.ts";
import { spkiOf } from "../keys.ts";
import { textOf } from "../names.ts";
import { SCEP_OID } from "../oids.ts";

export interface ScepRequest {
  readonly transactionId: string;
  /** 19 PKCSReq, 17 RenewalReq (RFC 8894, 3.2.1.2). */
  readonly messageType: number;
  readonly senderNonce: Uint8Array;
  /** Its signature is verified: the sender has the key. */
  readonly csr: CertificateRequest;
  /**
   * The certificate that signed the message, DER; answers are sealed to it. For 19 it has the key of the request; for
   * 17 it has its own, and nothing is said here about who issued it.
   */
  readonly signerCertificate: Uint8Array;
  /** What the client signed and sealed with; it is answered in the same. */
  readonly digest: DigestName;
  readonly cipher: CipherName;
}

const PKCS_REQ = 19;
const RENEWAL_REQ = 17;
const NONCE_BYTES = 16;
/** Longest transactionID taken; clients send a hash of the key in hex or base64. */
const LONGEST_ID = 256;

/** Opens and checks the message. @throws UptickError `scep-invalid` for anything that is wrong with it */
export async function openPkiOperation(authority: Authority, bytes: Uint8Array): Promise<ScepRequest> {
  const message = attempt("The SCEP message can't be read", () => readSignedData(bytes));
  const head = attempt("The SCEP message lacks what it must say of itself", () => readHead(message));
  const { csr, cipher } = openRequest(authority, message.content);
  const signerKey = spkiOf(message.signer.publicKey);
  if (message.signer.publicKey.asymmetricKeyType !== "rsa") {
    throw new UptickError("scep-invalid", "The SCEP message is signed with a key that no answer can be sealed to.");
  }
  if (head.messageType === PKCS_REQ && !Buffer.from(signerKey).equals(csr.publicKey)) {
    throw new UptickError("scep-invalid", "The SCEP message is signed with another key than the one it asks for.");
  }
  const signerCertificate = new Uint8Array(message.signer.raw);
  return { ...head, csr, signerCertificate, digest: message.digest, cipher };
}

/** One message for every fault: whether the padding or the content was wrong would help to guess the content. */
function openRequest(authority: Authority, sealed: Uint8Array): { csr: CertificateRequest; cipher: CipherName } {
  try {
    const { content, cipher } = openEnvelope(sealed, authority.certificateDer, authority.privateKey);
    return { csr: readCertificateRequest(content), cipher };
  } catch (cause) {
    throw new UptickError("scep-invalid", "The SCEP message holds no certificate request that we can open.", { cause });
  }
}

function readHead(message: SignedMessage): Pick<ScepRequest, "messageType" | "senderNonce" | "transactionId"> {
  const text = (type: string): string => {
    const node = message.attribute(type);
    return node === undefined ? "" : textOf(node);
  };
  const messageType = Number(text(SCEP_OID.messageType));
  if (messageType !== PKCS_REQ && messageType !== RENEWAL_REQ) throw new Error("messageType is not one served here");
  const transactionId = text(SCEP_OID.transactionId);
  // It goes back in a PrintableString and into the log: plain characters only.
  if (!/^[\x20-\x7e]+$/.test(transactionId) || transactionId.length > LONGEST_ID) throw new Error("no transactionID");
  const senderNonce = message.attribute(SCEP_OID.senderNonce)?.content ?? new Uint8Array();
  if (senderNonce.length < NONCE_BYTES) throw new Error("no senderNonce of 16 bytes");
  return { messageType, transactionId, senderNonce: new Uint8Array(senderNonce) };
}

function attempt<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UptickError("scep-invalid", `${what}: ${why}.`, { cause });
  }
}

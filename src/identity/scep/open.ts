/** Opens a SCEP PKIOperation (RFC 8894, 3.3.1): who asks, and for which key. */
import type { KeyObject } from "node:crypto";
import { UptickError } from "../../errors/index.ts";
import type { Authority } from "../authority.ts";
import { octetsOf } from "../ber.ts";
import { type CertificateRequest, readCertificateRequest } from "../certificate-request.ts";
import type { CipherName } from "../ciphers.ts";
import { readSignedData, type SignedMessage } from "../cms-read.ts";
import type { DigestName } from "../digests.ts";
import { openEnvelope } from "../envelope.ts";
import { textOf } from "../names.ts";
import { SCEP_OID } from "../oids.ts";

export interface ScepRequest {
  readonly transactionId: string;
  /** 19 PKCSReq, 17 RenewalReq (RFC 8894, 3.2.1.2). */
  readonly messageType: number;
  /** As it came, 1 to 64 bytes; the answer repeats it. */
  readonly senderNonce: Uint8Array;
  /** Its signature is verified: the sender has the key. */
  readonly csr: CertificateRequest;
  /**
   * The certificate that signed the message, DER; answers are sealed to its key, which need not be the key of the request
   * (RFC 8894, 2.3 and 3.1, only recommend that). Nothing is said here about who issued it.
   */
  readonly signerCertificate: Uint8Array;
  /** What the client signed and sealed with; it is answered in the same. */
  readonly digest: DigestName;
  readonly cipher: CipherName;
}

const PKCS_REQ = 19;
const RENEWAL_REQ = 17;
/** RFC 8894, 3.2.1.5, says 16; some clients send others, and nothing here hangs on it. */
const LONGEST_NONCE = 64;
/** A key for the answer's content, of 32 bytes at most, has to fit into it. */
const LEAST_SIGNER_BITS = 1024;
/** Longest transactionID taken; clients send a hash of the key in hex or base64. */
const LONGEST_ID = 256;

/** Opens and checks the message. @throws UptickError `scep-invalid` for anything that is wrong with it */
export async function openPkiOperation(authority: Authority, bytes: Uint8Array): Promise<ScepRequest> {
  const message = attempt("The SCEP message can't be read", () => readSignedData(bytes));
  const head = attempt("The SCEP message lacks what it must say of itself", () => readHead(message));
  // Before the CA's key is used: that is what costs.
  if (!canBeSealedTo(message.signer.publicKey)) {
    throw new UptickError("scep-invalid", "The SCEP message is signed with a key that no answer can be sealed to.");
  }
  const { csr, cipher } = openRequest(authority, message.content);
  const signerCertificate = new Uint8Array(message.signer.raw);
  return { ...head, csr, signerCertificate, digest: message.digest, cipher };
}

const canBeSealedTo = ({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean =>
  asymmetricKeyType === "rsa" && (asymmetricKeyDetails?.modulusLength ?? 0) >= LEAST_SIGNER_BITS;

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
  const nonce = message.attribute(SCEP_OID.senderNonce);
  const senderNonce = nonce === undefined ? new Uint8Array() : octetsOf(nonce);
  if (senderNonce.length === 0 || senderNonce.length > LONGEST_NONCE) {
    throw new Error(`no senderNonce of 1 to ${LONGEST_NONCE} bytes`);
  }
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

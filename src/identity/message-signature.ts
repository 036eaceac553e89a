/** The `Mdm-Signature` header: a detached CMS SignedData over the body, in base64. Source: com.apple.mdm, SignMessage. */
import { readSignedData, readSigner } from "./cms-read.ts";

/** A signature is about 2 KB; more than this is none. */
const LONGEST = 64 * 1024;
/** One class only: a pattern in parts could be made to try 16 KB of spaces in every way there is. */
const BASE64 = /^[A-Za-z0-9+/=\s]+$/;

/**
 * The certificate, DER, that a signature names as its signer's, before there is a body that it could be over: only a
 * claim. Undefined when the header is no such signature. Never throws.
 */
export function claimedSigner(header: string): Uint8Array | undefined {
  if (header.length > LONGEST || !BASE64.test(header)) return undefined;
  try {
    return readSigner(Buffer.from(header, "base64"));
  } catch {
    return undefined;
  }
}

/**
 * The certificate, DER, whose key has signed exactly this body; undefined when the header is no such signature. Whether
 * this server's CA issued the certificate is another question (`verifyIdentity`). Never throws.
 */
export function signerOfMessage(header: string, body: Uint8Array): Uint8Array | undefined {
  if (header.length > LONGEST || !BASE64.test(header)) return undefined;
  try {
    return readSignedData(Buffer.from(header, "base64"), body).signer.raw;
  } catch {
    return undefined;
  }
}

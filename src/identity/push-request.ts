/** The request for a push certificate, and a vendor's signature over it, as Apple's push portal wants them. */
import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, sign, X509Certificate } from "node:crypto";
import { promisify } from "node:util";
import { AsnConvert } from "@peculiar/asn1-schema";
import { UptickError } from "../errors/index.ts";
import { commonName } from "./certificate.ts";
import { algorithm, concat, integer, sequence, TAG, tlv } from "./der.ts";
import { spkiOf } from "./keys.ts";
import { OID } from "./oids.ts";
import { CERTIFICATE, pemBlocks } from "./pem.ts";

const RSA_BITS = 2048;

/** A new key for a push certificate: RSA with 2048 bits, PKCS#8 in PEM. */
export async function generatePushKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: RSA_BITS });
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

/** A PKCS#10 request (RFC 2986), DER, with this common name, signed with SHA-256. */
export function writePushRequest(keyPem: string, name: string): Uint8Array {
  const key = createPrivateKey(keyPem);
  const subject = new Uint8Array(AsnConvert.serialize(commonName(name.slice(0, 64))));
  // The empty [0] is the set of attributes, which must be there.
  const info = sequence(integer(0), subject, spkiOf(createPublicKey(key)), tlv(TAG.context0));
  const signature = sign("sha256", info, key);
  return sequence(info, algorithm(OID.sha256WithRsa), tlv(TAG.bits, concat(Uint8Array.of(0), signature)));
}

export interface VendorSignature {
  /** SHA-256 with RSA over the request's DER. */
  readonly signature: Uint8Array;
  /** The vendor's certificate and those above it, PEM, in that order. */
  readonly chainPem: string;
}

/**
 * A vendor's word for the request. `vendorPem`: its MDM vendor certificate, private key, and Apple's certificates above it.
 * @throws UptickError `certificate-invalid`; its message never holds any part of the key
 */
export function signPushRequest(request: Uint8Array, vendorPem: string): VendorSignature {
  const { certificates, key } = readVendor(vendorPem);
  const leaf = certificates.find((one) => one.checkPrivateKey(key));
  if (leaf === undefined || key.asymmetricKeyType !== "rsa") {
    throw new UptickError(
      "certificate-invalid",
      "The vendor's private key is not RSA, or of no certificate in the file.",
    );
  }
  const chain = [leaf];
  for (let next = issuerIn(certificates, leaf); next !== undefined; next = issuerIn(certificates, next)) {
    if (chain.includes(next)) break;
    chain.push(next);
  }
  if (chain.length < 2) {
    const remedy =
      "Append Apple's WWDR intermediate and root certificate (https://www.apple.com/certificateauthority/).";
    throw new UptickError("certificate-invalid", "The vendor's certificate comes without the one that issued it.", {
      remedy,
    });
  }
  return { signature: sign("sha256", request, key), chainPem: chain.map((one) => one.toString()).join("") };
}

const issuerIn = (certificates: readonly X509Certificate[], of: X509Certificate): X509Certificate | undefined =>
  certificates.find((one) => of.checkIssued(one) && of.verify(one.publicKey));

function readVendor(pem: string): { certificates: X509Certificate[]; key: KeyObject } {
  try {
    const blocks = pemBlocks(pem).flatMap(({ label, text }) => (label === CERTIFICATE ? [text] : []));
    return { certificates: blocks.map((text) => new X509Certificate(text)), key: createPrivateKey(pem) };
  } catch {
    // No cause: it may quote the key.
    throw new UptickError("certificate-invalid", "The vendor's certificate or private key can't be read as PEM.");
  }
}

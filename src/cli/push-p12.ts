/** Opens a PKCS#12 file on the admin's machine, so that its passphrase goes nowhere; the server gets PEM as always. */
import forge from "node-forge";
import { UptickError } from "../errors/index.ts";

/** Whether the bytes begin as a PFX does: a sequence, then version 3 (RFC 7292, section 4). A certificate does not. */
export function isPkcs12(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x30) return false;
  const length = bytes[1] ?? 0;
  const start = length > 0x80 ? 2 + (length & 0x7f) : 2;
  return bytes[start] === 2 && bytes[start + 1] === 1 && bytes[start + 2] === 3;
}

/**
 * The private keys and certificates of a PKCS#12 file as PEM, without protection. Its MAC is verified.
 * @throws UptickError `push-certificate-invalid`; its message never holds any part of the key or passphrase.
 */
export function openPkcs12(bytes: Uint8Array, passphrase: string): string {
  const pfx = read(bytes);
  // The third field is the MAC; the library takes a file without one unverified.
  if (!Array.isArray(pfx.value) || pfx.value.length < 3) {
    throw invalid(
      "The PKCS#12 file has no MAC: nothing shows that it is whole.",
      "Export it again, with a passphrase.",
    );
  }
  const { pkcs8ShroudedKeyBag, keyBag, certBag } = forge.pki.oids;
  const bags = open(pfx, passphrase).safeContents.flatMap(({ safeBags }) => safeBags);
  const keys = bags.filter(({ type }) => type === pkcs8ShroudedKeyBag || type === keyBag);
  const certificates = bags.filter(({ type }) => type === certBag);
  if (keys.length === 0) {
    throw invalid(
      "The PKCS#12 file holds no private key.",
      "In Keychain Access export the certificate together with the key below it.",
    );
  }
  if (certificates.length === 0) throw invalid("The PKCS#12 file holds no certificate.");
  return [
    ...certificates.map(({ cert, asn1 }) => (cert ? forge.pki.certificateToPem(cert) : pem("CERTIFICATE", asn1))),
    ...keys.map(({ key, asn1 }) =>
      key
        ? forge.pki.privateKeyInfoToPem(forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(key)))
        : pem("PRIVATE KEY", asn1),
    ),
  ].join("\n");
}

function pem(label: string, body: forge.asn1.Asn1): string {
  const base64 = forge.util.encode64(forge.asn1.toDer(body).getBytes(), 64);
  return `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`;
}

function read(bytes: Uint8Array): forge.asn1.Asn1 {
  try {
    return forge.asn1.fromDer(forge.util.createBuffer(Buffer.from(bytes).toString("latin1")));
  } catch {
    throw invalid("The PKCS#12 file is cut off or damaged.", "Export it again.");
  }
}

/**
 * What `work` gives, PBKDF2 being given passphrases in UTF-8, as PBES2 has them (RFC 8018, 3). The library gives it one byte
 * for each character; and PKCS#12's own derivation, for which it makes a BMPString of the same text (RFC 7292, B.1), may
 * stand in the same file. So nothing but this step can be given another text.
 */
function withUtf8<T>(work: () => T): T {
  const { pkcs5 } = forge;
  const { pbkdf2 } = pkcs5;
  const derive = (passphrase: string, ...rest: unknown[]): unknown =>
    Reflect.apply(pbkdf2, pkcs5, [Buffer.from(passphrase, "utf8").toString("latin1"), ...rest]);
  try {
    Object.assign(pkcs5, { pbkdf2: derive });
    return work();
  } finally {
    Object.assign(pkcs5, { pbkdf2 });
  }
}

function open(pfx: forge.asn1.Asn1, passphrase: string): forge.pkcs12.Pkcs12Pfx {
  try {
    return withUtf8(() => forge.pkcs12.pkcs12FromAsn1(pfx, passphrase));
  } catch (fault) {
    if (fault instanceof Error && fault.message.includes("MAC could not be verified")) {
      throw invalid("The passphrase does not open the PKCS#12 file.", "Give the one that the file was exported with.");
    }
    // No cause: it may quote what was decrypted.
    throw invalid(
      "The PKCS#12 file is protected in a way that can't be read here.",
      "Write it as PEM: openssl pkcs12 -legacy -in FILE -nodes -out push.pem; import that and delete it.",
    );
  }
}

function invalid(message: string, remedy?: string): UptickError {
  return new UptickError("push-certificate-invalid", message, remedy === undefined ? {} : { remedy });
}

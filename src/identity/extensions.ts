/** The certificate extensions (RFC 5280, 4.2.1) that our certificates carry. */
import {
  AuthorityKeyIdentifier,
  BasicConstraints,
  ExtendedKeyUsage,
  type Extension,
  GeneralName,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  KeyIdentifier,
  KeyUsage,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
} from "@peculiar/asn1-x509";
import { UptickError } from "../errors/index.ts";
import { extension, keyIdentifier } from "./certificate.ts";

/** Bits of KeyUsage, numbered as the library numbers them. */
const USAGE = { digitalSignature: 1, keyEncipherment: 4, keyCertSign: 32, cRLSign: 64 } as const;

export function keyUsage(...usages: (keyof typeof USAGE)[]): Extension {
  let bits = 0;
  for (const usage of usages) bits |= USAGE[usage];
  return extension(id_ce_keyUsage, true, new KeyUsage(bits));
}

/** A CA that signs no other CA. */
export function isAuthority(): Extension {
  return extension(id_ce_basicConstraints, true, new BasicConstraints({ cA: true, pathLenConstraint: 0 }));
}

export function isNoAuthority(): Extension {
  return extension(id_ce_basicConstraints, true, new BasicConstraints({ cA: false }));
}

export function purpose(oid: string): Extension {
  return extension(id_ce_extKeyUsage, false, new ExtendedKeyUsage([oid]));
}

export function subjectKey(publicKey: Uint8Array): Extension {
  return extension(id_ce_subjectKeyIdentifier, false, new SubjectKeyIdentifier(keyIdentifier(publicKey)));
}

export function authorityKey(publicKey: Uint8Array): Extension {
  const identifier = new KeyIdentifier(keyIdentifier(publicKey));
  return extension(id_ce_authorityKeyIdentifier, false, new AuthorityKeyIdentifier({ keyIdentifier: identifier }));
}

/** Four numbers, or anything with a colon: no DNS name ends in a number or holds a colon. */
const isAddress = (host: string): boolean => host.includes(":") || /^\d+\.\d+\.\d+\.\d+$/.test(host);

/** DNS names and IP addresses, told apart by their form. @throws UptickError `certificate-invalid` */
export function alternativeNames(hosts: readonly string[]): Extension {
  const names = hosts.map((host) => new GeneralName(isAddress(host) ? { iPAddress: host } : { dNSName: host }));
  try {
    return extension(id_ce_subjectAltName, false, new SubjectAlternativeName(names));
  } catch (cause) {
    const message = `A certificate can't be made for the hosts ${hosts.join(", ")}.`;
    throw new UptickError("certificate-invalid", message, { cause });
  }
}

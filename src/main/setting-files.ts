/**
 * The files that settings name, read and checked before anything is made: a start that a file would end must not have
 * begun. Each refusal names the setting, the file and what to do.
 */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";
import { isIP } from "node:net";
import { UptickError } from "../errors/index.ts";
import { type CertificateInfo, readCertificates } from "../identity/index.ts";
import type { Config } from "./config/index.ts";

/** A TLS certificate that devices will not accept for the host they are sent to. */
export interface OtherHost {
  /** Host of `public-url`. */
  readonly host: string;
  /** What the certificate is for, as it says: "DNS:a.example.org, IP Address:10.0.0.5"; empty: it names no host. */
  readonly names: string;
}

export interface SettingFiles {
  /** Of `tls-cert` and `tls-key`. */
  readonly tls: { readonly certPem: string; readonly keyPem: string } | undefined;
  /** Set where `tls-cert` is for another host than that of `public-url`, and no proxy ends TLS before us. */
  readonly otherHost: OtherHost | undefined;
  /** PEM. */
  readonly apnsCa: string | undefined;
  /** PEM. */
  readonly lookupServiceCa: string | undefined;
  /** PEM. */
  readonly cveFeedCa: string | undefined;
  /** Of `oidc-client-secret-file`. */
  readonly oidcClientSecret: string | undefined;
  /** PEM. */
  readonly webhookCa: string | undefined;
  /** Certificates of `identity-ca`, DER. */
  readonly identityCa: readonly Uint8Array[];
}

/** Throws `config-invalid`. */
export function readSettingFiles(config: Config): SettingFiles {
  const { tlsCert, tlsKey, apnsCa, lookupServiceCa, cveFeedCa, webhookCa, identityCa, oidcClientSecretFile } = config;
  const tls = tlsCert === undefined || tlsKey === undefined ? undefined : readTls(tlsCert, tlsKey);
  return {
    tls,
    otherHost: tls === undefined ? undefined : otherHostOf(config, tls.certPem),
    apnsCa: apnsCa === undefined ? undefined : readCa("apns-ca", apnsCa, "apns-host"),
    lookupServiceCa:
      lookupServiceCa === undefined ? undefined : readCa("lookup-service-ca", lookupServiceCa, "lookup-service-url"),
    cveFeedCa: cveFeedCa === undefined ? undefined : readCa("cve-feed-ca", cveFeedCa, "cve-feed-url"),
    oidcClientSecret:
      oidcClientSecretFile === undefined ? undefined : read("oidc-client-secret-file", oidcClientSecretFile).trim(),
    webhookCa: webhookCa === undefined ? undefined : readCa("webhook-ca", webhookCa, "a webhook"),
    identityCa: identityCa === undefined ? [] : readIdentityCa(identityCa),
  };
}

function refusal(setting: string, path: string, what: string, remedy: string, cause?: unknown): UptickError {
  return new UptickError("config-invalid", `${setting}: the file ${path} ${what}.`, {
    remedy,
    ...(cause === undefined ? {} : { cause }),
  });
}

/** What the operating system said about a file, in words; undefined for an error that is not of a file. */
export function fileTrouble(error: unknown): string | undefined {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) return undefined;
  const words: Readonly<Record<string, string>> = {
    ENOENT: "does not exist",
    EISDIR: "is a directory",
    ENOTDIR: "lies under something that is not a directory",
    EACCES: "can't be read by the user that runs the server",
    EPERM: "can't be read by the user that runs the server",
    ELOOP: "is a symbolic link that leads to itself",
  };
  return words[code] ?? `can't be read (${code})`;
}

/** Text of a file that is not empty. */
function read(setting: string, path: string): string {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const remedy = `Correct the setting ${setting}, or let the user that runs the server read the file.`;
    throw refusal(setting, path, fileTrouble(error) ?? "can't be read", remedy, error);
  }
  if (text.trim() !== "") return text;
  throw refusal(setting, path, "is empty", `Write it again, or leave the setting ${setting} out.`);
}

function certificatesOf(setting: string, path: string, pem: string): CertificateInfo[] {
  try {
    return readCertificates(pem);
  } catch (error) {
    const what = "holds no certificate that can be read";
    const remedy = `Name a PEM file with ${setting}: each certificate stands between BEGIN CERTIFICATE and END CERTIFICATE.`;
    throw refusal(setting, path, what, remedy, error);
  }
}

function readTls(certPath: string, keyPath: string): { certPem: string; keyPem: string } {
  const [certPem, keyPem] = [read("tls-cert", certPath), read("tls-key", keyPath)];
  certificatesOf("tls-cert", certPath, certPem);
  const certificate = new X509Certificate(certPem);
  let fits: boolean;
  try {
    fits = certificate.checkPrivateKey(createPrivateKey(keyPem));
  } catch (error) {
    const remedy = "Name a PEM file with the private key of tls-cert, without a passphrase.";
    throw refusal("tls-key", keyPath, "holds no private key that can be read", remedy, error);
  }
  if (!fits) {
    const remedy =
      "Give the key that the certificate was requested with, and let the server's own certificate stand first in tls-cert.";
    throw refusal("tls-key", keyPath, `is not the key of the first certificate in ${certPath} (tls-cert)`, remedy);
  }
  try {
    createSecureContext({ cert: certPem, key: keyPem, minVersion: "TLSv1.2" });
  } catch (error) {
    const what = `can't be used for TLS (${(error as Error).message})`;
    throw refusal(
      "tls-cert",
      certPath,
      what,
      "Have it issued again, with an RSA key of 2048 bits or an EC key.",
      error,
    );
  }
  return { certPem, keyPem };
}

function otherHostOf({ publicUrl, trustedProxies }: Config, certPem: string): OtherHost | undefined {
  // Behind a proxy that ends TLS, devices see the proxy's certificate.
  if (publicUrl === undefined || trustedProxies !== undefined) return undefined;
  const host = new URL(publicUrl).hostname.replace(/^\[(.*)\]$/, "$1");
  const certificate = new X509Certificate(certPem);
  // Apple's systems look at the alternative names only, never at the common name.
  const good = isIP(host) === 0 ? certificate.checkHost(host, { subject: "never" }) : certificate.checkIP(host);
  return good === undefined ? { host, names: certificate.subjectAltName ?? "" } : undefined;
}

/** OpenSSL takes what it can't read for no CA at all, without a word: every connection to the host would fail. */
function readCa(setting: string, path: string, host: string): string {
  const pem = read(setting, path);
  const all = certificatesOf(setting, path, pem);
  const other = all.find(({ der, isAuthority }) => !isAuthority && !isOwnIssuer(der));
  if (other === undefined) return pem;
  const remedy = `Name the certificate of the authority that has signed the certificate of ${host}.`;
  throw refusal(setting, path, `holds a certificate that is no authority's (${nameIn(other)})`, remedy);
}

function isOwnIssuer(der: Uint8Array): boolean {
  const certificate = new X509Certificate(der);
  return certificate.checkIssued(certificate);
}

function readIdentityCa(path: string): Uint8Array[] {
  const all = certificatesOf("identity-ca", path, read("identity-ca", path));
  const other = all.find((one) => !one.isAuthority);
  if (other === undefined) return all.map((one) => one.der);
  const remedy = "Leave in the file the certificates of the authorities that sign device identities, and no others.";
  throw refusal("identity-ca", path, `holds a certificate that is no authority's (${nameIn(other)})`, remedy);
}

const nameIn = ({ subject }: CertificateInfo): string => subject || "without a subject";

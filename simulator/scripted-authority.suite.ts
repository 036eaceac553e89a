import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, X509Certificate } from "node:crypto";
import type { KeyObject } from "node:crypto";
import forge from "node-forge";
import { attribute, forgeSigner, octets, printable, signedData } from "./cms.ts";

const { asn1, pki } = forge;
const derOf = (node: forge.asn1.Asn1): Buffer => Buffer.from(asn1.toDer(node).getBytes(), "binary");

/** What one SCEP request asked for, as the authority of the tests understood it. */
export interface SeenRequest {
  readonly challenge: string;
  readonly subject: string;
  readonly cipher: string;
  readonly digest: string;
}

export interface ScriptedAuthority {
  readonly certificate: X509Certificate;
  readonly seen: SeenRequest[];
  /** Sign a profile with the CA's key. */
  sign(content: Uint8Array): Buffer;
  /** Answers a PKCSReq with a CertRep. */
  answer(message: Buffer): Buffer;
}

// One key for all tests of a file: it takes longer to make than most of them take to run.
const caKeys = generateKeyPairSync("rsa", { modulusLength: 2048 });

/** A small CA with SCEP for tests, on node-forge's own readers: it shares no reading code with the devices. */
export function createAuthority(options: { readonly challenge: string }): ScriptedAuthority {
  const { privateKey, publicKey } = caKeys;
  const forgeKey = pki.privateKeyFromPem(privateKey.export({ type: "pkcs1", format: "pem" }).toString());
  const ca = issue({ subject: "Test CA", publicKey, issuer: "Test CA", key: privateKey, ca: true });
  const caForge = pki.certificateFromPem(ca.toString());
  const seen: SeenRequest[] = [];

  return {
    certificate: ca,
    seen,
    sign: (content) => signedData({ content, signer: { certificate: ca.raw, key: privateKey }, digest: "sha256" }),
    answer(message) {
      const signed = forge.pkcs7.messageFromAsn1(asn1.fromDer(message.toString("binary"))) as unknown as {
        certificates: forge.pki.Certificate[];
        rawCapture: Record<string, unknown>;
      };
      const [temporary] = signed.certificates;
      if (temporary === undefined) throw new Error("no signer");
      const attributes = readAttributes(message);
      const content = contentOf(message);
      const envelope = forge.pkcs7.messageFromAsn1(
        asn1.fromDer(content.toString("binary")),
      ) as unknown as forge.pkcs7.PkcsEnvelopedData;
      const recipient = envelope.findRecipient(caForge);
      if (recipient === null) throw new Error("not for us");
      envelope.decrypt(recipient, forgeKey);
      const opened = envelope.content as forge.util.ByteBuffer;
      const request = pki.certificationRequestFromAsn1(asn1.fromDer(opened.getBytes()));
      if (!request.verify()) throw new Error("bad request signature");
      const challenge = String(
        (request.getAttribute({ name: "challengePassword" }) as { value?: string } | null)?.value,
      );
      seen.push({
        challenge,
        subject: request.subject.attributes.map((item) => `${item.shortName}=${String(item.value)}`).join(","),
        cipher: String((envelope as unknown as { encryptedContent: { algorithm: string } }).encryptedContent.algorithm),
        digest: String(request.siginfo.algorithmOid),
      });
      const sealed = challenge === options.challenge ? sealCertificate(request, temporary) : Buffer.alloc(0);
      const status = sealed.length > 0 ? "0" : "2";
      return signedData({
        content: sealed,
        digest: "sha256",
        signer: { certificate: ca.raw, key: privateKey },
        attributes: [
          attribute("2.16.840.1.113733.1.9.2", printable("3")),
          attribute("2.16.840.1.113733.1.9.3", printable(status)),
          ...(status === "2" ? [attribute("2.16.840.1.113733.1.9.4", printable("2"))] : []),
          attribute("2.16.840.1.113733.1.9.6", octets(attributes.nonce)),
          attribute("2.16.840.1.113733.1.9.7", printable(attributes.transactionId)),
        ],
      });
    },
  };

  function sealCertificate(request: forge.pki.CertificateSigningRequest, temporary: forge.pki.Certificate): Buffer {
    const key = createPublicKey(pki.publicKeyToPem(request.publicKey as forge.pki.rsa.PublicKey));
    const name = String((request.subject.getField("CN") as { value: string } | null)?.value ?? "device");
    const issued = issue({ subject: name, publicKey: key, issuer: "Test CA", key: privateKey, ca: false });
    const only = forge.pkcs7.createSignedData();
    only.addCertificate(pki.certificateFromPem(issued.toString()));
    const envelope = forge.pkcs7.createEnvelopedData();
    envelope.addRecipient(temporary);
    envelope.content = forge.util.createBuffer(asn1.toDer(only.toAsn1()).getBytes());
    envelope.encrypt();
    return derOf(envelope.toAsn1());
  }
}

function issue(options: {
  readonly subject: string;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  readonly key: KeyObject;
  readonly ca: boolean;
}): X509Certificate {
  const certificate = pki.createCertificate();
  certificate.publicKey = pki.publicKeyFromPem(options.publicKey.export({ type: "spki", format: "pem" }).toString());
  certificate.serialNumber = `01${randomBytes(8).toString("hex")}`;
  certificate.validity.notBefore = new Date(Date.now() - 86_400_000);
  certificate.validity.notAfter = new Date(Date.now() + 86_400_000);
  certificate.setSubject([{ shortName: "CN", value: options.subject }]);
  certificate.setIssuer([{ shortName: "CN", value: options.issuer }]);
  if (options.ca) certificate.setExtensions([{ name: "basicConstraints", cA: true }]);
  certificate.sign(
    forgeSigner(createPrivateKey(options.key.export({ type: "pkcs8", format: "pem" }).toString())),
    forge.md.sha256.create(),
  );
  return new X509Certificate(pki.certificateToPem(certificate));
}

/** The attached content of a SignedData, by position: content info, [0], signed data, third field, [0], octets. */
function contentOf(message: Buffer): Buffer {
  const signed = at(at(asn1.fromDer(message.toString("binary")), 1), 0);
  return Buffer.from(primitive(at(at(at(signed, 2), 1), 0)), "binary");
}

/** The bytes of a primitive node, as node-forge holds them. */
function primitive(node: forge.asn1.Asn1): string {
  if (typeof node.value !== "string") throw new Error("not primitive");
  return node.value;
}

function at(node: forge.asn1.Asn1, index: number): forge.asn1.Asn1 {
  const child = Array.isArray(node.value) ? node.value[index] : undefined;
  if (child === undefined) throw new Error("shorter than expected");
  return child;
}

function readAttributes(message: Buffer): { transactionId: string; nonce: Buffer } {
  const signed = at(at(asn1.fromDer(message.toString("binary")), 1), 0);
  const fields = signed.value as forge.asn1.Asn1[];
  const signer = at(fields.at(-1) as forge.asn1.Asn1, 0);
  const found = new Map<string, string>();
  for (const item of at(signer, 3).value as forge.asn1.Asn1[]) {
    found.set(asn1.derToOid(primitive(at(item, 0))), primitive(at(at(item, 1), 0)));
  }
  return {
    transactionId: found.get("2.16.840.1.113733.1.9.7") ?? "",
    nonce: Buffer.from(found.get("2.16.840.1.113733.1.9.5") ?? "", "binary"),
  };
}

/** A SCEP client for tests, on node-forge: another reading of the RFCs than ours. */
import { type KeyObject, sign, X509Certificate } from "node:crypto";
import forge from "node-forge";

const { asn1, pki } = forge;
type Node = forge.asn1.Asn1;

export type ForgeCipher = "aes128-CBC" | "aes192-CBC" | "aes256-CBC" | "des-EDE3-CBC" | "desCBC";
export type ForgeDigest = "sha1" | "sha256" | "sha512";

const types = {
  contentType: "1.2.840.113549.1.9.3",
  messageDigest: "1.2.840.113549.1.9.4",
  messageType: "2.16.840.1.113733.1.9.2",
  senderNonce: "2.16.840.1.113733.1.9.5",
  transactionId: "2.16.840.1.113733.1.9.7",
} as const;

const universal = asn1.Class.UNIVERSAL;
const bytesOf = (binary: string): Buffer => Buffer.from(binary, "binary");
const derOf = (node: Node): Buffer => bytesOf(asn1.toDer(node).getBytes());
const nodeOf = (der: Uint8Array): Node => asn1.fromDer(forge.util.createBuffer(Buffer.from(der).toString("binary")));
const make = (type: forge.asn1.Type, value: Node[] | string, tagClass = universal): Node =>
  asn1.create(tagClass, type, typeof value !== "string", value);
const sequence = (...items: Node[]): Node => make(asn1.Type.SEQUENCE, items);
const oid = (id: string): Node => make(asn1.Type.OID, asn1.oidToDer(id).getBytes());
const octets = (bytes: Uint8Array): Node => make(asn1.Type.OCTETSTRING, Buffer.from(bytes).toString("binary"));
const printable = (text: string): Node => make(asn1.Type.PRINTABLESTRING, text);
const context0 = (...items: Node[]): Node => make(0 as forge.asn1.Type, items, asn1.Class.CONTEXT_SPECIFIC);
const algorithm = (id: string): Node => sequence(oid(id), make(asn1.Type.NULL, ""));
const attribute = (type: string, value: Node): Node => sequence(oid(type), make(asn1.Type.SET, [value]));

const privateKeyOf = (key: KeyObject): forge.pki.rsa.PrivateKey =>
  pki.privateKeyFromPem(key.export({ type: "pkcs1", format: "pem" }).toString());
const publicKeyOf = (key: KeyObject): forge.pki.rsa.PublicKey =>
  pki.rsa.setPublicKey(privateKeyOf(key).n, privateKeyOf(key).e);

/** A request for `key`, self-signed with SHA-256. */
export function makeCsr(key: KeyObject, challenge: string | undefined, signer: KeyObject = key): Buffer {
  const csr = pki.createCertificationRequest();
  csr.publicKey = publicKeyOf(key);
  csr.setSubject([
    { shortName: "O", value: "Test" },
    { shortName: "CN", value: "Device 1" },
  ]);
  if (challenge !== undefined) csr.setAttributes([{ name: "challengePassword", value: challenge }]);
  csr.sign(privateKeyOf(signer), forge.md.sha256.create());
  return derOf(pki.certificationRequestToAsn1(csr));
}

/** The self-signed certificate a client signs with while it has no other; its subject may be empty. */
export function makeTemporary(key: KeyObject, name = "Device 1"): Buffer {
  const certificate = pki.createCertificate();
  certificate.publicKey = publicKeyOf(key);
  certificate.serialNumber = "2a";
  certificate.validity.notBefore = new Date(Date.UTC(2026, 0, 1));
  certificate.validity.notAfter = new Date(Date.UTC(2027, 0, 1));
  const subject = name === "" ? [] : [{ shortName: "CN", value: name }];
  certificate.setSubject(subject);
  certificate.setIssuer(subject);
  certificate.sign(privateKeyOf(key), forge.md.sha256.create());
  return derOf(pki.certificateToAsn1(certificate));
}

/** EnvelopedData around `content` for the recipient, DER. */
export function makeEnvelope(content: Uint8Array, recipient: Uint8Array, cipher: ForgeCipher): Buffer {
  if (cipher === "desCBC") return makeDesEnvelope(content, recipient);
  const envelope = forge.pkcs7.createEnvelopedData();
  envelope.addRecipient(pki.certificateFromPem(new X509Certificate(recipient).toString()));
  envelope.content = forge.util.createBuffer(Buffer.from(content).toString("binary"));
  envelope.encrypt(undefined, pki.oids[cipher]);
  return derOf(envelope.toAsn1());
}

/** node-forge has single DES, but not in its envelopes. */
function makeDesEnvelope(content: Uint8Array, recipient: Uint8Array): Buffer {
  const [key, iv] = [forge.random.getBytesSync(8), forge.random.getBytesSync(8)];
  const cipher = forge.cipher.createCipher("DES-CBC", key);
  cipher.start({ iv });
  cipher.update(forge.util.createBuffer(Buffer.from(content).toString("binary")));
  cipher.finish();
  const certificate = pki.certificateFromPem(new X509Certificate(recipient).toString());
  const wrapped = (certificate.publicKey as forge.pki.rsa.PublicKey).encrypt(key, "RSAES-PKCS1-V1_5");
  const { serial, issuer } = nameOf(recipient);
  const keyFor = sequence(
    make(asn1.Type.INTEGER, "\x00"),
    sequence(issuer, serial),
    algorithm(pki.oids["rsaEncryption"] ?? ""),
    octets(bytesOf(wrapped)),
  );
  const sealed = sequence(
    oid(pki.oids["data"] ?? ""),
    sequence(oid(pki.oids["desCBC"] ?? ""), octets(bytesOf(iv))),
    asn1.create(asn1.Class.CONTEXT_SPECIFIC, 0 as forge.asn1.Type, false, cipher.output.getBytes()),
  );
  const enveloped = sequence(make(asn1.Type.INTEGER, "\x00"), make(asn1.Type.SET, [keyFor]), sealed);
  return derOf(sequence(oid(pki.oids["envelopedData"] ?? ""), context0(enveloped)));
}

/** How CMS names a certificate. */
function nameOf(der: Uint8Array): { serial: Node; issuer: Node } {
  const tbs = (nodeOf(der).value as Node[])[0]?.value as Node[];
  const [, serial, , issuer] = tbs;
  if (serial === undefined || issuer === undefined) throw new Error("no certificate");
  return { serial, issuer };
}

export interface MessageOptions {
  readonly content: Uint8Array;
  readonly certificate: Uint8Array;
  readonly key: KeyObject;
  readonly digest: ForgeDigest;
  readonly messageType?: string;
  readonly transactionId?: string;
  readonly senderNonce?: Uint8Array;
  /** Writes indefinite lengths, and the content in pieces, as Apple devices do. */
  readonly indefinite?: boolean;
  /** Leaves the attribute out. */
  readonly without?: keyof typeof types;
}

export const NONCE = new Uint8Array(16).fill(7);

/** The signed PKIOperation message. */
export function makeMessage(options: MessageOptions): Buffer {
  const { content, digest } = options;
  const md = forge.md[digest].create();
  md.update(Buffer.from(content).toString("binary"));
  const all = {
    contentType: oid(pki.oids["data"] ?? ""),
    messageType: printable(options.messageType ?? "19"),
    senderNonce: octets(options.senderNonce ?? NONCE),
    transactionId: printable(options.transactionId ?? "0123ABCD"),
    messageDigest: octets(bytesOf(md.digest().getBytes())),
  };
  const kept = Object.entries(all).filter(([name]) => name !== options.without);
  const attributes = kept
    .map(([name, value]) => attribute(types[name as keyof typeof types], value))
    .sort((a, b) => Buffer.compare(derOf(a), derOf(b)));
  const signature = sign(digest, derOf(make(asn1.Type.SET, attributes)), options.key);
  const certificate = nodeOf(options.certificate);
  const { serial, issuer } = nameOf(options.certificate);
  const digestId = pki.oids[digest] ?? "";
  const signer = sequence(
    make(asn1.Type.INTEGER, "\x01"),
    sequence(issuer, serial),
    algorithm(digestId),
    context0(...attributes),
    algorithm(pki.oids["rsaEncryption"] ?? ""),
    octets(signature),
  );
  const head = [make(asn1.Type.INTEGER, "\x01"), make(asn1.Type.SET, [algorithm(digestId)])].map(derOf);
  const tail = [context0(certificate), make(asn1.Type.SET, [signer])].map(derOf);
  const [data, signedData] = [oid(pki.oids["data"] ?? ""), oid(pki.oids["signedData"] ?? "")].map(derOf);
  const wrap = options.indefinite === true ? endless : definite;
  const body = Buffer.from(content);
  const pieces =
    options.indefinite === true
      ? endless(0x24, derOf(octets(body.subarray(0, 100))), derOf(octets(body.subarray(100))))
      : derOf(octets(body));
  const encapsulated = wrap(0x30, data ?? Buffer.alloc(0), wrap(0xa0, pieces));
  return wrap(0x30, signedData ?? Buffer.alloc(0), wrap(0xa0, wrap(0x30, ...head, encapsulated, ...tail)));
}

const endless = (tag: number, ...parts: Buffer[]): Buffer =>
  Buffer.concat([Buffer.from([tag, 0x80]), ...parts, Buffer.from([0, 0])]);

function definite(tag: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([
    Buffer.from([tag, 0x83, body.length >> 16, (body.length >> 8) & 0xff, body.length & 0xff]),
    body,
  ]);
}

export interface RequestOptions extends Partial<MessageOptions> {
  readonly csr: Uint8Array;
  readonly certificate: Uint8Array;
  readonly key: KeyObject;
  readonly cipher?: ForgeCipher;
  /** Certificate the request is sealed to. */
  readonly recipient: Uint8Array;
}

/** A whole PKIOperation: the request, sealed and signed. */
export function makePkiOperation({ csr, cipher = "aes128-CBC", recipient, ...rest }: RequestOptions): Buffer {
  return makeMessage({ content: rest.content ?? makeEnvelope(csr, recipient, cipher), digest: "sha256", ...rest });
}

/** The signed attributes of a message as text or hex of their value, by type. */
export function attributesOf(message: Uint8Array): ReadonlyMap<string, string> {
  const parsed = forge.pkcs7.messageFromAsn1(nodeOf(message)) as unknown as {
    readonly rawCapture: { readonly authenticatedAttributes: Node[] };
  };
  return new Map(
    parsed.rawCapture.authenticatedAttributes.map((one): [string, string] => {
      const [type, values] = one.value as [Node, Node];
      const [value] = values.value as [Node];
      const bytes = bytesOf(value.value as string);
      return [
        asn1.derToOid(forge.util.createBuffer(type.value as string)),
        bytes.toString(value.type === asn1.Type.OCTETSTRING ? "hex" : "latin1"),
      ];
    }),
  );
}

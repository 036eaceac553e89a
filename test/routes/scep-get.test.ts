/** SCEP as old clients speak it: by GET, in base64 that each escapes in its own way, with single DES and SHA-1. */
import { generateKeyPairSync, type KeyObject, privateDecrypt, constants, X509Certificate } from "node:crypto";
import forge from "node-forge";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { childrenOf, contentOf, dotted, nodeOf, readSignedData } from "../../simulator/cms.ts";
import { hashSecret } from "../../src/identity/index.ts";
import { makeCsr, makePkiOperation, makeTemporary } from "../../src/identity/scep/forge-client.suite.ts";
import { newProfile, scep, type ScepReply, startUptick, type Uptick } from "../support/index.ts";

let uptick: Uptick;
let authority: X509Certificate;

beforeAll(async () => {
  uptick = await startUptick();
  authority = new X509Certificate(
    (await scep(uptick, "GET", "?operation=GetCACert&message=whatever%20it%20says")).body,
  );
});
afterAll(() => uptick.close());

interface OldClient {
  readonly key: KeyObject;
  readonly challenge: string;
  readonly message: Buffer;
}

/** What a client with single DES and SHA-1 sends, with a challenge of its own. */
async function oldClient(transactionId: string): Promise<OldClient> {
  const challenge = (await newProfile(uptick)).scep.challenge ?? "";
  const key = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  const message = makePkiOperation({
    csr: makeCsr(key, challenge),
    certificate: makeTemporary(key),
    key,
    recipient: new Uint8Array(authority.raw),
    cipher: "desCBC",
    digest: "sha1",
    transactionId,
  });
  return { key, challenge, message };
}

const byGet = (message: string): Promise<ScepReply> =>
  scep(uptick, "GET", `?operation=PKIOperation&message=${message}`);

/** The certificates in a CertRep, opened as a client does that knows nothing but single DES. */
function openedWithDes(reply: Buffer, key: KeyObject): readonly X509Certificate[] {
  const rep = readSignedData(reply, [authority]);
  const enveloped = childrenOf(childrenOf(childrenOf(nodeOf(rep.content))[1])[0]);
  const wrapped = contentOf(childrenOf(childrenOf(enveloped[1])[0])[3]);
  const [, algorithm, sealed] = childrenOf(enveloped[2]);
  const [cipher, iv] = childrenOf(algorithm);
  expect(dotted(cipher)).toBe("1.3.14.3.2.7");
  const contentKey = privateDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, wrapped);
  expect(contentKey).toHaveLength(8);
  const decipher = forge.cipher.createDecipher("DES-CBC", contentKey.toString("binary"));
  decipher.start({ iv: contentOf(iv).toString("binary") });
  decipher.update(forge.util.createBuffer(contentOf(sealed).toString("binary")));
  expect(decipher.finish()).toBe(true);
  return readSignedData(Buffer.from(decipher.output.getBytes(), "binary")).certificates;
}

const ESCAPES: readonly (readonly [string, (base64: string) => string])[] = [
  ["escaped", encodeURIComponent],
  ["not escaped at all: a plus is a space then", (base64) => base64],
  ["escaped twice", (base64) => encodeURIComponent(encodeURIComponent(base64))],
  ["in the URL-safe alphabet, without padding", (base64) => Buffer.from(base64, "base64").toString("base64url")],
  ["in lines of 64", (base64) => encodeURIComponent(base64.replace(/.{64}/g, "$&\r\n"))],
];

describe("SCEP by GET", () => {
  it.each(ESCAPES)("takes a message %s, and answers single DES in single DES", async (_what, escape) => {
    // Some bytes of it become +, / and = in base64: without them the escapes would not differ.
    const { key, challenge, message } = await oldClient("GET+/==");
    const base64 = message.toString("base64");
    expect(base64).toMatch(/[+].*[/]|[/].*[+]/s);
    const reply = await byGet(escape(base64));
    expect([reply.status, reply.type]).toEqual([200, "application/x-pki-message"]);
    const own = openedWithDes(reply.body, key).find((one) => one.checkPrivateKey(key));
    expect(own?.checkIssued(authority)).toBe(true);
    expect(uptick.rows("SELECT uses_left FROM challenge WHERE hash = ?", hashSecret(challenge))).toEqual([
      { uses_left: 0 },
    ]);
  });

  it("gives the same transaction and key the same certificate again, by POST too", async () => {
    const { key, message } = await oldClient("AGAIN");
    const first = openedWithDes((await byGet(encodeURIComponent(message.toString("base64")))).body, key);
    const again = openedWithDes((await byGet(message.toString("base64url"))).body, key);
    const posted = openedWithDes((await scep(uptick, "POST", "?operation=PKIOperation", message)).body, key);
    const raw = (list: readonly X509Certificate[]): string[] => list.map((one) => one.fingerprint256);
    expect([raw(again), raw(posted)]).toEqual([raw(first), raw(first)]);
    const certificates = "SELECT count(*) AS n FROM certificate WHERE transaction_id = 'AGAIN'";
    expect(uptick.rows(certificates)).toEqual([{ n: 1 }]);
  });
});

import { randomBytes, randomUUID, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { NOW, rsaKey, testAuthority } from "../../identity/authority.suite.ts";
import { type Authority, hashSecret } from "../../identity/index.ts";
import {
  attributesOf,
  makeCsr,
  makePkiOperation,
  makeTemporary,
  type RequestOptions,
} from "../../identity/scep/forge-client.suite.ts";
import { openSqliteStore, type SqliteStore } from "../../store/sqlite/index.ts";
import { addChallenge } from "./issue.ts";
import { TRANSACTIONS_MODULE } from "../transactions-module.ts";
import { createRefusals, type Refusals } from "../server/refusals.ts";
import type { RefusalRow } from "../../store/index.ts";
import type { Ports } from "../ports.ts";
import { createScepEndpoint, type ScepEndpoint } from "./scep-endpoint.ts";

const device = rsaKey();
const temporary = makeTemporary(device.privateKey);
const FROM = "192.0.2.7";
const PKI_STATUS = "2.16.840.1.113733.1.9.3";

let directory: string;
let store: SqliteStore;
let authority: Authority;
let face: ScepEndpoint;
let refusals: Refusals;
/** Names that were made for certificates: each is signed with the CA's key. */
let signed = 0;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "uptick-scep-"));
  store = await openSqliteStore({ directory, transactions: TRANSACTIONS_MODULE });
  authority = await testAuthority();
  const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  const ports: Ports = {
    devices: store.devices,
    admin: store.admin,
    sealer: { seal: (plain) => plain, open: (sealed) => sealed },
    log,
    now: () => NOW,
    realNow: () => NOW,
    clock: {
      system: () => NOW,
      suspicion: () => null,
      accept: () => undefined,
      record: () => ({ at: NOW, lower: false }),
    },
    newId: () => `name-${(signed += 1)}`,
    random: (bytes) => new Uint8Array(randomBytes(bytes)),
  };
  refusals = createRefusals(ports);
  face = createScepEndpoint(ports, refusals, authority, 1000);
});
afterAll(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(() => {
  signed = 0;
});

async function newChallenge(usesLeft: number, expiresAt = NOW + 1000): Promise<string> {
  const challenge = randomUUID();
  const own = { hash: hashSecret(challenge), purpose: "enrol", usesLeft, expiresAt, note: "lab 3" } as const;
  const none = { enrollmentId: null, device: null, link: null, createdBy: "token:tests" };
  await store.devices.run(addChallenge, { ...own, ...none, createdAt: NOW, accessRights: 1 });
  return challenge;
}

function message(challenge: string | undefined, changes: Partial<RequestOptions> = {}): Buffer {
  const recipient = authority.certificateDer;
  const csr = makeCsr(device.privateKey, challenge);
  return makePkiOperation({ csr, certificate: temporary, key: device.privateKey, recipient, ...changes });
}

async function rowsOf(code: string): Promise<RefusalRow[]> {
  await refusals.flush();
  const rows = await store.devices.read({ from: "refusal", where: {} });
  return rows.filter(({ reason }) => reason === code);
}

describe("a SCEP request", () => {
  it.each<[what: string, challenge: () => Promise<string | undefined>, code: string]>([
    ["no challenge", () => Promise.resolve(undefined), "challenge-missing"],
    ["an unknown challenge", () => Promise.resolve("a guess"), "challenge-unknown"],
    ["a challenge that is used up", () => newChallenge(0), "challenge-used-up"],
    ["a challenge that has ended", () => newChallenge(1, NOW), "challenge-expired"],
  ])("with %s has nothing signed for it, and the refusal names its address", async (_what, challenge, code) => {
    const reply = await face.operation(message(await challenge()), FROM);
    expect(attributesOf(reply).get(PKI_STATUS)).toBe("2");
    expect(signed).toBe(0);
    expect((await rowsOf(code))[0]).toMatchObject({ source: "scep", address: FROM });
  });

  it("that can't be opened names its address too", async () => {
    const { certificateDer: recipient } = await testAuthority();
    await expect(face.operation(message("x", { recipient }), FROM)).rejects.toMatchObject({ code: "scep-invalid" });
    expect((await rowsOf("scep-invalid"))[0]).toMatchObject({ source: "scep", address: FROM });
  });

  it("gets one certificate for its challenge, and the same one again without another being signed", async () => {
    const asked = message(await newChallenge(1));
    for (let nth = 0; nth < 2; nth += 1) {
      const reply = await face.operation(asked, FROM);
      expect(attributesOf(reply).get(PKI_STATUS)).toBe("0");
    }
    expect(signed).toBe(1);
  });

  it("that is signed by another key, with a nonce of one byte, gets a certificate for its own key", async () => {
    const signer = rsaKey();
    const certificate = makeTemporary(signer.privateKey);
    const changes = { certificate, key: signer.privateKey, senderNonce: Uint8Array.of(1), transactionId: "another" };
    const reply = await face.operation(message(await newChallenge(1), changes), FROM);
    expect(attributesOf(reply).get(PKI_STATUS)).toBe("0");
    const [row] = await store.devices.read({ from: "certificate", where: { transactionId: "another" } });
    const issued = new X509Certificate(row?.der ?? new Uint8Array());
    expect(issued.checkPrivateKey(device.privateKey)).toBe(true);
  });
});

/** SCEP: a challenge and a key become an identity certificate. The same transaction and key get the same one again. */
import { isUptickError, UptickError } from "../../errors/index.ts";
import {
  type Authority,
  fingerprint,
  identityHash,
  getCACaps,
  hashSecret,
  issueIdentity,
  openPkiOperation,
  type ScepRequest,
  sealCertRep,
} from "../../identity/index.ts";
import { checkChallenge, issue, type IssueResult } from "./issue.ts";
import type { Ports } from "../ports.ts";
import type { Refusals } from "../server/refusals.ts";
import { refusedScepWords, type ScepRefusal } from "../../words/index.ts";

export interface ScepEndpoint {
  /** GetCACaps: one capability a line. */
  capabilities(): string;
  /** GetCACert: the CA certificate, DER. */
  certificate(): Uint8Array;
  /** PKIOperation: a CertRep, DER. `address`: the client's. Throws `scep-invalid` for what is no PKIOperation at all. */
  operation(message: Uint8Array, address: string | null): Promise<Uint8Array>;
}

const DAY = 24 * 3_600_000;
/** A device's clock may be behind. */
const BACKDATE = DAY;
/** SCEP failInfo badRequest (RFC 8894, 3.2.1.4.5). */
const BAD_REQUEST = 2;

type Why = Extract<IssueResult, { kind: "refused" }>["why"] | "no challenge";
const REFUSED: Readonly<Record<Why, ScepRefusal>> = {
  "no challenge": "challenge-missing",
  "unknown-challenge": "challenge-unknown",
  "used-up": "challenge-used-up",
  expired: "challenge-expired",
  "link-revoked": "link-revoked",
  "link-used-up": "link-used-up",
  "link-expired": "link-expired",
};

/** `life`: how long an identity is good (ms). */
export function createScepEndpoint(ports: Ports, refusals: Refusals, authority: Authority, life: number): ScepEndpoint {
  const noted = ({ code, message, remedy }: UptickError, group: string, address: string | null): void =>
    refusals.note({ source: "scep", reason: code, sentence: message, remedy, group, address });

  /** To the log, and where the admin looks: a device that can't enroll says no more than "it failed". */
  function refuse(why: Why, note: string, { transactionId }: ScepRequest, address: string | null): undefined {
    ports.log.warn("scep-refused", { why, transactionId, address });
    const code = REFUSED[why];
    noted(new UptickError(code, refusedScepWords(code, note)), note, address);
  }

  /**
   * The challenge is looked at before a certificate is signed. What has been spent on the request by then: checks with public
   * keys, and the one use of our private key without which nobody can read the challenge.
   */
  async function certificateFor(request: ScepRequest, address: string | null): Promise<Uint8Array | undefined> {
    const { csr, transactionId } = request;
    const challenge = csr.challengePassword;
    if (challenge === undefined || challenge === "") return refuse("no challenge", "", request, address);
    const now = ports.realNow();
    const challengeHash = hashSecret(challenge);
    const keyHash = fingerprint(csr.publicKey);
    const before = await ports.devices.run(checkChallenge, { challengeHash, transactionId, keyHash, now });
    if (before.kind === "issued") return before.der;
    if (before.kind === "refused") return refuse(before.why, before.note, request, address);
    const notBefore = now - BACKDATE;
    const notAfter = now + life;
    const der = await issueIdentity({
      authority,
      publicKey: csr.publicKey,
      subject: `Uptick identity ${ports.newId()}`,
      serial: positive(ports.random(16)),
      notBefore,
      notAfter,
    });
    const certificate = {
      fingerprint: fingerprint(der),
      identityHash: identityHash(der),
      challengeHash,
      transactionId,
      keyHash,
      der,
      notBefore,
      notAfter,
      issuedAt: now,
    };
    const result = await ports.devices.run(issue, { challengeHash, certificate, now });
    return result.kind === "issued" ? result.der : refuse(result.why, result.note, request, address);
  }

  async function open(message: Uint8Array, address: string | null): Promise<ScepRequest> {
    try {
      return await openPkiOperation(authority, message);
    } catch (error) {
      // All of these count as one: what a stranger sends must not push the others out of the list.
      if (isUptickError(error)) noted(error, "", address);
      throw error;
    }
  }

  return {
    capabilities: () => getCACaps(),
    certificate: () => authority.certificateDer,
    async operation(message, address) {
      const request = await open(message, address);
      const der = await certificateFor(request, address);
      const result =
        der === undefined
          ? ({ status: "failure", failInfo: BAD_REQUEST } as const)
          : ({ status: "success", certificateDer: der } as const);
      return sealCertRep(authority, request, result, { senderNonce: ports.random(16), random: (n) => ports.random(n) });
    },
  };
}

/** Serial numbers are positive integers (RFC 5280): the first bit is cleared. */
function positive(serial: Uint8Array): Uint8Array {
  const first = serial[0];
  if (first !== undefined) serial[0] = (first & 0x7f) | 0x40;
  return serial;
}

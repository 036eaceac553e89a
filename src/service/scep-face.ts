/** SCEP: a challenge and a key become an identity certificate. The same transaction and key get the same one again. */
import {
  type Authority,
  fingerprint,
  getCACaps,
  hashSecret,
  issueIdentity,
  openPkiOperation,
  type ScepRequest,
  sealCertRep,
} from "../identity/index.ts";
import { issue } from "./exchanges/identity.ts";
import type { Ports } from "./ports.ts";

export interface ScepFace {
  /** GetCACaps: one capability a line. */
  capabilities(): string;
  /** GetCACert: the CA certificate, DER. */
  certificate(): Uint8Array;
  /** PKIOperation: a CertRep, DER. Throws `scep-invalid` for what is no PKIOperation at all. */
  operation(message: Uint8Array): Promise<Uint8Array>;
}

const DAY = 24 * 3_600_000;
/** A device's clock may be behind. */
const BACKDATE = DAY;
/** SCEP failInfo badRequest (RFC 8894, 3.2.1.4.5). */
const BAD_REQUEST = 2;

/** `life`: how long an identity is good (ms). */
export function createScepFace(ports: Ports, authority: Authority, life: number): ScepFace {
  async function certificateFor(request: ScepRequest): Promise<Uint8Array | undefined> {
    const { csr, transactionId } = request;
    const challenge = csr.challengePassword;
    if (challenge === undefined || challenge === "") {
      ports.log.warn("scep-refused", { why: "no challenge", transactionId });
      return undefined;
    }
    const now = ports.realNow();
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
      challengeHash: hashSecret(challenge),
      transactionId,
      keyHash: fingerprint(csr.publicKey),
      der,
      notBefore,
      notAfter,
      issuedAt: now,
    };
    const said = await ports.devices.run(issue, { challengeHash: certificate.challengeHash, certificate, now });
    if (said.kind === "issued") return said.der;
    ports.log.warn("scep-refused", { why: said.why, transactionId });
    return undefined;
  }

  return {
    capabilities: () => getCACaps(),
    certificate: () => authority.certificateDer,
    async operation(message) {
      const request = await openPkiOperation(authority, message);
      const der = await certificateFor(request);
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

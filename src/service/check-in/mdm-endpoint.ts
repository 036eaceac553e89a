/** What the MDM endpoint needs: who speaks, what they are told, and where trouble is noted. */
import { type ErrorCode, isUptickError } from "../../errors/index.ts";
import { fingerprint, refusedNow, type Validity, verifyChained, verifyIdentity } from "../../identity/index.ts";
import { ownBytes } from "../own-bytes.ts";
import type { DeviceService } from "./device-service.ts";
import type { Presented } from "../enrollment/caller.ts";
import type { Ports } from "../ports.ts";
import type { NewRefusal, Refusals } from "../server/refusals.ts";
import { refusedDeviceWords } from "../../words/index.ts";

export interface MdmEndpoint extends DeviceService {
  /** The certificate, if our CA or one that is trusted has issued it and it may still be used; else why not. */
  identify(der: Uint8Array): Presented | Unfit;
  /** A request that is refused: counted, and noted where an admin sees it. */
  refused(refusal: Refused): void;
  /** True for a certificate that is in our table. Rejects as the store does. */
  isKnown(fingerprint: string): Promise<boolean>;
  /** A body that the budget of all bodies had no room for, by how well its sender is known. */
  overBudget(sender: string): void;
  /** An internal fault. */
  failed(error: unknown): void;
}

/** A certificate that speaks for nobody. */
export interface Unfit {
  readonly refused: Extract<ErrorCode, "certificate-foreign" | "certificate-ended" | "certificate-not-valid-yet">;
  readonly fingerprint: string;
  /** What is wrong with it, after "the certificate was refused:". */
  readonly because?: string;
}

/** A refused request. `sentence` and `remedy`: where the reason alone does not say it. */
export interface Refused extends Pick<NewRefusal, "reason" | "owner" | "remedy"> {
  readonly udid: string | null;
  readonly fingerprint: string | null;
  readonly address: string | null;
  readonly sentence?: string;
  readonly because?: string;
}

export interface IdentityPolicy {
  readonly authorityDer: Uint8Array;
  /** CAs of the organization's whose identities are taken too, DER. */
  readonly trusted: readonly Uint8Array[];
  /** Whether an identity that has ended still speaks for its device. */
  readonly acceptEnded: boolean;
}

const MAX_CACHED = 50_000;

type Verdict =
  | (Pick<Presented, "external" | "identityHash" | "udids"> & { readonly validity: Validity })
  | { readonly because: string };

/** A certificate that was shown: its fingerprint, and the bytes as the store can take them. */
interface Shown {
  readonly print: string;
  readonly own: Uint8Array;
}

/** A full budget is logged at most this often (ms). */
const OVER_BUDGET_EVERY = 60_000;

export function createMdmEndpoint(
  service: DeviceService,
  ports: Ports,
  refusals: Refusals,
  policy: IdentityPolicy,
): MdmEndpoint {
  /** Who issued the certificates that have been checked. Whether one is valid now is never remembered. */
  const verdicts = new Map<string, Verdict>();

  function judge(der: Uint8Array): Verdict {
    const own = verifyIdentity({ der, authorityDer: policy.authorityDer });
    const other = own.ok || policy.trusted.length === 0 ? own : verifyChained({ der, authorities: policy.trusted });
    if (!other.ok) return { because: other.reason };
    const { identityHash, udids, validity } = other;
    return { external: !own.ok, identityHash, udids, validity };
  }

  /** When the log last said so, by sender (real time). */
  const overBudgetAt = new Map<string, number>();

  /** Of a connection's certificate, or a remembered one, which is the same object each time. */
  const shown = new WeakMap<Uint8Array, Shown>();
  function shownAs(der: Uint8Array): Shown {
    let known = shown.get(der);
    if (known === undefined) {
      known = { print: fingerprint(der), own: ownBytes(der) };
      shown.set(der, known);
    }
    return known;
  }

  return {
    ...service,
    identify(der) {
      const { print, own } = shownAs(der);
      let verdict = verdicts.get(print);
      if (verdict === undefined) {
        verdict = judge(der);
        if (verdicts.size >= MAX_CACHED) verdicts.clear();
        verdicts.set(print, verdict);
      }
      if ("because" in verdict) return { refused: "certificate-foreign", fingerprint: print, ...verdict };
      const { validity, ...issued } = verdict;
      const now = ports.realNow();
      const ended = validity.notAfter < now;
      if (refusedNow(validity, now, policy.acceptEnded, ports.clock.system()) !== undefined)
        return { refused: ended ? "certificate-ended" : "certificate-not-valid-yet", fingerprint: print };
      return { ...issued, ...validity, fingerprint: print, der: own, ended };
    },
    refused({ because, sentence, ...refusal }) {
      refusals.note({
        source: "mdm",
        sentence: sentence ?? refusedDeviceWords(refusal.reason, refusal.udid, because),
        ...refusal,
      });
    },
    async isKnown(print) {
      return (await ports.devices.read({ from: "certificate", where: { fingerprint: print }, limit: 1 })).length > 0;
    },
    overBudget(sender) {
      const now = ports.realNow();
      if (now - (overBudgetAt.get(sender) ?? Number.NEGATIVE_INFINITY) < OVER_BUDGET_EVERY) return;
      overBudgetAt.set(sender, now);
      ports.log.warn("bodies-over-budget", { sender });
    },
    failed(error) {
      const code = isUptickError(error) ? error.code : "internal";
      ports.log.error("device-request-failed", { code, error: error instanceof Error ? error.message : String(error) });
    },
  };
}

/** What the device face needs: who speaks, what they are told, and where trouble is noted. */
import { isUptickError, type UptickError } from "../errors/index.ts";
import { fingerprint, refusedNow, type Validity, verifyChained, verifyIdentity } from "../identity/index.ts";
import type { DeviceService } from "./device-service.ts";
import type { Presented } from "./exchanges/admit.ts";
import { noteRejected } from "./exchanges/rejected.ts";
import type { Ports } from "./ports.ts";

export interface DeviceFace extends DeviceService {
  /** The certificate, if our CA or one that is trusted has issued it and it may still be used; undefined for any other. */
  identify(der: Uint8Array): Presented | undefined;
  /** A message that could not be read: noted where an admin sees it. */
  rejected(fingerprint: string, error: UptickError): void;
  /** A fault of ours. */
  failed(error: unknown): void;
}

export interface IdentityPolicy {
  readonly authorityDer: Uint8Array;
  /** CAs of the organisation's whose identities are taken too, DER. */
  readonly trusted: readonly Uint8Array[];
  /** Whether an identity that has ended still speaks for its device. */
  readonly acceptEnded: boolean;
}

/** One note per device and minute: a device that repeats itself must not fill its own timeline. */
const NOTE_EVERY = 60_000;
const MAX_CACHED = 50_000;

type Verdict = (Pick<Presented, "external" | "identityHash" | "udids"> & { readonly validity: Validity }) | undefined;

export function createDeviceFace(service: DeviceService, ports: Ports, policy: IdentityPolicy): DeviceFace {
  /** Who issued the certificates that have been checked. Whether one is valid now is never remembered. */
  const verdicts = new Map<string, Verdict>();
  const noted = new Map<string, number>();

  function judge(der: Uint8Array, fingerprint: string): Verdict {
    const own = verifyIdentity({ der, authorityDer: policy.authorityDer });
    const other = own.ok || policy.trusted.length === 0 ? own : verifyChained({ der, authorities: policy.trusted });
    if (other.ok) {
      const { identityHash, udids, validity } = other;
      return { external: !own.ok, identityHash, udids, validity };
    }
    ports.log.warn("identity-refused", { fingerprint, reason: other.reason });
    return undefined;
  }

  /** Of a connection's certificate, which is the same object each time. */
  const prints = new WeakMap<Uint8Array, string>();
  function printOf(der: Uint8Array): string {
    let print = prints.get(der);
    if (print === undefined) {
      print = fingerprint(der);
      prints.set(der, print);
    }
    return print;
  }

  function mayNote(what: string): boolean {
    const now = ports.now();
    const since = now - (noted.get(what) ?? Number.NEGATIVE_INFINITY);
    // Below nothing: the clock has stepped back.
    if (since >= 0 && since < NOTE_EVERY) return false;
    if (noted.size >= MAX_CACHED) noted.clear();
    noted.set(what, now);
    return true;
  }

  return {
    ...service,
    identify(der) {
      const print = printOf(der);
      let verdict = verdicts.get(print);
      if (verdict === undefined && !verdicts.has(print)) {
        verdict = judge(der, print);
        if (verdicts.size >= MAX_CACHED) verdicts.clear();
        verdicts.set(print, verdict);
      }
      if (verdict === undefined) return undefined;
      const { validity, ...issued } = verdict;
      const now = ports.realNow();
      const reason = refusedNow(validity, now, policy.acceptEnded, ports.clock.system());
      if (reason !== undefined) {
        if (mayNote(`dates ${print}`)) ports.log.warn("identity-refused", { fingerprint: print, reason });
        return undefined;
      }
      const ended = validity.notAfter < now;
      // A copy of its own: the store would be handed the whole pool of memory that the bytes lie in.
      return { ...issued, ...validity, fingerprint: print, der: new Uint8Array(der), ended };
    },
    rejected(print, error) {
      ports.log.warn("device-message-rejected", { fingerprint: print, code: error.code, reason: error.message });
      if (!mayNote(print)) return;
      const now = ports.now();
      ports.devices
        .run(noteRejected, { fingerprint: print, code: error.code, message: error.message, remedy: error.remedy, now })
        .catch((failure: unknown) => this.failed(failure));
    },
    failed(error) {
      const code = isUptickError(error) ? error.code : "internal";
      ports.log.error("device-request-failed", { code, error: error instanceof Error ? error.message : String(error) });
    },
  };
}

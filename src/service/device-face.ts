/** What the device face needs: who speaks, what they are told, and where trouble is noted. */
import { isUptickError, type UptickError } from "../errors/index.ts";
import { fingerprint, verifyIdentity } from "../identity/index.ts";
import type { DeviceService } from "./device-service.ts";
import { noteRejected } from "./exchanges/rejected.ts";
import type { Ports } from "./ports.ts";

export interface DeviceFace extends DeviceService {
  /** The fingerprint of a certificate that this server's CA has issued; undefined for any other. */
  identify(der: Uint8Array): string | undefined;
  /** A message that could not be read: noted where an admin sees it. */
  rejected(fingerprint: string, error: UptickError): void;
  /** A fault of ours. */
  failed(error: unknown): void;
}

/** One note per device and minute: a device that repeats itself must not fill its own timeline. */
const NOTE_EVERY = 60_000;
const MAX_CACHED = 50_000;

export function createDeviceFace(service: DeviceService, ports: Ports, authorityDer: Uint8Array): DeviceFace {
  /** Verdicts on certificates that have been checked; expiry is looked at by policy, so a verdict does not age. */
  const verdicts = new Map<string, boolean>();
  const noted = new Map<string, number>();

  return {
    ...service,
    identify(der) {
      const print = fingerprint(der);
      let ours = verdicts.get(print);
      if (ours === undefined) {
        // An expired identity is let in: to refuse it would strand the device for a renewal that got lost.
        const verdict = verifyIdentity({ der, authorityDer, now: ports.realNow(), allowExpired: true });
        ours = verdict.ok;
        if (!verdict.ok) ports.log.warn("identity-refused", { fingerprint: print, reason: verdict.reason });
        if (verdicts.size >= MAX_CACHED) verdicts.clear();
        verdicts.set(print, ours);
      }
      return ours ? print : undefined;
    },
    rejected(print, error) {
      ports.log.warn("device-message-rejected", { fingerprint: print, code: error.code, reason: error.message });
      const now = ports.now();
      if (now - (noted.get(print) ?? -NOTE_EVERY) < NOTE_EVERY) return;
      if (noted.size >= MAX_CACHED) noted.clear();
      noted.set(print, now);
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

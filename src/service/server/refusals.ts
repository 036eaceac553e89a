/**
 * Counts what the device side refuses, and writes it together: whoever is refused a thousand times a second must not cause a
 * thousand transactions, or a thousand lines in the log.
 */
import { type ErrorCode, ERRORS } from "../../errors/index.ts";
import { addUp, idOf, noteRefusals, type Refusal } from "./note-refusals.ts";
import type { Ports } from "../ports.ts";

/** A refusal as it happens. */
export interface NewRefusal {
  readonly source: Refusal["source"];
  readonly reason: ErrorCode;
  /** What happened, in a sentence. */
  readonly sentence: string;
  /** Default: the reason's own. */
  readonly remedy?: string;
  /** What the sender calls itself. */
  readonly udid?: string | null;
  readonly fingerprint?: string | null;
  /** Enrollment of the certificate; where it is not given it is looked up. */
  readonly owner?: string | null;
  readonly address?: string | null;
  readonly group?: string;
}

export interface Refusals {
  /** Returns at once. */
  note(refusal: NewRefusal): void;
  /** Writes what has gathered. Never rejects: what could not be written is logged, kept and written the next time. */
  flush(): Promise<void>;
}

/** Real ms between two writes that nobody waits for. */
export const GATHER_REFUSALS = 3000;
/** Kinds that gather between two writes; what comes then is counted by its reason alone. */
const MOST_GATHERED = 200;
/** Lines in the log for what was gathered. */
const MOST_LOGGED = 20;
const LONGEST_UDID = 100;
const LONGEST_SENTENCE = 500;

/** `counted`: told of each, as it happens. */
export function createRefusals(ports: Ports, counted?: (source: string, reason: ErrorCode) => void): Refusals {
  let gathered = new Map<string, Refusal>();
  let writing: Promise<void> | undefined;
  let writtenAt = Number.NEGATIVE_INFINITY;

  function gather(one: Refusal): void {
    let refusal = one;
    let id = idOf(refusal);
    if (!gathered.has(id) && gathered.size >= MOST_GATHERED) {
      refusal = { ...one, udid: null, fingerprint: null, owner: null, group: "" };
      id = idOf(refusal);
    }
    const before = gathered.get(id);
    gathered.set(id, before === undefined ? refusal : addUp(before, refusal));
  }

  function log(refusals: readonly Refusal[]): void {
    for (const { source, reason, sentence, udid, fingerprint, owner, address, count } of refusals.slice(
      0,
      MOST_LOGGED,
    )) {
      // The SCEP side has separate lines.
      if (source === "scep") continue;
      if (source === "tls") ports.log.warn("tls-handshake-failed", { reason, detail: sentence, address, count });
      else ports.log.warn("device-refused", { reason, udid, fingerprint, owner, address, count });
    }
    if (refusals.length > MOST_LOGGED) ports.log.warn("more-refused", { kinds: refusals.length - MOST_LOGGED });
  }

  async function write(): Promise<void> {
    const batch = gathered;
    gathered = new Map();
    writtenAt = ports.realNow();
    const refusals = [...batch.values()];
    log(refusals);
    try {
      await ports.devices.run(noteRefusals, { refusals, now: ports.now() });
    } catch (error) {
      ports.log.error("refusals-not-noted", { kinds: refusals.length, error: String(error) });
      for (const one of refusals) gather(one);
    }
  }

  async function flush(): Promise<void> {
    // What is being written does not hold what has gathered since.
    await writing;
    if (gathered.size === 0 || writing !== undefined) return writing;
    writing = write().finally(() => {
      writing = undefined;
    });
    return writing;
  }

  return {
    note({ source, reason, sentence, remedy, udid, fingerprint, owner, address, group }) {
      const at = ports.realNow();
      counted?.(source, reason);
      gather({
        source,
        reason,
        sentence: sentence.slice(0, LONGEST_SENTENCE),
        remedy: remedy ?? ERRORS[reason].remedy,
        udid: udid?.slice(0, LONGEST_UDID) ?? null,
        fingerprint: fingerprint ?? null,
        owner: owner ?? null,
        address: address ?? null,
        group: group ?? "",
        count: 1,
        firstAt: at,
        lastAt: at,
      });
      // The first after a quiet time is seen at once; a clock that has stepped back does not delay it either.
      if (Math.abs(at - writtenAt) >= GATHER_REFUSALS) void flush();
    },
    flush,
  };
}

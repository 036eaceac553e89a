/** What is done about an outcome of Apple's push service. Pure. */
import type { PushResult } from "./push-sent.ts";
import type { PushOutcome } from "../ports.ts";

const MINUTE = 60_000;
/** Between two tries when only an admin can mend it, ms. */
const MISCONFIGURED = 15 * MINUTE;
/** The longest wait between two tries of a push that Apple's push service asked to send later, ms. */
export const LONGEST_WAIT = 60 * MINUTE;
/** Tries that may fail before an admin is told: a service that is away for a minute is no trouble. */
const TRIES_UNTOLD = 3;

/** `attempts`: how often this push has been tried before. `now`: ms UTC, as the moment that comes back. */
export function judgePush(outcome: PushOutcome, attempts: number, now: number): PushResult {
  switch (outcome.kind) {
    case "accepted":
      return { kind: "accepted" };
    case "unregistered":
      return { kind: "dead", reason: "Unregistered", since: outcome.since ?? null };
    case "bad-token":
      return { kind: "dead", reason: outcome.reason, since: null };
    case "slow-down":
    case "later":
      return {
        kind: "again",
        reason: outcome.reason,
        at: now + Math.max(outcome.retryAfterMs, backOff(attempts)),
        trouble: attempts + 1 < TRIES_UNTOLD ? null : "push-service-unreachable",
      };
    case "misconfigured":
      // The token is kept and the push tried again: the certificate may be at fault, not the device.
      return {
        kind: "again",
        reason: outcome.reason,
        at: now + MISCONFIGURED,
        trouble: outcome.of === "topic" ? "push-topic-refused" : "push-certificate-refused",
      };
    case "bug":
      return { kind: "dropped", reason: outcome.reason, trouble: "push-refused" };
  }
}

const backOff = (attempts: number): number => Math.min(30_000 * 2 ** attempts, LONGEST_WAIT);

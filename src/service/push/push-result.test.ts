import { describe, expect, it } from "vitest";
import type { PushOutcome } from "../ports.ts";
import { judgePush, LONGEST_WAIT } from "./push-result.ts";

const NOW = 1_000_000;
const later = (retryAfterMs: number, kind: "later" | "slow-down" = "later"): PushOutcome => ({
  kind,
  retryAfterMs,
  reason: "r",
});
/** How long it waits, ms. */
function wait(outcome: PushOutcome, attempts: number): number {
  const result = judgePush(outcome, attempts, NOW);
  return result.kind === "again" ? result.at - NOW : Number.NaN;
}

describe("what is done about an outcome of the push service", () => {
  it.each([
    [0, 30_000],
    [1, 60_000],
    [2, 120_000],
    [6, 1_920_000],
    [7, LONGEST_WAIT],
    [30, LONGEST_WAIT],
    [2000, LONGEST_WAIT],
  ])("waits longer after %d tries, and never longer than an hour by itself", (attempts, ms) => {
    expect(wait(later(1), attempts)).toBe(ms);
    expect(wait(later(1, "slow-down"), attempts)).toBe(ms);
  });

  it("waits as long as Apple asks, where that is longer", () => {
    expect(wait(later(30_001), 0)).toBe(30_001);
    expect(wait(later(LONGEST_WAIT + 1), 50)).toBe(LONGEST_WAIT + 1);
  });

  it("is a trouble for an admin from the third try on", () => {
    expect([0, 1, 2, 3].map((attempts) => judgePush(later(1), attempts, NOW))).toMatchObject([
      { trouble: null },
      { trouble: null },
      { trouble: "push-service-unreachable" },
      { trouble: "push-service-unreachable" },
    ]);
  });

  it.each([
    [{ kind: "accepted", apnsId: "x" }, { kind: "accepted" }],
    [
      { kind: "unregistered", since: 5 },
      { kind: "dead", reason: "Unregistered", since: 5 },
    ],
    [{ kind: "unregistered" }, { kind: "dead", reason: "Unregistered", since: null }],
    [
      { kind: "bad-token", reason: "BadDeviceToken" },
      { kind: "dead", reason: "BadDeviceToken", since: null },
    ],
    [
      { kind: "bug", reason: "400 BadPriority" },
      { kind: "dropped", reason: "400 BadPriority", trouble: "push-refused" },
    ],
    [
      { kind: "misconfigured", of: "topic", reason: "BadTopic" },
      { kind: "again", reason: "BadTopic", at: NOW + 900_000, trouble: "push-topic-refused" },
    ],
    [
      { kind: "misconfigured", of: "connection", reason: "CERT_REVOKED" },
      { kind: "again", reason: "CERT_REVOKED", at: NOW + 900_000, trouble: "push-certificate-refused" },
    ],
  ] as const)("%j", (outcome, result) => {
    expect(judgePush(outcome, 9, NOW)).toEqual(result);
  });
});

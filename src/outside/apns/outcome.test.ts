import { describe, expect, it } from "vitest";
import { outcomeOf } from "./outcome.ts";

const because = (reason: string, more: object = {}): string => JSON.stringify({ reason, ...more });

describe("what an answer of APNs means", () => {
  it.each([
    [200, "", undefined, { kind: "accepted", apnsId: "id" }],
    [400, because("BadDeviceToken"), undefined, { kind: "bad-token", reason: "BadDeviceToken" }],
    [
      400,
      because("DeviceTokenNotForTopic"),
      undefined,
      { kind: "misconfigured", of: "topic", reason: "DeviceTokenNotForTopic" },
    ],
    [400, because("BadTopic"), undefined, { kind: "misconfigured", of: "topic", reason: "BadTopic" }],
    [400, because("IdleTimeout"), undefined, { kind: "later", retryAfterMs: 30_000, reason: "IdleTimeout" }],
    [400, because("BadPriority"), undefined, { kind: "bug", reason: "400 BadPriority" }],
    [403, because("BadCertificate"), undefined, { kind: "misconfigured", of: "connection", reason: "BadCertificate" }],
    [404, because("BadPath"), undefined, { kind: "bug", reason: "404 BadPath" }],
    [
      410,
      because("Unregistered", { timestamp: 1_700_000_000_000 }),
      undefined,
      { kind: "unregistered", since: 1_700_000_000_000 },
    ],
    [410, because("Unregistered"), undefined, { kind: "unregistered" }],
    [413, because("PayloadTooLarge"), undefined, { kind: "bug", reason: "413 PayloadTooLarge" }],
    [
      429,
      because("TooManyRequests"),
      undefined,
      { kind: "slow-down", retryAfterMs: 60_000, reason: "TooManyRequests" },
    ],
    [429, because("TooManyRequests"), "7", { kind: "slow-down", retryAfterMs: 7000, reason: "TooManyRequests" }],
    [
      500,
      because("InternalServerError"),
      undefined,
      { kind: "later", retryAfterMs: 30_000, reason: "InternalServerError" },
    ],
    [503, because("Shutdown"), "120", { kind: "later", retryAfterMs: 120_000, reason: "Shutdown" }],
    [503, "<html>", "soon", { kind: "later", retryAfterMs: 30_000, reason: "no reason" }],
    [429, "[]", "0", { kind: "slow-down", retryAfterMs: 60_000, reason: "no reason" }],
    [429, "[]", "-1", { kind: "slow-down", retryAfterMs: 60_000, reason: "no reason" }],
    [418, '{"reason": 3}', undefined, { kind: "bug", reason: "418 no reason" }],
  ] as const)("%d %s, retry after %s", (status, body, retryAfter, outcome) => {
    expect(outcomeOf(status, body, retryAfter, "id")).toEqual(outcome);
  });
});

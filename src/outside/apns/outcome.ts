/** What APNs' answer means for a push. Source: Apple, "Handling notification responses from APNs". */
import type { PushOutcome } from "../../service/index.ts";

const OF_TOPIC = new Set(["DeviceTokenNotForTopic", "BadTopic", "MissingTopic", "TopicDisallowed"]);
const SLOW_DOWN_MS = 60_000;
const LATER_MS = 30_000;

export function outcomeOf(
  status: number,
  body: string,
  retryAfter: string | undefined,
  apnsId: string | undefined,
): PushOutcome {
  if (status === 200) return { kind: "accepted", ...(apnsId === undefined ? {} : { apnsId }) };
  const { reason, timestamp } = read(body);
  const wait = Number(retryAfter) > 0 ? Number(retryAfter) * 1000 : undefined;
  if (status === 410) return { kind: "unregistered", ...(timestamp === undefined ? {} : { since: timestamp }) };
  if (status === 400 && reason === "BadDeviceToken") return { kind: "bad-token", reason };
  if (status === 400 && OF_TOPIC.has(reason)) return { kind: "misconfigured", of: "topic", reason };
  if (status === 403) return { kind: "misconfigured", of: "connection", reason };
  if (status === 429) return { kind: "slow-down", retryAfterMs: wait ?? SLOW_DOWN_MS, reason };
  if (status >= 500 || reason === "IdleTimeout") return { kind: "later", retryAfterMs: wait ?? LATER_MS, reason };
  return { kind: "bug", reason: `${status} ${reason}` };
}

/** A body that is not what Apple documents still leaves the status to go by. */
function read(body: string): { reason: string; timestamp?: number } {
  try {
    const { reason, timestamp } = JSON.parse(body) as { reason?: unknown; timestamp?: unknown };
    return {
      reason: typeof reason === "string" ? reason.slice(0, 100) : "no reason",
      ...(typeof timestamp === "number" ? { timestamp } : {}),
    };
  } catch {
    return { reason: "no reason" };
  }
}

/**
 * Sends the pushes that are due. One trip to the store brings what many of them need, and one writes the results of
 * many: a single push would cost three.
 */
import type { DueRows } from "../../store/index.ts";
import type { Ports, PushClient } from "../ports.ts";
import { judgePush } from "./push-result.ts";
import { pushesSent, type PushSent } from "./push-sent.ts";
import { type PushTarget, pushTargets } from "./push-targets.ts";

/** Pushes claimed in one go: some ms of the store's time, for which a device that polls may have to wait. */
const CLAIMED = 200;
/** Results written in one go, for the same reason. */
const WRITTEN = 200;
/** A push lives this long at APNs: a device that is off over a long weekend still gets it. */
const PUSH_LIFE = 7 * 24 * 3_600_000;

type PushRow = DueRows["outbox"];

/** Sends at most `n` of the pushes that are due, and resolves with their number once all results are written. */
export type PushWave = (n: number, client: PushClient) => Promise<number>;

/** `leaseMs`: how long a claim holds. A push whose result could not be written comes again after that. */
export function createPushWave(ports: Ports, leaseMs: number): PushWave {
  const { devices, log, sealer } = ports;
  const results = createResults(ports);

  async function push(row: PushRow, target: PushTarget, client: PushClient): Promise<void> {
    const { enrollmentId, generation, attempts } = row;
    const sent = { enrollmentId, generation, attempts };
    const { appleId, topic, token, magic } = target;
    if (topic === null || token === undefined || magic === undefined) {
      const outcome = { kind: "dropped", reason: "no push token is stored", trouble: "push-token-missing" } as const;
      return results.write({ ...sent, outcome });
    }
    const outcome = await client.push({
      token: sealer.open(token, `${appleId}/PushToken`),
      magic: Buffer.from(sealer.open(magic, `${appleId}/PushMagic`)).toString("utf8"),
      topic,
      expiresAt: ports.realNow() + PUSH_LIFE,
    });
    if (outcome.kind === "misconfigured" || outcome.kind === "bug") {
      const event = outcome.kind === "bug" ? "push-refused" : "push-misconfigured";
      log.error(event, { reason: outcome.reason, enrollment: enrollmentId, udid: appleId });
    }
    await results.write({ ...sent, outcome: judgePush(outcome, attempts, ports.now()) });
  }

  return async (n, client) => {
    const flying: Promise<void>[] = [];
    try {
      for (let claimed = CLAIMED; claimed === CLAIMED && flying.length < n; ) {
        const rows = await devices.claimDue("outbox", ports.now(), Math.min(CLAIMED, n - flying.length), leaseMs);
        claimed = rows.length;
        if (claimed === 0) break;
        const targets = await devices.run(pushTargets, { enrollmentIds: rows.map((row) => row.enrollmentId) });
        // They leave while the next are claimed.
        flying.push(
          ...rows.map(async (row, i) => {
            const target = targets[i];
            // Removed since the push was claimed: its outbox row has gone with that.
            if (target === undefined || target.removed) return;
            await push(row, target, client).catch((error: unknown) => notDone(ports, error));
          }),
        );
      }
    } finally {
      await Promise.all(flying);
    }
    return flying.length;
  };
}

interface Results {
  /** Resolves when it is written, or when the log has been told that it can't be. */
  write(result: PushSent): Promise<void>;
}

/** What comes while an ask is on its way goes with the next: the more pushes return, the fewer asks each takes. */
function createResults(ports: Ports): Results {
  let waiting: PushSent[] = [];
  let writing: Promise<void> | undefined;

  async function write(results: readonly PushSent[]): Promise<void> {
    try {
      await ports.devices.run(pushesSent, { results, now: ports.now() });
    } catch (error) {
      if (results.length === 1) notDone(ports, error);
      // One that can't be written must not hold back the others.
      else await Promise.all(results.map((result) => write([result])));
    }
  }

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const some = waiting.slice(0, WRITTEN);
      waiting = waiting.slice(WRITTEN);
      await write(some);
    }
    writing = undefined;
  }

  return {
    write(result) {
      waiting.push(result);
      writing ??= writeAll();
      return writing;
    },
  };
}

/** It comes again when its lease has passed; the others continue. */
const notDone = ({ log }: Ports, error: unknown): void =>
  log.error("due-work-failed", { what: "push", error: String(error) });

/** Promise over what is held back (targets section 13, 5): no message is answered before what was withdrawn has left the list. */
import type { DatabaseSync } from "node:sqlite";
import { rows } from "../rows.ts";
import { SECOND } from "../time.ts";

interface Live {
  readonly id: string;
  readonly state: string;
  /** JSON: what the device's list names. */
  readonly items: string | null;
  readonly stopped_at: number | null;
  readonly paused_at: number | null;
  readonly held_at: number | null;
  readonly halted_at: number | null;
  readonly excluded_at: number | null;
}

const LIVE = `SELECT j.id, j.state, (SELECT items FROM declarative d WHERE d.enrollment_id = e.id) AS items, p.stopped_at, p.paused_at,
    (SELECT since FROM rollout r WHERE r.id = j.rollout_id AND r.state IN ('paused', 'aborted')) AS held_at,
    (SELECT since FROM halt WHERE active = 1) AS halted_at,
    CASE WHEN e.excluded_due_at IS NULL THEN NULL ELSE e.excluded_at END AS excluded_at
  FROM job j JOIN plan p ON p.id = j.plan_id JOIN enrollment e ON e.id = j.enrollment_id
  WHERE e.apple_id = ? AND j.live = 1`;

/** How an update's declaration begins. */
const UPDATE = "uptick.update.";

/** After the reply to a device. `now`: ms UTC by the server's clock. */
export function listedThough(db: DatabaseSync, body: Uint8Array, reply: Uint8Array | undefined, now: number): string[] {
  const udid =
    /<key>(?:UDID|EnrollmentID)<\/key>\s*<string>([^<]*)/.exec(Buffer.from(body).toString("utf8"))?.[1] ?? "";
  return rows<Live>(db, LIVE, udid).flatMap(({ id, state, items, ...since }) => {
    if (
      items?.includes(UPDATE) !== true &&
      !Buffer.from(reply ?? [])
        .toString("utf8")
        .includes(UPDATE)
    )
      return [];
    return (
      Object.entries(since)
        // A moment ago, it was decided after this reply.
        .filter(([, at]) => at !== null && at < now - SECOND)
        .map(
          ([what]) => `${udid}: the declaration of job ${id} (${state}) is listed, ${what.replace("_at", "")} before`,
        )
    );
  });
}

/** Apple's lists come in, one after the other. Those that are none are refused, and change nothing (targets section 13, 9). */
import type { DatabaseSync } from "node:sqlite";
import { isUptickError } from "../../../src/errors/index.ts";
import type { Around } from "../admin.ts";
import { ServerGone } from "../machine.ts";
import { rows } from "../rows.ts";
import { DAY, MINUTE, START } from "../time.ts";
import type { StandingFate } from "./fate.ts";
import type { Listing } from "./listing.ts";
import { type ListKind, listOf } from "./lists.ts";

/** Lists that must not be taken. */
const REFUSED: ReadonlySet<ListKind> = new Set(["failed", "empty", "shrunken", "cut"]);
/** Lists after which every device has what it had, and is said to have no more. */
const HARMLESS: ReadonlySet<ListKind> = new Set([...REFUSED, "posted-ahead"]);
/** After a list the server looks at all devices at once. */
const LOOKED_AFTER = 5 * MINUTE;

/** `finds`: told what is broken. */
export async function importLists(
  fate: StandingFate,
  around: Around,
  listing: Listing,
  finds: (broken: readonly string[]) => void,
): Promise<void> {
  const { time } = around;
  for (const { at, kind } of fate.lists) {
    await time.sleep(START + at - time.now());
    const before = HARMLESS.has(kind) ? seenNow(around) : undefined;
    await importOne(fate, kind, around, listing, finds);
    if (before === undefined) continue;
    await time.sleep(LOOKED_AFTER);
    finds(changedBy(kind, before, seenNow(around)));
  }
}

async function importOne(
  fate: StandingFate,
  kind: ListKind,
  { time, machine, say }: Around,
  listing: Listing,
  finds: (broken: readonly string[]) => void,
): Promise<void> {
  const at = time.now();
  const list = listOf(kind, fate.waves, at - START);
  const modifiedAt = at + (kind === "dated-ahead" ? 30 * DAY : 0);
  try {
    await machine.ask(({ admin, system }) =>
      list === undefined ? admin.server.fetchCatalog(system) : admin.server.importCatalog(system, list, { modifiedAt }),
    );
    say(`Apple's list is taken: ${kind}`);
    if (REFUSED.has(kind)) finds([`the list "${kind}" was taken`]);
    else listing.take(at, list, true);
  } catch (error) {
    if (error instanceof ServerGone) {
      // It may have been taken before that.
      if (!REFUSED.has(kind)) listing.take(at, list, false);
      return;
    }
    if (!isUptickError(error) || error.code === "internal") throw error;
    say(`Apple's list is refused: ${kind}: ${error.code}`);
  }
}

interface Seen {
  readonly db: DatabaseSync;
  /** What else changes what devices have: the admin's acts, and the gate's decisions. */
  readonly acts: number;
  readonly decisions: number;
  readonly devices: ReadonlyMap<string, SeenDevice>;
}

interface SeenDevice {
  readonly id: string;
  readonly compliance: string;
  readonly last_seen_at: number | null;
  readonly class_due_at: number | null;
  readonly job: string | null;
  readonly state: string | null;
}

const SEEN = `SELECT e.id, e.compliance, e.last_seen_at, e.class_due_at, j.id AS job, j.state FROM enrollment e
  LEFT JOIN job j ON j.enrollment_id = e.id AND j.live = 1 AND j.rollout_id IS NOT NULL`;

/** Undefined: the server is not there. */
function seenNow({ machine, acts, time }: Around): Seen | undefined {
  const { db } = machine;
  if (machine.server === undefined || db.isTransaction) return undefined;
  const devices = rows<SeenDevice>(db, SEEN).map((one) => [one.id, one] as const);
  const [decisions] = rows<{ n: number }>(db, "SELECT count(*) AS n FROM gate_decision");
  const due = (one: SeenDevice): boolean => one.class_due_at !== null && one.class_due_at <= time.now() + LOOKED_AFTER;
  return {
    ...{ db, acts: acts.length, decisions: decisions?.n ?? 0 },
    devices: new Map(devices.filter(([, one]) => !due(one))),
  };
}

const WITHDRAWN: ReadonlySet<string | null> = new Set(["stopping", "stopped", null]);

function changedBy(kind: ListKind, before: Seen, after: Seen | undefined): string[] {
  if (after === undefined || after.db !== before.db) return [];
  if (after.acts !== before.acts || after.decisions !== before.decisions) return [];
  return [...before.devices.values()].flatMap((was) => {
    const is = after.devices.get(was.id);
    // It has said something itself, or is still being looked at.
    if (is === undefined || is.last_seen_at !== was.last_seen_at) return [];
    return [
      ...(was.job !== null && !WITHDRAWN.has(was.state) && (WITHDRAWN.has(is.state) || is.job !== was.job)
        ? [`the list "${kind}" has withdrawn the job of ${was.id}, which was ${was.state}`]
        : []),
      ...(was.compliance !== "on-target" && is.compliance === "on-target"
        ? [`the list "${kind}" has turned ${was.id} on target, which was ${was.compliance}`]
        : []),
    ];
  });
}

/** A plan that is saved as a dry run showed it: a device whose decision has changed since is left out and listed. */
import type { AsOfRequest, ChangedDecision, ChangedDecisions, ShownDecision } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import type { Decision, PlannedDevice, PlanSpec } from "../../plans/index.ts";
import type { AdminStore } from "../../store/index.ts";
import { changedWords } from "../../words/index.ts";
import { catalogOf } from "../catalog/catalog.ts";
import { shortDevice } from "../devices/device-view.ts";
import { type Decided, decidedPages, type Fleet } from "./decided.ts";
import { decider, onceForAlike } from "./decider.ts";
import { type Marked, markedOf, stillHolds } from "./decision-mark.ts";
import { keptDryRun } from "./dry-run-kept.ts";

/** Devices that an answer names. */
const MOST_NAMED = 1000;
/** Devices that are looked up at once. */
const AT_ONCE = 250;

/** How many devices may change: 1 % of those of the dry run, or 50 if that is more (targets P5). */
export const allowedChanges = (devices: number): number => Math.max(50, Math.floor(devices / 100));

/**
 * Pages of the decisions that are saved, each of which the dry run showed; returns the devices that are left out. Throws
 * `dry-run-unknown` before the first page, and `dry-run-outdated` after the last, where too many have changed or none is left.
 */
export async function* pagesAsShown(
  fleet: Fleet,
  spec: PlanSpec,
  named: { readonly hash: string; readonly asOf: AsOfRequest },
): AsyncGenerator<readonly Decided[], ChangedDecisions> {
  const kept = await keptDryRun(fleet.ports, named, spec);
  const allowed = allowedChanges(kept.decisions.size);
  /** Those of the dry run that no page has had yet. */
  const left = new Map(kept.decisions);
  const changes = createChanges();
  const mark = onceForAlike(markedOf);
  let saved = 0;
  for await (const page of decidedPages(fleet, await thenAndNow(fleet, spec, kept.at))) {
    const same: Decided[] = [];
    for (const { row, decision } of page) {
      const shown = left.get(row.id);
      left.delete(row.id);
      if (decision.holds && shown?.mark === mark(decision.then).mark) same.push({ row, decision: decision.then });
      else changes.add(shortDevice(row), shown?.shown ?? null, mark(decision.today).shown);
    }
    saved += same.length;
    // It can't be saved any more; the rest is decided for the number alone.
    if (changes.count() <= allowed) yield same;
  }
  await addGone(changes, fleet.ports.admin, left);
  const changed: ChangedDecisions = { count: changes.count(), allowed, devices: changes.named };
  if (saved > 0 && changed.count <= allowed) return changed;
  throw new UptickError(
    "dry-run-outdated",
    `The decisions of ${changed.count} devices have changed since the dry run of ${kept.decisions.size}. ${
      changed.count <= allowed ? "None is left to save" : `At most ${allowed} may change`
    }, so nothing was saved.`,
    { members: { changed } },
  );
}

/** A decision made again by the clock of the dry run, and by that of now, from the facts and the list of now. */
interface ThenAndNow {
  readonly then: Decision;
  readonly today: Decision;
  /** What was decided then can be saved now. */
  readonly holds: boolean;
}

async function thenAndNow(
  { ports }: Fleet,
  spec: PlanSpec,
  at: number,
): Promise<(device: PlannedDevice) => ThenAndNow> {
  const [catalog, now] = [await catalogOf(ports), ports.now()];
  const [decideThen, decideNow] = [decider(spec, catalog, at), decider(spec, catalog, now)];
  const known = new WeakMap<Decision, ThenAndNow>();
  return (device) => {
    // Devices that are alike share this object, and so what is decided for them now.
    const then = decideThen(device);
    let both = known.get(then);
    if (both === undefined) {
      const today = decideNow(device);
      both = { then, today, holds: stillHolds(then, today, now) };
      known.set(then, both);
    }
    return both;
  };
}

type Device = ChangedDecision["device"];

function createChanges() {
  const named: ChangedDecision[] = [];
  let count = 0;
  return {
    named,
    count: () => count,
    add(device: Device | undefined, shown: ShownDecision | null, now: ShownDecision | null): void {
      count += 1;
      if (device === undefined || named.length === MOST_NAMED) return;
      named.push({ device, reason: "changed-since-dry-run", shown, now, ...changedWords(shown, now) });
    },
  };
}

/** Devices of the dry run that the plan no longer means: they have left, or match its rule no longer. */
async function addGone(
  changes: ReturnType<typeof createChanges>,
  admin: AdminStore,
  left: ReadonlyMap<string, Marked>,
): Promise<void> {
  const ids = [...left.keys()];
  const rows = new Map<string, Device>();
  const shown = ids.slice(0, MOST_NAMED - changes.named.length);
  for (let i = 0; i < shown.length; i += AT_ONCE)
    for (const row of await admin.fleetOf(shown.slice(i, i + AT_ONCE))) rows.set(row.id, shortDevice(row));
  // One that was forgotten is called by its id.
  const nameless = (id: string): Device => ({ id, name: null, serial: null, platform: null, osVersion: null });
  for (const id of shown) changes.add(rows.get(id) ?? nameless(id), left.get(id)?.shown ?? null, null);
  for (const id of ids.slice(shown.length)) changes.add(undefined, left.get(id)?.shown ?? null, null);
}

/** A plan that is saved as a dry run showed it: a device whose decision has changed since is left out and listed. */
import type { AsOfRequest, ChangedDecisions, ShownDecision } from "../../contract/index.ts";
import type { Decision, PlannedDevice, PlanSpec } from "../../plans/index.ts";
import { changedWords } from "../../words/index.ts";
import { catalogOf } from "../catalog/catalog.ts";
import { shortDevice } from "../devices/device-view.ts";
import { changedSince } from "./changed-since.ts";
import { type Decided, decidedPages, type Fleet } from "./decided.ts";
import { decider, onceForAlike } from "./decider.ts";
import { markedOf, stillHolds } from "./decision-mark.ts";
import { keptDryRun } from "./dry-run-kept.ts";

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
  const changes = changedSince(fleet.ports.admin, kept, changedWords);
  const mark = onceForAlike(markedOf);
  let saved = 0;
  for await (const page of decidedPages(fleet, await thenAndNow(fleet, spec, kept.at))) {
    const same: Decided[] = [];
    for (const { row, decision } of page) {
      const own = decision.holds ? mark(decision.then).mark : undefined;
      const now = (): ShownDecision => mark(decision.today).shown;
      if (changes.isSame(row.id, own, () => shortDevice(row), now)) same.push({ row, decision: decision.then });
    }
    saved += same.length;
    // It can't be saved any more; the rest is decided for the number alone.
    if (!changes.tooMany()) yield same;
  }
  const changed = await changes.end();
  if (saved === 0) throw changes.outdated(true);
  return changed;
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

/**
 * A change of standing plans that is saved as its dry run has shown it (targets P5). What was shown for a device is compared with what the
 * plans would mean for it now; the device itself follows when it is resolved next, as after every change.
 */
import type { AsOfRequest, ChangedDecisions, GoverningTrial, UnderPlanView } from "../../contract/index.ts";
import { changedUnderWords } from "../../words/index.ts";
import { shortDevice } from "../devices/device-view.ts";
import { isoTime } from "../iso-time.ts";
import { asOfNow, asOfView } from "../plans/as-of.ts";
import { changedSince } from "../plans/changed-since.ts";
import { type Marked, markOfText } from "../plans/decision-mark.ts";
import { createRecord, keptDryRun } from "../plans/dry-run-kept.ts";
import { KEPT_FOR } from "../plans/dry-run-record.ts";
import type { Ports } from "../ports.ts";
import { type ChangeTried, type Names, planNames, type Side, tryChange, viewOf } from "./try-change.ts";

/** What the request says, without its revision and the dry run that it names: by this it is known again. */
export type ChangeTerms = object;

/** The dry run, which is stored. */
export async function tryAndKeep(ports: Ports, tried: ChangeTried, change: ChangeTerms): Promise<GoverningTrial> {
  const asOf = await asOfNow(ports);
  const record = createRecord<UnderPlanView>();
  const mark = marker(planNames(ports, tried.after.plans));
  const trial = await tryChange(ports, tried, async ({ row }, after, changes) => {
    if (changes) record.add(row.id, await mark(after));
  });
  return {
    ...trial,
    hash: await record.keep(ports, { terms: { change } }, asOf),
    asOf: asOfView(asOf),
    savableUntilAt: isoTime(asOf.now + KEPT_FOR),
  };
}

export interface SavedAs {
  readonly change: ChangeTerms;
  readonly hash: string;
  readonly asOf: AsOfRequest;
}

/** The devices for which the change now means another thing than was shown. Throws `dry-run-unknown`, `dry-run-outdated`. */
export async function sinceShown(
  ports: Ports,
  tried: ChangeTried,
  { change, hash, asOf }: SavedAs,
): Promise<ChangedDecisions> {
  const kept = await keptDryRun<UnderPlanView>(ports, { hash, asOf }, { change });
  const changed = changedSince(ports.admin, kept, changedUnderWords);
  const mark = marker(planNames(ports, tried.after.plans));
  await tryChange(ports, tried, async ({ row }, after, changes) => {
    // A device for which nothing changes, and nothing was to change, is as it was shown.
    if (!changes && !kept.decisions.has(row.id)) return;
    const now = await mark(after);
    changed.isSame(
      row.id,
      now.mark,
      () => shortDevice(row),
      () => now.shown,
    );
  });
  return changed.end();
}

/** Devices for which the plans mean the same share one object. */
function marker(names: Names): (side: Side) => Promise<Marked<UnderPlanView>> {
  const known = new Map<string, Marked<UnderPlanView>>();
  return async (side) => {
    const { planId, ring, ringName, release, job, deadline, losesDownload } = side;
    const text = JSON.stringify([planId, ring, ringName, release, job, deadline, losesDownload]);
    let marked = known.get(text);
    if (marked === undefined) {
      marked = { mark: markOfText(text), shown: await viewOf(side, names) };
      known.set(text, marked);
    }
    return marked;
  };
}

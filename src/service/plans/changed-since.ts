/** Devices whose decision is another than a dry run has shown: counted, the first of them named, and too many of them refused (targets P5). */
import type { ChangedDecision, ChangedDecisions } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import type { AdminStore } from "../../store/index.ts";
import type { ChangedWords } from "../../words/index.ts";
import { shortDevice } from "../devices/device-view.ts";
import type { Kept } from "./dry-run-kept.ts";

/** Devices that an answer names. */
const MOST_NAMED = 1000;
/** Devices that are looked up at once. */
const AT_ONCE = 250;

/** How many devices may change: 1 % of those of the dry run, or 50 if that is more (targets P5). */
export const allowedChanges = (devices: number): number => Math.max(50, Math.floor(devices / 100));

type Device = ChangedDecision["device"];
type Shown = NonNullable<ChangedDecision["shown"]>;

export interface ChangedSince<S> {
  /** Whether this is what the dry run has shown for the device; if not, it is listed. `now`: makes what is listed. */
  isSame(id: string, mark: string | undefined, device: () => Device, now: () => S | null): boolean;
  tooMany(): boolean;
  /** Once all devices have been compared: those of the dry run that have not come are gone. Throws `dry-run-outdated` where too many have changed. */
  end(): Promise<ChangedDecisions>;
  outdated(none: boolean): UptickError;
}

export function changedSince<S extends Shown>(
  admin: Pick<AdminStore, "fleetOf">,
  kept: Kept<S>,
  words: (shown: S | null, now: S | null) => ChangedWords,
): ChangedSince<S> {
  const allowed = allowedChanges(kept.decisions.size);
  /** Those of the dry run that have not come yet. */
  const left = new Map(kept.decisions);
  const named: ChangedDecision[] = [];
  let count = 0;

  const canName = (): boolean => named.length < MOST_NAMED;
  function name(device: Device, shown: S | null, now: S | null): void {
    named.push({ device, reason: "changed-since-dry-run", shown, now, ...words(shown, now) });
  }

  /** They have left, or the plan's rule matches them no longer. */
  async function addGone(): Promise<void> {
    const ids = [...left.keys()];
    const rows = new Map<string, Device>();
    const shown = ids.slice(0, MOST_NAMED - named.length);
    for (let i = 0; i < shown.length; i += AT_ONCE)
      for (const row of await admin.fleetOf(shown.slice(i, i + AT_ONCE))) rows.set(row.id, shortDevice(row));
    // One that was forgotten is called by its id.
    const nameless = (id: string): Device => ({ id, name: null, serial: null, platform: null, osVersion: null });
    for (const id of shown) name(rows.get(id) ?? nameless(id), left.get(id)?.shown ?? null, null);
    count += ids.length;
  }

  const result = (): ChangedDecisions => ({ count, allowed, devices: named });
  const tooMany = (): boolean => count > allowed;
  const outdated = (none: boolean): UptickError =>
    new UptickError(
      "dry-run-outdated",
      `The decisions of ${count} devices have changed since the dry run of ${kept.decisions.size}. ${
        none ? "None is left to save" : `At most ${allowed} may change`
      }, so nothing was saved.`,
      { members: { changed: result() } },
    );

  return {
    isSame(id, mark, device, now) {
      const shown = left.get(id);
      left.delete(id);
      if (mark !== undefined && shown?.mark === mark) return true;
      count += 1;
      if (canName()) name(device(), shown?.shown ?? null, now());
      return false;
    },
    tooMany,
    async end() {
      await addGone();
      if (tooMany()) throw outdated(false);
      return result();
    },
    outdated,
  };
}

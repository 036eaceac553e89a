/** What is known of a whole run when it is over, and what was asked for in it. */
import { declaredKindNames, kindNames, type KindName, type SimRecord } from "../../simulator/index.ts";
import type { DeviceDetail, Json, TimelineEntry } from "../../src/contract/index.ts";

/**
 * The kinds that come to their end in two days and stay there; what is silent or not logged in for days, and is tried again
 * and again meanwhile, is the demo's.
 */
export const QUICK_KINDS: readonly KindName[] = [...kindNames, ...declaredKindNames].filter(
  (name) =>
    ![
      "iphone-away-for-days",
      "mac-late-login",
      "mac-no-bootstrap-token",
      // Where its first report is lost the next full one comes a day later, and the window after that.
      "iphone-declared-loses-reports",
      // Updates again after its end, or before it: whichever is first.
      "iphone-declared-crosses-27",
    ].includes(name),
);

/** The plan's window, and the zone in which it holds for devices that do not say theirs. */
export const WINDOW = { text: "22:00-05:00", from: 22, to: 5, zone: "America/New_York" } as const;
/** A Tuesday in August 2026, half a day before the first window of the zone above. */
export const START = Date.UTC(2026, 7, 25, 14);

export interface Outcome {
  readonly devices: readonly DeviceOutcome[];
  /** When the plan was made (virtual ms UTC). */
  readonly planAt: number;
  /** What had not come to its end when the run gave up, in words; empty when every device was settled. */
  readonly unsettled: readonly string[];
}

export interface DeviceOutcome {
  readonly record: SimRecord;
  readonly device: DeviceDetail;
  readonly timeline: readonly TimelineEntry[];
}

/** The text a timeline entry has under `key`; empty where it has none. */
export function said(entry: TimelineEntry, key: string): string {
  const data = entry.data;
  if (typeof data !== "object" || data === null || Array.isArray(data)) return "";
  const value = (data as Record<string, Json>)[key];
  return typeof value === "string" ? value : "";
}

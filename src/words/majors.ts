/** New majors of an OS, as a plan goes to them (targets T4). */
import { dayText } from "./day.ts";

const DEVICES: Readonly<Record<string, readonly [one: string, many: string]>> = {
  macOS: ["Mac", "Macs"],
  iOS: ["iPhone or iPad", "iPhones and iPads"],
  tvOS: ["Apple TV", "Apple TVs"],
  visionOS: ["Vision Pro", "Vision Pros"],
};

export interface MajorAheadWords {
  readonly platform: string;
  readonly on: string;
  readonly from: number;
  readonly to: number;
  readonly devices: number;
}

/** "From 14 Oct 2026: 300 Macs 15 → 26". */
export function majorAheadWords({ platform, on, from, to, devices }: MajorAheadWords): string {
  const [one, many] = DEVICES[platform] ?? ["device", "devices"];
  return `From ${dayText(on)}: ${devices} ${devices === 1 ? one : many} ${from} → ${to}`;
}

export interface PreviousMajorWords {
  readonly now: number | null;
  readonly next: { readonly major: number; readonly on: string } | null;
}

/** "previous major (15 now, 26 from 14 Oct 2026)": the label of `n-1`. */
export function previousMajorWords({ now, next }: PreviousMajorWords): string {
  const parts = [
    ...(now === null ? [] : [`${now} now`]),
    ...(next === null ? [] : [`${next.major} from ${dayText(next.on)}`]),
  ];
  return parts.length === 0 ? "previous major (no major counts yet)" : `previous major (${parts.join(", ")})`;
}

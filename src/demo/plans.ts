/** What the demo's admin asks for: one plan for most devices, and a separate one for each device that needs another target. */
import type { KindName } from "../../simulator/index.ts";
import type { PlanRequest } from "../contract/index.ts";

/** When devices may install, in their local time; `zone` is for those that do not tell theirs. */
export interface DemoWindow {
  readonly text: string;
  readonly fromHour: number;
  readonly toHour: number;
  readonly zone: string;
}

export const WINDOW: DemoWindow = { text: "22:00-05:00", fromHour: 22, toHour: 5, zone: "America/New_York" };

interface DemoPlan {
  readonly request: Omit<PlanRequest, "devices" | "deadline">;
  /** Its deadline is in the night after so many days. */
  readonly days?: number;
  /** The kinds it is for; absent: every kind that no other plan is for. */
  readonly kinds?: readonly KindName[];
}

const atNight = { action: "install", window: WINDOW.text, zone: WINDOW.zone } as const;

const EVERYONE = "iOS=26.6.1,macOS=26.6.2,tvOS=26.6,visionOS=26.6.1";

export const DEMO_PLANS: readonly DemoPlan[] = [
  // One plan for both generations: how each device is told is the server's choice.
  { request: { name: "Everyone, at night", to: EVERYONE, ...atNight } },
  // Users who would rather choose the moment themselves are given some nights for it.
  {
    request: { name: "Everyone else, within days", to: EVERYONE, ...atNight },
    days: 4,
    kinds: ["iphone-declared-user-now", "mac-declared-tonight", "iphone-declared-crosses-27"],
  },
  // There are no update commands any more on what it runs.
  { request: { name: "OS 27", to: "iOS=27.0.1", ...atNight }, kinds: ["iphone-os-27"] },
  {
    request: { name: "Old iPhones", to: "iOS=12.5.8", ...atNight, allowMajor: true },
    kinds: ["iphone-ios-11"],
  },
  // A Mac tells what Apple lists it by from macOS 12 on: before, a version is taken on the admin's word.
  {
    request: { name: "Old Macs", to: "macOS=11.7.11", ...atNight, allowUnlisted: true },
    kinds: ["mac-macos-11"],
  },
  {
    request: { name: "Only downloaded", to: "iOS=26.6.1", action: "download", zone: WINDOW.zone },
    kinds: ["ipad-download-only"],
  },
  {
    request: { name: "Only told", to: "macOS=26.6.2", action: "notify", zone: WINDOW.zone },
    kinds: ["mac-notify-only"],
  },
  {
    request: {
      name: "When its user lets it",
      to: "macOS=26.6.2",
      action: "install-later",
      maxUserDeferrals: 1,
      zone: WINDOW.zone,
    },
    kinds: ["mac-install-later"],
  },
  {
    request: {
      name: "Whether or not work is saved",
      to: "macOS=26.6.2",
      ...atNight,
      action: "force-restart",
      allowDataLoss: true,
    },
    kinds: ["mac-force-restart"],
  },
  {
    request: { name: "A new major", to: EVERYONE, ...atNight, allowMajor: true },
    kinds: ["mac-major", "mac-declared-14", "ipad-declared-17"],
  },
  {
    request: {
      name: "A new major, forced",
      to: "macOS=26.6.2",
      ...atNight,
      action: "force-restart",
      allowDataLoss: true,
      allowMajor: true,
    },
    kinds: ["mac-major-forced"],
  },
  // It never installs: with a window each try would take a day, and the demo would wait for it.
  {
    request: { name: "A Mac that needs its user", to: "macOS=26.6.2", action: "install", zone: WINDOW.zone },
    kinds: ["mac-no-bootstrap-token"],
  },
  {
    request: { name: "Safari, firmware and the like", to: "macOS=other-updates", ...atNight },
    kinds: ["mac-other-updates"],
  },
];

/** Each plan with the devices it is for, made at `now` (ms UTC); plans without any are left out. */
export function plansFor<Row extends { readonly id: string }>(
  rows: readonly Row[],
  kindOf: (row: Row) => string,
  now: number,
): readonly PlanRequest[] {
  const named = new Set<string>(DEMO_PLANS.flatMap(({ kinds = [] }) => kinds));
  return DEMO_PLANS.flatMap(({ request, days, kinds }) => {
    const fits = (kind: string): boolean =>
      kinds === undefined ? !named.has(kind) : kinds.some((name) => name === kind);
    const devices = rows.filter((row) => fits(kindOf(row))).map(({ id }) => id);
    return devices.length === 0
      ? []
      : [{ ...request, devices, ...(days === undefined ? {} : { deadline: nightAfter(now, days) }) }];
  });
}

/** Half past four, in the window, in each device's local time. */
const nightAfter = (now: number, days: number): string =>
  `${new Date(now + days * 86_400_000).toISOString().slice(0, 10)}T04:30`;

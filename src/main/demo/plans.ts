/** What the demo's admin asks for: one plan for most devices, and one of its own for what needs another word. */
import type { PlanRequest } from "../../service/index.ts";
import type { DemoWindow } from "./judge.ts";

export const WINDOW: DemoWindow = { text: "22:00-05:00", fromHour: 22, toHour: 5, zone: "America/New_York" };

interface DemoPlan {
  readonly request: Omit<PlanRequest, "devices">;
  /** The kinds it is for; absent: every kind that no other plan is for. */
  readonly kinds?: readonly string[];
}

const atNight = { action: "install", window: WINDOW.text, zone: WINDOW.zone } as const;

export const DEMO_PLANS: readonly DemoPlan[] = [
  { request: { name: "Everyone, at night", to: "iOS=26.6.1,macOS=26.6.2,tvOS=26.6", ...atNight } },
  // Above what it runs, so that it is not simply there already: it can't be told at all.
  { request: { name: "OS 27", to: "iOS=27.2", ...atNight }, kinds: ["iphone-os-27"] },
  {
    request: { name: "Old iPhones", to: "iOS=12.5.8", ...atNight, allowMajor: true },
    kinds: ["iphone-ios-11"],
  },
  { request: { name: "Old Macs", to: "macOS=11.7.11", ...atNight }, kinds: ["mac-macos-11"] },
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
  { request: { name: "A new major", to: "macOS=26.6.2", ...atNight, allowMajor: true }, kinds: ["mac-major"] },
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
  {
    request: { name: "Safari, firmware and the like", to: "macOS=other-updates", ...atNight },
    kinds: ["mac-other-updates"],
  },
];

/** Each plan with the devices it is for; plans without any are left out. */
export function plansFor<Row extends { readonly id: string }>(
  rows: readonly Row[],
  kindOf: (row: Row) => string,
): readonly PlanRequest[] {
  const named = new Set(DEMO_PLANS.flatMap(({ kinds = [] }) => kinds));
  return DEMO_PLANS.flatMap(({ request, kinds }) => {
    const fits = (kind: string): boolean => (kinds === undefined ? !named.has(kind) : kinds.includes(kind));
    const devices = rows.filter((row) => fits(kindOf(row))).map(({ id }) => id);
    return devices.length === 0 ? [] : [{ ...request, devices }];
  });
}

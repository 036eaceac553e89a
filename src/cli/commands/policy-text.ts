/** What a terminal shows of policies. */
import type { PolicyDevice, PolicyDryRun, PolicyView } from "../../contract/index.ts";
import { age, madeBy } from "../age.ts";
import { clean } from "../clean.ts";
import { counted } from "../cli.ts";
import { deviceName } from "../job-words.ts";
import { table } from "../table.ts";

const runs = (device: PolicyDevice["device"] | PolicyDryRun["rows"][number]["device"]): string =>
  [device.platform, device.osVersion].filter((part) => part !== null).join(" ");

export function dryRunLines(said: PolicyDryRun): string[] {
  const rows = said.rows.map(({ device, way, sentence }) => [
    deviceName(device),
    device.serial,
    runs(device),
    way,
    sentence,
  ]);
  const later = said.everyone ? " and every device that enrolls later" : "";
  return [
    ...(rows.length === 0 ? [] : table(["device", "serial", "runs", "by", "what that means"], rows)),
    "",
    `${counted(said.devices, "device")}${later}: ${said.declaration} by declaration, ${said.profile} by profile, ${said.nothing} can't be given it, ${said.unknown} not known yet.`,
    "Nothing has been done: this was a dry run.",
  ];
}

export function policyLines(policy: PolicyView, now: number): string[] {
  const made = madeBy(policy, now);
  const state = policy.removedAt === null ? made : `${made}, removed ${age(policy.removedAt, now)}`;
  const everyone = policy.everyone ? "; devices that enroll later get it too" : "";
  return [
    clean(`${policy.name} (${policy.id}), ${state}`),
    clean(settingsText(policy.settings)),
    `${counted(policy.devices, "device")}: ${countsText(policy)}${everyone}`,
  ];
}

/** "Deferrals.MajorPeriodInDays 30, Notifications false" */
function settingsText(settings: PolicyView["settings"], prefix = ""): string {
  return Object.entries(settings)
    .map(([key, value]) =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? settingsText(value as PolicyView["settings"], `${prefix}${key}.`)
        : `${prefix}${key} ${String(value)}`,
    )
    .join(", ");
}

export function countsText({ state: policy, states, working }: PolicyView): string {
  const parts = Object.entries(states)
    .toSorted((a, b) => b[1] - a[1])
    .map(([state, devices]) => `${devices} ${clean(state)}`);
  if (working) parts.push(policy === "removed" ? "being taken away" : "more to come");
  return parts.length === 0 ? "none has it" : parts.join(", ");
}

export function deviceTable(devices: readonly PolicyDevice[], now: number): string[] {
  if (devices.length === 0) return [];
  const rows = devices.map(({ device, way, state, sentence }) => [
    deviceName(device),
    device.serial,
    runs(device),
    way,
    state,
    age(device.lastSeenAt, now),
    sentence,
  ]);
  return table(["device", "serial", "runs", "by", "state", "heard", "what that means"], rows);
}

/** What a terminal and a spreadsheet show of classes of compliance. */
import type { ComplianceCounts, DeviceCompliance, DeviceView } from "../../contract/index.ts";
import { csvLine } from "../../csv/index.ts";

export const CLASS_LABELS: Readonly<Record<DeviceCompliance["class"], string>> = {
  "on-target": "On target",
  "under-way": "Under way",
  "waiting-person": "Needs a person",
  cannot: "Can't",
  "no-plan": "No plan",
  unknown: "Unknown",
};

/** "on target 12, under way 3, …; overdue 1" */
export function countsLine({ classes, flags }: ComplianceCounts): string {
  const kinds = Object.keys(CLASS_LABELS) as (keyof typeof CLASS_LABELS)[];
  const parts = kinds.map((kind) => `${CLASS_LABELS[kind].toLowerCase()} ${classes[kind]}`);
  const raised = Object.entries(flags)
    .filter(([, devices]) => devices > 0)
    .map(([flag, devices]) => `${flag} ${devices}`);
  return `compliance: ${parts.join(", ")}${raised.length === 0 ? "" : `; ${raised.join(", ")}`}`;
}

/** "Can't, overdue", or "Exempt" of an excluded device; null where the device is not enrolled. */
export function classText(compliance: DeviceCompliance | null): string | null {
  if (compliance === null) return null;
  const label = compliance.reason === "excluded" ? "Exempt" : CLASS_LABELS[compliance.class];
  return [label, ...compliance.flags].join(", ");
}

type Column = readonly [heading: string, value: (device: DeviceView) => string | null];
const COLUMNS: readonly Column[] = [
  ["serial", (device) => device.serial],
  ["udid", (device) => device.udid],
  ["name", (device) => device.name],
  ["model", (device) => device.model],
  ["platform", (device) => device.platform],
  ["version", (device) => device.osVersion],
  ["enrollment", (device) => device.enrollment],
  ["class", ({ compliance }) => compliance?.class ?? null],
  ["reason", ({ compliance }) => compliance?.reason ?? null],
  ["sentence", ({ compliance }) => compliance?.sentence ?? null],
  ["flags", ({ compliance }) => compliance?.flags.join(" ") ?? null],
  ["target", ({ compliance }) => compliance?.target ?? null],
  ["newest offered", ({ compliance }) => compliance?.newest ?? null],
  ["deadline", ({ compliance }) => compliance?.deadlineAt ?? null],
  ["plan", ({ compliance }) => compliance?.planId ?? null],
  ["last seen", ({ lastSeenAt }) => (lastSeenAt === null ? null : new Date(lastSeenAt).toISOString())],
];

export const csvHeading = (): string => csvLine(COLUMNS.map(([heading]) => heading));
export const deviceCsv = (device: DeviceView): string => csvLine(COLUMNS.map(([, valueOf]) => valueOf(device)));

/** What a terminal and a spreadsheet show of classes of compliance. */
import type { ComplianceCounts, DeviceCompliance } from "../../contract/index.ts";

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

/** Whether a device was told as it must be, and did with its declaration what that says. */
import type { SimRecord } from "../../simulator/index.ts";
import type { DeviceDetail, TimelineEntry } from "../contract/index.ts";
import type { ExpectedEnd } from "./expected.ts";
import type { DemoWindow } from "./plans.ts";

/** Ends of devices that had nothing to be told. */
const NEVER_TOLD: ReadonlySet<string> = new Set(["already-newer", "already-there", "brought-before"]);

/** What is wrong with how a device was told, and with what it made of its declarations; empty when all is as it must be. */
export function declaredProblems(
  { job }: DeviceDetail,
  record: SimRecord,
  expected: ExpectedEnd,
  window: DemoWindow,
  timeline: readonly TimelineEntry[],
): string[] {
  const problems: string[] = [];
  const told = job?.mechanism ?? null;
  const by = expected.by ?? (NEVER_TOLD.has(expected.reason) || expected.state === "refused" ? null : "command");
  if (told !== by && (by !== "either" || told === null))
    problems.push(`was told by ${told ?? "nothing"}, not by ${by ?? "anything"}`);
  const plannings = record.declarations?.plannings ?? [];
  if (told !== "declaration" && plannings.length > 0) problems.push("acted on a declaration, and is told by command");
  // Replacing a declaration begins the device's planning again.
  if (plannings.length > 1) problems.push(`planned its update ${plannings.length} times`);
  for (const { version, local, deadline, identifier } of plannings) {
    if (version !== job?.release) problems.push(`was told to go to ${version}, not to ${job?.release}`);
    if (local !== job?.enforceAtLocal) problems.push(`was told ${local}, not ${job?.enforceAtLocal}`);
    const hour = Number(local.slice(11, 13));
    if (hour < window.fromHour && hour >= window.toHour) problems.push(`was told ${local}, outside ${window.text}`);
    if (!timeline.some((entry) => Date.parse(entry.recordedAt) < deadline + SLOW && declares(entry, identifier)))
      problems.push(`was declared ${local} when that had passed`);
  }
  for (const { at, declared, version, consented } of record.installsExecuted) {
    if (declared === undefined) continue;
    const { identifier, serverToken, local, late, excuse } = declared;
    const planned = plannings.find((one) => one.identifier === identifier && one.serverToken === serverToken);
    if (planned === undefined) problems.push(`installed for ${identifier}, which it never planned`);
    if (version !== job?.release) problems.push(`installed ${version}, not ${job?.release}`);
    if (late < 0 && !(consented && expected.ownMoment === true))
      problems.push(`installed ${minutes(-late)} before ${local}`);
    // A device that fetches its declaration when the moment has passed leaves its user an hour.
    const from = excuse === "past-when-declared" ? (planned?.at ?? at) + HOUR : at - late;
    if (at > from + SLOW && expected.late !== true)
      problems.push(`installed ${minutes(late)} after ${local} (${excuse ?? "for no reason"})`);
  }
  return problems;
}

const HOUR = 3_600_000;
/** What messages take on their way (virtual ms). */
const SLOW = 60_000;
const minutes = (ms: number): string => `${Math.round(ms / 60_000)} minutes`;

/** The device should have this declaration from then on. */
function declares({ kind, data }: TimelineEntry, identifier: string): boolean {
  if (kind !== "declarations-changed" || typeof data !== "object" || data === null || Array.isArray(data)) return false;
  const { declarations } = data as { readonly declarations?: unknown };
  return Array.isArray(declarations) && declarations.includes(identifier);
}

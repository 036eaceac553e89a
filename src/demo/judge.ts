/** Whether a device ended as its kind must, by what the server says and by what truly happened to it. */
import type { SimRecord } from "../../simulator/index.ts";
import type { DeviceDetail, TimelineEntry } from "../contract/index.ts";
import { endsSo, EXPECTED_ENDS } from "./expected.ts";
import { declaredProblems } from "./judge-declared.ts";
import type { DemoWindow } from "./plans.ts";

/** How long a device may take from its order until it begins (virtual ms): some need eight minutes to prepare. */
const LATE = 10 * 60_000;

/** What is wrong with the end of a device; empty when all is as it must be. */
export function problemsOf(
  device: DeviceDetail | undefined,
  record: SimRecord,
  window: DemoWindow,
  timeline: readonly TimelineEntry[],
): string[] {
  const expected = EXPECTED_ENDS[record.kind];
  if (expected === undefined) return [`no end is expected of the kind ${record.kind}`];
  if (device === undefined) return ["never enrolled"];
  const { job } = device;
  if (job === null) return ["has no job"];
  const problems: string[] = [];
  if (!endsSo(expected, job))
    problems.push(`ended as ${job.state}/${job.reason}, not ${expected.state}/${expected.reason}`);
  const reasons = new Set(timeline.map((entry) => reasonIn(entry)));
  for (const either of expected.onTheWay ?? [])
    if (!either.split("|").some((reason) => reasons.has(reason))) problems.push(`never said "${either}"`);
  problems.push(...record.violations);
  if (device.osVersion !== record.finalVersion || device.buildVersion !== record.finalBuild)
    problems.push(
      `is said to run ${device.osVersion} (${device.buildVersion}), runs ${record.finalVersion} (${record.finalBuild})`,
    );
  if (expected.updated && device.osVersion !== job.release)
    problems.push(`runs ${device.osVersion}, not ${job.release}`);
  const installs = record.installsExecuted;
  if (installs.length !== (expected.updated ? 1 : 0) + (expected.byHand ?? 0))
    problems.push(`installed ${installs.length} times`);
  // A Mac has no way to tell its zone: there the plan's holds. Elsewhere it is the device's own, whatever the server took it for.
  const tellsZone = device.platform !== "macOS" && !hasOldOs(record);
  if (tellsZone && device.timeZone !== record.timeZone)
    problems.push(`is said to be in ${device.timeZone}, is in ${record.timeZone}`);
  const others = record.otherInstalls;
  if (others.length !== (expected.others ?? 0)) problems.push(`installed ${others.length} updates other than its OS`);
  problems.push(...declaredProblems(device, record, expected, window, timeline));
  for (const { at, zone, consented, action, declared } of installs) {
    if (expected.action !== undefined && action !== expected.action)
      problems.push(`did ${action}, not ${expected.action}`);
    // Who types a passcode for it has chosen the moment.
    if (consented || expected.ownMoment === true) continue;
    // A declared moment lies in the window, and how late it is kept is judged below.
    if (declared !== undefined) continue;
    const local = tellsZone ? zone : window.zone;
    if (isOutside(at, local, window) && isOutside(at - LATE, local, window))
      problems.push(`installed at ${hourIn(at, local)} h, outside ${window.text}`);
  }
  const ordersAt = expected.ownMoment === true || expected.updated === false ? [] : timeline.filter(isInstallOrder);
  for (const { recordedAt } of ordersAt) {
    const at = Date.parse(recordedAt);
    const local = tellsZone ? record.timeZone : window.zone;
    if (isOutside(at, local, window))
      problems.push(`ordered to install at ${hourIn(at, local)} h, outside ${window.text}`);
  }
  return problems;
}

function isOutside(at: number, zone: string, window: DemoWindow): boolean {
  const hour = hourIn(at, zone);
  return hour < window.fromHour && hour >= window.toHour;
}

/** The server handed an install out. */
function isInstallOrder({ kind, data }: TimelineEntry): boolean {
  if (kind !== "command-sent" || typeof data !== "object" || data === null || Array.isArray(data)) return false;
  return (data as { readonly purpose?: unknown }).purpose === "install";
}

/** The hour of the day, 0 to 23, on a local time in `timeZone` at `at` (ms UTC). */
function hourIn(at: number, timeZone: string): number {
  return Number(new Intl.DateTimeFormat("en-GB", { hour: "2-digit", hourCycle: "h23", timeZone }).format(at));
}

/** iOS tells its zone since version 14. */
const hasOldOs = ({ finalVersion }: SimRecord): boolean => Number(finalVersion.split(".")[0]) < 14;

/** The reason that a step of its job had; undefined for any other entry. */
export function reasonIn({ kind, data }: TimelineEntry): unknown {
  if (kind !== "job-step" || typeof data !== "object" || data === null || Array.isArray(data)) return undefined;
  return (data as { readonly reason?: unknown }).reason;
}

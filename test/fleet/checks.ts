/** What must hold after any run, read from the simulator's own record and the server's timeline. */
import type { TimelineEntry } from "../../src/contract/index.ts";
import { EXPECTED_ENDS } from "../../src/demo/expected.ts";
import { type DeviceOutcome, said, WINDOW } from "./outcome.ts";

/** Timeline entries that are a device's answer to a command. */
const ANSWERS: ReadonlySet<string> = new Set(["answer", "answer-late", "answer-unasked", "not-now"]);

/**
 * How a device ended: what two runs with one seed must agree on. What is blocked is tried again from time to time, so a job
 * that goes on may be seen in the middle of that.
 */
export function endOf({ record, device }: DeviceOutcome) {
  const { job } = device;
  const ended = job !== null && job.finishedAt !== null;
  return {
    device: `${record.index} ${record.kind}`,
    state: ended ? job.state : "not finished",
    reason: ended ? job.reason : null,
    observed: `${device.osVersion} (${device.buildVersion})`,
    real: `${record.finalVersion} (${record.finalBuild})`,
    installs: record.installsExecuted.length,
  };
}

/**
 * Answers that the device saw acknowledged and that are not in the timeline as often as they must be: once, and the first,
 * second, fourth, eighth … NotNow to a command. Empty when all is well.
 */
export function miscountedAnswers({ record, timeline }: DeviceOutcome): string[] {
  const kept = count(timeline.filter(isAnswer).map((entry) => `${said(entry, "uuid")} ${said(entry, "status")}`));
  const given = count(
    record.answersAcknowledged.filter(({ replay }) => !replay).map(({ uuid, status }) => `${uuid} ${status}`),
  );
  return [...given].flatMap(([answer, times]) => {
    const expected = answer.endsWith(" NotNow") ? Math.floor(Math.log2(times)) + 1 : 1;
    const found = kept.get(answer) ?? 0;
    return found === expected ? [] : [`${record.kind}: ${answer}: ${found} times, not ${expected}`];
  });
}

const isAnswer = (entry: TimelineEntry): boolean => ANSWERS.has(entry.kind);

function count(items: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}

/**
 * Installs that began before the first window after `planAt` (virtual ms) opened on the device, but for those that its user
 * made by hand or chose. Empty when all is well.
 */
export function installsBeforeWindow({ record, device }: DeviceOutcome, planAt: number): string[] {
  const zone = device.timeZone ?? WINDOW.zone;
  let opensAt = planAt;
  while (!inWindow(hourIn(opensAt, zone))) opensAt += 60_000;
  return (
    record.installsExecuted
      .filter(({ at, action }) => at < opensAt && action !== "by hand")
      // A declaration is an offer to the user until its moment comes.
      .filter(({ declared, consented }) => declared === undefined || !consented)
      .map(({ at }) => `${record.kind}: ${new Date(at).toISOString()}, not before ${new Date(opensAt).toISOString()}`)
  );
}

/**
 * Installs that were ordered, or began, outside the plan's window: the device's own wall clock where it tells its zone, else
 * the plan's zone. An install that a user gave a passcode for began when that user chose, and some Macs choose by
 * themselves. Empty when all is well.
 */
export function installsOutsideWindow({ record, device, timeline }: DeviceOutcome): string[] {
  const zone = device.timeZone ?? WINDOW.zone;
  const fits = (at: number): boolean => inWindow(hourIn(at, zone));
  const told = (at: number): string =>
    `${record.kind}: ${new Date(at).toISOString()}, hour ${hourIn(at, zone)} in ${zone}`;
  const ordered = timeline
    .filter(
      (entry) =>
        entry.kind === "command-sent" && said(entry, "purpose") === "install" && !fits(Date.parse(entry.recordedAt)),
    )
    .map(({ recordedAt }) => `ordered ${told(Date.parse(recordedAt))}`);
  const begun = record.installsExecuted
    .filter(({ consented, declared }) => !consented && declared === undefined)
    .filter(({ at }) => !fits(at) && !fits(at - LATE))
    .map(({ at }) => told(at));
  return EXPECTED_ENDS[record.kind]?.ownMoment === true ? ordered : [...ordered, ...begun];
}

/**
 * A device prepares for minutes before it begins, and a Mac that can't ask for its bootstrap token, because the server is away,
 * tries again (virtual ms). When it was ordered is judged exactly.
 */
const LATE = 3_600_000;

const inWindow = (hour: number): boolean => hour >= WINDOW.from || hour < WINDOW.to;

/** Making one takes longer than all that is asked of it. */
const clocks = new Map<string, Intl.DateTimeFormat>();

function hourIn(at: number, timeZone: string): number {
  let clock = clocks.get(timeZone);
  if (clock === undefined) {
    clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", hourCycle: "h23", timeZone });
    clocks.set(timeZone, clock);
  }
  return Number(clock.format(at));
}

/**
 * What must hold of a declaration, whatever happened to the server: the device's planning begins once, what it is told lies
 * in the plan's window on its own clock, nothing is installed before that without its user, every report that it saw
 * accepted is kept, and what it was told is what the server says. Empty when all is well.
 */
export function declaredFindings({ record, device, timeline }: DeviceOutcome): string[] {
  const found: string[] = [];
  const { plannings = [], reports = { accepted: 0 } } = record.declarations ?? {};
  if (plannings.length > 1) found.push(`planned ${plannings.length} times`);
  for (const { local, version } of plannings) {
    if (!inWindow(Number(local.slice(11, 13)))) found.push(`told ${local}, outside the window`);
    if (device.job?.mechanism !== "declaration") found.push("acted on a declaration, and is told by command");
    else if (local !== device.job.enforceAtLocal || version !== device.job.release)
      found.push(`told ${version} at ${local}, not ${device.job.release} at ${device.job.enforceAtLocal}`);
  }
  for (const { declared, consented, version } of record.installsExecuted) {
    if (declared === undefined) continue;
    const { late, local, serverToken } = declared;
    if (late < 0 && !consented) found.push(`installed ${-late} ms before ${local}`);
    if (!plannings.some((one) => one.serverToken === serverToken && one.version === version))
      found.push(`installed ${version} for ${serverToken}, which it never planned`);
  }
  const kept = timeline.filter(({ kind }) => kind === "status" || kind === "status-unreadable").length;
  // A report that says nothing new is counted, not kept.
  if (kept === 0 && reports.accepted > 0) found.push(`${reports.accepted} reports were accepted, none is kept`);
  return found.map((text) => `${record.kind}: ${text}`);
}

/** A simulation in words and as JSON. */
import type { SimRecord } from "../../simulator/index.ts";
import type { Totals } from "./tally.ts";

export interface SimulationReport extends Totals {
  readonly serverUrl: string;
  readonly count: number;
  readonly seed: string;
  readonly pollEverySeconds: number;
  /** ISO, real time. */
  readonly startedAt: string;
  readonly seconds: number;
  /** Commands that devices took, by RequestType. */
  readonly commands: Readonly<Record<string, number>>;
  /** What truly happened to each device. */
  readonly devices: readonly SimRecord[];
}

/** How often each RequestType was taken. */
export function commandsOf(records: readonly SimRecord[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { commandsExecuted } of records)
    for (const { requestType } of commandsExecuted) counts[requestType] = (counts[requestType] ?? 0) + 1;
  return counts;
}

export function progressLine(totals: Totals, count: number, seconds: number): string {
  const failed = sum(totals.errors);
  const clock = `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
  return `${clock}  ${totals.enrolled} of ${count} enrolled  ${totals.polls} polls  ${failed} failed requests  p99 ${ms(totals.replies.p99)}\n`;
}

export function summaryOf(report: SimulationReport): string {
  const { replies } = report;
  const waiting = report.count - report.enrolled - report.refused;
  return [
    "",
    `Devices    ${report.enrolled} of ${report.count} enrolled, ${report.refused} refused, ${waiting} not yet; ${report.unenrolled} unenrolled by the server`,
    `Polls      ${report.polls} in ${Math.round(report.seconds)} s`,
    `Requests   ${list(report.requests)}`,
    `Commands   ${list(report.commands)}`,
    `Failed     ${list(report.errors)}`,
    ...(report.refused === 0 ? [] : [`Refusals   ${list(report.refusals)}`]),
    `Replies    p50 ${ms(replies.p50)}, p99 ${ms(replies.p99)}, of ${replies.count}`,
    "",
  ].join("\n");
}

const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0);
const ms = (value: number | null): string => (value === null ? "-" : `${value} ms`);

/** `Idle 120, Acknowledged 30`, the most frequent first. */
function list(counts: Readonly<Record<string, number>>): string {
  const sorted = Object.entries(counts).toSorted(([, a], [, b]) => b - a);
  return sorted.length === 0 ? "none" : sorted.map(([name, count]) => `${name} ${count}`).join(", ");
}

/** The outcome for every device: what the server says of it beside what truly happened to it. */
import type { SimRecord } from "../../simulator/index.ts";
import type { DeviceDetail, TimelineEntry } from "../contract/index.ts";
import { problemsOf } from "./judge.ts";
import type { DemoWindow } from "./plans.ts";
import { byWord } from "./screen.ts";

/** The outcome for one device. */
export interface End {
  readonly kind: string;
  /** State, reason and verdict of its job; null where there is none. */
  readonly state: string | null;
  readonly reason: string | null;
  readonly verdict: string | null;
  /** How it was told; null where it was not told at all. */
  readonly mechanism: "command" | "declaration" | null;
  readonly observedVersion: string | null;
  readonly observedBuild: string | null;
  /** What is wrong with this end; empty when all is as it must be. */
  readonly problems: readonly string[];
  /** The simulator's own record of the device. */
  readonly record: SimRecord;
}

/** The end of each device the simulator has, in its order. */
export function endsOf(
  details: readonly DeviceDetail[],
  records: readonly SimRecord[],
  window: DemoWindow,
  timelines: ReadonlyMap<string, readonly TimelineEntry[]>,
): End[] {
  // A user enrollment hides its serial number; what it enrolled as is known of every device.
  const byId = new Map(details.map((device) => [device.udid, device]));
  return records.map((record) => {
    const device = byId.get(record.udid);
    return endOf(device, record, problemsOf(device, record, window, timelines.get(record.udid) ?? []));
  });
}

/** `problems`: what is wrong with it. */
export function endOf(device: DeviceDetail | undefined, record: SimRecord, problems: readonly string[]): End {
  const job = device?.job ?? null;
  return {
    kind: record.kind,
    state: job?.state ?? null,
    reason: job?.reason ?? null,
    verdict: job?.verdict.sentence ?? null,
    mechanism: job?.mechanism ?? null,
    observedVersion: device?.osVersion ?? null,
    observedBuild: device?.buildVersion ?? null,
    problems,
    record,
  };
}

export const isRight = ({ problems }: End): boolean => problems.length === 0;

export const allRight = (ends: readonly End[]): boolean => ends.every(isRight);

/** A line for each device, one more for each thing that is wrong with it, and how many are right. */
export function summaryOf(ends: readonly End[]): string {
  const lines = ends.flatMap((end) => [
    `${isRight(end) ? "ok   " : "WRONG"} ${end.kind.padEnd(29)} ${(end.observedVersion ?? "?").padEnd(7)} ${byWord(end.mechanism).padEnd(3)} ${end.verdict ?? "no job"}`,
    ...end.problems.map((problem) => `      ${problem}`),
  ]);
  const right = ends.filter(isRight).length;
  const by = (mechanism: End["mechanism"]): number => ends.filter((end) => end.mechanism === mechanism).length;
  const told = `${by("command")} told by command (MDM), ${by("declaration")} by declaration (DDM), ${by(null)} not told`;
  return `\nHow each device ended:\n${lines.join("\n")}\n\n${told}.\n${right} of ${ends.length} devices ended as their kind must.\n`;
}

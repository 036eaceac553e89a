/** What is played in the demo: the fleet enrolls, an admin makes plans, and each device comes to its end. */
import type { DeviceView, PlanView } from "../contract/index.ts";
import { endsSo, EXPECTED_ENDS } from "./expected.ts";
import { plansFor } from "./plans.ts";
import type { Stage, Troupe } from "./stage.ts";
import type { View } from "./view.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** The demo gives up after so many virtual days: each device comes to its end within three. */
export const LIMIT_DAYS = 7;
/** The admin looks at the devices this often (virtual ms). */
const BETWEEN_LOOKS = 15 * MINUTE;
/** A try that is nearer than this may begin before all has been read (virtual ms). */
const AHEAD = 2 * HOUR;

export type Ending = "played" | "interrupted" | "time-up";

/** Waits for the devices of a fleet, makes the plans, and follows them to their end, the limit or an interrupt. */
export async function play(stage: Stage, fleet: Troupe, view: View, signal: AbortSignal): Promise<Ending> {
  const until = stage.time.now() + LIMIT_DAYS * 24 * HOUR;
  const follow = async (done: (rows: readonly DeviceView[]) => Promise<boolean> | boolean): Promise<Ending> => {
    while (!signal.aborted) {
      const rows = await allDevices(stage);
      show(stage, fleet, rows, view);
      if (await done(rows)) return "played";
      if (stage.time.now() >= until) return "time-up";
      await stage.time.sleep(BETWEEN_LOOKS, signal);
    }
    return "interrupted";
  };
  const enrolled = await follow((rows) => rows.filter(isKnown).length === fleet.devices.length);
  if (enrolled !== "played") return enrolled;
  const kinds = new Map(fleet.devices.map(({ udid, kind }) => [udid, kind]));
  const kindOf = ({ udid }: DeviceView): string => kinds.get(udid) ?? "";
  const plans: PlanView[] = [];
  for (const request of plansFor(await allDevices(stage), kindOf, stage.time.now()))
    plans.push(await stage.admin.plans.create(stage.system, request));
  return follow(async (rows) => {
    if (!rows.every((row) => isSettled(row, kindOf(row), stage.time.now()))) return false;
    const now = await Promise.all(plans.map(({ id }) => stage.admin.plans.show(id)));
    return now.every(({ pending }) => pending === 0);
  });
}

export const allDevices = async ({ admin }: Stage): Promise<readonly DeviceView[]> =>
  (await admin.devices.list({ limit: 1000 })).rows;

/** "2026-08-25 12:00 UTC" */
export const clockOf = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;

export const isKnown = (row: DeviceView): boolean => row.osVersion !== null && row.supervised !== null;

/**
 * A device that a person has to help counts as settled between two tries: it would be tried again for days. So does one
 * whose declared moment has passed: nothing is left to do except to wait.
 */
function isSettled({ job }: DeviceView, kind: string, now: number): boolean {
  if (job === null || job.finishedAt !== null) return job !== null;
  const expected = EXPECTED_ENDS[kind];
  if (expected?.state === "blocked")
    return job.state === "blocked" && job.next !== null && Date.parse(job.next.dueAt) > now + AHEAD;
  return expected !== undefined && endsSo(expected, job);
}

function show({ time }: Stage, fleet: Troupe, devices: readonly DeviceView[], view: View): void {
  const known = new Map(devices.map((row) => [row.udid, row]));
  const rows = fleet.devices.map(({ serial, udid, kind }) => {
    const row = known.get(udid);
    const job = row?.job ?? null;
    return {
      key: serial,
      kind,
      version: row?.osVersion ?? "",
      mechanism: job?.mechanism ?? null,
      state: job?.state ?? (row === undefined ? "enrolling" : "enrolled"),
      sentence: job?.verdict.sentence ?? (row === undefined ? "" : "enrolled"),
      progress: job?.progress ?? null,
    };
  });
  view.show(rows, clockOf(time.now()));
}

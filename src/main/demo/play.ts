/** What is played in the demo: the fleet enrols, an admin makes two plans, and each device comes to its end. */
import type { DeviceView } from "../../service/index.ts";
import type { DemoWindow } from "./judge.ts";
import type { Stage } from "./stage.ts";
import type { View } from "./view.ts";

export const WINDOW: DemoWindow = { text: "22:00-05:00", fromHour: 22, toHour: 5, zone: "America/New_York" };
const TARGET = "iOS=26.6.1,macOS=26.6.2,tvOS=26.6";
/** Above what the fleet's OS 27 runs, so that the device is not simply there already: it can't be told at all. */
const TARGET_27 = "iOS=27.2";

/** The demo gives up after this long (real ms). */
const LIMIT = 55_000;
const BETWEEN_LOOKS = 250;

export type Ending = "played" | "interrupted" | "time-up";

/** Waits for `count` devices, makes the plans, and follows them to their end, the limit or an interrupt. */
export async function play(stage: Stage, count: number, view: View, signal: AbortSignal): Promise<Ending> {
  const until = Date.now() + LIMIT;
  const follow = async (done: (rows: readonly DeviceView[]) => Promise<boolean> | boolean): Promise<Ending> => {
    while (!signal.aborted) {
      const rows = await allDevices(stage);
      show(stage, rows, view);
      if (await done(rows)) return "played";
      if (Date.now() >= until) return "time-up";
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_LOOKS));
    }
    return "interrupted";
  };
  const enrolled = await follow((rows) => rows.filter(isKnown).length === count);
  if (enrolled !== "played") return enrolled;
  const plans = await makePlans(stage, await allDevices(stage));
  return follow(async (rows) => {
    const now = await Promise.all(plans.map(({ id }) => stage.admin.plan(id)));
    return now.every(({ pending }) => pending === 0) && rows.every(isSettled);
  });
}

/** One plan for the fleet, one for the devices on OS 27. */
async function makePlans({ admin }: Stage, devices: readonly DeviceView[]) {
  const groups: readonly (readonly [string, readonly DeviceView[]])[] = [
    [TARGET, devices.filter((row) => !isOn27(row))],
    [TARGET_27, devices.filter(isOn27)],
  ];
  const plans = [];
  for (const [to, group] of groups) {
    if (group.length === 0) continue;
    const ids = group.map((row) => row.id);
    plans.push(await admin.createPlan({ to, devices: ids, action: "install", window: WINDOW.text, zone: WINDOW.zone }));
  }
  return plans;
}

export const allDevices = async ({ admin }: Stage): Promise<readonly DeviceView[]> =>
  (await admin.devices({ limit: 1000 })).rows;

const isKnown = (row: DeviceView): boolean => row.osVersion !== null && row.supervised !== null;

const isOn27 = (row: DeviceView): boolean => row.osVersion?.startsWith("27.") === true;

/** A device that a person has to help counts as settled: it would be tried again for days. */
function isSettled(row: DeviceView): boolean {
  return row.job !== null && (row.job.finishedAt !== null || row.job.state === "blocked");
}

function show({ fleet, clock }: Stage, devices: readonly DeviceView[], view: View): void {
  const known = new Map(devices.map((row) => [row.serial, row]));
  const rows = fleet.devices.map(({ serial, kind }) => {
    const row = known.get(serial);
    const job = row?.job ?? null;
    return {
      key: serial,
      kind,
      version: row?.osVersion ?? "",
      state: job?.state ?? (row === undefined ? "enrolling" : "enrolled"),
      sentence: job?.verdict.sentence ?? (row === undefined ? "" : "enrolled"),
      progress: job?.progress ?? null,
    };
  });
  view.show(rows, `${new Date(clock.now()).toISOString().slice(0, 16).replace("T", " ")} UTC`);
}

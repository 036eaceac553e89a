/** The course of a whole run, on time that jumps: a fleet enrolls, an admin asks for one update, and each device comes to its end. */
import { declaredKindNames, type Fleet, type SimRecord, type VirtualTime } from "../../simulator/index.ts";
import type { DeviceDetail, DeviceView, PlanRequest, PlanView, TimelineEntry } from "../../src/contract/index.ts";
import { EXPECTED_ENDS } from "../../src/demo/expected.ts";
import { type DeviceOutcome, type Outcome, WINDOW } from "./outcome.ts";

/** The server as the admin of a run asks it. */
export interface Asked {
  devices(): Promise<readonly DeviceView[]>;
  plans(): Promise<readonly PlanView[]>;
  /** Whether it was made may be unknown: `plans` tells. */
  makePlan(plan: PlanRequest): Promise<void>;
  device(id: string): Promise<DeviceDetail>;
  /** All of it. */
  timeline(id: string): Promise<readonly TimelineEntry[]>;
}

const PLAN: PlanRequest = {
  to: "iOS=26.6.1,macOS=26.6.2,tvOS=26.6,visionOS=26.6.1",
  devices: ["all"],
  action: "install",
  window: WINDOW.text,
  zone: WINDOW.zone,
};

/** The admin looks this often (virtual ms). */
const BETWEEN_LOOKS = 3_600_000;
/** Each device comes to its end within three days; a run gives up after so long (virtual ms). */
const GIVES_UP = 7 * 24 * 3_600_000;

/** Waits for the fleet, asks for the update, waits for its end, and gives what became of every device. Ends the fleet by `end`. */
export async function runCourse(
  asked: Asked,
  time: VirtualTime,
  fleet: Fleet,
  end: () => Promise<void> | void,
): Promise<Outcome> {
  const until = time.now() + GIVES_UP;
  const kinds = new Map(fleet.devices.map(({ udid, kind }) => [udid, kind]));
  /** Looks until nothing is missing any more, or the run gives up; then gives what is. */
  async function follow(missing: () => Promise<readonly string[]>): Promise<readonly string[]> {
    for (;;) {
      const left = await missing();
      if (left.length === 0 || time.now() >= until) return left;
      await time.sleep(BETWEEN_LOOKS);
    }
  }

  const unknown = await follow(async () => {
    const known = new Set((await asked.devices()).filter(isKnown).map(({ udid }) => udid));
    const ready = (record: SimRecord): boolean => known.has(record.udid) && hasReported(record);
    return fleet.records().flatMap((record) => (ready(record) ? [] : [`${record.kind}: not known yet`]));
  });
  await follow(async () => {
    if ((await asked.plans()).length > 0) return [];
    await asked.makePlan(PLAN);
    return (await asked.plans()).length > 0 ? [] : ["no plan"];
  });
  const unsettled = await follow(async () => {
    const [plan] = await asked.plans();
    const waiting = plan?.pending === 0 ? [] : [`the plan: ${plan?.pending} devices pending`];
    const rows = (await asked.devices()).filter((row) => !isSettled(row, kinds.get(row.udid) ?? ""));
    return [...waiting, ...rows.map((row) => `${kinds.get(row.udid)}: ${row.job?.verdict.sentence ?? "no job"}`)];
  });
  await end();
  await fleet.done;
  return {
    devices: await outcomes(asked, fleet),
    planAt: Date.parse((await asked.plans())[0]?.createdAt ?? ""),
    unsettled: [...unknown, ...unsettled],
  };
}

const isKnown = (row: DeviceView): boolean => row.osVersion !== null && row.supervised !== null;

/** The device has said what it takes: a plan that is made before is told to it by command after a day. */
function hasReported({ kind, declarations }: SimRecord): boolean {
  if (["iphone-declared-silent", "iphone-declared-lags"].includes(kind)) return true;
  return !DECLARED.has(kind) || (declarations?.reports.accepted ?? 0) > 0;
}

const DECLARED: ReadonlySet<string> = new Set(declaredKindNames);

/**
 * A device that a person has to help counts as settled: it would be tried again for days. So does one whose declared
 * moment has passed and that does nothing.
 */
function isSettled({ job }: DeviceView, kind: string): boolean {
  if (job === null || job.finishedAt !== null) return job !== null;
  const expected = EXPECTED_ENDS[kind];
  if (job.mechanism === "command") return job.state === "blocked" && expected?.state === "blocked";
  return job.state === expected?.state && job.reason === expected.reason;
}

async function outcomes(asked: Asked, fleet: Fleet): Promise<DeviceOutcome[]> {
  const ids = new Map((await asked.devices()).map(({ udid, id }) => [udid, id]));
  const found: DeviceOutcome[] = [];
  for (const record of fleet.records()) {
    const id = ids.get(record.udid);
    if (id !== undefined) found.push({ record, device: await asked.device(id), timeline: await asked.timeline(id) });
  }
  return found;
}

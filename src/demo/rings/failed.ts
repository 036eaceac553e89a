/** Which devices could not install a release, as an admin finds them: in their timelines. */
import type { DeviceView, TimelineEntry } from "../../contract/index.ts";
import { reasonIn } from "../judge.ts";
import type { Stage } from "../stage.ts";

/** More entries than any timeline has here. */
const WHOLE = 5000;

export async function failedDevices({ admin }: Stage, rows: readonly DeviceView[]): Promise<DeviceView[]> {
  const timelines = await Promise.all(rows.map(({ id }) => admin.devices.timeline(id, undefined, WHOLE)));
  return rows.filter((_row, place) => timelines[place]?.rows.some(saysFailed));
}

/** What a job says of an installation that failed, by command and by declaration. */
const FAILED: ReadonlySet<unknown> = new Set(["install-failed", "failing"]);

const saysFailed = (entry: TimelineEntry): boolean => FAILED.has(reasonIn(entry));

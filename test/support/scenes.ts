/** What a device says in the scenes of an update: keys of its answers. */
import { Real, type PlistDict } from "../../simulator/index.ts";

const KEY = "iOSUpdate23G83";

export const NOTHING_IN_PROGRESS: PlistDict = { OSUpdateStatus: [] };

/** OSUpdateStatus with one update. */
export const progress = (Status: string, percent: number): PlistDict => ({
  OSUpdateStatus: [
    { ProductKey: KEY, Status, IsDownloaded: percent === 1, DownloadPercentComplete: new Real(percent) },
  ],
});
export const DOWNLOADED = progress("Idle", 1);

/** The answer to ScheduleOSUpdate with one result. */
export const result = (InstallAction: string, Status: string, more: PlistDict = {}): PlistDict => ({
  UpdateResults: [{ ProductKey: KEY, InstallAction, Status, ...more }],
});

/** A version that a device was seen on, and what it means for a job. */
import { capabilityOf } from "../decisions/capability.ts";
import type { Event } from "./event.ts";
import type { Job, SeenVersion } from "./job.ts";
import { satisfies } from "./satisfy.ts";
import { isVersion, type PlistValue } from "../../protocol/index.ts";

/** A version seen, from whatever message, as an event of this job. */
export function versionEvent(job: Job, seen: SeenVersion): Event {
  if (satisfies(job.target, seen)) return { kind: "reached", seen };
  const { command } = capabilityOf(job.platform, seen.version);
  if (job.mechanism !== "declaration" && (command === "removed" || command === "never")) {
    return { kind: "impossible", seen, reason: "commands-removed" };
  }
  return { kind: "below", seen };
}

/** OSVersion and its companions out of a DeviceInformation answer; undefined when it names no version. */
export function seenIn(queryResponses: ReadonlyMap<string, PlistValue>, now: number): SeenVersion | undefined {
  const text = (key: string): string | undefined => {
    const value = queryResponses.get(key);
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const version = text("OSVersion");
  if (version === undefined || !isVersion(version)) return undefined;
  const build = text("BuildVersion");
  const supplementalBuild = text("SupplementalBuildVersion");
  const supplementalExtra = text("SupplementalOSVersionExtra");
  return {
    version,
    at: now,
    ...(build === undefined ? {} : { build }),
    ...(supplementalBuild === undefined ? {} : { supplementalBuild }),
    ...(supplementalExtra === undefined ? {} : { supplementalExtra }),
  };
}

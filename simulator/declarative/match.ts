/** Which release an enforcement means, of those that are offered. */
import type { SimRelease } from "../releases.ts";
import { compareVersions } from "../releases.ts";
import type { Updater } from "../updater.ts";
import { matchesLiterally } from "../ways.ts";

/** What one enforcement in force asks for. */
export interface Target {
  readonly identifier: string;
  readonly serverToken: string;
  readonly version: string;
  readonly build: string | undefined;
  /** `TargetLocalDateTime`, and the instant it is on this device, virtual ms UTC. */
  readonly local: string;
  readonly deadline: number;
}

/** The release that `target` names on this device; undefined: none that it is offered. */
export function releaseFor(updater: Updater, target: Pick<Target, "version" | "build">): SimRelease | undefined {
  return matchesLiterally(updater.state) ? literally(updater, target) : byNumber(updater, target);
}

/** By the text of the version; where a build is named, by the build and nothing else. */
function literally(updater: Updater, { version, build }: Pick<Target, "version" | "build">): SimRelease | undefined {
  const newer = updater.newer();
  if (build === undefined) return newer.findLast((release) => release.version === version);
  return [...updater.improvements(), ...newer].find((release) => release.build === build);
}

/** By the number of the version. A build alone tells an improvement from it; one that does not belong to it is left aside. */
function byNumber(updater: Updater, { version, build }: Pick<Target, "version" | "build">): SimRelease | undefined {
  const improvement = updater.improvements().find((release) => release.build === build);
  if (improvement !== undefined) return improvement;
  const fitting = updater.newer().filter((release) => compareVersions(release.version, version) === 0);
  return fitting.find((release) => release.build === build) ?? fitting.at(-1);
}

/** A device's own list of updates: which entry is the job's, in whatever form an old Mac writes it. */
import type { Release } from "../../../catalog/index.ts";
import { type AvailableOSUpdate, compareVersions, isVersion, type Platform } from "../../../protocol/index.ts";
import type { Event } from "../event.ts";
import type { Job, JobTarget } from "../job.ts";
import type { Mechanism } from "../../decisions/mechanism.ts";
import { isOs, namesOf, otherUpdatesIn } from "./other-updates.ts";

/** What a list means for the job; undefined: the answer had none. */
export function fromList(job: Job, updates: readonly AvailableOSUpdate[] | undefined): Event {
  if (updates === undefined) return { kind: "unclear", note: "no AvailableOSUpdates in the answer" };
  if (job.target.others === true) {
    const { others, deferred, keyless } = otherUpdatesIn(updates);
    if (others.length === 0 && keyless > 0) return { kind: "unclear", note: "an update without ProductKey" };
    return others.length === 0 ? { kind: "noneLeft", deferred } : { kind: "othersListed", others };
  }
  const match = updates.find((update) => isTarget(job, update));
  if (job.action === "InstallLater" && match?.allowsInstallLater === false) {
    const blocker = { code: "later-not-allowed", detail: "AllowsInstallLater false", errorChain: [] };
    return { kind: "hindered", blocker };
  }
  const key = match?.productKey;
  if (key === undefined && mayStillScan(job)) return { kind: "scanned" };
  // The list is stale until a scan ran, and leaves out what a declaration manages: where a version can be named, it is.
  if (key === undefined && job.identify === "product-key") {
    return { kind: "notListed", offered: updates.map(shownAs).join(", ") };
  }
  const kind = job.twoSteps ? "listed" : "skipDownload";
  // Hidden from the Mac's user until then; whether the Mac obeys an order before that day is for the Mac to say.
  const until = match?.deferredUntil;
  return {
    kind,
    ...(key === undefined ? {} : { productKey: key }),
    ...(until === undefined ? {} : { deferredUntil: until }),
  };
}

/** How often a Mac's list is read after a scan before it counts without the update. */
const READINGS = 3;

/**
 * The Mac may not have finished the scan that was ordered. Where its list does not tell the update's key, nothing that the Mac
 * says later can be known to be about the update, as opposed to what it has loaded automatically.
 */
const mayStillScan = ({ platform, state, tries }: Job): boolean =>
  platform === "macOS" && state === "scanning" && tries.looks < READINGS;

/** An improvement stands in the list under its base's version; what names one is told by declaration. */
function isTarget({ platform, target }: Job, update: AvailableOSUpdate): boolean {
  if (update.isSecurityResponse === true) return false;
  // Safari has versions that are versions of macOS as well.
  if (platform === "macOS" && !isOs(update)) return false;
  const { version, build } = namesOf(update);
  const { named, builds = [] } = target;
  if (version !== undefined) {
    return sameVersion(version, target.version) && (named === undefined || build === undefined || build === named);
  }
  // The build alone: it says which version that is where the admin named it, or the catalog knows it.
  return build !== undefined && (named === undefined ? builds.includes(build) : build === named);
}

const sameVersion = (a: string, b: string): boolean =>
  a === b || (isVersion(a) && isVersion(b) && compareVersions(a, b) === 0);

function shownAs(update: AvailableOSUpdate): string {
  const { version, build } = namesOf(update);
  const name = version ?? (build === undefined ? update.humanReadableName : undefined) ?? "?";
  if (build === undefined) return name;
  return version === undefined ? build : `${name} (${build})`;
}

/**
 * The target as an entry is recognised by: where only a ProductKey can order, with the builds that the catalog has under
 * the version, since an old Mac may list nothing but the build.
 */
export function withBuilds(
  target: JobTarget,
  mechanism: Mechanism,
  platform: Platform,
  releases: readonly Release[],
): JobTarget {
  if (mechanism.kind !== "command" || mechanism.identify !== "product-key") return target;
  const builds = releases
    .filter((release) => release.platform === platform && release.extra === undefined)
    .filter(({ version }) => compareVersions(version, target.version) === 0)
    .map(({ build }) => build);
  return builds.length === 0 ? target : { ...target, builds: [...new Set(builds)].toSorted() };
}

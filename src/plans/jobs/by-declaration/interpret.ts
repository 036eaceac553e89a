/** What a device's status report means for a job that it is told by declaration. */
import type { Event } from "../event.ts";
import { versionEvent } from "../sighting.ts";
import type { Job, SeenVersion } from "../job.ts";

/** A reason that a device gives for a declaration: code as Apple names it, and its own words. */
export interface DeclarationReason {
  readonly code: string;
  readonly detail: string;
}

export interface DeclaredReport {
  /** The version, where this very report names it. */
  readonly seen?: SeenVersion;
  /**
   * The job's declaration in `management.declarations`. "untold": the device does not report that item at all;
   * "absent": it reports others; "stale": it has an older edition.
   */
  readonly declaration:
    | "untold"
    | "absent"
    | "stale"
    | { readonly active: boolean; readonly valid: string; readonly reasons: readonly DeclarationReason[] };
  /** `softwareupdate.install-state`, and whether what is pending is the job's update. */
  readonly installState?: string;
  readonly ours: boolean;
  /** The device says "none", and that no version is pending. */
  readonly nothingPending?: boolean;
  /** `softwareupdate.failure-reason`, where its count is not 0. */
  readonly failure?: { readonly count: number; readonly reason: string };
}

/** The version first: a device that is there has nothing else to say. */
export function reportEvents(job: Job, report: DeclaredReport, now: number): readonly Event[] {
  const version = report.seen === undefined ? undefined : versionEvent(job, report.seen);
  if (version !== undefined && version.kind !== "below") return [version];
  const found =
    job.mechanism === "declaration"
      ? situationOf(report, now > (job.declared.enforcement?.latestAt ?? Number.MAX_SAFE_INTEGER))
      : undefined;
  const held = job.state === "ready" || job.state === "downloading";
  const situation: Event | undefined =
    found?.kind === "inForce" && held && report.nothingPending === true ? { kind: "nothingPending" } : found;
  return [...(version === undefined ? [] : [version]), ...(situation === undefined ? [] : [situation])];
}

function situationOf(report: DeclaredReport, past: boolean): Event | undefined {
  const { declaration, installState, ours, failure } = report;
  if (declaration === "absent" || declaration === "stale") return { kind: "notTaken" };
  if (typeof declaration === "object") {
    const error = declaration.reasons.find(({ code }) => !code.startsWith("Info."));
    if (declaration.valid === "invalid" || error !== undefined) {
      const { code, detail } = error ?? { code: "invalid", detail: "no reason given" };
      return { kind: "refusedByDevice", code, detail };
    }
    // Not active yet, or not looked at: normal right after a sync.
    if (!declaration.active || declaration.valid !== "valid") return { kind: "taken" };
  }
  if (ours) {
    switch (installState) {
      case "installing":
        return { kind: "installing" };
      case "prepared":
        // Its moment has passed and it has failed: that it is prepared once more is the same story.
        return failure !== undefined && past ? { kind: "failing", ...told(failure) } : { kind: "downloaded" };
      case "downloading":
        // Between two failures it downloads again: one story until it gets further.
        return failure === undefined ? { kind: "progress" } : { kind: "failing", ...told(failure) };
      case "failed":
        return { kind: "failing", ...told(failure) };
      default:
        // "none", "waiting", or what a later OS says: it is in force.
        break;
    }
  }
  return declaration === "untold" && !ours ? undefined : { kind: "inForce" };
}

const told = (failure: DeclaredReport["failure"]) => ({
  count: failure?.count ?? 1,
  detail: failure?.reason ?? "no reason given",
});

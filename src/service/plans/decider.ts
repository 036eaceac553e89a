/** What a plan decides for a device of the store, and how an admin reads that. */
import { type Catalog, wantedText } from "../../catalog/index.ts";
import type { DecisionView } from "../../contract/index.ts";
import {
  broughtBy,
  decide,
  type Decision,
  heldBy,
  isOnBeta,
  type PlannedDevice,
  type PlanSpec,
  readLiveJob,
} from "../../plans/index.ts";
import type { EnrollmentRow, JobRow } from "../../store/index.ts";
import { jobDecisionWords, otherDecisionWords } from "../../words/index.ts";
import { shortDevice } from "../devices/device-view.ts";
import { authorisationOf, oddVersionOf, platformFrom, zoneOf } from "../enrollment/device-facts.ts";

/** Different devices whose decisions are remembered. */
const MOST_DECIDED = 2000;

/** Decides; most devices of a fleet differ in nothing that a plan looks at, so what was decided for one is so for the next. */
export function decider(spec: PlanSpec, catalog: Catalog, now: number): (device: PlannedDevice) => Decision {
  const decided = new Map<string, Decision>();
  return (device) => {
    const { enrollmentId } = device;
    const facts = JSON.stringify({ ...device, enrollmentId: "" });
    let decision = decided.get(facts);
    if (decision === undefined) {
      decision = decide(device, spec, catalog, now);
      if (decided.size >= MOST_DECIDED) decided.clear();
      decided.set(facts, decision);
    }
    return decision.kind === "job"
      ? { ...decision, enrollmentId, job: { ...decision.job, enrollmentId } }
      : { ...decision, enrollmentId };
  };
}

/** A device's rows as a decision needs them. `updated`: its newest job that brought it to a release. */
export function planned(
  row: EnrollmentRow,
  live: Pick<JobRow, "planId" | "doc"> | undefined,
  updated: Pick<JobRow, "doc"> | undefined,
  replace: boolean,
): PlannedDevice {
  const held = live === undefined || !replace ? undefined : heldBy(readLiveJob(live.doc));
  return {
    enrollmentId: row.id,
    enrolled: row.state === "enrolled",
    enrollment: row.kind,
    platform: platformFrom(row.platform) ?? null,
    productName: row.productName,
    softwareUpdateDeviceId: row.softwareUpdateDeviceId,
    osVersion: row.osVersion,
    oddVersion: oddVersionOf(row) ?? null,
    buildVersion: row.buildVersion,
    supplementalBuild: row.supplementalBuild,
    supplementalExtra: row.supplementalExtra,
    supervised: row.supervised === null ? null : row.supervised === 1,
    timeZone: zoneOf(row)?.zone ?? null,
    enforces: row.enforces === null ? null : row.enforces === 1,
    accessRights: row.accessRights,
    bootstrapToken: authorisationOf(row),
    busyWith: live?.planId ?? null,
    ...(updated === undefined ? {} : { brought: broughtBy(readLiveJob(updated.doc)) }),
    ...(held === undefined ? {} : { held }),
  };
}

/** A decision as the dry run shows it. */
export function decisionView(decision: Decision, row: EnrollmentRow): DecisionView {
  const device = shortDevice(row);
  if (decision.kind !== "job")
    return { device, kind: decision.kind, target: null, reason: decision.reason, ...otherDecisionWords(decision) };
  const { job, losesDownload } = decision;
  const target = wantedText(job.target);
  const onBeta = isOnBeta(job.target, job.from);
  return {
    device,
    kind: "job",
    target,
    reason: onBeta ? "runs-beta" : null,
    ...jobDecisionWords({ ...decision, release: job.target.others === true ? null : target, onBeta }),
    ...(losesDownload === undefined ? {} : { losesDownload }),
  };
}

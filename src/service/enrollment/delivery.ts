/** How the job's device is told: by command or by declaration, as far as is known now. */
import { enforcementFor, isFinal, type Job, type Mechanism, mechanismFor, satisfies } from "../../plans/index.ts";
import type { Consequence } from "./consequence.ts";
import { versionOf } from "./device-facts.ts";
import { step } from "./job.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

/** A job whose way has closed, or that may go a better one, moves. A device that is there needs to be told nothing. */
export const delivery: Consequence = {
  of({ enrollment, declarative, jobId, answers }) {
    const { platform, osVersion, supervised, accessRights, kind, enforces } = enrollment;
    // A plan may have been decided by what was known before: its job is asked about at once, and after each answer and report.
    return [platform, osVersion, supervised, accessRights, kind, enforces, answers, declarative?.reportedAt, jobId];
  },
  derive(unit) {
    const { job } = unit;
    if (job === undefined || isFinal(job.state)) return;
    const runs = versionOf(unit.enrollment, unit.now);
    if (runs !== undefined && satisfies(job.target, runs)) return;
    // A declaration that the device can take is never taken back for a command.
    if (job.mechanism === "declaration" && job.declared.unreported !== true) return;
    const mechanism = mechanismOf(unit, job);
    if (mechanism === undefined || (mechanism.kind === "command" && job.mechanism === "command")) return;
    step(unit, { kind: "mechanism", mechanism, enforcement: enforcementFor(job, unit.now) });
  },
};

function mechanismOf({ enrollment }: UnitOfWork, job: Job): Mechanism | undefined {
  const { osVersion, supervised, accessRights, kind, enforces } = enrollment;
  if (osVersion === null) return undefined;
  const facts = {
    platform: job.platform,
    osVersion,
    enrollment: kind,
    supervised: supervised === null ? undefined : supervised === 1,
    accessRights: accessRights ?? undefined,
    enforces: enforces === null ? undefined : enforces === 1,
  };
  const now = job.window === undefined && job.deadline === undefined;
  const action = job.goal === "installed" && job.action === "InstallASAP" ? "install" : "download";
  const improvement = job.target.supplemental !== undefined;
  return mechanismFor(facts, { action, others: job.target.others === true, improvement, now });
}

/**
 * A declared update that only a person can finish: its user's passcode, free space, a Mac whose bootstrap token is not escrowed, a
 * device that has it downloaded and does not begin. The device continues, but a job does not wait without end.
 */
import { needsUserOf } from "../../decisions/authorise.ts";
import type { DeclaredJob, Job } from "../job.ts";
import { DAY } from "../units.ts";

/** From the moment at which it was to install, or, for a plan made later, from when it was told. */
const PATIENCE = 14 * DAY;

/** Characters of a failure's text that are looked at. It is free text of the device. */
const LOOKED_AT = 1000;

/** What a failed update waits for, which only a person can give; undefined: nothing of the kind is named. */
export function neededFor(detail: string): "passcode" | "space" | undefined {
  const text = detail.slice(0, LOOKED_AT);
  if (/\bpasscode\b/i.test(text)) return "passcode";
  return /\b(?:enough|insufficient|free|disk|storage|available|more|no)[ -](?:up |free |disk |storage )?(?:space|storage)\b/i.test(
    text,
  )
    ? "space"
    : undefined;
}

/** The reason of a job that waits for it. */
export const FAILING = { passcode: "failing-passcode", space: "failing-space" } as const;

/**
 * What it waits for, as a reason's code; undefined: nothing that takes a person, or it has not been heard of late, so that nobody
 * knows. Only a device that answers says that it still waits.
 */
function awaited(job: DeclaredJob): string | undefined {
  if (job.tries.unheard > 0) return undefined;
  if (job.block?.by === "failure" && job.block.needs !== undefined) return FAILING[job.block.needs];
  const stands = job.state === "ready" || (job.state === "blocked" && job.declared.failures !== undefined);
  const needed = needsUserOf(job);
  if (stands && needed !== undefined) return needed;
  return job.state === "ready" ? "past-prepared" : undefined;
}

/** When the job ends for want of a person (ms UTC), and what it waited for; undefined: it does not. */
export function patienceEnds(job: Job): { readonly at: number; readonly cause: string } | undefined {
  if (job.mechanism !== "declaration" || job.end !== undefined) return undefined;
  const cause = awaited(job);
  const { enforcement, inForceAt, takenAt } = job.declared;
  if (cause === undefined || enforcement === undefined) return undefined;
  return { at: Math.max(enforcement.latestAt, inForceAt ?? takenAt ?? job.createdAt) + PATIENCE, cause };
}

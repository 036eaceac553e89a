/** What the demo's admin reads of a rollout, in a sentence each: pure. */
import type { GateDecisionView } from "../../contract/index.ts";
import { BEFORE, MAC_COUNT, RELEASE } from "./macs.ts";

/** A ring as the admin sees it at a look. */
export interface RingSeen {
  readonly name: string;
  /** As the server says; "paused" for an open ring of a paused rollout. */
  readonly state: string;
  /** Macs of the ring, those on the release, those that its gate counts as failed, and those that are blocked. */
  readonly macs: number;
  readonly on: number;
  readonly failing: number;
  readonly blocked: number;
  /** When it opens, or by when it must be done, in words; empty where neither is ahead. */
  readonly when: string;
}

export const macs = (count: number): string => `${count} ${count === 1 ? "Mac" : "Macs"}`;

export const POSTED_NEWS = `Apple posts macOS ${RELEASE.version}. The ${MAC_COUNT} Macs of the plan run ${BEFORE.version}.`;

/** What was decided about a ring, or about the rollout; `ring`: as it is seen afterwards. */
export function decisionNews(
  { decision: what, name, decidedBy: by, sentence }: GateDecisionView,
  ring: RingSeen,
): string {
  const meant = ring.macs - ring.blocked;
  const without = ring.blocked === 0 ? "" : `, and ${ring.blocked} are blocked`;
  if (what === "open") return `${name} opens for ${macs(meant)}${without}, ${ring.when}.`;
  if (what === "pass") return `${name} passes: ${ring.on} of ${macs(meant)} run ${RELEASE.version}${without}.`;
  // The server's own words, which have the numbers.
  return what === "pause" && by === "gate" ? `${name}: ${sentence}` : sentence;
}

/** `models`: of each Mac on which it failed. */
export function failingNews(models: readonly string[]): string {
  const each = [...Map.groupBy(models, (model) => model)].map(([model, { length }]) => `${length} ${model}`);
  return `The admin looks where it failed: ${each.join(", ")}.`;
}

/** `models`: their names. */
export const blockReason = (models: Iterable<string>): string =>
  `${RELEASE.version} fails to install on the ${[...new Set(models)].join(" and the ")}`;
export const RESUME_REASON = `${RELEASE.version} is blocked for the model on which it fails`;

/** `own`: Macs of the plan that the block covers; `others`: those of no plan, from the demo's other part. */
export function blockNews(rule: string, own: number, others: number, reason: string): string {
  const more = others === 0 ? "" : ` and ${others} more`;
  return `The admin blocks ${RELEASE.version} for ${rule}, ${macs(own)} of the plan${more}: "${reason}".`;
}
export const RESUME_NEWS = `The admin resumes the rollout: "${RESUME_REASON}".`;
export const END_NEWS = `The rollout is through.`;

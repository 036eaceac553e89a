/** The course of the story of rings: what the demo's admin saw and did, and when. */

export interface News {
  /** ms UTC. */
  readonly at: number;
  readonly text: string;
}

/** Times are ms UTC; null: it did not happen. */
export interface Course {
  /** When Apple posted the release. */
  readonly postedAt: number;
  /** When the rollout was paused, and by whom, as the server says it. */
  readonly pausedAt: number | null;
  readonly pausedBy: string | null;
  readonly blockedAt: number | null;
  readonly resumedAt: number | null;
  /** Why the release is blocked for the model on which it fails, by the server's list at the end; null: it is not. */
  readonly blockReason: string | null;
  /** When the last ring had passed. */
  readonly endedAt: number | null;
  readonly news: readonly News[];
}

/** What is wrong with the course as a whole; empty when all is as it must be. */
export function courseProblems({ pausedAt, pausedBy, blockedAt, resumedAt, blockReason, endedAt }: Course): string[] {
  const problems: string[] = [];
  if (pausedAt === null) problems.push("the rollout was never paused");
  else if (pausedBy !== "gate") problems.push(`the rollout was paused by ${pausedBy}, not by the gate`);
  if (blockedAt === null) problems.push("the release was never blocked");
  else if (blockReason === null) problems.push("no block of the release is in force at the end");
  if (resumedAt === null) problems.push("the rollout was never resumed");
  if (endedAt === null) problems.push("the last ring never passed");
  return problems;
}

/** The states of a job. */

export const STATES = [
  "asking",
  "awaiting",
  "declaring",
  "declared",
  "scanning",
  "downloading",
  "ready",
  "installing",
  "blocked",
  "stopping",
  "done",
  "fell-back",
  "downloaded",
  "notified",
  "stopped",
  "failed",
  "refused",
] as const;
export type State = (typeof STATES)[number];

/** A finished job has no next action. */
export function isFinal(state: State): boolean {
  return FINAL.has(state);
}
const FINAL: ReadonlySet<State> = new Set([
  "done",
  "fell-back",
  "downloaded",
  "notified",
  "stopped",
  "failed",
  "refused",
]);

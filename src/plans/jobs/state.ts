/** The states of a job, and by which word each is shown. */

/** The words by which states are shown, and stored beside the document of a job. */
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
export type ShownState = (typeof STATES)[number];

/** After a stop; all three are shown as "stopping". */
export const STOPPING = [
  /** A declaration is no longer in the device's list, and the device has not fetched that list. */
  "taking-back",
  /** The device has fetched the list without its declaration; what it says of itself is awaited. */
  "last-word",
  /** An install has left or has begun: it can't be taken back, and its outcome is being watched. */
  "too-late",
] as const;
export type Stopping = (typeof STOPPING)[number];

/** What decides where an event leads a job. */
export type State = Exclude<ShownState, "stopping"> | Stopping;

export const JOB_STATES: readonly State[] = STATES.flatMap((state) => (state === "stopping" ? STOPPING : [state]));

const AFTER_STOP: ReadonlySet<string> = new Set(STOPPING);
export const isStopping = (state: State): state is Stopping => AFTER_STOP.has(state);

/** The one place that says by which word a state is shown and stored. */
export const shownState = (state: State): ShownState => (isStopping(state) ? "stopping" : state);

/** A finished job has no next action. */
export function isFinal(state: State | ShownState): state is FinalState {
  return FINAL.has(state);
}
const FINAL_STATES = ["done", "fell-back", "downloaded", "notified", "stopped", "failed", "refused"] as const;
export type FinalState = (typeof FINAL_STATES)[number];
export type LiveState = Exclude<State, FinalState>;
const FINAL: ReadonlySet<string> = new Set(FINAL_STATES);

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
  "pausing",
  "paused",
  "done",
  "fell-back",
  "downloaded",
  "notified",
  "stopped",
  "failed",
  "refused",
] as const;
export type ShownState = (typeof STATES)[number];

/** After a withdrawal; all three are shown as "stopping", and as "pausing" where the job continues later. */
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
export type State = Exclude<ShownState, "stopping" | "pausing"> | Stopping;

export const JOB_STATES: readonly State[] = STATES.flatMap((state) =>
  state === "stopping" ? STOPPING : state === "pausing" ? [] : [state],
);

const AFTER_STOP: ReadonlySet<string> = new Set(STOPPING);
export const isStopping = (state: State): state is Stopping => AFTER_STOP.has(state);

/** Its order or declaration is taken back, or has been: nothing of it may leave. */
export const isWithheld = (state: State): boolean => isStopping(state) || state === "paused";

/** Why a job was taken back, for good. "rollout-superseded": a newer release replaced its own while that was paused. */
export type StopCause =
  | "plan-stopped"
  | "replaced"
  | "release-blocked"
  | "plan-left"
  | "rollout-aborted"
  | "rollout-superseded";
/** The same, where it continues one day. `excluded`: the device, until a date. */
export type PauseCause = "plan-paused" | "halted" | "excluded" | "rollout-paused";
export type WithdrawalCause = StopCause | PauseCause;

const PAUSES: ReadonlySet<unknown> = new Set<PauseCause>(["plan-paused", "halted", "excluded", "rollout-paused"]);

/** True for a cause after which the job continues one day. */
export const isPause = (cause: WithdrawalCause | undefined): cause is PauseCause => PAUSES.has(cause);

/** The one place that says by which word a state is shown and stored. */
export function shownState({ state, stop }: { state: State; stop?: { cause: WithdrawalCause } }): ShownState {
  if (!isStopping(state)) return state;
  return isPause(stop?.cause) ? "pausing" : "stopping";
}

/** A finished job has no next action. */
export function isFinal(state: State | ShownState): state is FinalState {
  return FINAL.has(state);
}
const FINAL_STATES = ["done", "fell-back", "downloaded", "notified", "stopped", "failed", "refused"] as const;
export type FinalState = (typeof FINAL_STATES)[number];
export type LiveState = Exclude<State, FinalState>;
const FINAL: ReadonlySet<string> = new Set(FINAL_STATES);

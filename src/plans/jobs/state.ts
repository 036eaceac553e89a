/** The states of a job, what each means, and by which word it is shown. */

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

/** What each state means; the same words stand in the documentation. */
export const STATE_WORDS: Readonly<Record<ShownState, string>> = {
  asking: "the device is asked which version it runs and what its update is doing",
  awaiting: "the OS could take a declaration; the device's first declarative report is awaited",
  declaring: "the declaration is set; the device has not said yet that it has it in force",
  declared: "the declaration is in force; the device downloads and installs by itself",
  scanning: "a Mac looks for updates and lists them",
  downloading: "the download has been ordered or is under way",
  ready:
    "downloaded; waits for the window, for the moment its declaration names, or until the install may be ordered again",
  installing: "the install has been ordered; the outcome is verified by the version seen",
  blocked: "something is in the way; tried again at the time named",
  stopping: "the plan was stopped after the install had left; its outcome is being watched",
  done: "the device was seen on its release or a newer one",
  "fell-back": "ended on its release, and the device was seen below it since; nothing is ordered from it",
  downloaded: "downloaded, as far as the plan goes; not up to date",
  notified: "the user has been told, as far as the plan goes; not up to date",
  stopped: "withdrawn; the device will not install because of this plan",
  failed: "given up, with the last cause",
  refused: "never begun, with the rule that forbids it",
};

/** A finished job has no next action. */
export function isFinal(state: State | ShownState): state is FinalState {
  return FINAL.has(state);
}
const FINAL_STATES = ["done", "fell-back", "downloaded", "notified", "stopped", "failed", "refused"] as const;
export type FinalState = (typeof FINAL_STATES)[number];
export type LiveState = Exclude<State, FinalState>;
const FINAL: ReadonlySet<string> = new Set(FINAL_STATES);

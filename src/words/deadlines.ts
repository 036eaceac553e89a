/** Why a deadline was moved, and why a device lost its moment, as parts of a sentence. */
import type { MoveCause, MovedDue, Recall } from "../plans/index.ts";

/** After "Deadline moved from … to …: ". */
export const MOVE_WORDS: Readonly<Record<MoveCause, string>> = {
  "plan-edited": "the plan was edited",
  "blackout-added": "a blackout was added",
  "device-excluded": "the device was excluded",
  "release-blocked": "the release was blocked",
  "block-ended": "the block on the release ended",
  "release-withdrawn": "Apple withdrew the release",
  "release-replaced": "Apple replaced the release",
  "rollout-paused": "the rollout was paused",
  "rollout-aborted": "the rollout was aborted",
  "rollout-resumed": "the rollout was resumed",
  "plan-resumed": "the plan was resumed",
  "governing-plan-changed": "another plan governs the device",
};

/** After "Install time taken back: ". */
export const RECALL_WORDS: Readonly<Record<Recall, string>> = {
  "not-fetched": "it passed before the device fetched its declaration or took its install command",
  silent: "the device has been silent since before it",
};

/** Why a device's deadline is another than the plan's. */
export function movedDueWords({ from, to, covered }: MovedDue): string {
  const why = covered === "" ? (to < from ? "the plan spreads its devices" : "the notice of the plan") : covered;
  return `Its deadline is ${clock(to)} instead of ${clock(from)} (${why}).`;
}

/** A device whose window leaves less than the notice before its deadline. */
export const LATE_MOMENT =
  "It installs after its deadline, because its plan promises a notice that leaves no earlier time.";

const clock = (local: string): string => local.replace("T", " ");

/** Why a device's install time moves or is taken back. */
export const MOMENT_WORDS: Readonly<Record<string, string>> = {
  ...RECALL_WORDS,
  late: "the device was told of it with less notice than its plan promises",
  "blackout-added": MOVE_WORDS["blackout-added"],
};

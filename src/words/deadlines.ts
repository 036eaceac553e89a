/** Why a deadline was moved, and why a device lost its moment, as parts of a sentence. */
import type { MoveCause, Recall } from "../plans/index.ts";

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

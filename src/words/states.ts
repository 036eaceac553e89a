/** The states of a job in words, for a legend. */
import type { ShownState } from "../plans/index.ts";

/** What each state means. */
export const STATE_WORDS: Readonly<Record<ShownState, string>> = {
  asking: "the device is asked which version it runs and what its update is doing",
  awaiting: "the OS could take a declaration; the device's first declarative report is awaited",
  declaring: "the declaration is set; the device has not said yet that it has it in force",
  declared: "the declaration is in force; the device downloads and installs automatically",
  scanning: "a Mac looks for updates and lists them",
  downloading: "the download has been ordered or is under way",
  ready:
    "downloaded; waits for the window, for the moment its declaration names, or until the install may be ordered again",
  installing: "the install has been ordered; the outcome is verified by the version seen",
  blocked: "something is in the way; tried again at the time named",
  stopping: "the plan was stopped after the install had left; its outcome is being watched",
  pausing:
    "the plan or the rollout is paused, or all plans are halted; what its device has of the update is taken back or watched",
  paused: "nothing of the update is left with the device, as far as is known; it continues when the pause or halt ends",
  done: "the device was seen on its release or a newer one",
  "fell-back": "ended on its release, and the device was seen below it since; nothing is ordered from it",
  downloaded: "downloaded, as far as the plan goes; not up to date",
  notified: "the user has been told, as far as the plan goes; not up to date",
  stopped: "withdrawn; the device will not install because of this plan",
  failed: "given up, with the last cause",
  refused: "never begun, with the rule that forbids it",
};

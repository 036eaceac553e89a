/** Reasons of jobs that have ended, by either mechanism. */
import { by, heldBack, moment, p, stopCause, type Words } from "./fragments.ts";

export const ENDS = {
  updated: { cause: (a) => `seen on ${p(a, "version")} after the update` },
  "updated-by-itself": {
    cause: (a) => `seen on ${p(a, "version")}; not installed by this plan (its user or automatic updates did)`,
  },
  "already-there": { cause: (a) => `runs ${p(a, "version")} already` },
  "brought-before": { cause: (a) => `seen on ${p(a, "version")}, as plan ${p(a, "plan")} had ordered` },
  "at-floor": { cause: (a) => `runs ${p(a, "version")}, at or above the floor ${p(a, "floor")}` },
  "already-newer": { cause: (a) => `runs ${p(a, "version")}, newer than asked for` },
  // the same version, or one below again
  "on-newer-beta": {
    cause: (a) => `runs ${p(a, "version")}, a beta of a newer version than the plan asks for`,
    remedy: "Take the device out of its beta program to bring it to a release.",
  },
  "runs-beta": {
    cause: (a) => {
      const build = p(a, "build", "") === "" ? "" : ` (${p(a, "build")})`;
      return `it runs a beta of ${p(a, "version", "that version")}${build}${a["offered"] === "no" ? ", and Apple lists no release to replace it with" : ""}`;
    },
    remedy: "Wait until Apple releases the version, or take the device out of its beta program.",
  },
  "fell-back": {
    cause: (a) => {
      const day = a["endedAt"] === undefined ? "" : ` on ${moment(a, "endedAt")}`;
      return `was ${a["how"] === "seen" ? "seen on" : "brought to"} ${p(a, "target", "its release")}${day}, now on ${p(a, "version", "an older version")}`;
    },
    remedy: "Make a new plan for the device.",
  },
  "base-needed": {
    cause: (a) =>
      `${p(a, "version", "the improvement")} can be installed on ${p(a, "base", "its own version")}${a["build"] === undefined ? "" : ` (${p(a, "build")})`} only, and the device runs ${p(a, "from", "another version")}`,
    remedy: "Bring the device to that version first, then make this plan again.",
  },
  "improvement-needs-declaration": {
    cause: "only a declaration can install a Background Security Improvement, and its OS takes no update declarations",
    remedy: "Bring the device to a newer version first.",
  },
  "other-updates-installed": {
    cause: (a) =>
      `after a scan, the Mac lists no updates other than macOS${(a["names"] ?? "") === "" ? "" : `; the last ones it listed were ${p(a, "names")}`}${heldBack(a)}`,
  },
  "no-other-updates": {
    cause: (a) => `after a scan, the Mac lists no updates other than macOS${heldBack(a)}`,
  },
  downloaded: { cause: "the update is downloaded; this plan does not install it" },
  notified: { cause: "the user was notified of the update; this plan does not install it" },
  withdrawn: { cause: (a) => `${stopCause(a)} before any install order had left` },
  "withdrawn-not-installing": { cause: (a) => `${stopCause(a)}, and the device was seen not installing` },
  "cannot-confirm": { cause: (a) => `${stopCause(a)}; whether the device still installs could not be confirmed` },
  "moment-not-fetched": {
    cause: (a) =>
      `its install time was taken back, because it passed before the device was told; the next contact gives a new one with ${p(a, "hours", "24")} hours of notice`,
  },
  "moment-silent": {
    cause: (a) =>
      `its install time was taken back, because the device has been silent since before it, and it may have begun to install; the next contact gives a new one with ${p(a, "hours", "24")} hours of notice`,
  },
  "may-restart-in-blackout": {
    cause: (a) =>
      `it may restart in the blackout ${p(a, "blackout")} (until ${p(a, "lastDay")}), because its install time was before it`,
    remedy: "If it must not restart, run uptick plan pause: the declaration leaves the device at its next contact.",
  },
  "waits-for-resumption": {
    cause: "it continues when the plan is resumed",
    remedy: "When the plan may continue, run uptick plan resume.",
  },
  "waits-for-rollout": {
    cause: "it continues when a person resumes the rollout",
    remedy: "When the release may continue, run uptick rollout resume. To give it up, run uptick rollout abort.",
  },
  "waits-for-halt-end": {
    cause: "it continues when the halt ends",
    remedy: "When all plans may continue, run uptick halt --end.",
  },
  "waits-for-exclusion-end": {
    cause: "it continues when the exclusion ends",
    remedy: "When the device may update, run uptick exclude --end with its name.",
  },
  "job-expired": {
    cause: (a, causeOf) => `the job's last day passed (${causeOf(p(a, "cause"), {})})`,
    remedy: "Make a new plan when the device can be reached.",
  },
  "nobody-helped": {
    cause: (a, causeOf) =>
      `two weeks after its enforcement time${by(a, "")} it still waited for what only a person can do (${causeOf(p(a, "cause"), {})})`,
    remedy: "Help the device as the cause says, then make a new plan for it.",
  },
  "checked-out": { cause: "the device left this server", remedy: "Enroll it again." },
  "device-removed": {
    cause: "the device was removed by an admin",
    remedy: "Adopt the device or enroll it, then make a new plan for it.",
  },
  "enrolled-anew": {
    cause: "the device was enrolled again while the job was under way",
    remedy: "Make a new plan for it.",
  },
} satisfies Readonly<Record<string, Words>>;

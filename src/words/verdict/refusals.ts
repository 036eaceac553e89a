/** Why a plan makes no job for a device: refusals of the plan's own rules. Those of Apple's list are in list.ts. */
import { p, type Words } from "./fragments.ts";

export const REFUSALS = {
  "declarations-not-listed": {
    cause: "its OS takes declarations, but the device says that it does not take this one",
  },
  "action-needs-command": {
    cause: (a) => `"${p(a, "action")}" is available only as a command, and this device accepts declarations only`,
    remedy: "Use --action install.",
  },
  "zone-unknown": {
    cause: "its time zone is unknown, and the deadline is given in UTC or with an offset",
    remedy:
      "Write the deadline as a local date and time, set the device's zone with uptick zone, or name one for all such devices with --zone.",
  },
  "user-enrollment": {
    cause: "Apple does not allow MDM to update a device with a user enrollment",
    remedy: "Enroll the device as a device.",
  },
  "platform-without-command": { cause: "this platform has no update command" },
  "os-too-old": { cause: "its OS is too old for update commands" },
  "commands-removed": { cause: (a) => `it runs OS ${p(a, "version")}, where Apple has removed the update commands` },
  "not-supervised": {
    cause: "it is not supervised, and Apple lets MDM update supervised devices only",
    remedy: "Supervise it: enroll it through Apple Business Manager or Apple Configurator.",
  },
  "supervision-unknown": {
    cause: "the device has not reported whether it is supervised",
    remedy: "Make the plan again after the device has reported.",
  },
  "right-missing": {
    cause: "its profile lacks the right to manage apps, which update commands need",
    remedy: "Enroll it again with access rights that include 4096.",
  },
  "facts-unknown": {
    cause: "the device has not reported its model and OS version yet",
    remedy: "Make the plan again after the device has reported.",
  },
  "version-unreadable": {
    cause: (a) => `it reports OS version '${p(a, "detail")}', which is not a version number`,
    remedy: "Look at the device, then make the plan again when it has been seen on a version.",
  },
  "not-enrolled": { cause: "its enrollment is not complete", remedy: "Finish or repeat its enrollment." },
  "no-target": {
    cause: (a) => `the plan names no version for ${p(a, "platform")}`,
    remedy: "Name one, such as --to iOS=26.6.1.",
  },
  "needs-major": {
    cause: (a) =>
      `${p(a, "version", "the version asked for")} is another major version than the ${p(a, "from", "one")} it runs`,
    remedy: "Use --allow-major to allow it.",
  },
  busy: {
    cause: (a) => `it has a live job of another plan (${p(a, "plan")})`,
    remedy: "Stop that plan, or use --replace.",
  },
  "action-not-here": { cause: (a) => `"${p(a, "action")}" does not exist on ${p(a, "platform")}` },
  "action-not-for-major": {
    cause: (a) => `"${p(a, "action")}" works for minor updates only`,
    remedy: "Use --action install.",
  },
  "action-not-for-others": {
    cause: (a) =>
      `"${p(a, "action")}" is not possible for updates other than macOS, as Uptick cannot follow them to their end`,
    remedy: "Use --action install, or force-restart.",
  },
  "other-updates-mac-only": {
    cause: (a) => `only Macs have updates other than their OS, and the device runs ${p(a, "platform")}`,
    remedy: "Name a version for it, such as --to macOS=other-updates,iOS=latest-minor.",
  },
  "data-loss-not-allowed": {
    cause: "a forced restart can lose unsaved work, and the plan does not allow that",
    remedy: "Use --allow-data-loss to allow it.",
  },
  "action-too-new": { cause: (a) => `"${p(a, "action")}" needs macOS 11 or later` },
  "deferrals-too-new": {
    cause: "a limit on how often the user may defer the update needs macOS 12 or later",
    remedy: "Make a plan without the limit for it, or use --action install.",
  },
  "no-day-left": {
    cause: (a) => `from ${p(a, "from")} to ${p(a, "to")} no day is left for its deadline (${p(a, "covered", "none")})`,
    remedy: "End or shorten the blackout, skip fewer weekdays, or name another deadline.",
  },
  "deadline-past": {
    cause: (a) => `the deadline has passed in its time zone (${p(a, "zone")})`,
    remedy:
      "Name a later deadline, or say --allow-past-deadline. For devices of unknown zone, --zone says where they are judged to be.",
  },
} satisfies Readonly<Record<string, Words>>;

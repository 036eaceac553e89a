/** Reasons of jobs under way, by command first of all: what is being done, and what is waited for. */
import { moment, onDay, p, type Params, pushes, stopCause, type Words } from "./fragments.ts";

export const UNDER_WAY = {
  begun: { cause: "the plan has just been made" },
  "asking-version": { cause: "the device is being asked which version it runs" },
  "asking-progress": { cause: "the device is being asked what its update is doing" },
  "not-now": { cause: "the device answered NotNow" },
  silent: {
    cause: (a) =>
      `nothing has been heard from the device${a["sinceAt"] === undefined ? "" : ` since ${moment(a, "sinceAt")}`}${pushes(a)}`,
    remedy: "See that the device is switched on and has a network.",
    ifHeard: "The device has been heard since; Uptick asks it again at the time above.",
  },
  scanning: { cause: "the Mac is looking for updates" },
  "scan-under-way": { cause: "the Mac is looking for updates" },
  "checking-scan": { cause: "the Mac is being asked when it last looked for updates" },
  "reading-list": { cause: "the Mac's list of updates is being read" },
  "download-ordered": { cause: "the download has been ordered" },
  "order-kept-back": {
    cause: "the update command is on hold: the device would ignore it until it has dropped the earlier declaration",
  },
  "download-accepted": { cause: "the device accepted the download command and has not started yet" },
  "download-not-begun": {
    cause: (a) =>
      `the download was ordered ${a["orders"] === 1 ? "once" : `${p(a, "orders", "several")} times`} and the device reports no progress yet`,
  },
  "no-update-said": {
    cause: "the device reports no update available; Uptick checks its version to see whether it is already up to date",
  },
  downloading: {
    cause: (a) => (a["percent"] === undefined ? "downloading" : `downloading, ${p(a, "percent")} % so far`),
  },
  "waiting-for-window": { cause: "downloaded; the install waits for its window" },
  "waiting-for-deadline": {
    cause: (a) =>
      `${(a["percent"] ?? 100) === 100 ? "downloaded" : `downloading, ${p(a, "percent")} % so far`}; installs from ${onDay(a, "opensAt")}${everywhere(a)}`,
  },
  "not-ordered-before-deadline": {
    cause: (a) =>
      `installs from ${onDay(a, "opensAt")}${everywhere(a)}; nothing is ordered before, because this Mac can't be ordered to download only`,
  },
  "window-passed": { cause: "the install window passed before the device took the order" },
  "install-ordered": { cause: "the install has been ordered" },
  "install-not-begun": {
    cause: (a) =>
      `the install was ordered ${a["orders"] === 1 ? "once" : `${p(a, "orders", "several")} times`} within a day and has not begun; it may be ordered again at ${moment(a, "againAt")}`,
    remedy: "Ask the user to accept the update, or look at the device.",
  },
  "installs-used-up": {
    cause: ({ cause, ...a }, causeOf) => {
      const last = cause === undefined ? "" : `; the last time ${causeOf(String(cause), a)}`;
      return `the install was ordered ${several(a)} within 24 hours and did not happen${last}; it is not ordered again before the 24 hours are over`;
    },
    remedy:
      "Look at the device: see that it has power and free space, and ask its user to accept the update. Uptick orders it again automatically.",
  },
  "install-accepted": { cause: "the device accepted the install command and has not started yet" },
  "downloading-to-install": { cause: "the device downloads first, then installs" },
  installing: { cause: "installing" },
  "answer-missing": {
    cause: "the device did not answer the install command; a restart can lose the answer",
  },
  "waiting-for-user": {
    cause: "downloaded and ordered; the user has not let it begin yet",
    remedy: "Ask the user to accept the update; a device with a passcode needs it entered.",
  },
  unclear: { cause: (a) => `the device's last answer does not tell what it is doing (${p(a, "note", "no detail")})` },
  "cannot-be-recalled": {
    cause: (a) => `${stopCause(a)} after the install command was delivered; the command can't be recalled`,
  },
} satisfies Readonly<Record<string, Words>>;

/** "4 times"; a verdict that was kept before orders were counted does not say how often. */
function several({ orders }: Params): string {
  if (orders === undefined) return "several times";
  return orders === 1 ? "once" : `${orders} times`;
}

/** Why the time is later than the deadline that the admin named. */
const everywhere = ({ zoneUnknown }: Params): string =>
  zoneUnknown === 1 ? ", when its install time has come in every time zone (its own is unknown)" : "";

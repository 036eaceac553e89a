/**
 * The words of everything that rests on Apple's list: they name its date and its age, since it is true as of then only. Params:
 * `listDate` (YYYY-MM-DD) and `listDays` of the list; absent in verdicts that were kept before lists had a date.
 */
import { dayText, listText } from "../day.ts";
import type { Params, Words } from "./fragments.ts";
import { heldBackClauses } from "./held-back.ts";

const version = (a: Params): string => String(a["version"] ?? "the version");

const NEWER = "Import a newer list with uptick catalog import FILE.";
const ANYWAY = "For an exact version, --allow-unlisted skips this check.";

function notOffered(a: Params): string {
  switch (a["why"]) {
    case "left":
      return `${version(a)} is no longer in ${listText(a)} for this model`;
    case "withdrawn":
      return `Apple withdrew ${version(a)}: it is missing from ${listText(a)} and the list before, with nothing newer in its major version for this model`;
    case "not-posted":
      return `${listText(a)} has ${version(a)} for ${dayText(a["postedOn"])}, which is in the future`;
    case "age":
      return `${version(a)} is old enough for this plan on ${dayText(a["until"])}`;
    case "no-devices":
      return `${listText(a)} names no device for ${version(a)}`;
    default: {
      const newest = a["newest"] === undefined ? "" : `; the newest there is ${a["newest"]}`;
      return `${version(a)} is not in ${listText(a)} for this model${newest}`;
    }
  }
}

const expiredText = (a: Params): string =>
  a["until"] === undefined
    ? `by ${listText(a)}, Apple no longer signs ${version(a)} for this model`
    : `by ${listText(a)}, Apple signed ${version(a)} for this model until ${dayText(a["until"])} only`;

const perhapsText = (a: Params): string =>
  `by ${listText(a)}, Apple signs ${version(a)} until ${dayText(a["until"])}; whether it still does is not known`;

const goneRemedy =
  "If the device does not get it, stop the plan and make one to a release that uptick catalog list shows.";

/** Refusals, ends, and what is added to the verdict of a job under way ("list-…"). */
export const ON_THE_LIST = {
  "nothing-newer": {
    cause: (a) => {
      if (a["listDate"] === undefined)
        return `runs ${version(a)}, and nothing newer was offered to it when the plan was made`;
      const held = heldBackClauses(a);
      const which = held.length === 0 ? "nothing newer is" : "nothing newer that this plan takes is";
      return [`runs ${version(a)}, and ${which} in ${listText(a)} for its model`, ...held].join("; ");
    },
  },
  "not-offered": {
    cause: notOffered,
    remedy: `Choose a release that uptick catalog list shows, or import a newer list with uptick catalog import FILE. ${ANYWAY}`,
  },
  "floor-not-offered": {
    cause: (a) =>
      `runs ${String(a["from"] ?? "a version")} below the floor ${String(a["floor"] ?? "of the target")}, and ${listText(a)} offers nothing newer that this plan takes`,
    remedy: "Lower the floor, or use --allow-major if the floor is in another major version.",
  },
  "release-blocked": {
    cause: (a) => `${version(a)} is blocked for this device`,
    remedy: "Choose another release, or end the block with uptick catalog unblock.",
  },
  "no-release": {
    cause: (a) => `${listText(a)} offers no release to this model`,
    remedy: `${NEWER} ${ANYWAY}`,
  },
  "device-id-unknown": {
    cause:
      "the device has not reported the name that Apple lists it by: its model, or for a Mac with macOS 12 or later its software update device ID",
    remedy: `Make the plan again after the device has reported. ${ANYWAY}`,
  },
  expired: {
    // A job that ran out of time had this code once.
    cause: (a) => (a["cause"] === undefined ? expiredText(a) : "the job's last day passed"),
    remedy: `Choose a release that uptick catalog list shows. ${ANYWAY}`,
  },
  "release-expired": { cause: (a) => `Apple no longer signs ${version(a)} for this model` },
  "catalog-empty": {
    cause: "this server has no list of Apple's releases",
    remedy: `Import Apple's list with uptick catalog import FILE. ${ANYWAY}`,
  },
  "catalog-stale": {
    cause: (a) => {
      if (a["until"] !== undefined) return perhapsText(a);
      const what =
        a["version"] === undefined ? "which release is the newest" : `whether Apple offers ${version(a)} to this model`;
      return `${listText(a)} is too old to say ${what}`;
    },
    remedy: `${NEWER} ${ANYWAY}`,
  },
  "list-empty": {
    cause: (a) => `this server has no list of Apple's releases, so whether Apple offers ${version(a)} is not known`,
    remedy: "Import Apple's list with uptick catalog import FILE.",
  },
  "list-old": {
    cause: (a) => `Apple offered ${version(a)} to this model in ${listText(a)}, which may have changed since`,
    remedy: NEWER,
  },
  "list-left": { cause: (a) => notOffered({ ...a, why: "left" }), remedy: goneRemedy },
  "list-replaced": {
    cause: (a) =>
      `Apple replaced ${version(a)}: ${listText(a)} has a newer release in its major version for this model`,
    remedy: goneRemedy,
  },
  "list-withdrawn": { cause: (a) => notOffered({ ...a, why: "withdrawn" }), remedy: goneRemedy },
  "list-expired": {
    cause: expiredText,
    remedy: goneRemedy,
  },
  "list-maybe-expired": {
    cause: perhapsText,
    remedy: NEWER,
  },
  "list-not-posted": { cause: (a) => notOffered({ ...a, why: "not-posted" }), remedy: goneRemedy },
  "list-no-devices": { cause: (a) => notOffered({ ...a, why: "no-devices" }), remedy: goneRemedy },
  "list-lacks": { cause: (a) => notOffered({ ...a, why: "" }), remedy: goneRemedy },
} satisfies Readonly<Record<string, Words>>;

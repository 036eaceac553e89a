/** What is said of a device that enrolled without the minimum version of its profile. */
import { p, type Words } from "./fragments.ts";

export const MINIMUM = {
  "minimum-not-possible": {
    cause: (a) => `the device cannot be told in Setup Assistant to update to ${p(a, "minimum")}`,
  },
  "minimum-skipped": {
    cause: (a, causeOf) => `the minimum ${p(a, "minimum")} was not checked: ${causeOf(p(a, "cause"), a)}`,
    remedy: "Import a newer list with uptick catalog import FILE, and make a plan for the device.",
  },
  "minimum-loop": {
    cause: (a) =>
      `the device ${p(a, "serial")} was told three times in 24 hours to update and did not; it enrolled without a check of the minimum ${p(a, "minimum")}`,
    remedy: "See that the device reaches Apple's update servers and has enough free space.",
  },
  "below-minimum": {
    cause: (a) => {
      const newest = a["newest"] === undefined ? "" : `; the newest version for it is ${p(a, "newest")}`;
      const why: Readonly<Record<string, string>> = {
        hardware: "Apple offers nothing at or above it to this model",
        target: "the target of the profile does not lead there",
        withheld: "no release at or above it may be named to the device",
      };
      return `it runs ${p(a, "runs")} below the minimum ${p(a, "minimum")}: ${why[p(a, "why")] ?? why["hardware"]}${newest}`;
    },
  },
} satisfies Readonly<Record<string, Words>>;

/**
 * Why a device has its class of compliance, where its cause is not a job and not a refusal. Params: `version` that it runs, `target` that its
 * plan wants, `newest` release of its major, `heardAt`, the list's `listDate` and `listDays`, and of an
 * exclusion the day `until`, `why` and `by`.
 */
import { dayText, listText } from "../day.ts";
import { moment, p, type Words } from "./fragments.ts";

export const COMPLIANCE = {
  "target-reached": {
    cause: (a) =>
      `runs ${p(a, "version", "its target")}${a["target"] === undefined ? "" : `; its plan wants ${p(a, "target")}`}`,
  },
  "newest-of-major": {
    cause: (a) =>
      `runs ${p(a, "version", "its version")}, and ${listText(a)} has nothing newer of its major for its model`,
  },
  "nothing-governs": {
    cause: (a) =>
      `no plan governs it${a["newest"] === undefined ? "" : `; Apple offers ${p(a, "newest")} and it runs ${p(a, "version", "an older version")}`}`,
    remedy: "Make a plan for the device.",
  },
  excluded: {
    cause: (a) =>
      a["until"] === undefined
        ? "exempt until a later date"
        : `exempt until ${dayText(a["until"])}: ${p(a, "why")} (${p(a, "by")})`,
  },
  "not-heard": {
    cause: (a) =>
      `not heard${a["heardAt"] === undefined ? "" : ` since ${moment(a, "heardAt")}`}, so what it runs now is not known`,
    remedy: "See that the device is switched on and has a network.",
  },
  "not-classified": { cause: "Uptick has not classified the device yet" },
} satisfies Readonly<Record<string, Words>>;

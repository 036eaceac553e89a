/** What a verdict says beside the cause: what the device does instead, and what its user may do. */
import type { Aside, Deferrals } from "../../plans/index.ts";
import { localTime } from "../local-time.ts";

/** Parts of a sentence; times are given in `zone`. */
export function asideWords(aside: Exclude<Aside, { kind: "reason" }>, zone: string): string[] {
  switch (aside.kind) {
    case "scheduled":
      return [`Uptick asked for ${aside.asked} and the device chose ${aside.device}`];
    case "hidden":
      return [hiddenWords(localTime(aside.until, zone))];
    case "deferrals":
      return deferralWords(aside.deferrals, zone);
  }
}

/** A restriction hides the update from the Mac's user; whether the Mac obeys an order before that day is not known. */
export const hiddenWords = (until: string): string =>
  `a restriction hides the update from its user until ${until}; it is ordered nevertheless`;

function deferralWords(deferrals: Deferrals, zone: string): string[] {
  const { max, remaining, nextInstallAt, pastNotifications } = deferrals;
  const asked = pastNotifications === undefined ? [] : [`asked ${times(pastNotifications.length)} so far`];
  const most = max === undefined ? [] : [`${max} in all`];
  const more = [...most, ...asked].join(", ");
  const left =
    remaining === undefined
      ? more
      : `${remaining === 0 ? "the user cannot put it off again" : `the user may put it off ${remaining} more ${remaining === 1 ? "time" : "times"}`}` +
        (more === "" ? "" : ` (${more})`);
  const planned = nextInstallAt === undefined ? "" : `the Mac plans to install at ${localTime(nextInstallAt, zone)}`;
  return [left, planned].filter((text) => text !== "");
}

const times = (count: number): string => (count === 1 ? "once" : `${count} times`);

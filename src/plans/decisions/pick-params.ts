/** What is said of newer releases that a target does not pick, as parameters: verdicts keep texts and numbers only. */
import type { HeldBack, PickNotes } from "../../catalog/index.ts";
import type { Params } from "./decision.ts";

const NAMES: Readonly<Record<HeldBack["why"], string>> = {
  major: "heldMajor",
  newMajor: "heldNewMajor",
  age: "heldAge",
  blocked: "heldBlocked",
  ring: "heldRing",
};

/**
 * `heldMajor`, `heldNewMajor`, `heldAge`, `heldBlocked`, `heldRing`: the newest version for each reason; with "Until", the day of the pick.
 * `endedMajor` ("iOS 18"), `endedNewer` (the release that has the fixes) and `endedWhy`: Apple does not update the installed major.
 */
export function pickParams({ heldBack = [], belowFloor, ended }: PickNotes, floor: string | undefined): Params {
  const held = heldBack.flatMap(({ version, why, until }) => [
    [NAMES[why], version] as const,
    ...(until === undefined ? [] : [[`${NAMES[why]}Until`, until] as const]),
  ]);
  return {
    ...Object.fromEntries(held),
    ...(ended === undefined
      ? {}
      : { endedMajor: `${ended.platform} ${ended.major}`, endedNewer: ended.newer, endedWhy: ended.why }),
    ...(belowFloor === true && floor !== undefined ? { belowFloor: floor } : {}),
  };
}

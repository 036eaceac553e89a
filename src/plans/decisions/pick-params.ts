/** What is said of newer releases that a target does not pick, as parameters: verdicts keep texts and numbers only. */
import type { HeldBack, PickNotes } from "../../catalog/index.ts";
import type { Params } from "./decision.ts";

const NAMES: Readonly<Record<HeldBack["why"], string>> = {
  major: "heldMajor",
  newMajor: "heldNewMajor",
  age: "heldAge",
  blocked: "heldBlocked",
};

/** `heldMajor`, `heldNewMajor`, `heldAge`, `heldBlocked`: the newest version for each reason; with "Until", the day of the pick. */
export function pickParams({ heldBack = [], belowFloor }: PickNotes, floor: string | undefined): Params {
  const held = heldBack.flatMap(({ version, why, until }) => [
    [NAMES[why], version] as const,
    ...(until === undefined ? [] : [[`${NAMES[why]}Until`, until] as const]),
  ]);
  return { ...Object.fromEntries(held), ...(belowFloor === true && floor !== undefined ? { belowFloor: floor } : {}) };
}

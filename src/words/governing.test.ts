import { describe, expect, it } from "vitest";
import { type GovernedWords, governingWords, type UnderWords, whyGoverned } from "./governing.ts";

const a: UnderWords = {
  plan: { name: "A" },
  ring: "Pilot",
  release: "26.6",
  job: "26.6",
  deadlineLocal: "2026-09-05T17:00",
};
const b: UnderWords = {
  plan: { name: "B" },
  ring: "Rest",
  release: "26.6.1",
  job: "26.6.1",
  deadlineLocal: "2026-09-12T17:00",
};
const none: UnderWords = { plan: null, ring: null, release: null, job: null, deadlineLocal: null };
const all = ["plan", "ring", "release", "job", "deadline"];

describe("what a change of plans is for a device", () => {
  it.each<[string, readonly string[], UnderWords, UnderWords, string]>([
    [
      "everything is another",
      all,
      a,
      b,
      'It moves from the plan "A" to "B". It moves from the ring "Pilot" to the ring "Rest". Its plan wants 26.6.1, not 26.6. Its job goes to 26.6.1, not to 26.6. Its deadline moves from 2026-09-05 17:00 to 2026-09-12 17:00.',
    ],
    [
      "it leaves",
      ["plan", "release", "job", "deadline"],
      a,
      none,
      'No plan governs it after "A". Its plan has no release for it. Its job to 26.6 is withdrawn. It has no deadline.',
    ],
    [
      "it joins",
      all,
      none,
      a,
      'It joins the plan "A". It moves from no ring to the ring "Pilot". Its plan wants 26.6. It gets a job to 26.6. Its deadline is 2026-09-05 17:00.',
    ],
    ["its job is told again", ["job"], a, a, "Its job to 26.6 is replaced."],
    ["rings came before its own", ["ring"], a, a, "Its ring has another place."],
  ])("%s", (_what, changes, before, after, words) => expect(governingWords(changes, before, after)).toBe(words));
});

describe("which plan governs a device", () => {
  const [first, second] = [
    { name: "A", state: "active" },
    { name: "B", state: "active" },
  ] as const;
  const nothing: GovernedWords = { plans: [], halted: false, job: null };
  it.each<[GovernedWords, string]>([
    [nothing, "No standing plan has the device in its scope and a target for its platform."],
    [{ ...nothing, plans: [first] }, '"A" governs the device: it is the only standing plan that matches it.'],
    [{ ...nothing, plans: [first, second] }, '"A" governs the device: it is the first in the order that matches it.'],
    [
      { ...nothing, plans: [{ name: "A", state: "paused" }, second], halted: true },
      'All plans are halted, so nothing is given. "A" governs the device: it is the first in the order that matches it. It is paused and gives nothing, and no later plan takes its place.',
    ],
    [
      { ...nothing, plans: [first], job: { kind: "once", plan: "August" } },
      'The job of the once plan "August" is under way, and goes before standing plans; then "A" governs the device.',
    ],
    [
      { ...nothing, job: { kind: "standing", plan: "B" } },
      'An install of the plan "B" has begun, and is followed to its end.',
    ],
  ])("%j", (governed, words) => expect(whyGoverned(governed)).toBe(words));
});

import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Candidate, ringOf, slotOf } from "./members.ts";
import type { Ring } from "./rollout.ts";

const sha256 = (text: string): string => createHash("sha256").update(text, "utf8").digest("hex");
/** A rule of these tests: the tags of which a device must have one. */
type Tags = readonly string[];
interface Device {
  readonly id: string;
  readonly tags: Tags;
}
const who = (...all: Ring<Tags>["who"][]): readonly Pick<Ring<Tags>, "who">[] => all.map((one) => ({ who: one }));
const candidate = (slot: number, tags: Tags = [], inSetupAssistant = false): Candidate<Tags> => ({
  slot,
  inSetupAssistant,
  matches: (rule) => rule.some((tag) => tags.includes(tag)),
});
const placeOf = (plan: string, { id, tags }: Device, rings: readonly Pick<Ring<Tags>, "who">[]) =>
  ringOf(rings, candidate(slotOf(plan, id, sha256), tags));

describe("targets R2: a device's place in a plan", () => {
  it("is another in another plan", () => {
    expect(slotOf("plan-1", "device", sha256)).not.toBe(slotOf("plan-2", "device", sha256));
  });
});

describe("targets R1: the first ring that matches takes a device", () => {
  const rings = who(["pilot"], ["early", "pilot"], "rest");
  it.each([
    [["pilot"], 0],
    [["early"], 1],
    [["early", "pilot"], 0],
    [[], 2],
  ])("with tags %j it is in ring %i", (tags, ring) => {
    expect(ringOf(rings, candidate(0, tags))).toBe(ring);
  });

  it("is none where no ring takes the rest", () => {
    expect(ringOf(who(["pilot"], { percent: 5 }), candidate(500))).toBeUndefined();
  });

  it("targets R15: is none in Setup Assistant, and its own when it has left", () => {
    expect(ringOf(rings, candidate(0, ["pilot"], true))).toBeUndefined();
    expect(ringOf(rings, candidate(0, ["pilot"]))).toBe(0);
  });
});

describe("targets R2: a percentage", () => {
  const rings = who({ percent: 5 }, { percent: 20 }, "rest");
  it.each([
    [0, 0],
    [499, 0],
    [500, 1],
    [2499, 1],
    [2500, 2],
    [9999, 2],
  ])("takes the next share: slot %i is in ring %i", (slot, ring) => {
    expect(ringOf(rings, candidate(slot))).toBe(ring);
  });

  it("takes only what matches, and begins again past the last slot", () => {
    const two = who({ percent: 60, of: ["a"] }, { percent: 60, of: ["b"] }, "rest");
    const places = [0, 1999, 2000, 5999, 6000, 9999].map((slot) => [
      ringOf(two, candidate(slot, ["a"])),
      ringOf(two, candidate(slot, ["b"])),
    ]);
    expect(places).toEqual([
      [0, 1],
      [0, 1],
      [0, 2],
      [0, 2],
      [2, 1],
      [2, 1],
    ]);
  });

  it("of 100 takes all, and of 1 a hundredth", () => {
    const slots = Array.from({ length: 10_000 }, (_, slot) => slot);
    const inFirst = (percent: number): number =>
      slots.filter((slot) => ringOf(who({ percent }, "rest"), candidate(slot)) === 0).length;
    expect([inFirst(100), inFirst(1), inFirst(29), inFirst(0.29)]).toEqual([10_000, 100, 2900, 29]);
  });

  it("is about that share of real enrollments", () => {
    const devices = Array.from({ length: 5000 }, (_, i) => ({ id: `enrollment-${i}`, tags: [] }));
    const shares = [0, 1, 2].map((ring) => devices.filter((one) => placeOf("plan", one, rings) === ring).length / 50);
    const beyond = [5, 20, 75].map((percent, ring) => Math.abs((shares[ring] ?? 0) - percent));
    expect(Math.max(...beyond)).toBeLessThan(1.5);
  });
});

describe("targets R2 and 13.6, as a property: the members of rings", () => {
  const devices = fc.uniqueArray(fc.record({ id: fc.uuid(), tags: fc.subarray(["pilot", "late", "lab"]) }), {
    selector: ({ id }) => id,
    maxLength: 60,
  });
  const share = fc.record({
    percent: fc.integer({ min: 1, max: 50 }),
    of: fc.subarray(["late", "lab"], { minLength: 1 }),
  });
  const someRings = fc
    .array(
      fc.oneof(
        share,
        fc.subarray(["pilot", "lab"], { minLength: 1 }),
        fc.record({ percent: fc.integer({ min: 1, max: 50 }) }),
      ),
      {
        maxLength: 4,
      },
    )
    .map((rings) => who(...rings, "rest"));

  it("are the same after a restart, in any order, and whatever devices come or leave", () => {
    fc.assert(
      fc.property(someRings, devices, fc.nat(60), fc.uuid(), (rings, all, leave, plan) => {
        const before = new Map(all.map((one) => [one.id, placeOf(plan, one, rings)]));
        const after = all
          .toReversed()
          .slice(leave)
          .map((one) => [one.id, placeOf(plan, { ...one }, rings)] as const);
        expect(after.filter(([id, place]) => before.get(id) !== place)).toEqual([]);
        expect([...before.values()].every((place) => place !== undefined && place < rings.length)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

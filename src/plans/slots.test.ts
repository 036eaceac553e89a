import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { spreadSlotOf } from "./deadlines/deadline-for.ts";
import { slotOf } from "./rollouts/members.ts";

const sha256 = (text: string): string => createHash("sha256").update(text, "utf8").digest("hex");
const whole = (id: string): bigint => BigInt(`0x${sha256(`plan-1\n${id}`)}`);
const IDS = ["a", "00008120-001", "ü", ...Array.from({ length: 200 }, (_, i) => `device ${i}`)];

describe("a device's place in a plan", () => {
  it("is one hash, of which rings and the spread of deadlines take what is left by their number of places", () => {
    for (const id of IDS) {
      expect(slotOf("plan-1", id, sha256)).toBe(Number(whole(id) % 10_000n));
      expect(spreadSlotOf(8, "plan-1", id, sha256)).toBe(Number(whole(id) % 96n));
    }
  });

  it("is the same again, and another in another plan", () => {
    const places = (plan: string): number[] => IDS.map((id) => spreadSlotOf(1, plan, id, sha256));
    expect(places("plan-1")).toEqual(places("plan-1"));
    expect(places("plan-1")).not.toEqual(places("plan-2"));
    expect(new Set(places("plan-1"))).toEqual(new Set(Array.from({ length: 12 }, (_, i) => i)));
  });

  it("is the only one without a spread", () => {
    expect(new Set(IDS.map((id) => spreadSlotOf(0, "plan-1", id, sha256)))).toEqual(new Set([0]));
  });
});

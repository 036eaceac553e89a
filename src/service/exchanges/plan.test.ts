import { describe, expect, it } from "vitest";
import { chunkMade, planSettled, stopPlan } from "./plan.ts";

describe("a plan that is stopped while its jobs are being made", () => {
  const stopped = { id: "p", state: "stopped", dueAt: 7 };
  /** What a patch of plans does to that row. */
  const after = (writes: readonly object[]) =>
    (writes as readonly { patch?: string; where: object; set: object }[])
      .filter(({ patch }) => patch === "plan")
      .filter(({ where }) =>
        Object.entries(where).every(([key, value]) => stopped[key as keyof typeof stopped] === value),
      )
      .reduce((row, { set }) => ({ ...row, ...set }), stopped);

  it("stays due for the withdrawal of its jobs, whatever the turn before says at its end", () => {
    expect(after(chunkMade.decide({ planId: "p", n: 0, now: 8 }, {}).writes).dueAt).toBe(7);
    expect(after(planSettled.decide({ planId: "p", state: "active" }, {}).writes).dueAt).toBe(7);
  });

  it("is put to rest by the turn that has withdrawn them", () => {
    expect(after(planSettled.decide({ planId: "p", state: "stopped" }, {}).writes).dueAt).toBeNull();
  });

  it("is not stopped where it does not exist", () => {
    expect(stopPlan.decide({ planId: "none", now: 8 }, { plan: [] })).toEqual({ writes: [], said: { stopped: false } });
  });
});

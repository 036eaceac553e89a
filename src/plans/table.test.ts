import { describe, expect, it } from "vitest";
import { isFinal, nextState, STATES, TABLE } from "./table.ts";

const waiting = STATES.filter((state) => !isFinal(state));

describe("job state table", () => {
  // Promise 8: nothing waits for ever in silence.
  it.each(waiting)("gives %s a way out by time, by withdrawal and by success", (state) => {
    expect(nextState(state, "unheard")).toBeDefined();
    expect(isFinal(nextState(state, "expired") ?? state)).toBe(true);
    expect(nextState(state, "withdrawn")).toBe("stopping");
    expect(nextState(state, "reached")).toBe("done");
  });

  it("leads nowhere from a final state but to done", () => {
    for (const state of STATES.filter(isFinal)) {
      for (const to of Object.values(TABLE[state])) expect(to).toBe("done");
    }
  });

  it("reaches every state but refused, which a job never enters", () => {
    const reached = new Set(STATES.flatMap((state) => Object.values(TABLE[state])));
    expect(STATES.filter((state) => !new Set<string>(reached).has(state))).toEqual(["refused"]);
  });
});

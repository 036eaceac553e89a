import { describe, expect, it } from "vitest";
import { TABLE } from "./table.ts";
import { isFinal, STATES } from "../state.ts";
import { DECLARED_TABLE } from "../by-declaration/table.ts";
import { nextState } from "../next-state.ts";

describe.each([
  ["command", TABLE, undefined],
  ["declaration", DECLARED_TABLE, "declaration"],
] as const)("job state table by %s", (_name, table, way) => {
  const mechanism = way === undefined ? {} : { mechanism: way };
  const used = STATES.filter((state) => isFinal(state) || Object.keys(table[state]).length > 0);
  const waiting = used.filter((state) => !isFinal(state));

  // Promise 8: nothing waits for ever in silence.
  it.each(waiting)("gives %s a way out by time, by withdrawal and by success", (state) => {
    expect(nextState({ state, ...mechanism }, "unheard")).toBeDefined();
    expect(isFinal(nextState({ state, ...mechanism }, "expired") ?? state)).toBe(true);
    expect(nextState({ state, ...mechanism }, "withdrawn")).toBe("stopping");
    expect(nextState({ state, ...mechanism }, "reached")).toBe("done");
  });

  it("leads nowhere from a final state but to done, and from there to fell-back", () => {
    for (const state of STATES.filter(isFinal)) {
      for (const to of Object.values(table[state])) expect(["done", "fell-back"]).toContain(to);
    }
  });

  it("leads to no state that it has no row for", () => {
    for (const to of STATES.flatMap((state) => Object.values(table[state]))) expect(used).toContain(to);
  });
});

describe("job state tables", () => {
  it("reach every state", () => {
    const reached = new Set<string>(
      STATES.flatMap((state) => [...Object.values(TABLE[state]), ...Object.values(DECLARED_TABLE[state])]),
    );
    expect(STATES.filter((state) => !reached.has(state))).toEqual([]);
  });
});

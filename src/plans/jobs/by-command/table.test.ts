import { describe, expect, it } from "vitest";
import { TABLE } from "./table.ts";
import { isFinal, isStopping, JOB_STATES, shownState, type State } from "../state.ts";
import { DECLARED_TABLE } from "../by-declaration/table.ts";
import type { Event } from "../event.ts";
import { STOP } from "../ends.ts";
import { newOne, NOON } from "../one-job.suite.ts";
import { nextState } from "../next-state.ts";

const EVENTS = {
  unheard: { kind: "unheard" },
  expired: { kind: "expired" },
  withdrawn: { kind: "withdrawn", cause: "plan-stopped", held: true },
  reached: { kind: "reached", seen: { version: "26.6.1", at: NOON } },
} as const satisfies Record<string, Event>;

describe.each([
  ["command", TABLE, undefined],
  ["declaration", DECLARED_TABLE, "declaration"],
] as const)("job state table by %s", (_name, table, way) => {
  const to = (state: State, kind: "unheard" | "expired" | "withdrawn" | "reached"): State | undefined =>
    nextState(newOne({ ...(way === undefined ? {} : { mechanism: way }), state: shownState({ state }) }), EVENTS[kind]);
  const used = JOB_STATES.filter((state) => isFinal(state) || Object.keys(table[state]).length > 0);
  const waiting = used.filter((state) => !isFinal(state));

  // Guarantee 8: nothing waits for ever in silence.
  it.each(waiting)("gives %s a way out by time, by withdrawal and by success", (state) => {
    expect(to(state, "unheard")).toBeDefined();
    expect(isFinal(to(state, "expired") ?? state)).toBe(true);
    // What is paused was taken back already: a stop ends it at once.
    const stopped = to(state, "withdrawn") ?? state;
    expect(state === "paused" ? stopped === "stopped" : isStopping(stopped)).toBe(true);
    expect(to(state, "reached")).toBe("done");
  });

  it("leads nowhere from a final state but to done, and from there to fell-back", () => {
    for (const state of JOB_STATES.filter(isFinal)) {
      for (const next of Object.values(table[state])) expect(["done", "fell-back"]).toContain(next);
    }
  });

  it("leads to no state that it has no row for", () => {
    for (const next of JOB_STATES.flatMap((state) => Object.values(table[state])))
      expect([...used, STOP]).toContain(next);
  });
});

describe("job state tables", () => {
  it("reach every state", () => {
    const reached = new Set<string>(
      JOB_STATES.flatMap((state) => [...Object.values(TABLE[state]), ...Object.values(DECLARED_TABLE[state])]),
    );
    // Which state a stop leads to is said by the stop.ts of each mechanism: stop.test.ts.
    expect(JOB_STATES.filter((state) => !reached.has(state) && !isStopping(state))).toEqual([]);
  });
});

/** Which of several causes withholds a job, as a table. */
import { describe, expect, it } from "vitest";
import { haltRow, planRow, rolloutRow } from "../../store/suite-rows.ts";
import { type Withheld, withheldBy } from "./withheld.ts";

type Plan = Parameters<typeof planRow>[1];
const NONE = { plan: planRow("p"), rollout: rolloutRow("r"), halt: haltRow({ active: 0 }), isExcluded: false };
const plan = (state: "active" | "paused" | "stopped") => ({ plan: planRow("p", { state } satisfies Plan) });
const rollout = (state: "running" | "held" | "paused" | "aborted" | "superseded") => ({
  rollout: rolloutRow("r", { state }),
});
const halted = { halt: haltRow() };
const excluded = { isExcluded: true };

describe("a job is withheld", () => {
  it.each<readonly [facts: object, by: Withheld | undefined]>([
    [{}, undefined],
    [{ plan: undefined, rollout: undefined, halt: undefined }, undefined],
    [rollout("held"), undefined],
    [rollout("superseded"), undefined],
    [halted, "halted"],
    [{ ...halted, ...plan("paused") }, "plan-paused"],
    [{ ...halted, ...plan("paused"), ...excluded }, "excluded"],
    [{ ...halted, ...plan("paused"), ...excluded, ...rollout("paused") }, "rollout-paused"],
    [{ ...halted, ...plan("paused"), ...excluded, ...rollout("aborted") }, "rollout-aborted"],
    [{ ...halted, ...plan("stopped"), ...excluded, ...rollout("aborted") }, "plan-stopped"],
    [{ ...plan("stopped"), ...rollout("paused") }, "plan-stopped"],
    [{ ...rollout("superseded"), ...plan("paused") }, "plan-paused"],
  ])("by the first of its causes: %o", (facts, by) => expect(withheldBy({ ...NONE, ...facts })).toBe(by));
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareNamed } from "../../catalog/index.ts";
import { deadlineOf, type Given, keep, MOVE_CAUSES, type MoveCause } from "./given.ts";

const row = (version: string, local: string, changes: Partial<Given> = {}): Given => ({
  version,
  planId: "p",
  ring: 0,
  local,
  givenAt: 0,
  ...changes,
});
const OLD = row("26.6", "2026-08-10T17:00");

describe("a row of what a device was given", () => {
  it("is the first one, or the earlier of two", () => {
    expect(keep(undefined, OLD)).toEqual({ given: OLD });
    const laterOne = row("26.6", "2026-08-11T17:00", { givenAt: 5 });
    expect(keep(OLD, laterOne)).toEqual({ given: OLD });
    expect(keep(laterOne, OLD)).toEqual({
      given: OLD,
      moved: { from: laterOne.local, to: OLD.local },
    });
    expect(keep(OLD, { ...OLD, givenAt: 9 })).toEqual({ given: OLD });
  });

  const GIVES_BACK: readonly MoveCause[] = ["block-ended", "rollout-resumed", "plan-resumed"];
  it.each(MOVE_CAUSES)("moves later because of %s, which is kept with the old and the new time", (cause) => {
    const moved = row("26.6", "2026-09-02T17:00", { givenAt: 7 });
    expect(keep(OLD, moved, cause)).toEqual({
      given: { ...moved, cause },
      moved: { from: OLD.local, to: moved.local, cause },
    });
    const sooner = row("26.6", "2026-08-01T17:00", { givenAt: 7 });
    expect(keep(OLD, sooner, cause).given.local).toBe(GIVES_BACK.includes(cause) ? OLD.local : sooner.local);
  });

  it("never moves later without a cause, whatever is computed", () => {
    const minute = fc.integer({ min: 0, max: 10_000 }).map((n) => new Date(n * 60_000).toISOString().slice(0, 16));
    const steps = fc.array(fc.tuple(minute, fc.option(fc.constantFrom(...MOVE_CAUSES), { nil: undefined })));
    fc.assert(
      fc.property(steps, (history) => {
        let kept: Given | undefined;
        for (const [local, cause] of history) {
          const { given, moved } = keep(kept, row("26.6", local), cause);
          const before = kept?.local ?? given.local;
          expect(cause !== undefined || given.local <= before).toBe(true);
          expect(moved === undefined).toBe(given.local === before);
          expect(keep(given, row("26.6", given.local), cause)).toEqual({ given });
          kept = given;
        }
      }),
    );
  });
});

describe("the deadline of a device", () => {
  const rows = [OLD, row("26.6.1", "2026-08-20T17:00"), row("26.6.2", "2026-08-09T17:00")];
  it.each([
    ["26.5.2", [], "2026-08-09T17:00"],
    ["26.5.2", ["26.6.2"], "2026-08-10T17:00"],
    ["26.5.2", ["26.6.2", "26.6.0"], "2026-08-20T17:00"],
    ["26.6", ["26.6.2"], "2026-08-20T17:00"],
    ["26.6.2", [], undefined],
    ["27.0", [], undefined],
    ["26.5.2", ["26.6", "26.6.1", "26.6.2"], undefined],
  ])("targets D4: on %s, without %j, is %s", (version, dead, local) => {
    expect(
      deadlineOf(
        rows,
        { version },
        dead.map((one) => ({ version: one })),
      ),
    ).toBe(local);
  });

  it("knows improvements on a version by their letter", () => {
    const improved = [
      row("26.3.1", "2026-08-20T17:00", { extra: "a" }),
      row("26.3.1", "2026-08-22T17:00", { extra: "(b)" }),
    ];
    expect(deadlineOf(improved, { version: "26.3.1" }, [])).toBe("2026-08-20T17:00");
    expect(deadlineOf(improved, { version: "26.3.1", extra: "(a)" }, [])).toBe("2026-08-22T17:00");
    expect(deadlineOf(improved, { version: "26.3.1", extra: "b" }, [])).toBeUndefined();
    expect(deadlineOf(improved, { version: "26.3.1" }, [{ version: "26.3.1", extra: "a" }])).toBe("2026-08-22T17:00");
    expect(compareNamed({ version: "26.3.2" }, { version: "26.3.1", extra: "z" })).toBeGreaterThan(0);
  });
});

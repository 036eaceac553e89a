import { describe, expect, it } from "vitest";
import type { Json } from "./json.ts";
import { evaluate } from "./predicate.ts";

const status: Readonly<Record<string, Json>> = {
  "device.operating-system.family": "macOS",
  "device.operating-system.version": "26.5",
};
const property: Readonly<Record<string, Json>> = { ring: 2, name: "first", ready: true };
const facts = { status: (path: string) => status[path], property: (key: string) => property[key] };

describe("a predicate", () => {
  it.each([
    ["TRUEPREDICATE", "true"],
    ["FALSEPREDICATE", "false"],
    ["@status(device.operating-system.family) == 'macOS'", "true"],
    [`@status(device.operating-system.family) != "macOS"`, "false"],
    ["@property(ring) >= 2 AND @property(name) == 'first'", "true"],
    ["@property(ring) < 2 || (NOT @property(ready) == FALSE)", "true"],
    ["!(@property(ring) == 2) && @property(ready) == YES", "false"],
    // An operand that is missing spoils only what needs it.
    ["@property(ring) == 2 OR @property(absent) == 1", "true"],
    ["@property(absent) == 1", "not-evaluated"],
    ["@property(name) > 1", "not-evaluated"],
    ["@status(device.operating-system.family) BEGINSWITH 'mac'", "not-parsed"],
    ["ANY @property(ring) == 2", "not-parsed"],
    ["(@property(ring) == 2", "not-parsed"],
    ["@property(ring) == 2 extra", "not-parsed"],
    ["@property(ring) ==", "not-parsed"],
    ["", "not-parsed"],
    ["%%", "not-parsed"],
  ])("%s is %s", (text, verdict) => {
    expect(evaluate(text, facts)).toBe(verdict);
  });
});

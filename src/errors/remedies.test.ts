import { describe, expect, it } from "vitest";
import { ERROR_GROUPS, ERRORS, remedyInCommands, UptickError } from "./index.ts";

const [api] = ERROR_GROUPS;
const entries = Object.entries(api?.errors ?? {});
/** A command of the program, or a flag of one. */
const COMMAND = /\buptick [a-z]|(?:^|\s)--[a-z]/;
/** A route, or a field or parameter that is given as true. */
const ROUTE = /\b(?:GET|POST|PUT|PATCH|DELETE) \/|\b[a-z]+[A-Z][a-zA-Z]*=true/;

describe("the remedy of an error of the API", () => {
  it.each(entries)("%s names no command or flag", (_code, { remedy }) => {
    expect(remedy).not.toMatch(COMMAND);
  });

  it.each(entries)("%s names no route where a command shows it", (code, { remedy }) => {
    expect(remedyInCommands(code, remedy)).not.toMatch(ROUTE);
  });

  it.each(entries.filter(([, { command }]) => command !== undefined))(
    "%s has other words for commands where it needs them",
    (_code, { remedy, command }) => {
      expect(command).not.toBe(remedy);
      expect(command).toMatch(/^[A-Z].*\.$/);
    },
  );
});

describe("a remedy in a command", () => {
  it("is the one about commands where the API said its usual words", () => {
    const { remedy } = new UptickError("plan-unknown", "No plan has this id.");
    expect(remedy).toContain("GET /api/v1/plans");
    expect(remedyInCommands("plan-unknown", remedy)).toContain("uptick plan list");
  });

  it.each([
    ["a remedy that is more exact", "plan-unknown", "Use the id 7."],
    ["a code without other words", "zone-invalid", ERRORS["zone-invalid"].remedy],
    ["a code that this version does not know", "moon-full", "Wait."],
    ["a name of every object", "constructor", "Wait."],
  ])("stays as it came: %s", (_what, code, remedy) => {
    expect(remedyInCommands(code, remedy)).toBe(remedy);
  });
});

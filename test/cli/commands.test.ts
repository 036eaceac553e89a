/**
 * Every command of the program against the real server: one line that does what it is for, and one that is refused. The list
 * of commands is the program's own, so a new command fails here until it has its row.
 */
import { isDeepStrictEqual } from "node:util";
import type { Command } from "commander";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildProgram } from "../../src/cli/index.ts";
import { world } from "../../src/cli/world.suite.ts";
import { ERRORS } from "../../src/errors/index.ts";
import { addOwnCommands } from "../../src/program/main.ts";
import { DEVICES } from "./devices.rows.ts";
import { OFFLINE } from "./offline.rows.ts";
import { freshPlace, furnish, type Place } from "./place.ts";
import { PLANS } from "./plans.rows.ts";
import type { Line, Rows, Sad } from "./row.ts";
import { SERVER } from "./server.rows.ts";
import { WEBHOOKS } from "./webhooks.rows.ts";

/** In the order in which they are run. */
const ROWS: Rows = { ...PLANS, ...SERVER, ...WEBHOOKS, ...DEVICES, ...OFFLINE };

const groups = Object.keys(ROWS).filter((name) => ROWS[name] === "group");
const rows = Object.entries(ROWS).flatMap(([name, row]) => (row === "group" ? [] : [[name, row] as const]));

function namesOf(command: Command, path: readonly string[] = []): string[] {
  return command.commands.flatMap((one) => {
    const here = [...path, one.name()];
    return [here.join(" "), ...namesOf(one, here)];
  });
}

let place: Place;
beforeAll(async () => {
  place = await freshPlace();
});
afterAll(() => place.close());

const typed = (line: Line): readonly string[] | Promise<readonly string[]> =>
  typeof line === "function" ? line(place) : line;

/** What is to be seen of a line that is refused. */
async function refusal({ line, io }: Sad) {
  const argv = await typed(line);
  const before = place.kept();
  const { code: exit, out, err } = await place.run(argv, io);
  const [, code, remedy] = /^uptick: \S[^]*\n {2}code: (.*)\n {2}remedy: (.*)\n$/m.exec(err) ?? [];
  return { exit, out, code, remedy, changed: isDeepStrictEqual(place.kept(), before) ? "nothing" : place.kept() };
}

const asRefused = ({ code, remedy = ERRORS[code].command ?? ERRORS[code].remedy }: Sad) => ({
  exit: code === "usage-invalid" ? 2 : 1,
  out: "",
  code,
  remedy,
  changed: "nothing",
});

describe("the table of commands", () => {
  it("has a row for each command of the program, and for nothing else", () => {
    const program = buildProgram(world([]).io, addOwnCommands);
    expect(Object.keys(ROWS).toSorted()).toEqual(namesOf(program).toSorted());
  });
});

describe("before devices can enroll, nothing changes and the remedy is shown by", () => {
  it.each(rows.flatMap(([name, { sad }]) => (sad.fresh === true ? [[name, sad] as const] : [])))(
    "%s",
    async (_name, sad) => expect(await refusal(sad)).toEqual(asRefused(sad)),
  );
});

describe("with devices", () => {
  beforeAll(() => furnish(place));

  // First, while nothing is under way that would change by itself.
  describe("nothing changes and the remedy is shown by", () => {
    it.each(rows.flatMap(([name, { sad }]) => (sad.fresh === true ? [] : [[name, sad] as const])))(
      "%s",
      async (_name, sad) => expect(await refusal(sad)).toEqual(asRefused(sad)),
    );
  });

  describe("it is done and said by", () => {
    it.each(rows)("%s", async (_name, { happy }) => {
      const { line, io, run = (argv) => place.run(argv, io), says, aside = [], exits = 0, then } = happy;
      const ran = await run(await typed(line));
      expect([ran.code, aside.length === 0 ? ran.err : ""]).toEqual([exits, ""]);
      for (const words of says) expect(ran.out).toMatch(words);
      for (const words of aside) expect(ran.err).toMatch(words);
      await then?.(place, ran);
    });
  });
});

describe("a group of commands", () => {
  it.each(groups)("%s names its commands, and does nothing without one", async (name) => {
    const alone = await place.run(name.split(" "));
    expect(alone).toMatchObject({ code: 2, out: "" });
    const help = await place.run([...name.split(" "), "--help"]);
    expect(help).toMatchObject({ code: 0, err: "" });
    const commands = Object.keys(ROWS).filter((one) => one.startsWith(`${name} `));
    expect(commands.length).toBeGreaterThan(1);
    for (const command of commands) {
      const listed = new RegExp(`\\n  ${command.slice(name.length + 1)} `);
      expect(alone.err).toMatch(listed);
      expect(help.out).toMatch(listed);
    }
  });
});

describe("a command that runs without the program", () => {
  it.each(["serve", "token reset", "account reset", "demo", "simulate", "rehearse"])(
    "says so where an option stands before it, and does nothing: %s",
    async (name) => {
      const { code, out, err } = await place.run(["--json", ...name.split(" ")]);
      expect([code, out]).toEqual([2, ""]);
      expect(err).toContain(`no option may stand before it: uptick ${name} ...`);
    },
  );
});

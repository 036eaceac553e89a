import { describe, expect, it } from "vitest";
import type { Scene } from "./rings/frame.ts";
import { createView } from "./view.ts";

const ESC = "\u001b[";
const done = {
  key: "1",
  kind: "apple-tv",
  version: "26.6",
  mechanism: "command",
  state: "done",
  sentence: "Up to date.",
  progress: null,
} as const;
const ready = { ...done, state: "ready", sentence: "Ready." };

function terminal(more: { isTTY?: boolean; columns?: number; rows?: number } = {}) {
  const written: string[] = [];
  return { isTTY: true, columns: 80, rows: 24, ...more, written, write: (text: string) => written.push(text) };
}

/** Each look at the clock is a second after the last. */
function seconds(): () => number {
  let now = 0;
  return () => (now += 1000);
}

describe("the demo's view on a terminal", () => {
  it("hides the cursor, redraws in place, and gives the cursor back once", () => {
    const out = terminal();
    const view = createView(out, {}, seconds());
    view.show([ready], "NOON");
    view.show([done], "NIGHT");
    view.close();
    view.close();
    const [first, second, ...last] = out.written;
    expect(first?.startsWith(`${ESC}?25l${ESC}2J${ESC}H`)).toBe(true);
    expect(second?.startsWith(`${ESC}H${ESC}2KUptick demo  NIGHT`)).toBe(true);
    expect(last).toEqual([`${ESC}?25h`]);
  });

  it("clears nothing behind a line, where a terminal may stand on the line's last character", () => {
    const out = terminal({ columns: 30 });
    createView(out, { NO_COLOR: "1" }).show([done], "NOON");
    const [lines = ""] = out.written.join("").split(`\n${ESC}J`);
    // What stands behind the command that clears: the text, and nothing that clears.
    const texts = lines.split("\n").map((line) => line.split(`${ESC}2K`)[1] ?? "nothing cleared");
    expect(texts).toEqual(["Uptick demo  NOON  1 devices", "1 done", "apple-tv                     …"]);
  });

  it("lets nothing that a device has said reach the terminal as a control", () => {
    for (const terminals of [terminal({ columns: 200 }), terminal({ isTTY: false })]) {
      createView(terminals, { NO_COLOR: "1" }).show(
        [{ ...done, version: "2\u001b[31m", sentence: "It says \u009b2J\u202e." }],
        "NOON",
      );
      const text = terminals.written.join("");
      expect(text).toContain("It says \\u{9b}2J\\u{202e}.");
      for (const obeyed of ["\u009b", "\u202e", "\u001b[31m"]) expect(text).not.toContain(obeyed);
    }
  });

  it("draws no more than ten times a second, and what was left out at the end", () => {
    const out = terminal();
    let now = 0;
    const view = createView(out, {}, () => now);
    const times = () => out.written.flatMap((text) => /demo  (\w+)/.exec(text)?.[1] ?? []);
    for (const [at, time] of [
      [0, "A"],
      [50, "B"],
      [99, "C"],
      [100, "D"],
      [150, "E"],
      [160, "F"],
    ] as const) {
      now = at;
      view.show([ready], time);
    }
    expect(times()).toEqual(["A", "D"]);
    view.close();
    view.close();
    expect(times()).toEqual(["A", "D", "F"]);
  });

  it("follows a resize at the next frame", () => {
    const out = terminal();
    const view = createView(out, {}, seconds());
    view.show([done], "NOON");
    out.columns = 10;
    view.show([done], "NOON");
    expect(out.written.map((text) => text.includes("Up to date."))).toEqual([true, false]);
  });

  it("takes a terminal that was told no size for a usual one", () => {
    const out = terminal({ columns: 0, rows: 0 });
    createView(out, {}).show([done], "NOON");
    expect(out.written.join("")).toContain("Up to date.");
  });

  it.each([
    [{}, true],
    [{ NO_COLOR: "" }, true],
    [{ NO_COLOR: "1" }, false],
  ])("with %o uses colours: %s", (env, colours) => {
    const out = terminal();
    createView(out, env).show([done], "NOON");
    expect(out.written.join("").includes(`${ESC}32m`)).toBe(colours);
  });
});

describe("the demo's view of the rings", () => {
  const scene = (...news: readonly string[]): Scene => ({ clock: "NOON", rings: [], news });

  it("on a terminal takes the place of the devices, and is drawn at the end too", () => {
    const out = terminal();
    let now = 0;
    const view = createView(out, { NO_COLOR: "1" }, () => now);
    view.show([done], "MORNING");
    now = 100;
    view.tell(scene("One."));
    view.tell(scene("One.", "Two."));
    view.close();
    const [, drawn = "", last = "", shown] = out.written;
    expect(drawn.startsWith(`${ESC}H${ESC}2KUptick demo  NOON`)).toBe(true);
    expect([drawn, last].map((text) => text.includes("Two."))).toEqual([false, true]);
    expect(last).not.toContain("apple-tv");
    expect(shown).toBe(`${ESC}?25h`);
  });

  it("elsewhere is a plain line for each thing that happens, once", () => {
    const out = terminal({ isTTY: false });
    const view = createView(out, {});
    for (const told of [scene(), scene("One."), scene("One."), scene("One.", "Two.", "Three.")]) view.tell(told);
    view.close();
    expect(out.written).toEqual(["One.\n", "Two.\n", "Three.\n"]);
  });
});

describe("the demo's view elsewhere", () => {
  it.each([
    ["a pipe", { isTTY: false }, {}],
    ["a dumb terminal", { isTTY: true }, { TERM: "dumb" }],
  ])("on %s is a plain line for each change", (_where, more, env) => {
    const out = terminal(more);
    const view = createView(out, env);
    view.show([ready], "NOON");
    view.show([ready], "LATER");
    view.show([done], "NIGHT");
    view.close();
    expect(out.written).toEqual([
      "apple-tv                      26.6    MDM Ready.\n",
      "apple-tv                      26.6    MDM Up to date.\n",
    ]);
  });
});

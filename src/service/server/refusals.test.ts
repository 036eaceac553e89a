import { describe, expect, it } from "vitest";
import type { NoteRefusalsInput } from "./note-refusals.ts";
import type { Ports } from "../ports.ts";
import { createRefusals, GATHER_REFUSALS, type NewRefusal } from "./refusals.ts";

const NEW: NewRefusal = {
  source: "mdm",
  reason: "certificate-missing",
  sentence: "It came without.",
  udid: "U",
  address: "192.0.2.1",
};

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Only what is written is of interest, and when. */
function world() {
  const written: NoteRefusalsInput[] = [];
  const lines: [string, object][] = [];
  const state = { now: 1_000_000, fails: false };
  const say = (event: string, fields?: object): void => void lines.push([event, fields ?? {}]);
  const ports = {
    log: { debug: say, info: say, warn: say, error: say },
    now: () => state.now,
    realNow: () => state.now,
    devices: {
      run: async (_transaction: unknown, input: NoteRefusalsInput) => {
        if (state.fails) throw new Error("disk full");
        written.push(input);
      },
    },
  } as unknown as Ports;
  return { refusals: createRefusals(ports), written, lines, state };
}

describe("refusals as they happen", () => {
  it("are written at once after a quiet time, then together: a flood is two transactions and two lines", async () => {
    const { refusals, written, lines } = world();
    for (let nth = 0; nth < 1000; nth += 1) {
      refusals.note(NEW);
      await turn();
    }
    await refusals.flush();
    expect(written.map((input) => input.refusals.map(({ count }) => count))).toEqual([[1], [999]]);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toEqual([
      "device-refused",
      expect.objectContaining({ udid: "U", address: "192.0.2.1", count: 999 }),
    ]);
    await refusals.flush();
    expect(written).toHaveLength(2);
  });

  it("are written at once again when the time has passed, or has stepped back", async () => {
    const { refusals, written, state } = world();
    for (const step of [0, GATHER_REFUSALS - 1, GATHER_REFUSALS, -86_400_000]) {
      state.now += step;
      refusals.note(NEW);
      await turn();
    }
    // The second waited for the third.
    expect(written.map((input) => input.refusals.map(({ count }) => count))).toEqual([[1], [2], [1]]);
  });

  it("of more kinds than are gathered are counted by their reason alone, and not all of them logged", async () => {
    const { refusals, written, lines } = world();
    refusals.note(NEW);
    for (let nth = 0; nth < 5000; nth += 1) refusals.note({ ...NEW, udid: `U${nth}`, fingerprint: `f${nth}` });
    await refusals.flush();
    const last = written.at(-1)?.refusals ?? [];
    expect(last).toHaveLength(201);
    expect(last.at(-1)).toMatchObject({ udid: null, fingerprint: null, count: 4801 });
    expect(lines.length).toBeLessThan(30);
  });

  it("that could not be written are said in the log and written the next time", async () => {
    const { refusals, written, lines, state } = world();
    state.fails = true;
    refusals.note(NEW);
    await refusals.flush();
    expect(lines.map(([event]) => event)).toContain("refusals-not-noted");
    state.fails = false;
    refusals.note(NEW);
    await refusals.flush();
    expect(written.map((input) => input.refusals.map(({ count }) => count))).toEqual([[2]]);
  });
});

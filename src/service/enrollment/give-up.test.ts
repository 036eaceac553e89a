/** What is said of commands whose device leaves, as a table: (was it handed out, how often may it be) → how it ends. */
import { describe, expect, it } from "vitest";
import { transact } from "../../store/in-memory.suite.ts";
import type { Flag, Rows } from "../../store/index.ts";
import { checkOut } from "../check-in/check-out.ts";
import { caller, command, device, ID, NOW } from "./one-device.suite.ts";
import { removeDevice } from "../check-in/remove.ts";

const remove = { enrollmentId: "e1", dryRun: false, by: "token:first", firstId: ID, now: NOW };

describe("a raw command of a device that is gone", () => {
  it.each<[Rows["command"]["state"], Flag, string]>([
    ["queued", 0, "withdrawn"],
    ["queued", 1, "withdrawn"],
    ["offered", 0, "withdrawn"],
    ["offered", 1, "answer-lost"],
  ])("%s, once: %d, ends as %s", (state, once, outcome) => {
    const offeredAt = state === "offered" ? NOW - 1 : null;
    const rows = device({ command: [command("a", { origin: "raw", state, once, offeredAt })] });
    const ends = [
      transact(checkOut, { ...caller, kept: new Uint8Array() }, rows),
      transact(removeDevice, remove, rows),
    ].map((done) => [done.rows.command, done.rows.closedCommand?.map((row) => row.outcome)]);
    expect(ends).toEqual([
      [[], [outcome]],
      [[], [outcome]],
    ]);
  });
});

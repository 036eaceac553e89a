/** How rows differ, as a table: (rows before, rows after) → writes. */
import { describe, expect, it } from "vitest";
import type { Write } from "../../store/index.ts";
import { assignmentRow, commandRow, jobRow, outboxRow } from "../../store/suite-rows.ts";
import { difference } from "./difference.ts";
import { enrollment, NOW } from "./one-device.suite.ts";
import type { UnitRows } from "./rows.ts";

const job = jobRow("j1", "e1");
const ended = { ...job, live: 0, state: "done" } as const;
const push = outboxRow("e1", NOW);
const before: UnitRows = {
  enrollment: enrollment({ dueAt: 1 }),
  factsRow: undefined,
  outstanding: new Map([["a", commandRow("e1", "a")]]),
  declarative: undefined,
  assignment: assignmentRow("e1", "p1"),
  pushRow: push,
  jobs: new Map([["j1", job]]),
};
const fresh = jobRow("j2", "e1");
const ofDevice = { enrollmentId: "e1" };

describe("the difference of an enrollment's rows", () => {
  it.each<[string, Partial<UnitRows>, readonly Write[]]>([
    ["is nothing where all are the same", {}, []],
    ["is nothing where a row was written again as it was", { enrollment: { ...before.enrollment } }, []],
    [
      "is one patch of the columns that differ, however often the row was changed",
      { enrollment: { ...before.enrollment, dueAt: 2, unheard: 3 } },
      [{ patch: "enrollment", where: { id: "e1" }, set: { dueAt: 2, unheard: 3 } }],
    ],
    [
      "ends a job before the next one begins: a device has one live job at every moment",
      {
        jobs: new Map([
          ["j2", fresh],
          ["j1", ended],
        ]),
      },
      [
        { patch: "job", where: { id: "j1" }, set: { live: 0, state: "done" } },
        { insert: "job", row: fresh },
      ],
    ],
    [
      "drops a command that is outstanding no more, and inserts one that is new",
      { outstanding: new Map([["b", commandRow("e1", "b")]]) },
      [
        { drop: "command", where: { ...ofDevice, uuid: "a" } },
        { insert: "command", row: commandRow("e1", "b") },
      ],
    ],
    ["drops what is gone", { assignment: undefined }, [{ drop: "assignment", where: ofDevice }]],
    ["drops a push that is not needed", { pushRow: undefined }, [{ drop: "outbox", where: { id: push.id } }]],
    [
      "puts a push whole: its sender may have deleted it meanwhile",
      { pushRow: { ...push, generation: 9 } },
      [{ put: "outbox", row: { ...push, generation: 9 } }],
    ],
  ])("%s", (_title, after, writes) => {
    expect(difference(before, { ...before, ...after })).toEqual(writes);
  });
});

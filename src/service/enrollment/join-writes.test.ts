import { describe, expect, it } from "vitest";
import type { OutboxRow, Write } from "../../store/index.ts";
import { patchInto, putInto } from "./join-writes.ts";

const push = (set: Partial<OutboxRow> = {}): OutboxRow => ({
  id: "p",
  kind: "push",
  enrollmentId: "e",
  dueAt: 1,
  attempts: 0,
  leaseUntil: 0,
  generation: 1,
  ...set,
});

describe("writes of one row", () => {
  it("join: patches become one, and a part of the row that was put before them", () => {
    const writes: Write[] = [];
    patchInto(writes, "enrollment", { id: "e" }, { dueAt: 1, unheard: 2 });
    patchInto(writes, "enrollment", { id: "other" }, { dueAt: 7 });
    patchInto(writes, "enrollment", { id: "e" }, { dueAt: 3 });
    writes.push({ put: "outbox", row: push() });
    patchInto(writes, "outbox", { id: "p" }, { attempts: 4 });
    expect(writes).toEqual([
      { patch: "enrollment", where: { id: "e" }, set: { dueAt: 3, unheard: 2 } },
      { patch: "enrollment", where: { id: "other" }, set: { dueAt: 7 } },
      { put: "outbox", row: push({ attempts: 4 }) },
    ]);
  });

  it("never join over a row's end", () => {
    const writes: Write[] = [];
    putInto(writes, "outbox", { id: "p" }, push());
    putInto(writes, "outbox", { id: "p" }, push({ generation: 2 }));
    expect(writes).toEqual([{ put: "outbox", row: push({ generation: 2 }) }]);
    writes.push({ drop: "outbox", where: { id: "p" } });
    putInto(writes, "outbox", { id: "p" }, push({ generation: 3 }));
    patchInto(writes, "outbox", { id: "p" }, { attempts: 1 });
    expect(writes.slice(1)).toEqual([
      { drop: "outbox", where: { id: "p" } },
      { put: "outbox", row: push({ generation: 3, attempts: 1 }) },
    ]);
  });
});

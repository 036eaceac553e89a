/** The contract of every backend, for whoever watches the server: its figures. The three devices are those of `admin.suite.ts`. */
import { expect, it } from "vitest";
import type { Given } from "./given.suite.ts";
import { commandRow, jobRow, outboxRow } from "./suite-rows.ts";

export function testWatched(given: Given): void {
  const { put } = given;
  it("counts live jobs, open commands, pushes and when the first identity ends, for those who watch", async () => {
    const { admin } = given.store;
    const none = await admin.figures();
    expect(none).toMatchObject({ outbox: { rows: 0, firstDueAt: null }, identityEndsAt: null });
    expect([...none.commands]).toEqual([]);
    const renewal = { dueAt: null, attempts: 0, leaseUntil: 0, error: null, errorAt: null };
    await put(
      { put: "command", row: commandRow("a", "u1") },
      { put: "command", row: commandRow("a", "u2") },
      { put: "command", row: commandRow("b", "u1", { state: "offered" }) },
      { put: "outbox", row: outboxRow("a", 70) },
      { put: "outbox", row: outboxRow("b", 50) },
      { put: "renewal", row: { ...renewal, enrollmentId: "a", endsAt: 900 } },
      { put: "renewal", row: { ...renewal, enrollmentId: "b", endsAt: 800 } },
    );
    const found = await admin.figures();
    const { state } = jobRow("any", "any");
    expect(Object.fromEntries(found.jobs)).toEqual({ [state]: 1, blocked: 1 });
    expect(Object.fromEntries(found.commands)).toEqual({ queued: 2, offered: 1 });
    expect(found).toMatchObject({ outbox: { rows: 2, firstDueAt: 50 }, identityEndsAt: 800 });
    expect(found.databaseBytes).toBeGreaterThan(100_000);
  });
}

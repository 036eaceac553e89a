/** What an ask is shown of what is stored: the part of the suite that is about lookups. */
import { expect, it } from "vitest";
import type { Given } from "./given.suite.ts";
import { chain, claimants, firstOf, takeFirst, unlessOutstanding, write } from "./suite-transactions.ts";
import { commandBytesRow, commandRow, enrollmentRow, jobRow, planRow } from "./suite-rows.ts";

export function testLookups(given: Given): void {
  it("follows a chain of lookups, and finds nothing behind a lookup that found nothing", async () => {
    await given.put(
      { put: "enrollment", row: enrollmentRow("e1") },
      { put: "command", row: commandRow("e1", "later", { rank: 2 }) },
      { put: "command", row: commandRow("e1", "first", { rank: 1 }) },
      { put: "command", row: commandRow("other", "foreign") },
      { put: "job", row: jobRow("j1", "e1") },
      { put: "plan", row: planRow("plan") },
    );
    expect(await given.store.devices.run(chain, { appleId: "UDID-e1" })).toEqual({
      found: 1,
      commands: ["first", "later"],
      plans: ["plan plan"],
    });
    expect(await given.store.devices.run(chain, { appleId: "nobody" })).toEqual({ found: 0, commands: [], plans: [] });
  });

  it("reads the columns that are named and no others, whatever the same ask looked for before", async () => {
    const pushTrouble = { code: "push-token-dead", reason: "Unregistered", since: 7 } as const;
    await given.put(
      { put: "enrollment", row: enrollmentRow("e1", { claimedSerial: "S1", pushTrouble }) },
      { put: "enrollment", row: enrollmentRow("e2", { state: "checked-out" }) },
    );
    const one = [{ id: "e1", state: "enrolled", pushTrouble }];
    const other = [{ id: "e2", state: "checked-out", pushTrouble: null }];
    for (const [claimedSerial, found] of [
      ["S1", one],
      [null, other],
      ["S2", []],
      ["S1", one],
      [null, other],
    ] as const)
      expect(await given.store.devices.run(claimants, { claimedSerial })).toEqual(found);
  });

  it("looks nothing up where none are wanted", async () => {
    await given.put({ put: "plan", row: planRow("p") });
    expect(await given.store.devices.read({ from: "plan", where: { id: "p" }, limit: 0 })).toEqual([]);
  });

  it("looks nothing up where an earlier lookup has found what makes it needless", async () => {
    await given.put(
      { put: "command", row: commandRow("e1", "other") },
      { put: "command", row: commandRow("e1", "that") },
      { put: "job", row: jobRow("j1", "e1") },
    );
    const ask = (enrollmentId: string, uuid: string) =>
      given.store.devices.run(unlessOutstanding, { enrollmentId, uuid });
    // In one batch: some of its asks need the lookup and some do not.
    expect(await Promise.all([ask("e1", "that"), ask("e1", "gone"), ask("e2", "that")])).toEqual([
      { commands: 2, jobs: 0 },
      { commands: 2, jobs: 1 },
      { commands: 0, jobs: 0 },
    ]);
  });

  it("looks up what only a decision names, as it was before its writes", async () => {
    await given.put(
      ...(["a", "b"] as const).flatMap((uuid, rank) => [
        { put: "command" as const, row: commandRow("e1", uuid, { rank }) },
        { put: "commandBytes" as const, row: { ...commandBytesRow("e1", uuid), bytes: new Uint8Array([rank, 7]) } },
      ]),
      { put: "command", row: commandRow("e2", "c") },
    );
    const take = (enrollmentId: string) => given.store.devices.run(takeFirst, { enrollmentId });
    // In one batch: each finds its bytes, and the second of a device what the first has left.
    expect(await Promise.all([take("e1"), take("e2"), take("e1"), take("e3")])).toEqual([[0, 7], [], [1, 7], []]);
    expect(await given.store.devices.read({ from: "command", where: { enrollmentId: "e1" } })).toEqual([]);
    const written = await given.store.devices.runWith(takeFirst, { enrollmentId: "e4" }, []);
    expect(written).toEqual({ result: [], written: true });
  });

  // The ask before it names the row by its key and has not looked it up: only that the lookup is cut short says that it matters.
  it("looks again where a lookup of the first rows may find others since an ask before it in the batch", async () => {
    await given.put(
      { put: "command", row: commandRow("e1", "a", { rank: 1 }) },
      { put: "command", row: commandRow("e1", "b", { rank: 2 }) },
    );
    const where = { enrollmentId: "e1", uuid: "b" };
    const [, first] = await Promise.all([
      given.store.devices.run(write, { writes: [{ patch: "command", where, set: { rank: 0 } }] }),
      given.store.devices.run(firstOf, { enrollmentId: "e1" }),
    ]);
    expect(first).toBe("b");
  });
}

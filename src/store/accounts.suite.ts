/** The contract of every backend: accounts and their sessions. */
import { expect, it } from "vitest";
import type { Given } from "./given.suite.ts";
import { accountRow } from "./suite-rows.ts";

export function testAccounts(given: Given): void {
  const { put } = given;
  it("keeps accounts by their names, one of a name and one of a provider's person, and their sessions", async () => {
    const known = accountRow("b", { issuer: "https://idp.example.org", subject: "7", password: null });
    await put({ insert: "account", row: known }, { insert: "account", row: accountRow("a", { state: "disabled" }) });
    const { devices } = given.store;
    expect(await devices.read({ from: "account", where: {} })).toEqual([accountRow("a", { state: "disabled" }), known]);
    const byPerson = { issuer: "https://idp.example.org", subject: "7" };
    expect(await devices.read({ from: "account", where: byPerson })).toEqual([known]);
    for (const row of [accountRow("c", { nameKey: "a" }), accountRow("d", byPerson)])
      await expect(put({ insert: "account", row })).rejects.toMatchObject({ code: "store-conflict" });
    const session = { hash: "h", accountId: "a", createdAt: 1, usedAt: 2 };
    await put({ insert: "session", row: session }, { insert: "session", row: { ...session, hash: "i" } });
    await put({ patch: "session", where: { hash: "i" }, set: { usedAt: 3 } });
    expect((await devices.read({ from: "session", where: { accountId: "a" } })).map(({ usedAt }) => usedAt)).toEqual([
      2, 3,
    ]);
    await put({ drop: "session", where: { accountId: "a" } });
    expect(await devices.read({ from: "session", where: {} })).toEqual([]);
  });
}

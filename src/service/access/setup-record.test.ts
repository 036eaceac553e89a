import { describe, expect, it } from "vitest";
import { type MemoryRows, transact } from "../../store/in-memory.suite.ts";
import type { Json } from "../../store/index.ts";
import { accountRow, tokenRow } from "../../store/suite-rows.ts";
import { offerSetup, resetAccount, SETUP, SETUP_LASTS, setUp, type SetUpInput } from "./setup-record.ts";

const INPUT: SetUpInput = {
  secretHash: "secret",
  id: "new",
  name: "Root",
  nameKey: "root",
  password: "hash",
  sessionHash: "session",
  now: 0,
};
const offered = (rows: MemoryRows = {}): MemoryRows => transact(offerSetup, { hash: "secret", now: 0 }, rows).rows;
const use = (rows: MemoryRows, more: Partial<SetUpInput> = {}) => transact(setUp, { ...INPUT, ...more }, rows);

describe("a set-up link", () => {
  it.each<[now: number, made: boolean]>([
    [0, true],
    [SETUP_LASTS - 1, true],
    [SETUP_LASTS, false],
    [SETUP_LASTS * 100, false],
  ])("is good for a day: used after %i ms", (now, made) => {
    const { reply, changed } = use(offered(), { now });
    expect([reply?.role, Object.keys(changed).length > 0]).toEqual([made ? "admin" : undefined, made]);
  });

  it("makes an admin who is signed in, and is gone", () => {
    const { rows, reply, changed } = use(offered());
    expect(reply).toMatchObject({ id: "new", role: "admin", createdBy: "account:new", revision: 1 });
    expect(changed[`setting ${SETUP}`]).toBe("gone");
    expect(rows.session).toEqual([{ hash: "session", accountId: "new", createdAt: 0, usedAt: 0 }]);
    expect(use(rows, { id: "second", name: "Second", nameKey: "second" }).changed).toEqual({});
  });

  it.each<[string, MemoryRows, Partial<SetUpInput>]>([
    ["another secret", offered(), { secretHash: "guess" }],
    ["no link", {}, {}],
    ["an account that was made meanwhile", { ...offered(), account: [accountRow("anna")] }, {}],
    ["that account", { ...offered(), account: [accountRow("anna")] }, { id: "anna", name: "anna", nameKey: "anna" }],
  ])("changes nothing with %s", (_what, rows, more) => {
    const { reply, changed } = use(rows, more);
    expect([reply, changed]).toEqual([null, {}]);
  });

  it("is not offered where there is an account, and with tokens alone it is", () => {
    expect(
      transact(offerSetup, { hash: "h", now: 0 }, { account: [accountRow("a", { state: "disabled" })] }).changed,
    ).toEqual({});
    expect(transact(offerSetup, { hash: "h", now: 0 }, { adminToken: [tokenRow("t")] }).reply).toEqual({
      offered: true,
    });
  });
});

describe("a link that resets an account", () => {
  const account = [accountRow("anna", { role: "viewer", state: "disabled" }), accountRow("ben")];
  const sessions = ["anna", "ben"].map((accountId) => ({
    hash: `of ${accountId}`,
    accountId,
    createdAt: 0,
    usedAt: 0,
  }));
  const before: MemoryRows = { account, session: sessions };
  const reset = transact(resetAccount, { nameKey: "anna", hash: "secret", auditId: "audit", now: 0 }, before).rows;
  const anna = { id: "anna", name: "anna", nameKey: "anna" };

  it("sets its password, enables it, keeps its role, and ends its sessions alone", () => {
    const { rows, reply } = use(reset, anna);
    expect(reply).toMatchObject({
      role: "viewer",
      state: "active",
      password: "hash",
      revision: 2,
      createdBy: "token:first",
    });
    expect((rows.session ?? []).map(({ hash }) => hash)).toEqual(["of ben", "session"]);
  });

  it.each<[string, Partial<SetUpInput>]>([
    ["after a day", { ...anna, now: SETUP_LASTS }],
    ["for another account", { id: "ben", name: "ben", nameKey: "ben" }],
    ["by another name", { ...anna, name: "ben", nameKey: "ben" }],
    ["for a new account", {}],
  ])("changes nothing %s", (_what, more) => {
    expect(use(reset, more).changed).toEqual({});
  });

  it("changes nothing once the account is gone, or has come to a provider", () => {
    expect(use({ ...reset, account: [accountRow("ben")] }, anna).changed).toEqual({});
    const external = accountRow("anna", { issuer: "https://login.example.org", subject: "1" });
    expect(use({ ...reset, account: [external] }, anna).changed).toEqual({});
  });

  it.each([
    ["nobody", "unknown"],
    ["eva", "external"],
  ])("is not made for %s: %s", (nameKey, result) => {
    const rows: MemoryRows = { account: [accountRow("eva", { issuer: "https://login.example.org", subject: "1" })] };
    const { reply, changed } = transact(resetAccount, { nameKey, hash: "h", auditId: "a", now: 0 }, rows);
    expect([reply, changed]).toEqual([result, {}]);
  });

  it("replaces the link before it", () => {
    const again = transact(resetAccount, { nameKey: "ben", hash: "next", auditId: "audit-2", now: 1 }, reset).rows;
    expect(use(again, anna).changed).toEqual({});
    const value: Json = { hash: "next", expiresAt: 1 + SETUP_LASTS, accountId: "ben" };
    expect(again.setting).toContainEqual({ name: SETUP, value });
  });
});

/** Tokens that are remembered, on rows in memory: nobody is let in by one that was revoked. */
import { describe, expect, it } from "vitest";
import { hashSecret } from "../../identity/index.ts";
import { type MemoryRows, transact } from "../../store/in-memory.suite.ts";
import type { DeviceStore } from "../../store/index.ts";
import { tokenRow } from "../../store/suite-rows.ts";
import type { Actor } from "../actor.ts";
import { createAdminTokens } from "./admin-tokens.ts";

function place(shared: boolean) {
  const tokens = ["a", "b"].map((name) => tokenRow(hashSecret(name), { name, expiresAt: name === "b" ? 100 : null }));
  let rows: MemoryRows = { adminToken: tokens };
  let looked = 0;
  /** What is read then is answered when this is called. */
  let held: (() => void) | undefined;
  const state = { holds: false, now: 0 };
  const devices = {
    async read({ where }: { readonly where: { readonly hash: string } }) {
      looked += 1;
      const found = (rows.adminToken ?? []).filter(({ hash }) => hash === where.hash);
      if (state.holds) await new Promise<void>((resolve) => (held = resolve));
      return found;
    },
  } as unknown as DeviceStore;
  const run = async (transaction: Parameters<typeof transact>[0], input: unknown): Promise<unknown> => {
    await Promise.resolve();
    const done = transact(transaction, input as never, rows);
    ({ rows } = done);
    return done.reply;
  };
  const actor = { name: "system", run, found: () => undefined } as unknown as Actor;
  const admin = createAdminTokens({ devices, random: (n) => new Uint8Array(n), now: () => state.now }, { shared });
  return {
    state,
    looked: () => looked,
    answer: () => held?.(),
    enter: async (token: string) => (await admin.authenticate(token))?.name,
    revoke: (name: string) => admin.revokeToken(actor, name),
    /** As another process does it. */
    drop: (name: string) => void (rows = { adminToken: tokens.filter((row) => row.name !== name) }),
  };
}

describe("an admin token", () => {
  it("is looked up once, and one that is not known each time", async () => {
    const here = place(false);
    expect([await here.enter("a"), await here.enter("a"), here.looked()]).toEqual(["a", "a", 1]);
    expect([await here.enter("x"), await here.enter("x"), here.looked()]).toEqual([undefined, undefined, 3]);
  });

  it("is not known any more once it is revoked", async () => {
    const here = place(false);
    await here.enter("a");
    await here.revoke("a");
    expect([await here.enter("a"), await here.enter("b")]).toEqual([undefined, "b"]);
  });

  it("is not remembered by a look that began before it was revoked and ended after that", async () => {
    const here = place(false);
    here.state.holds = true;
    const slow = here.enter("a");
    await here.revoke("a");
    here.answer();
    await slow;
    here.state.holds = false;
    expect(await here.enter("a")).toBeUndefined();
  });

  it("is not remembered by a look while it is being revoked", async () => {
    const here = place(false);
    const revoked = here.revoke("a");
    await here.enter("a");
    await revoked;
    expect(await here.enter("a")).toBeUndefined();
  });

  it("is known where the last one can't be revoked", async () => {
    const here = place(false);
    await here.revoke("a");
    await expect(here.revoke("b")).rejects.toMatchObject({ code: "token-last" });
    expect(await here.enter("b")).toBe("b");
  });

  it("is not known from the moment on at which it expires, remembered or not", async () => {
    const here = place(false);
    here.state.now = 99;
    expect(await here.enter("b")).toBe("b");
    here.state.now = 100;
    expect(await here.enter("b")).toBeUndefined();
    expect(await place(false).enter("a")).toBe("a");
  });

  it("that has expired is no way in: the other can't be revoked", async () => {
    const here = place(false);
    here.state.now = 100;
    await expect(here.revoke("a")).rejects.toMatchObject({ code: "token-last" });
    await here.revoke("b");
  });

  it("is looked up each time where another process may have revoked it", async () => {
    const here = place(true);
    expect(await here.enter("a")).toBe("a");
    here.drop("a");
    expect(await here.enter("a")).toBeUndefined();
  });
});

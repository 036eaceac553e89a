import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createBodyBudget, FREE_BYTES, GrowingBody, type Lease, type Sender } from "./index.ts";

const LIMITS = { total: 1000, claimed: 400, stranger: 200 };
const counted = (bytes: number): number => FREE_BYTES + bytes;

describe("a budget of bodies", () => {
  it("has room for known senders whatever others hold", () => {
    const budget = createBodyBudget(LIMITS);
    expect(budget.lease("stranger").resize(counted(200))).toBe(true);
    expect(budget.lease("stranger").resize(counted(1))).toBe(false);
    expect(budget.lease("claimed").resize(counted(400))).toBe(true);
    expect(budget.lease("claimed").resize(counted(1))).toBe(false);
    expect(budget.lease("known").resize(counted(400))).toBe(true);
    expect(budget.lease("known").resize(counted(1))).toBe(false);
    expect([budget.held, budget.peak]).toEqual([1000, 1000]);
  });

  it("always has room for the first bytes of a body", () => {
    const budget = createBodyBudget(LIMITS);
    budget.lease("known").resize(counted(1000));
    for (const sender of ["known", "claimed", "stranger"] as const)
      expect(budget.lease(sender).resize(FREE_BYTES)).toBe(true);
    expect(budget.held).toBe(1000);
  });

  it("takes back what a body held when its request is over and nobody works on it, and gives it nothing more", () => {
    const budget = createBodyBudget(LIMITS);
    const lease = budget.lease("known");
    lease.resize(counted(300));
    const unpin = [lease.pin(), lease.pin()];
    lease.end();
    expect(lease.resize(counted(301))).toBe(false);
    for (const one of unpin) {
      expect(budget.held).toBe(300);
      one();
      one();
    }
    expect(budget.held).toBe(0);
    lease.end();
    expect(budget.held).toBe(0);
  });

  it("holds what its leases hold, never more than it may, and nothing in the end, in any order", () => {
    const act = fc.record({
      who: fc.nat(7),
      what: fc.constantFrom("resize", "resize", "resize", "pin", "unpin", "end"),
      bytes: fc.nat(600),
    });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        const budget = createBodyBudget(LIMITS);
        const senders: readonly Sender[] = ["known", "claimed", "stranger"];
        const leases = Array.from({ length: 8 }, (_, i): { lease: Lease; unpin: (() => void)[] } => ({
          lease: budget.lease(senders[i % 3] ?? "known"),
          unpin: [],
        }));
        for (const { who, what, bytes } of acts) {
          const one = leases[who];
          if (what === "resize") one?.lease.resize(counted(bytes));
          else if (what === "pin") one?.unpin.push(one.lease.pin());
          else if (what === "unpin") one?.unpin.pop()?.();
          else one?.lease.end();
          expect(budget.held).toBeGreaterThanOrEqual(0);
          expect(budget.held).toBeLessThanOrEqual(LIMITS.total);
        }
        for (const { lease, unpin } of leases) {
          lease.end();
          for (const one of unpin) one();
        }
        expect(budget.held).toBe(0);
        expect(budget.peak).toBeLessThanOrEqual(LIMITS.total);
      }),
    );
  });
});

describe("a body that grows", () => {
  it("is what came, in pieces of any size, and counts what it allocates", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 9000 }), { maxLength: 12 }), (pieces) => {
        const budget = createBodyBudget({ total: 1_000_000, claimed: 0, stranger: 0 });
        const whole = Buffer.concat(pieces);
        const lease = budget.lease("known");
        const body = new GrowingBody(lease, whole.length);
        for (const piece of pieces) expect(body.add(piece)).toBe(true);
        expect(body.bytes().equals(whole)).toBe(true);
        expect(budget.held).toBeGreaterThanOrEqual(Math.max(0, whole.length - FREE_BYTES));
        expect(body.bytes().buffer.byteLength).toBeLessThanOrEqual(whole.length);
        expect(body.add(Buffer.alloc(1))).toBe(false);
        lease.end();
        expect(budget.held).toBe(0);
      }),
    );
  });

  it("stops where the budget ends, and gives back what it forgets", () => {
    const budget = createBodyBudget({ total: 100_000, claimed: 0, stranger: 0 });
    const body = new GrowingBody(budget.lease("known"), 1_000_000);
    const piece = Buffer.alloc(1000, 1);
    let taken = 0;
    while (body.add(piece)) taken += 1;
    expect(taken).toBe(65);
    expect(body.size).toBe(65_000);
    expect(budget.held).toBeLessThanOrEqual(100_000);
    body.truncate(20_000);
    expect([body.size, budget.held]).toEqual([20_000, 20_000 - FREE_BYTES]);
  });
});

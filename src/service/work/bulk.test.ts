/** The work at many devices by itself: processes that share a table of owners, and rows that fail, hang or are stopped. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Bulk, type BulkWork, createBulk } from "./bulk.ts";
import { createGate } from "./gate.ts";

const LEASE = 1000;

interface Owner {
  readonly id: number;
  dueAt: number | null;
  leaseUntil: number;
  /** Which process has claimed it last, and whether it has given it back. */
  holder: number | undefined;
  readonly open: Set<number>;
}

interface Process {
  readonly bulk: Bulk;
  readonly work: BulkWork<Owner, number>;
  readonly most: () => number;
}

/** Several processes, one table. Its clock stands still until it is set forward. */
function world(rowsOf: readonly number[], page: number) {
  let now = 1;
  let processes = 0;
  const done: string[] = [];
  const faults: string[] = [];
  const logged: string[] = [];
  const owners: Owner[] = rowsOf.map((rows, id) => ({
    id,
    dueAt: 0,
    leaseUntil: 0,
    holder: undefined,
    open: new Set(Array.from({ length: rows }, (_, row) => row)),
  }));

  /** `meet`: what a row meets before it is done. */
  function process(
    atOnce: number,
    meet: (owner: Owner, row: number) => Promise<void> = async () => undefined,
  ): Process {
    const me = (processes += 1);
    let [running, most] = [0, 0];
    const bulk = createBulk({
      gate: createGate(atOnce),
      atOnce,
      leaseMs: LEASE,
      log: { error: (event) => void logged.push(event) },
    });
    const holds = (owner: Owner, what: string): void => {
      if (owner.holder !== me && owner.leaseUntil > now)
        faults.push(`${me} does ${what} of ${owner.id} under another's lease`);
      if (owner.holder === undefined) faults.push(`${me} does ${what} of ${owner.id}, which it has given back`);
    };
    const work: BulkWork<Owner, number> = {
      what: "test",
      async claim(leaseMs) {
        await Promise.resolve();
        const due = owners
          .filter(({ dueAt, leaseUntil }) => dueAt !== null && dueAt <= now && leaseUntil <= now)
          .slice(0, 2);
        for (const owner of due) Object.assign(owner, { leaseUntil: now + leaseMs, holder: me });
        return due;
      },
      async page(owner) {
        await Promise.resolve();
        holds(owner, "a page");
        const rows = [...owner.open].slice(0, page);
        return { rows, more: rows.length > 0 };
      },
      async work(owner, row) {
        running += 1;
        most = Math.max(most, running);
        try {
          await meet(owner, row);
          holds(owner, `row ${row}`);
          owner.open.delete(row);
          done.push(`${owner.id}/${row}`);
        } finally {
          running -= 1;
        }
      },
      async release(owner, more) {
        await Promise.resolve();
        holds(owner, "the release");
        Object.assign(owner, { leaseUntil: 0, holder: undefined, dueAt: more ? now : null });
      },
    };
    return { bulk, work, most: () => most };
  }

  /** Turns until nothing is claimed any more. */
  async function run({ bulk, work }: Process): Promise<void> {
    while ((await bulk.turn(work)) > 0);
  }

  return {
    owners,
    done,
    faults,
    logged,
    process,
    run,
    later: (ms: number) => void (now += ms),
    leased: () => owners.filter(({ leaseUntil }) => leaseUntil > now).map(({ id }) => id),
  };
}

const never = (): Promise<void> => new Promise(() => undefined);
const soon = async (turns: number): Promise<void> => {
  for (let n = 0; n < turns; n += 1) await Promise.resolve();
};
const all = (rowsOf: readonly number[]): string[] =>
  rowsOf.flatMap((rows, id) => Array.from({ length: rows }, (_, row) => `${id}/${row}`));

describe("work at many devices", () => {
  const cases: readonly (readonly [what: string, rows: readonly number[], page: number, turns: number])[] = [
    ["nothing to do", [], 5, 0],
    ["an owner without rows", [0], 5, 1],
    ["less than a page", [3], 5, 2],
    ["several pages", [12], 5, 4],
    ["several owners", [7, 1, 4], 5, 3],
  ];
  it.each(cases)("does every row once and puts the owners to rest: %s", async (_what, rows, page) => {
    const { owners, done, faults, process, run, leased } = world(rows, page);
    await run(process(3));
    expect(done.toSorted()).toEqual(all(rows).toSorted());
    expect([owners.filter(({ dueAt }) => dueAt !== null), leased(), faults]).toEqual([[], [], []]);
  });

  it("keeps no more in flight than it may, of all owners together", async () => {
    const { process, run, done } = world([9, 9], 9);
    const one = process(4, () => soon(5));
    await run(one);
    expect([one.most(), done.length]).toEqual([4, 18]);
  });

  it("does the others where a row fails, and that one with the next page", async () => {
    const { owners, done, logged, process, run, leased } = world([6], 3);
    let failures = 1;
    const one = process(2, async (_owner, row) => {
      if (row === 1 && failures-- > 0) throw new Error("the disk is full");
    });
    await run(one);
    expect([new Set(done).size, logged, owners[0]?.dueAt, leased()]).toEqual([6, ["due-work-failed"], null, []]);
  });

  it("does all others where one row fails each time, and tries that again when its lease has passed", async () => {
    const { done, logged, process, run, later, leased } = world([7], 3);
    let fails = true;
    const one = process(2, async (_owner, row) => {
      if (row === 1 && fails) throw new Error("no");
    });
    await run(one);
    expect([new Set(done).size, leased()]).toEqual([6, [0]]);
    const before = logged.length;
    await run(one);
    expect(logged).toHaveLength(before);
    fails = false;
    later(LEASE);
    await run(one);
    expect([new Set(done).size, leased()]).toEqual([7, []]);
  });

  it("keeps the lease where the page can't be read, and logs it", async () => {
    const { process, run, logged, leased } = world([1], 3);
    const one = process(2);
    const broken = { ...one.work, page: () => Promise.reject(new Error("no")) };
    await run({ ...one, work: broken });
    expect([logged, leased()]).toEqual([["due-work-failed"], [0]]);
  });

  it("says of a page that it is done when all of its rows are, and not before", async () => {
    const { process, owners } = world([4], 4);
    const { bulk, work } = process(2, async (_owner, row) => {
      if (row === 3 && bad) throw new Error("no");
    });
    let bad = true;
    let pages = 0;
    const paged = {
      ...work,
      page: async (owner: Owner) => ({ ...(await work.page(owner)), done: async () => void (pages += 1) }),
    };
    await bulk.turn(paged);
    expect(pages).toBe(0);
    Object.assign(owners[0] ?? {}, { leaseUntil: 0 });
    bad = false;
    await bulk.turn(paged);
    expect(pages).toBe(1);
  });

  it("ends a turn that is stopped with what is in flight, and gives the owner back with what is left", async () => {
    const { owners, done, faults, process, run, leased } = world([10], 10);
    const held = Promise.withResolvers<void>();
    const one = process(3, () => held.promise);
    const turn = one.bulk.turn(one.work);
    await expect.poll(() => one.most()).toBe(3);
    one.bulk.stop();
    held.resolve();
    await turn;
    expect([done.length, leased(), owners[0]?.dueAt, faults]).toEqual([3, [], 1, []]);
    expect(await one.bulk.turn(one.work)).toBe(0);
    await run(process(3));
    expect(new Set(done).size).toBe(10);
  });

  it("goes on when the lease of a process that died has passed, and not before", async () => {
    const { done, faults, process, run, later, owners } = world([8], 8);
    const dead = process(2, (_owner, row) => (row < 3 ? soon(2) : never()));
    void dead.bulk.turn(dead.work);
    await expect.poll(() => done.length).toBe(3);
    const next = process(2);
    await run(next);
    expect(done).toHaveLength(3);
    later(LEASE);
    await run(next);
    expect([new Set(done).size, done.length, owners[0]?.dueAt, faults]).toEqual([8, 8, null, []]);
  });

  it("comes to its end whichever processes share it, fail, die and are stopped", async () => {
    const fate = fc.record({
      atOnce: fc.integer({ min: 1, max: 4 }),
      /** After how many rows, and what becomes of it. */
      after: fc.integer({ min: 0, max: 12 }),
      end: fc.constantFrom("dies", "fails", "stops", "goes on"),
      slow: fc.integer({ min: 0, max: 3 }),
    });
    const rows = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.integer({ min: 1, max: 5 }),
        fc.array(fate, { maxLength: 4 }),
        async (rowsOf, page, fates) => {
          const { owners, done, faults, process, run, later, leased } = world(rowsOf, page);
          const running = fates.map(({ atOnce, after, end, slow }) => {
            let met = 0;
            const one = process(atOnce, async () => {
              met += 1;
              await soon(slow);
              if (met <= after) return;
              if (end === "dies") await never();
              if (end === "fails") throw new Error("no");
              if (end === "stops") one.bulk.stop();
            });
            return { one, atOnce, turns: run(one), alive: end !== "dies" };
          });
          // A process that died never comes to an end.
          await Promise.all(running.map(({ turns, alive }) => (alive ? turns : soon(400))));
          const mayHold = fates.some(({ end }) => end === "dies" || end === "fails");
          expect(mayHold || leased().length === 0).toBe(true);
          later(LEASE);
          await run(process(2));
          for (const { one, atOnce } of running) expect(one.most()).toBeLessThanOrEqual(atOnce);
          expect([new Set(done).size, leased(), owners.filter(({ dueAt }) => dueAt !== null), faults]).toEqual([
            all(rowsOf).length,
            [],
            [],
            [],
          ]);
        },
      ),
    );
  });
});

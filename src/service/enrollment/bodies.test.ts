import { describe, expect, it } from "vitest";
import type { BodyBatchRow, Json, RawRef, Write } from "../../store/index.ts";
import { type BodyLimits, clipJson, keepBody } from "./bodies.ts";

const LIMITS: BodyLimits = { budget: 100, asked: 60, unasked: 30, batch: 20 };

/** A device's bodies as a store has them after the writes of each message. */
function device() {
  const bodies = new Map<string, number>();
  const rows = new Map<number, BodyBatchRow>();
  let written = 0;
  const apply = (write: Write): void => {
    if ("insert" in write && write.insert === "body") {
      const { batch, n, bytes, size } = write.row;
      if (bytes.length !== size) throw new Error(`${bytes.length} bytes are counted as ${size}`);
      bodies.set(`${batch}/${n}`, size);
      written += size;
    } else if ("put" in write && write.put === "bodyBatch") rows.set(write.row.batch, write.row);
    else if ("drop" in write && write.drop === "bodyBatch") rows.delete(write.where.batch ?? 0);
    else if ("drop" in write && write.drop === "body") {
      for (const key of [...bodies.keys()]) if (key.startsWith(`${write.where.batch}/`)) bodies.delete(key);
    }
  };
  return {
    send(size: number, asked = false): RawRef {
      const writes: Write[] = [];
      const before = [...rows.values()].toSorted((a, b) => a.batch - b.batch);
      const body = { enrollmentId: "e", at: 0, bytes: new Uint8Array(size), asked };
      const kept = keepBody(writes, before, body, LIMITS);
      writes.forEach(apply);
      expect(kept.batches).toEqual([...rows.values()].toSorted((a, b) => a.batch - b.batch));
      const sum = [...bodies.values()].reduce((all, one) => all + one, 0);
      expect(sum).toBeLessThanOrEqual(LIMITS.budget);
      // The rows count what is there: nothing has to be summed.
      expect([...rows.values()].reduce((all, row) => all + row.keptBytes, 0)).toBe(sum);
      return kept.ref;
    },
    has: (ref: RawRef): boolean => "n" in ref && bodies.has(`${ref.batch}/${ref.n}`),
    /** As pruning by age leaves it. */
    forget(ref: RawRef): void {
      if (!("n" in ref)) return;
      bodies.delete(`${ref.batch}/${ref.n}`);
      const row = rows.get(ref.batch);
      if (row !== undefined) rows.set(ref.batch, { ...row, keptBytes: row.keptBytes - ref.kept });
    },
    get written() {
      return written;
    },
    rows,
  };
}

describe("what is kept of a device's messages", () => {
  it("is everything while there is room, in batches", () => {
    const one = device();
    const refs = [5, 15, 10, 3].map((size) => one.send(size));
    expect(refs).toEqual([
      { bytes: 5, kept: 5, batch: 1, n: 1 },
      { bytes: 15, kept: 15, batch: 1, n: 2 },
      { bytes: 10, kept: 10, batch: 2, n: 1 },
      { bytes: 3, kept: 3, batch: 2, n: 2 },
    ]);
  });

  it("is the newest when the budget is used up: the oldest batch goes", () => {
    const one = device();
    const refs = Array.from({ length: 20 }, () => one.send(10));
    expect(refs.every((ref) => "n" in ref && ref.kept === 10)).toBe(true);
    expect(refs.map(one.has)).toEqual([...Array<boolean>(10).fill(false), ...Array<boolean>(10).fill(true)]);
  });

  it("is the beginning of one that is large and that no admin has asked for", () => {
    const one = device();
    expect(one.send(31)).toEqual({ bytes: 31, kept: 30, batch: 1, n: 1 });
    for (let nth = 0; nth < 40; nth += 1) one.send(90);
    expect(one.written).toBe(41 * 30);
  });

  it("is what an admin asked for, whatever the device sends afterwards", () => {
    const one = device();
    const asked = [one.send(25, true), one.send(25, true)];
    for (let nth = 0; nth < 50; nth += 1) one.send(30);
    expect(asked.map(one.has)).toEqual([true, true]);
    const last = one.send(10);
    expect(one.has(last)).toBe(true);
  });

  it("is an answer that an admin asked for, whole, and then what there is room for", () => {
    const one = device();
    one.send(30);
    const first = one.send(50, true);
    const second = one.send(95, true);
    expect([one.has(first), one.has(second)]).toEqual([false, true]);
    expect(one.send(30)).toMatchObject({ bytes: 30, kept: 5 });
    const full = device();
    full.send(100, true);
    expect(full.send(30)).toEqual({ bytes: 30, kept: 0, batch: 0, n: 0 });
    expect(full.send(40, true)).toMatchObject({ kept: 40 });
  });

  it("leaves room for other messages, however much admins ask", () => {
    const one = device();
    const asked = Array.from({ length: 20 }, () => one.send(20, true));
    expect(asked.filter(one.has)).toHaveLength(3);
    const others = [one.send(20), one.send(20)];
    expect([...others.map(one.has), ...asked.slice(-3).map(one.has)]).toEqual(Array(5).fill(true));
  });

  it("is as much as before, once time has taken what was there", () => {
    const one = device();
    const asked = one.send(100, true);
    one.forget(asked);
    expect(one.send(20)).toMatchObject({ kept: 20 });
    expect(one.send(30)).toMatchObject({ kept: 30 });
    expect([...one.rows.values()].every(({ keptBytes }) => keptBytes > 0)).toBe(true);
  });

  it("is never found by a reference to what has gone", () => {
    const one = device();
    const seen = new Set<string>();
    for (let nth = 0; nth < 300; nth += 1) {
      const ref = one.send(1 + ((nth * 37) % 60), nth % 7 === 0);
      if (nth % 11 === 0) one.forget(ref);
      if (!("n" in ref) || ref.kept === 0) continue;
      expect(seen.has(`${ref.batch}/${ref.n}`)).toBe(false);
      seen.add(`${ref.batch}/${ref.n}`);
    }
    expect(one.rows.size).toBeLessThan(12);
  });
});

describe("data of an entry", () => {
  it("is cut where a device wrote more than a person reads", () => {
    const long = "x".repeat(5000);
    const cut = clipJson({ uuid: long, list: Array<string>(1000).fill("a"), n: 7, [long]: null });
    expect(JSON.stringify(cut).length).toBeLessThan(6000);
    expect(cut).toMatchObject({ n: 7, uuid: expect.stringMatching(/^x{2000}… \(cut: 5000 characters\)$/) });
  });

  it.each([
    ["a text", "x".repeat(2000), "x".repeat(2001)],
    ["a list", Array<number>(256).fill(1), Array<number>(257).fill(1)],
    [
      "members",
      Object.fromEntries(Array.from({ length: 256 }, (_none, n) => [n, n])),
      Object.fromEntries(Array.from({ length: 257 }, (_none, n) => [n, n])),
    ],
    ["a name", { ["x".repeat(2000)]: 1 }, { ["x".repeat(2001)]: 1 }],
  ])("is as it came up to its bounds, however deep, and not beyond: %s", (_what, within, beyond) => {
    const deep = (value: Json): Json => ({ a: [{ b: value }, null, 7] });
    expect(clipJson(deep(within))).toEqual(deep(within));
    expect(clipJson(deep(beyond))).not.toEqual(deep(beyond));
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createIds, pooled, randomBytes, uuidv7 } from "./ids.ts";

const PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const timeOf = (id: string): number => Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16);
const ids = (times: readonly number[], fill = 0xff) => {
  let i = 0;
  const now = () => times[Math.min(i++, times.length - 1)] ?? 0;
  return createIds({ now, random: (count) => new Uint8Array(count).fill(fill) });
};

describe("uuidv7", () => {
  it("writes the example of RFC 9562, A.6", () => {
    const random = Uint8Array.from(Buffer.from("0cc398c4dc0c0c07398f", "hex"));
    expect(uuidv7(0x017f22e279b0, random)).toBe("017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
  });

  it("carries time, version and variant whatever the random bytes", () => {
    const time = fc.integer({ min: 0, max: 2 ** 48 - 1 });
    fc.assert(
      fc.property(time, fc.uint8Array({ minLength: 10, maxLength: 10 }), (now, random) => {
        const id = uuidv7(now, random);
        expect(id).toMatch(PATTERN);
        expect(timeOf(id)).toBe(now);
      }),
    );
  });

  it("refuses another number of random bytes", () => {
    expect(() => uuidv7(0, new Uint8Array(9))).toThrow(RangeError);
  });
});

describe("ids", () => {
  it("grow with every call, in one millisecond and when the clock steps back", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 50 }), (times) => {
        const next = ids(times);
        const made = times.map(() => next());
        expect(made).toEqual([...new Set(made)].toSorted());
      }),
    );
  });

  it("let the time run ahead when a millisecond is full", () => {
    const next = ids([1000]);
    const made = Array.from({ length: 5000 }, next);
    expect(made).toEqual([...new Set(made)].toSorted());
    expect(timeOf(made[0] ?? "")).toBe(1000);
    expect(timeOf(made.at(-1) ?? "")).toBe(1002);
  });

  it("return to the clock once it has moved on", () => {
    const next = ids([1000, 1000, 2000]);
    expect([next(), next(), next()].map(timeOf)).toEqual([1000, 1000, 2000]);
  });

  it("differ between processes that start in the same millisecond", () => {
    expect(ids([1000], 1)()).not.toBe(ids([1000], 2)());
  });
});

describe("random bytes", () => {
  it("come in the number asked for, and differ", () => {
    expect(randomBytes(32)).toHaveLength(32);
    expect(randomBytes(32)).not.toEqual(randomBytes(32));
  });
});

describe("pooled randomness", () => {
  it("gives every byte of the source once, in order, whatever is asked for", () => {
    let next = 0;
    const asked: number[] = [];
    const source = (count: number): Uint8Array => {
      asked.push(count);
      return Uint8Array.from({ length: count }, () => next++ % 256);
    };
    const random = pooled(source, 16);
    const given = [10, 6, 0, 10, 20].map((count) => [...random(count)]);
    expect(given.map((bytes) => bytes.length)).toEqual([10, 6, 0, 10, 20]);
    // What is left of a supply too small for the next ask is thrown away, never given twice.
    expect(given.flat()).toEqual([...Array(26).keys(), ...Array.from({ length: 20 }, (_, i) => 32 + i)]);
    expect(asked).toEqual([16, 16, 20]);
  });
});

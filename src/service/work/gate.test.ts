import { describe, expect, it } from "vitest";
import { createGate } from "./gate.ts";

describe("gate", () => {
  it("runs at most its limit at the same time, in order", async () => {
    const gate = createGate(2);
    const begun: number[] = [];
    const ends = [0, 1, 2, 3].map(() => Promise.withResolvers<number>());
    const done = ends.map(({ promise }, n) =>
      gate(() => {
        begun.push(n);
        return promise;
      }),
    );
    await Promise.resolve();
    expect(begun).toEqual([0, 1]);
    ends[1]?.resolve(1);
    await done[1];
    await expect.poll(() => begun).toEqual([0, 1, 2]);
    for (const [n, { resolve }] of ends.entries()) resolve(n);
    expect(await Promise.all(done)).toEqual([0, 1, 2, 3]);
  });

  it("lets the next one through after one that failed", async () => {
    const gate = createGate(1);
    const failing = gate(() => Promise.reject(new Error("no")));
    const next = gate(() => Promise.resolve("in"));
    await expect(failing).rejects.toThrow("no");
    expect(await next).toBe("in");
    expect(await gate(() => Promise.resolve("again"))).toBe("again");
  });
});

/** The parts of the bench that need no devices, as they are called, in small: each measures all of its sides. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { median, takeTurns } from "./turns.ts";

/** A whole bench on a machine that has other things to do (ms). */
const BUSY_MACHINE = 120_000;
const RUN = fileURLToPath(new URL("../run.js", import.meta.url));

function bench(args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [RUN, ...args], (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

const only = (...parts: string[]): string[] => parts.flatMap((part) => ["--only", part]);
/** The names in front of the figures, in their order, and what stands behind each. */
const lines = (out: string): string[][] =>
  [...out.matchAll(/^(.+?) +[\d.]+ ms +\d+ \w+\/s +[\d.]+ ×(?: {2}(.*))?$/gm)].map(([, name = "", more = ""]) => [
    name,
    more,
  ]);

describe("bench of the service", () => {
  it(
    "measures dry runs and accepted plans, rules, fetches, the gate and deadlines",
    async () => {
      const parts = only("decisions", "catalog", "rules", "gate", "deadlines");
      const said = await bench([...parts, "--fleet", "300", "--laps", "1"]);
      expect(said).toMatchObject({ code: 0, err: "" });
      const found = new Map(lines(said.out).map(([name = "", more = ""]) => [name, more]));
      for (const kind of ["dry run", "acceptance"])
        for (const target of ["an exact version", "latest-minor", "n-1 below 27"])
          for (const blocks of ["", ", 5 blocks"])
            expect(found.get(`${kind}, ${target}${blocks}`)).toMatch(/^heap [1-9]\d* MiB, RSS [1-9]\d* MiB$/);
      // The setting of the list, for the claim and for the result; and the event of the result.
      for (const name of ["fetch of the same list", "fetch that is answered 304"])
        expect(found.get(name)).toBe("3 rows written");
      expect(found.get("fetch of a list with one new release")).toMatch(/^[1-9]\d rows written$/);
      expect(found.get("catalog list")).toMatch(/^[1-9]\d releases, 100 at a time$/);
      for (const name of ["a look that changes nothing", "a list that moves every target"])
        expect(found.get(name)).toMatch(/^[1-9]\d* µs of CPU each, heap [1-9]\d* MiB, RSS [1-9]\d* MiB$/);
      expect(said.out).toMatch(/^[1-9]\d* of 300 devices have another target; [1-9]\d* MiB resident in the end\.$/m);
      expect(found.get("count of: all")).toBe("300 meant");
      expect(found.get("count of: tag = exam")).toMatch(/^[1-9]\d meant$/);
      expect(found.get("100 names: tag = rare")).toBe("1 named");
      expect(found.has("outcomes, counts and both rules")).toBe(true);
      expect(found.has("the same, some late, each told at its own minute")).toBe(true);
      expect(found.size).toBe(12 + 5 + 2 + 11 + 5 + 2 + 4);
      expect(found.has("a look: all rings counted")).toBe(true);
      expect(said.out).toMatch(/^a look at 300 devices takes \d+ ms, [\d.]+ × the 200 ms for 100,000 of them\.$/m);
    },
    BUSY_MACHINE,
  );

  it(
    "measures the list of devices, each filter in every order, and the list of plans",
    async () => {
      const said = await bench([...only("lists"), "--fleet", "300", "--laps", "1"]);
      expect(said).toMatchObject({ code: 0, err: "" });
      const found = new Set(
        [...said.out.matchAll(/^(.+?) +[\d.]+ +[\d.]+ +[\d.]+(?: {2}|$)/gm)].map(([, name]) => name),
      );
      for (const name of ["none", "jobState=blocked", "group=Floor", "search of none", "list of plans", "status"])
        expect(found).toContain(name);
      for (const sort of ["enrolling", "name", "-os", "compliance", "deadline", "-lastSeen"])
        expect(found).toContain(`behind 20,000 devices, by ${sort}`);
      expect(said.out).toMatch(/^every filter in every order .* aims 50 and 250: (yes|no); CPU p99 [\d.]+$/m);
    },
    BUSY_MACHINE,
  );

  it("takes turns, begins each lap with another side, and does not count the first", async () => {
    const order: string[] = [];
    const side = (name: string) => () => order.push(name);
    const taken = await takeTurns({ a: side("a"), b: side("b") }, 2, async (name) => void order.push(`before ${name}`));
    expect(order.filter((name) => name.length === 1).join("")).toBe("abbaab");
    expect(order.slice(0, 2)).toEqual(["before a", "a"]);
    expect([...taken].map(([name, turns]) => [name, turns.map(({ things }) => things)])).toEqual([
      ["a", [8, 10]],
      ["b", [6, 12]],
    ]);
  });

  it("takes the median", () => {
    expect([median([3, 1, 2]), median([4, 1, 3, 2]), median([])]).toEqual([2, 2, Number.NaN]);
  });
});

import { describe, expect, it } from "vitest";
import { day } from "./clock.ts";
import { random } from "./random.ts";
import { virtualTime } from "./virtual-time.ts";

describe("virtual time", () => {
  it("wakes sleepers in the order of their time, and shows that time", async () => {
    const time = virtualTime({ start: 1000 });
    const seen: [string, number][] = [];
    const sleep = async (name: string, ms: number): Promise<void> => {
      await time.sleep(ms);
      seen.push([name, time.now()]);
    };
    await Promise.all([sleep("late", day), sleep("soon", 5), sleep("also soon", 5), sleep("soonest", 4)]);
    expect(seen).toEqual([
      ["soonest", 1004],
      ["soon", 1005],
      ["also soon", 1005],
      ["late", 1000 + day],
    ]);
  });

  it("does not jump while it is held, however long that takes", async () => {
    const time = virtualTime({ start: 0 });
    const [one, other] = [time.hold(), time.hold()];
    let woken = false;
    const sleeping = time.sleep(10).then(() => (woken = true));
    const turns = async (): Promise<void> => {
      for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
    };
    await turns();
    one();
    // To let go twice is to let go once.
    one();
    await turns();
    expect([woken, time.now()]).toEqual([false, 0]);
    other();
    await sleeping;
    expect(time.now()).toBe(10);
  });

  it("does not jump while what was woken goes on, through as many promises as it takes", async () => {
    const time = virtualTime({ start: 0 });
    const seen: number[] = [];
    const long = async (): Promise<void> => {
      await time.sleep(1);
      for (let n = 0; n < 1000; n++) await Promise.resolve();
      seen.push(time.now());
    };
    await Promise.all([long(), time.sleep(2).then(() => seen.push(time.now()))]);
    expect(seen).toEqual([1, 2]);
  });

  it("does not jump over a hold that begins after the last piece of work was done", async () => {
    const time = virtualTime({ start: 0 });
    const sleeping = time.sleep(5);
    await new Promise((resolve) => setTimeout(resolve, 0));
    // Whether it has jumped by now or not, it does not do so from here on.
    const at = time.now();
    const release = time.hold();
    const later = time.sleep(5);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(time.now()).toBe(at);
    release();
    await Promise.all([sleeping, later]);
    expect(time.now()).toBe(at + 5);
  });

  it("ends a sleep whose signal aborts, without moving", async () => {
    const time = virtualTime({ start: 0, end: 5 });
    const stop = new AbortController();
    const sleeping = time.sleep(10, stop.signal);
    stop.abort();
    await sleeping;
    await time.sleep(10, stop.signal);
    expect(time.now()).toBe(0);
  });

  it("lets one continue at a time, to the end of what it does by itself, in the order that is picked", async () => {
    const run = async (seed: string): Promise<string[]> => {
      const dice = random(seed);
      const time = virtualTime({ start: 0, pick: (choices) => dice.integer(0, choices - 1) });
      const seen: string[] = [];
      const actor = async (name: string): Promise<void> => {
        for (let n = 0; n < 3; n++) {
          await time.turn();
          seen.push(`${name} begins`);
          await Promise.resolve();
          await Promise.resolve();
          seen.push(`${name} ends`);
        }
      };
      await Promise.all(["a", "b", "c"].map(actor));
      return seen;
    };
    const [first, again, other] = [await run("1"), await run("1"), await run("2")];
    expect(first).toEqual(again);
    expect(first).not.toEqual(other);
    expect(first).toHaveLength(18);
    for (let at = 0; at < first.length; at += 2)
      expect(first[at + 1]).toBe((first[at] ?? "").replace("begins", "ends"));
  });

  it("takes all turns before it jumps", async () => {
    const time = virtualTime({ start: 0 });
    const seen: string[] = [];
    const sleeping = time.sleep(1).then(() => seen.push("slept"));
    const turns = async (): Promise<void> => {
      for (let n = 0; n < 3; n++) await time.turn();
      seen.push("turned");
    };
    await Promise.all([sleeping, turns()]);
    expect(seen).toEqual(["turned", "slept"]);
  });

  it("wakes nobody beyond its end, nor once it is stopped", async () => {
    const time = virtualTime({ start: 0, end: 10 });
    let [late, stopped] = [false, false];
    void time.sleep(11).then(() => (late = true));
    await time.sleep(10);
    void time.sleep(0).then(() => (stopped = true));
    time.stop();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect([late, stopped, time.now()]).toEqual([false, false, 10]);
  });
});

describe("virtual time that other processes share", () => {
  /** One process: it is at rest when it is told to be, and waits for `until`. */
  function processWith(until: number) {
    let rest = Promise.withResolvers<void>();
    const told: number[] = [];
    return {
      told,
      asked: 0,
      until,
      rests: () => rest.resolve(),
      works: () => void (rest = Promise.withResolvers<void>()),
      async atRest() {
        this.asked += 1;
        await rest.promise;
        return this.until;
      },
      async tell(now: number) {
        told.push(now);
        if (now >= this.until) this.until = Infinity;
      },
    };
  }
  const turns = async (): Promise<void> => {
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
  };

  it("jumps once they are at rest, and tells them before it wakes anybody", async () => {
    const others = processWith(Infinity);
    const time = virtualTime({ start: 0, others });
    const seen: unknown[] = [];
    void time.sleep(10).then(() => seen.push([time.now(), [...others.told]]));
    await turns();
    expect([seen, time.now()]).toEqual([[], 0]);
    others.rests();
    await turns();
    expect(seen).toEqual([[10, [10]]]);
  });

  it("jumps to the moment for which one of them waits, where that is sooner", async () => {
    const others = processWith(4);
    const time = virtualTime({ start: 0, others });
    others.rests();
    await time.sleep(10);
    expect(others.told).toEqual([4, 10]);
  });

  it("asks again where something was begun here while they were asked", async () => {
    const others = processWith(Infinity);
    const time = virtualTime({ start: 0, others });
    void time.sleep(10);
    await turns();
    // A request, which gives them work: that they were at rest before it says nothing.
    const release = time.hold();
    release();
    others.rests();
    others.works();
    await turns();
    expect([others.asked, others.told]).toEqual([2, []]);
    others.rests();
    await turns();
    expect(others.told).toEqual([10]);
  });
});

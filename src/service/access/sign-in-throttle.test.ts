import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSignInThrottle, FORGET_AFTER, MOST_ENTRIES, RULES } from "./sign-in-throttle.ts";

const HERE = "192.0.2.1";
/** Tries `n` times as soon as it may, and gives each pause. */
function pauses(n: number, from: (nth: number) => string, name: (nth: number) => string): number[] {
  const throttle = createSignInThrottle();
  let now = 0;
  return Array.from({ length: n }, (_one, nth) => {
    const wait = throttle.begin(from(nth), name(nth), now);
    now += wait;
    if (wait > 0) throttle.begin(from(nth), name(nth), now);
    return wait;
  });
}

describe("guesses at a password", () => {
  it("from one address have growing pauses after five, up to five minutes", () => {
    expect(
      pauses(
        16,
        () => HERE,
        () => "anna",
      ),
    ).toEqual([...[0, 0, 0, 0, 0], ...[1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300].map((seconds) => seconds * 1000)]);
  });

  it("from one address for many names are paused after thirty", () => {
    const all = pauses(
      33,
      () => HERE,
      (nth) => `name ${nth}`,
    );
    expect(all).toEqual([...Array.from({ length: 30 }, () => 0), 1000, 2000, 4000]);
  });

  it("from many addresses for one name are five seconds apart after a hundred", () => {
    const all = pauses(
      103,
      (nth) => `10.0.${nth >> 8}.${nth & 255}`,
      () => "anna",
    );
    expect(all).toEqual([...Array.from({ length: 100 }, () => 0), 5000, 5000, 5000]);
  });

  it("that come at the same time are counted before they have failed", () => {
    const throttle = createSignInThrottle();
    const waits = Array.from({ length: 8 }, () => throttle.begin(HERE, "anna", 0));
    expect(waits).toEqual([0, 0, 0, 0, 0, 1000, 1000, 1000]);
  });

  it("that are refused for the pause do not make it longer", () => {
    const throttle = createSignInThrottle();
    for (let nth = 0; nth < 5; nth += 1) throttle.begin(HERE, "anna", 0);
    for (let nth = 0; nth < 100; nth += 1) expect(throttle.begin(HERE, "anna", 400)).toBe(600);
    expect([throttle.begin(HERE, "anna", 999), throttle.begin(HERE, "anna", 1000)]).toEqual([1, 0]);
  });

  it("are forgotten after an hour without any, and not before", () => {
    const throttle = createSignInThrottle();
    for (let nth = 0; nth < 5; nth += 1) throttle.begin(HERE, "anna", 0);
    const other = createSignInThrottle();
    for (let nth = 0; nth < 5; nth += 1) other.begin(HERE, "anna", 0);
    // The sixth and the seventh: a pause follows where the first five still count.
    expect([throttle.begin(HERE, "anna", FORGET_AFTER - 1), throttle.begin(HERE, "anna", FORGET_AFTER - 1)]).toEqual([
      0, 2000,
    ]);
    expect([other.begin(HERE, "anna", FORGET_AFTER), other.begin(HERE, "anna", FORGET_AFTER)]).toEqual([0, 0]);
  });

  it("count for the whole network of an IPv6 address", () => {
    const throttle = createSignInThrottle();
    const waits = [
      "2001:db8:0:7::1",
      "2001:db8::7:0:0:0:2",
      "2001:db8:0:7:a:b:c:d",
      "2001:0db8:0:7::",
      "2001:db8:0:7::9",
    ].map((address) => throttle.begin(address, "anna", 0));
    expect(waits).toEqual([0, 0, 0, 0, 0]);
    expect([throttle.begin("2001:db8:0:7::f", "anna", 0), throttle.begin("2001:db8:0:8::f", "anna", 0)]).toEqual([
      1000, 0,
    ]);
  });

  it("wait no longer than the pause where the clock was set back", () => {
    const throttle = createSignInThrottle();
    for (let nth = 0; nth < 5; nth += 1) throttle.begin(HERE, "anna", 1_000_000);
    expect(throttle.begin(HERE, "anna", 0)).toBe(1000);
  });
});

describe("a person", () => {
  it("who signs in begins again", () => {
    const throttle = createSignInThrottle();
    for (let nth = 0; nth < 5; nth += 1) throttle.begin(HERE, "anna", 0);
    expect(throttle.begin(HERE, "anna", 1000)).toBe(0);
    throttle.succeeded(HERE, "anna");
    expect(Array.from({ length: 5 }, () => throttle.begin(HERE, "anna", 1000))).toEqual([0, 0, 0, 0, 0]);
  });

  it("is never paused by strangers elsewhere, at an address where they have signed in before", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ from: fc.integer({ min: 2, max: 5000 }), later: fc.integer({ min: 0, max: 3000 }) }), {
          maxLength: 400,
        }),
        (guesses) => {
          const throttle = createSignInThrottle();
          throttle.begin(HERE, "anna", 0);
          throttle.succeeded(HERE, "anna");
          let now = 0;
          for (const { from, later } of guesses) {
            now += later;
            throttle.begin(`10.1.${from >> 8}.${from & 255}`, "anna", now);
          }
          expect(throttle.begin(HERE, "anna", now)).toBe(0);
        },
      ),
    );
  });

  it("waits five seconds at most at a new address, however many strangers guess", () => {
    const throttle = createSignInThrottle();
    for (let nth = 0; nth < 5000; nth += 1) throttle.begin(`10.2.${nth >> 8}.${nth & 255}`, "anna", nth);
    expect(throttle.begin(HERE, "anna", 5000)).toBeLessThanOrEqual(RULES.name.most);
  });
});

describe("what is remembered", () => {
  it("has a bound, whoever tries whatever", () => {
    const throttle = createSignInThrottle();
    let most = 0;
    for (let nth = 0; nth < 2 * MOST_ENTRIES; nth += 1) {
      const address = `10.${nth >> 16}.${(nth >> 8) & 255}.${nth & 255}`;
      throttle.begin(address, `name ${nth}`, 0);
      throttle.succeeded(address, `name ${nth}`);
      throttle.begin(address, `name ${nth}`, 0);
      most = Math.max(most, throttle.size);
    }
    expect(most).toBeGreaterThan(2 * MOST_ENTRIES);
    expect(most).toBeLessThanOrEqual(4 * MOST_ENTRIES);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Write } from "../../store/index.ts";
import type { JsonOutcome } from "../ports.ts";
import { DAY, failed, feedOf, fetchWorld, HOUR, json, marks, NOON, SAME, withList } from "./fetch-world.suite.ts";
import { LEASE } from "./note-fetch.ts";

const OPENS = NOON + 6 * HOUR;
const written = (writes: readonly Write[]) =>
  writes.map((write) => ("put" in write ? write.put : "insert" in write ? write.insert : "drop"));

describe("the fetch of every day", () => {
  it("is planned first, and done once when it is due", async () => {
    const world = fetchWorld();
    expect(await world.fetch("schedule")).toEqual({ kind: "not-due" });
    expect(await world.state()).toMatchObject({ nextAt: OPENS, triedAt: null });
    world.now = OPENS - 1;
    expect(await world.fetch("schedule")).toEqual({ kind: "not-due" });
    expect(world.asked).toEqual([]);
    world.now = OPENS;
    expect(await world.fetch("schedule")).toMatchObject({ kind: "taken", list: { date: "2026-08-25", from: "fetch" } });
    expect(await world.fetch("schedule")).toEqual({ kind: "not-due" });
    expect(await world.state()).toMatchObject({ nextAt: OPENS + DAY, goodAt: OPENS, claim: null, failure: null });
    expect(world.asked).toEqual([null]);
  });

  it("keeps its moment over a restart, and is done at the start where the moment has passed", async () => {
    const world = await withList("26.6");
    world.now = OPENS - HOUR;
    expect(await world.fetch("schedule", world.process())).toEqual({ kind: "not-due" });
    expect(await world.state()).toMatchObject({ nextAt: OPENS });
    world.now = OPENS + 5 * HOUR;
    expect(await world.fetch("schedule", world.process())).toMatchObject({ kind: "confirmed" });
    expect(await world.state()).toMatchObject({ nextAt: OPENS + DAY });
  });

  it("is done by one of several processes", async () => {
    const world = await withList("26.6");
    world.now = OPENS;
    const results = await Promise.all([1, 2, 3].map(() => world.fetch("schedule", world.process())));
    expect(results.map(({ kind }) => kind).toSorted()).toEqual(["busy", "busy", "confirmed"]);
    expect(world.asked).toHaveLength(2);
  });

  it("is done by one of two processes whose clocks differ by a minute", async () => {
    const world = await withList("26.6");
    const late = Promise.withResolvers<JsonOutcome>();
    world.answer = late.promise;
    world.now = OPENS + 60_000;
    const fetching = world.fetch("admin", world.process());
    await expect.poll(() => world.asked.length).toBe(2);
    world.now = OPENS;
    expect(await world.fetch("schedule")).toEqual({ kind: "busy" });
    expect(await world.fetch("admin")).toEqual({ kind: "busy" });
    world.now = OPENS + 60_000;
    late.resolve(SAME);
    expect(await fetching).toMatchObject({ kind: "confirmed" });
    world.now = OPENS;
    expect(await world.fetch("schedule")).toEqual({ kind: "not-due" });
    expect(await world.fetch("admin")).toMatchObject({ kind: "limited" });
    expect(world.asked).toHaveLength(2);
  });

  it("is done by another process when the one that began it has died, whose late answer counts for nothing", async () => {
    const world = await withList("26.6");
    world.now = OPENS;
    const late = Promise.withResolvers<JsonOutcome>();
    world.answer = late.promise;
    const dying = world.fetch("schedule", world.process());
    await expect.poll(() => world.asked.length).toBe(2);
    world.answer = json(feedOf("26.6", "26.7"));
    world.now = OPENS + LEASE - 1;
    expect(await world.fetch("schedule")).toEqual({ kind: "busy" });
    expect(await world.fetch("admin")).toEqual({ kind: "busy" });
    world.now = OPENS + LEASE;
    expect(await world.fetch("schedule")).toMatchObject({ kind: "taken", added: 1 });
    const before = world.catalog();
    late.resolve(json(feedOf("26.5", "26.6")));
    expect(await dying).toEqual({ kind: "stopped" });
    expect(world.catalog()).toEqual(before);
    expect(await world.state()).toMatchObject({ claim: null, nextAt: OPENS + DAY });
  });

  it("is planned again where the clock was set back by days, and done at once where it was set forward", async () => {
    const world = await withList("26.6");
    world.now = OPENS - 10 * DAY;
    expect(await world.fetch("schedule")).toEqual({ kind: "not-due" });
    expect(await world.state()).toMatchObject({ nextAt: OPENS - 9 * DAY });
    world.now = OPENS + 20 * DAY;
    expect(await world.fetch("schedule")).toMatchObject({ kind: "confirmed", list: { date: "2026-09-14" } });
    // It was wrong: the list is of the right day at the next fetch, and nothing waits for three weeks.
    world.now = OPENS;
    expect(await world.fetch("schedule")).toEqual({ kind: "not-due" });
    world.now = OPENS + DAY;
    expect(await world.fetch("schedule")).toMatchObject({ kind: "confirmed", list: { date: "2026-08-26" } });
  });

  it("is not held up by a claim that a clock which was ahead has made", async () => {
    const world = await withList("26.6");
    world.now = OPENS + 10 * DAY;
    world.answer = new Promise(() => undefined);
    world.fetch("schedule", world.process()).catch(() => undefined);
    await expect.poll(() => world.asked.length).toBe(2);
    world.now = OPENS;
    world.answer = SAME;
    expect(await world.fetch("schedule")).toMatchObject({ kind: "confirmed" });
  });

  it("is tried again after growing pauses, and a good one ends them", async () => {
    const world = await withList("26.6");
    world.answer = failed();
    const tried: number[] = [];
    for (world.now = OPENS; world.now <= OPENS + 30 * HOUR; world.now += HOUR / 2)
      if ((await world.fetch("schedule")).kind === "failed") tried.push((world.now - OPENS) / HOUR);
    expect(tried).toEqual([0, 1, 3, 7, 15, 23, 24]);
    expect(await world.state()).toMatchObject({ failure: { cause: "unreachable", since: OPENS, count: 7 } });
    world.now = OPENS + 2 * DAY;
    world.answer = SAME;
    expect(await world.fetch("schedule")).toMatchObject({ kind: "confirmed" });
    expect(await world.state()).toMatchObject({ failure: null, nextAt: OPENS + 3 * DAY });
  });

  it("ends when the server stops, which is no failure, and another process does it", async () => {
    const world = await withList("26.6");
    world.now = OPENS;
    world.answer = { kind: "stopped" };
    const stopping = world.process();
    expect(await world.fetch("schedule", stopping)).toEqual({ kind: "stopped" });
    expect(await world.state()).toMatchObject({ claim: null, failure: null });
    stopping.stop();
    expect(await world.fetch("schedule", stopping)).toEqual({ kind: "stopped" });
    expect(world.asked).toHaveLength(2);
    world.answer = SAME;
    expect(await world.fetch("schedule")).toMatchObject({ kind: "confirmed" });
  });
});

describe("a fetch that somebody asks for", () => {
  it("is done at most once an hour, whoever asks, and says when it may be done again", async () => {
    const world = await withList("26.6");
    expect(await world.fetch("admin")).toMatchObject({ kind: "confirmed" });
    world.now += HOUR - 1;
    for (const why of ["admin", "unknown-release"] as const)
      expect(await world.fetch(why, world.process())).toEqual({ kind: "limited", until: NOON + HOUR });
    world.now += 1;
    expect(await world.fetch("unknown-release")).toMatchObject({ kind: "confirmed" });
    // The clock was set back by a day.
    world.now -= DAY;
    expect(await world.fetch("admin")).toMatchObject({ kind: "confirmed" });
    expect(world.asked).toHaveLength(4);
  });

  it.each([
    ["the service has answered", failed("status", "status 500"), "limited"],
    ["the service was not reached", failed("unreachable"), "failed"],
  ])("that fails counts where %s", async (_when, answer, next) => {
    const world = await withList("26.6");
    world.answer = answer;
    expect(await world.fetch("admin")).toMatchObject({ kind: "failed" });
    world.now += 1000;
    expect(await world.fetch("admin")).toMatchObject({ kind: next });
    expect(await world.state()).toMatchObject({ nextAt: OPENS });
  });

  it("does not keep the loop from the fetch of the day", async () => {
    const world = await withList("26.6");
    world.now = OPENS - HOUR / 2;
    expect(await world.fetch("admin")).toMatchObject({ kind: "confirmed" });
    // Never within an hour of the last.
    expect(await world.state()).toMatchObject({ nextAt: OPENS + HOUR / 2 });
  });
});

describe("a list that is fetched", () => {
  it("is asked for with the marks of the list in force, and with none where that was imported", async () => {
    const world = await withList("26.6");
    world.answer = SAME;
    await world.fetch("admin");
    await world.import(feedOf("26.5", "26.6"));
    world.now += HOUR;
    world.answer = json(feedOf("26.5", "26.6"), "again");
    expect(await world.fetch("admin")).toMatchObject({ kind: "confirmed" });
    world.now += HOUR;
    await world.fetch("admin");
    expect(world.asked).toEqual([null, marks("e"), null, marks("again")]);
  });

  it("targets C10: that has not changed is confirmed as of today by one row", async () => {
    const world = await withList("26.5", "26.6");
    const before = world.catalog();
    for (const [answer, day] of [
      [SAME, 1],
      [json(feedOf("26.6", "26.5"), "other marks"), 2],
      [SAME, 3],
    ] as const) {
      world.now = OPENS + day * DAY;
      world.answer = answer;
      expect(await world.fetch("schedule")).toMatchObject({ kind: "confirmed" });
      // The claim and the result, both in the row of the list, and that the list has another day.
      expect(written(world.writes())).toEqual(["setting", "setting", "event"]);
      expect(world.catalog()).toMatchObject({ releases: (before as { releases: unknown }).releases });
      expect(await world.listDate()).toBe(`2026-08-${25 + day}`);
    }
    expect(world.asked.slice(-1)).toEqual([marks("other marks")]);
  });

  it("drops what it lacks when it is confirmed on a later day, and not before", async () => {
    const world = await withList("26.5", "26.6");
    world.now = OPENS;
    world.answer = json(feedOf("26.6"), "without");
    expect(await world.fetch("schedule")).toMatchObject({ kind: "taken", left: [{ version: "26.5" }] });
    expect(await world.absences()).toEqual(["26.5 1", "26.6 0"]);
    world.answer = SAME;
    expect(await world.fetch("admin")).toMatchObject({ kind: "confirmed" });
    expect(await world.absences()).toEqual(["26.5 1", "26.6 0"]);
    world.now = OPENS + DAY;
    expect(await world.fetch("schedule")).toMatchObject({ kind: "confirmed" });
    expect(await world.absences()).toEqual(["26.5 2", "26.6 0"]);
    // What is in a confirmed list is missing for one list when the next one lacks it.
    world.now = OPENS + 2 * DAY;
    world.answer = json(feedOf("26.7"), "next");
    expect(await world.fetch("schedule")).toMatchObject({ kind: "taken" });
    expect(await world.absences()).toEqual(["26.5 2", "26.6 1", "26.7 0"]);
  });

  it("does not confirm a list that was imported while the answer was on its way", async () => {
    const world = await withList("26.5", "26.6");
    world.now = OPENS;
    const answer = Promise.withResolvers<JsonOutcome>();
    world.answer = answer.promise;
    const fetching = world.fetch("schedule");
    await expect.poll(() => world.asked.length).toBe(2);
    await world.import(feedOf("26.6"));
    const before = world.catalog();
    answer.resolve(SAME);
    expect(await fetching).toEqual({ kind: "stopped" });
    expect(world.catalog()).toEqual(before);
    world.answer = json(feedOf("26.6"));
    expect(await world.fetch("schedule")).toMatchObject({ kind: "confirmed" });
    expect(world.asked.slice(-1)).toEqual([null]);
  });

  it.each<[string, JsonOutcome, string]>([
    ["no list", json({}), "not-a-list"],
    ["an array", json([]), "not-a-list"],
    ["null", json(null), "not-a-list"],
    ["half of a list", json({ AssetSets: (feedOf("26.6") as { AssetSets: unknown }).AssetSets }), "incomplete"],
    ["less than half as many", json(feedOf("26.6")), "smaller"],
    ["a failure of the network", failed(), "unreachable"],
  ])("changes nothing in the catalog where it is %s", async (_what, answer, cause) => {
    const world = await withList("26.2", "26.3", "26.4", "26.5", "26.6");
    const before = world.catalog();
    world.now = OPENS;
    world.answer = answer;
    expect(await world.fetch("schedule")).toMatchObject({ kind: "failed", cause });
    expect(world.catalog()).toEqual(before);
    expect(await world.state()).toMatchObject({ failure: { cause, since: OPENS, count: 1 }, nextAt: OPENS + HOUR });
  });

  it("with dates in the future is of today", async () => {
    const world = await withList("26.6");
    const text = JSON.stringify(feedOf("26.6")).replaceAll("2026-08-17", "2027-08-17");
    world.answer = json(JSON.parse(text));
    expect(await world.fetch("admin")).toMatchObject({ kind: "taken", list: { date: "2026-08-25", from: "fetch" } });
  });
});

describe("a fetched list that is only too small", () => {
  const LARGE = ["26.2", "26.3", "26.4", "26.5", "26.6"];

  it("waits until it is accepted, and is of the day of its fetch then", async () => {
    const world = await withList(...LARGE);
    world.now = OPENS;
    world.answer = json(feedOf("26.6"), "small");
    await world.fetch("schedule");
    world.now = OPENS + DAY - HOUR;
    world.answer = failed();
    await world.fetch("schedule");
    const before = world.catalog();
    expect(await world.state()).toMatchObject({ smaller: { date: "2026-08-25", pairs: 3, before: 11 } });
    const left = ["iOS 26.2 (B26.2)", "iOS 26.3 (B26.3)", "iOS 26.4 (B26.4)", "iOS 26.5 (B26.5)"];
    expect(await world.service.tryAcceptCatalog()).toMatchObject({ releases: 2, added: 0, left });
    expect(world.catalog()).toEqual(before);
    expect(await world.service.acceptCatalog(world.actor)).toMatchObject({ listDate: "2026-08-25", releases: 2, left });
    expect(await world.absences()).toEqual(["26.2 1", "26.3 1", "26.4 1", "26.5 1", "26.6 0"]);
    expect(await world.state()).toMatchObject({ smaller: null, failure: null, validators: marks("small") });
    await expect(world.service.acceptCatalog(world.actor)).rejects.toMatchObject({ code: "catalog-not-waiting" });
    await expect(world.service.tryAcceptCatalog()).rejects.toMatchObject({ code: "catalog-not-waiting" });
  });

  it.each([
    ["is fetched", async (world: Awaited<ReturnType<typeof withList>>) => world.fetch("schedule")],
    ["is imported", async (world: Awaited<ReturnType<typeof withList>>) => world.import(feedOf(...LARGE, "26.7"))],
  ])("is dropped when a good list %s", async (_how, bring) => {
    const world = await withList(...LARGE);
    world.now = OPENS;
    world.answer = json(feedOf("26.6"));
    await world.fetch("schedule");
    world.now = OPENS + DAY;
    world.answer = json(feedOf(...LARGE));
    await bring(world);
    expect(await world.state()).toMatchObject({ smaller: null, failure: null });
    await expect(world.service.acceptCatalog(world.actor)).rejects.toMatchObject({ code: "catalog-not-waiting" });
  });

  it("is not stored where it is too large for that", async () => {
    const many = Array.from({ length: 10_000 }, (_, n) => `${n}.1`);
    const world = await withList(...many);
    world.now = OPENS;
    world.answer = json(feedOf(...many.slice(0, 4900)));
    expect(await world.fetch("schedule")).toMatchObject({ kind: "failed", cause: "smaller-not-stored" });
    expect(await world.state()).toMatchObject({ smaller: null });
  });
});

describe("any sequence of fetches", () => {
  const VERSIONS = ["26.2", "26.3", "26.4", "26.5", "26.6"];
  /** Lists by their number; a list may be served again. Number 0 is too small after any other. */
  const LISTS = [
    ["26.6"],
    VERSIONS,
    VERSIONS.slice(1),
    [...VERSIONS.slice(0, 4), "26.7"],
    ["26.3", "26.4", "26.5", "26.7"],
  ];
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ list: fc.nat({ max: LISTS.length - 1 }), marked: fc.boolean() }) },
    {
      weight: 3,
      arbitrary: fc.constantFrom<JsonOutcome>(failed(), failed("status", "status 503"), json({}), json("x")),
    },
  );

  const versionsOf = (n: number): readonly string[] => LISTS[n] ?? [];
  const pairs = (n: number): number => versionsOf(n).length * 2 + 1;

  // Requirement C10, and of the guarantee that a bad list takes nothing away.
  it("never changes the catalog by a bad one, and never writes a release for an unchanged one", async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const world = fetchWorld();
        await world.fetch("schedule");
        /** The lists of the days so far, by number; the last is in force. */
        const days: number[] = [];
        for (const [n, one] of steps.entries()) {
          world.now = OPENS + n * DAY;
          const before = JSON.stringify(world.catalog());
          const dated = await world.listDate();
          const inForce = days.at(-1);
          const list = "list" in one ? one.list : undefined;
          const isGood = list !== undefined && (inForce === undefined || pairs(list) * 2 >= pairs(inForce));
          const expected = !isGood ? "failed" : list === inForce ? "confirmed" : "taken";
          if (isGood) days.push(list);
          world.answer = !("list" in one)
            ? one
            : expected === "confirmed" && one.marked
              ? SAME
              : json(feedOf(...versionsOf(one.list)), `list ${one.list}`);
          world.writes();
          const { kind } = await world.fetch("schedule");
          seen.add(kind);
          const wrote = written(world.writes()).filter((what) => what === "release");
          const today = new Date(world.now).toISOString().slice(0, 10);
          expect({
            kind,
            wroteReleases: wrote.length > 0,
            changed: JSON.stringify(world.catalog()) !== before,
            date: await world.listDate(),
          }).toEqual({
            kind: expected,
            wroteReleases: expected === "taken",
            changed: isGood,
            date: isGood ? today : dated,
          });
          const lacking = (version: string): number =>
            Math.min(
              2,
              days.toReversed().findIndex((day) => versionsOf(day).includes(version)),
            );
          const known = [...new Set(days.flatMap(versionsOf))].toSorted();
          expect(await world.absences()).toEqual(known.map((version) => `${version} ${lacking(version)}`));
        }
      }),
      { numRuns: 60 },
    );
    expect(seen).toEqual(new Set(["taken", "confirmed", "failed"]));
  });
});

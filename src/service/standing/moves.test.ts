/** Each cause by which a deadline moves or no longer counts is told on the timeline, with who is behind it (targets D4, D5). */
import { describe, expect, it } from "vitest";
import { sampleLookupService } from "../../catalog/index.ts";
import { MOVE_CAUSES, type MoveCause } from "../../plans/index.ts";
import type { Json } from "../../store/index.ts";
import type { Actor } from "../actor.ts";
import { createBlockAdmin } from "../catalog/block-service.ts";
import { noteList } from "../catalog/note-list.ts";
import { readList } from "../catalog/read-list.ts";
import { createBlackoutAdmin } from "../plans/blackout-service.ts";
import { createExclusionService } from "../plans/exclusion-service.ts";
import { createSelector } from "../plans/selector.ts";
import { createRolloutService } from "../rollouts/rollout-service.ts";
import { movesOf, withAuthor } from "./moves.ts";
import { DAY, phone, world } from "./world.suite.ts";

const DUE = "2026-09-08T17:00";
const OPS = "token:ops";

/** A phone whose plan has given it a job and a deadline. */
async function given() {
  const w = await world([phone("a", { serial: "SA" })]);
  const { id } = await w.make();
  await w.open(id, 0);
  await w.settle();
  expect((await w.device("a")).deadlineLocal).toBe(DUE);
  const ops: Actor = { ...w.actor, name: OPS };
  const rollouts = createRolloutService(w.ports);
  const [rollout] = await w.store.admin.rolloutsOf([id]);
  const say = (verb: "pause" | "resume" | "abort") => rollouts.say(ops, verb, rollout?.id ?? "", "a bad update");
  const all = async (): Promise<void> => {
    await w.settle();
    for (const work of [w.work.blocks, w.work.blackouts, w.work.exclusions, w.work.plans]) await work();
    await w.settle();
  };
  const takeList = async (text: string): Promise<void> => {
    w.clock.now += DAY;
    await w.store.devices.run(noteList, readList(JSON.parse(text), { modifiedAt: w.clock.now }, w.clock.now).input);
    await all();
  };
  const moved = async () =>
    (await w.store.admin.timeline("a", undefined, 1000))
      .filter(({ kind }) => kind === "deadline-moved")
      .map(({ data }) => data as { readonly cause: string; readonly to: string | null; readonly by?: string });
  return { ...w, id, ops, say, all, takeList, moved, blocks: createBlockAdmin(w.ports) };
}
type Given = Awaited<ReturnType<typeof given>>;

/** The day on which the deadline is, in the morning. */
const late = (w: Given): void => void (w.clock.now = Date.UTC(2026, 8, 8, 6));

interface Scene {
  readonly play: (w: Given) => Promise<unknown>;
  readonly by?: string;
  /** Null: no deadline is left. */
  readonly to: string | null;
}

const SCENES: Readonly<Record<MoveCause, Scene>> = {
  "plan-edited": {
    play: (w) => w.plans.edit(w.ops, w.id, { revision: 1, deadline: "+20d 17:00" }),
    ...{ by: OPS, to: "2026-09-14T17:00" },
  },
  "blackout-added": {
    play: (w) => createBlackoutAdmin(w.ports).blackout(w.ops, { name: "fair", from: "2026-09-08", to: "2026-09-09" }),
    ...{ by: OPS, to: "2026-09-10T17:00" },
  },
  "device-excluded": {
    async play(w) {
      const exclusions = createExclusionService(w.ports, createSelector(w.ports.admin), { defaultZone: undefined });
      await exclusions.exclude(w.ops, { devices: ["SA"], until: "2026-09-08", reason: "fair" });
      await w.all();
      late(w);
    },
    ...{ by: OPS, to: "2026-09-09T17:00" },
  },
  "release-blocked": {
    play: (w) => w.blocks.block(w.ops, { version: "26.6.1", platform: "iOS", reason: "bad" }),
    ...{ by: OPS, to: null },
  },
  "block-ended": {
    async play(w) {
      const { id } = await w.blocks.block(w.actor, { version: "26.6.1", platform: "iOS", reason: "bad" });
      await w.all();
      late(w);
      await w.blocks.unblock(w.ops, id, "good");
      await w.all();
      await w.open(w.id, 0);
    },
    ...{ by: OPS, to: "2026-09-22T17:00" },
  },
  "release-withdrawn": {
    play: (w) => w.takeList(JSON.stringify(sampleLookupService()).replaceAll("2026-11-20", "2026-08-25")),
    to: null,
  },
  "release-replaced": {
    async play(w) {
      const newer = JSON.stringify(sampleLookupService()).replaceAll('"26.6.1"', '"26.6.2"');
      await w.takeList(newer);
      await w.takeList(newer);
    },
    to: null,
  },
  "rollout-paused": { play: (w) => w.say("pause"), by: OPS, to: null },
  "rollout-aborted": { play: (w) => w.say("abort"), by: OPS, to: null },
  "rollout-resumed": {
    async play(w) {
      await w.say("pause");
      await w.all();
      late(w);
      await w.say("resume");
    },
    ...{ by: OPS, to: "2026-09-09T17:00" },
  },
  "plan-resumed": {
    async play(w) {
      await w.plans.pause(w.ops, w.id, "a bad update");
      await w.all();
      late(w);
      await w.plans.resume(w.ops, w.id);
    },
    ...{ by: OPS, to: "2026-09-09T17:00" },
  },
  "governing-plan-changed": {
    play: (w) => w.make({ name: "slow", deadline: "+30d 17:00", order: 0 }),
    to: null,
  },
};

describe.each(MOVE_CAUSES)("a deadline that moves: %s", (cause) => {
  it("is told once, with the new one and with who is behind it", async () => {
    const { play, by, to } = SCENES[cause];
    const w = await given();
    await play(w);
    await w.all();
    const own = async () => (await w.moved()).filter((one) => one.cause === cause);
    expect(await own()).toEqual([expect.objectContaining({ from: DUE, to, ...(by === undefined ? {} : { by }) })]);
    expect((await w.device("a")).deadlineLocal).toBe(to);
    expect((await own()).every((one) => by !== undefined || !("by" in one))).toBe(true);
    w.clock.now += 1;
    await w.sweep();
    await w.sweep();
    expect(await own()).toHaveLength(1);
  });
});

describe("a deadline that is over", () => {
  it("says nothing where the device has installed its release", async () => {
    const w = await given();
    const job = await w.liveJob("a");
    const doc = { ...(job?.doc as object), state: "done", end: { at: w.clock.now } } as unknown as Json;
    await w.put(
      { patch: "job", where: { id: job?.id ?? "" }, set: { live: 0, state: "done", dueAt: null, doc } },
      { patch: "enrollment", where: { id: "a" }, set: { osVersion: "26.6.1", buildVersion: "23G83", classDueAt: 0 } },
    );
    // The rollout ends at the same time.
    await w.say("abort");
    await w.all();
    expect([(await w.device("a")).deadlineLocal, await w.moved()]).toEqual([null, []]);
  });
});

describe("what a resolution says of deadlines", () => {
  const row = { version: "26.6.1", planId: "p", ring: 0, local: DUE, givenAt: 1 };
  const nobody = { blocks: [], blackouts: [] };
  const aside = { row, cause: "rollout-paused", by: OPS } as const;
  const block = { version: "26.6.1", extra: null };
  const said = (found: Partial<Parameters<typeof movesOf>[0]>, was: string | null, authors = nobody as object) =>
    movesOf({ moved: [], setAside: [], deadline: undefined, ...found }, { deadlineLocal: was }, {
      ...nobody,
      ...authors,
    } as Parameters<typeof movesOf>[2]);

  it.each<[string, ReturnType<typeof said>, ReturnType<typeof said>]>([
    [
      "one that no longer counts",
      said({ setAside: [aside] }, DUE),
      [{ from: DUE, to: null, cause: aside.cause, by: OPS }],
    ],
    [
      "a later one that counts instead",
      said({ setAside: [aside], deadline: "2026-09-08T17:01" }, DUE),
      [{ from: DUE, to: "2026-09-08T17:01", cause: aside.cause, by: OPS }],
    ],
    ["one of another release, of the same time", said({ setAside: [aside], deadline: DUE }, DUE), []],
    ["an earlier one", said({ setAside: [aside], deadline: "2026-09-08T16:59" }, DUE), []],
    ["one that did not count before", said({ setAside: [aside] }, null), []],
    ["one that was not the device's", said({ setAside: [aside] }, "2026-09-07T17:00"), []],
    ["nothing that is set aside", said({}, DUE), []],
    [
      "a block by a person",
      said({ setAside: [{ row, cause: "release-blocked" }] }, DUE, { blocks: [{ ...block, createdBy: OPS }] }),
      [{ from: DUE, to: null, cause: "release-blocked", by: OPS }],
    ],
    [
      "a block by the server, of what Apple has withdrawn",
      said({ setAside: [{ row, cause: "release-blocked" }] }, DUE, { blocks: [{ ...block, createdBy: "system" }] }),
      [{ from: DUE, to: null, cause: "release-withdrawn" }],
    ],
    [
      "a blackout",
      said({ moved: [{ from: DUE, to: "2026-09-10T17:00", cause: "blackout-added" }], setAside: [aside] }, DUE, {
        blackouts: [
          { firstDay: "2026-09-01", lastDay: "2026-09-07", createdBy: "token:else" },
          { firstDay: "2026-09-08", lastDay: "2026-09-09", createdBy: OPS },
        ],
      }),
      [{ from: DUE, to: "2026-09-10T17:00", cause: "blackout-added", by: OPS }],
    ],
    [
      "one that is due earlier",
      said({ moved: [{ from: DUE, to: "2026-09-01T17:00" }] }, DUE),
      [{ from: DUE, to: "2026-09-01T17:00", cause: "due-earlier" }],
    ],
  ])("%s", (_what, found, expected) => {
    expect(found).toEqual(expected);
  });

  it.each([
    ["device-excluded", "token:excluder"],
    ["plan-resumed", "token:pauser"],
    ["plan-edited", "token:editor"],
    ["governing-plan-changed", undefined],
  ])("%s names %s", (cause, by) => {
    const plan = { pauseBy: "token:pauser", spec: { standing: { editedBy: "token:editor" } } as unknown as Json };
    const move = { from: DUE, to: null, cause };
    expect(withAuthor(move, { excludedBy: "token:excluder" }, plan)).toEqual({ ...move, ...(by && { by }) });
  });
});

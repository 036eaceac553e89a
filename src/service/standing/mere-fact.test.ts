/** Another plan comes to govern, by a mere fact or by a person's act, on a real store (targets D5, G1). */
import { describe, expect, it } from "vitest";
import type { PlanRequest } from "../../contract/index.ts";
import type { EnrollmentRow, Write } from "../../store/index.ts";
import { groupRow } from "../../store/suite-rows.ts";
import { DAY, phone, type World, world } from "./world.suite.ts";

interface Plans {
  /** The id of the plan that governs first. */
  readonly first: string;
  readonly other: string;
}

interface Change {
  readonly device?: Partial<EnrollmentRow>;
  readonly rows?: readonly Write[];
  /** Of the plan that governs first, and of the other; whether that one stands on top. */
  readonly first?: Partial<PlanRequest>;
  readonly other?: Partial<PlanRequest>;
  readonly change: (w: World, plans: Plans) => Promise<unknown>;
  readonly back: (w: World, plans: Plans) => Promise<unknown>;
}

const set =
  (more: Partial<EnrollmentRow>) =>
  (w: World): Promise<unknown> =>
    w.put({ patch: "enrollment", where: { id: "a" }, set: { ...more, classDueAt: 0 } });
const write =
  (...rows: readonly Write[]) =>
  async (w: World): Promise<void> => {
    await w.put(...rows, { patch: "enrollment", where: { id: "a" }, set: { classDueAt: 0 } });
  };
async function edit(w: World, id: string, fields: Partial<PlanRequest>): Promise<void> {
  const { revision } = await w.plans.show(id);
  await w.plans.edit(w.actor, id, { revision, ...fields } as Parameters<World["plans"]["edit"]>[2]);
}
const TAG = { enrollmentId: "a", tag: "new" };
const order = (w: World, ...plans: readonly string[]) => w.plans.order(w.actor, { plans });

const ON_TOP = { order: 0 } as const;
const OLD = { osVersion: "18.7", buildVersion: "22H20" };
const NEW = { osVersion: "26.5", buildVersion: "23F77" };

const ACTS: Readonly<Record<string, Change>> = {
  "the order": {
    other: { include: "major = 26" },
    change: (w, { first, other }) => order(w, other, first),
    back: (w, { first, other }) => order(w, first, other),
  },
  "a tag": {
    other: { ...ON_TOP, include: "tag = new" },
    change: write({ put: "deviceTag", row: TAG }),
    back: write({ drop: "deviceTag", where: TAG }),
  },
  "a group": {
    rows: [{ put: "deviceGroup", row: groupRow("new", "serial = SNONE") }],
    other: { ...ON_TOP, include: "group = new" },
    change: write({ put: "deviceGroup", row: groupRow("new", "major = 26") }),
    back: write({ put: "deviceGroup", row: groupRow("new", "serial = SNONE") }),
  },
  "an edit of the other plan's rule": {
    other: { ...ON_TOP, include: "serial = SNONE" },
    change: (w, { other }) => edit(w, other, { include: "major = 26 and supervised = true" }),
    back: (w, { other }) => edit(w, other, { include: "serial = SNONE" }),
  },
  "an edit of its plan's rule": {
    change: (w, { first }) => edit(w, first, { exclude: "major = 26" }),
    back: (w, { first }) => edit(w, first, { exclude: null } as unknown as Partial<PlanRequest>),
  },
};

const FACTS: Readonly<Record<string, Change>> = {
  "another major": { device: OLD, first: { include: "major = 18" }, change: set(NEW), back: set(OLD) },
  "another major, by a group": {
    device: OLD,
    rows: [{ put: "deviceGroup", row: groupRow("new", "major = 26") }],
    other: { ...ON_TOP, include: "group = new" },
    change: set(NEW),
    back: set(OLD),
  },
  supervision: {
    other: { ...ON_TOP, include: "supervised = true" },
    device: { supervised: 0 },
    change: set({ supervised: 1 }),
    back: set({ supervised: 0 }),
  },
  "a lookup id that is learned": {
    other: { ...ON_TOP, include: "model = D73AP" },
    change: set({ softwareUpdateDeviceId: "D73AP" }),
    back: set({ softwareUpdateDeviceId: null }),
  },
};

/** The causes of the device's timeline, in their order. */
const causes = async (w: World): Promise<readonly unknown[]> =>
  (await w.store.admin.timeline("a", undefined, 1000))
    .filter(({ kind }) => kind === "deadline-moved")
    .map(({ data }) => (data as { readonly cause: string }).cause)
    .toReversed();

/** Its deadline at first, after the change and after the way back, and what the timeline says of it. */
async function lived(days: readonly [number, number], { device, rows = [], change, back, ...of }: Change) {
  const w = await world([phone("a", { serial: "SA", supervised: 1, ...device })]);
  await w.put(...rows);
  const plan = (name: string, n: number): Partial<PlanRequest> => ({
    ...{ name, to: "26.6.1", allowMajor: true, deadline: `+${n}d 17:00` },
  });
  const first = (await w.make({ ...plan("first", days[0]), ...of.first })).id;
  const other = (await w.make({ ...plan("other", days[1]), ...of.other })).id;
  const deadlines: (string | null)[] = [];
  const governed: (string | null)[] = [];
  const look = async (): Promise<void> => {
    for (const id of [first, other]) await w.open(id, 0);
    await w.settle();
    w.clock.now += DAY;
    await w.sweep();
    const { deadlineLocal, joinedPlan } = await w.device("a");
    deadlines.push(deadlineLocal);
    governed.push(joinedPlan);
  };
  await look();
  for (const one of [change, back]) {
    await one(w, { first, other });
    await w.settle();
    await look();
  }
  expect(governed).toEqual([first, other, first]);
  return { deadlines: deadlines.map((local) => local?.slice(0, 10)), causes: await causes(w) };
}

const MOVED = "governing-plan-changed";
const [IN_14, IN_30] = ["2026-09-08", "2026-09-24"];

describe.each(Object.entries(ACTS))("another plan governs by %s: a person's act", (_what, change) => {
  it.each([
    ["later", [14, 30], [IN_14, IN_30, IN_14]],
    ["earlier", [30, 14], [IN_30, IN_14, IN_30]],
  ] as const)("%s, and back", async (_way, days, deadlines) => {
    // The deadline that the former plan gave no longer counts, before the ring of the other one is open.
    expect(await lived(days, change)).toEqual({ deadlines, causes: [MOVED, MOVED, MOVED] });
  });
});

describe.each(Object.entries(FACTS))("another plan governs by %s: a mere fact", (_what, change) => {
  it("never moves a deadline later, and back", async () => {
    expect(await lived([14, 30], change)).toEqual({ deadlines: [IN_14, IN_14, IN_14], causes: [] });
  });
  it("moves it earlier, and not back", async () => {
    expect(await lived([30, 14], change)).toEqual({ deadlines: [IN_30, IN_14, IN_14], causes: ["due-earlier"] });
  });
});

describe("what a device is", () => {
  it("is kept by the next look at all devices where an earlier version of the server kept nothing", async () => {
    const w = await world([phone("a", { serial: "SA" })]);
    await w.make();
    const kept = (await w.device("a")).joinedAs;
    expect(JSON.parse(kept ?? "")).toMatchObject({ osVersion: "26", serial: "SA", platform: "iOS" });
    await w.put({ patch: "enrollment", where: { id: "a" }, set: { joinedAs: null } });
    await w.sweep();
    expect((await w.device("a")).joinedAs).toBe(kept);
  });
});

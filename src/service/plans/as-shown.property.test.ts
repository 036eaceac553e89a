/**
 * Dry run and saving agree byte for byte for every device that is saved; a device whose decision changed is listed and not saved, or
 * saving answers 412 (targets 13.8). The test's own judge: what the plan would have saved at the time of the dry run, and now.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { ChangedDecisions, PlanRequest } from "../../contract/index.ts";
import { isUptickError } from "../../errors/index.ts";
import type { PlanDeviceRow, Write } from "../../store/index.ts";
import { blockRow, enrollmentRow, jobRow, planRow } from "../../store/suite-rows.ts";
import { sampleLookupService } from "../../catalog/index.ts";
import { deviceRow, type DryRunShown, idOf, MINUTE, NOW, openFleet, type ShownFleet } from "./shown-fleet.suite.ts";

const HOUR = 60 * MINUTE;

/** Plans of every shape: exact and in words, at once, in a window, by a deadline that may pass meanwhile. */
const terms = fc
  .tuple(
    fc.record(
      { allowMajor: fc.boolean(), replace: fc.boolean(), allowUnlisted: fc.constantFrom(true, true, false) },
      { requiredKeys: [] },
    ),
    fc.constantFrom("26.6.1", "26.6.1", "latest-minor", "latest", "n-1 below 27", "26.9"),
    fc.constantFrom<PlanRequest["action"]>("install", "install", "download"),
    fc.constantFrom(
      {},
      {},
      { window: "14:30-16:00" },
      { window: "22:00-05:00" },
      { window: "10:00-18:00", deadline: "2026-09-04T17:00" },
      { deadline: "2026-08-25T15:00" },
      { deadline: "2026-09-04T17:00" },
    ),
  )
  .map(([rest, to, action, when]) => ({ ...rest, to, action, ...when }));

const facts = fc.record({
  osVersion: fc.constantFrom("26.5", "26.6.1", "18.5", "26.6"),
  supervised: fc.constantFrom<0 | 1>(1, 1, 1, 0),
  enforces: fc.constantFrom<0 | 1>(1, 1, 0),
  accessRights: fc.constantFrom(8191, 1),
  timeZone: fc.constantFrom("Europe/Berlin", "Asia/Tokyo", null),
  productName: fc.constantFrom("iPhone15,2", "iPhone17,1", null),
});
type Facts = typeof facts extends fc.Arbitrary<infer F> ? F : never;

type Change =
  | { readonly kind: "facts"; readonly n: number; readonly facts: Facts }
  | { readonly kind: "name" | "leaves" | "busy"; readonly n: number }
  | { readonly kind: "joins"; readonly facts: Facts }
  | { readonly kind: "block" };
const n = fc.nat({ max: 69 });
const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("facts" as const), n, facts }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom("name" as const, "leaves" as const, "busy" as const), n }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("joins" as const), facts }) },
  { weight: 1, arbitrary: fc.constant({ kind: "block" as const }) },
);

const history = fc.record({
  devices: fc.array(facts, { minLength: 1, maxLength: 70 }),
  terms,
  hasList: fc.boolean(),
  changes: fc.oneof(fc.array(change, { maxLength: 6 }), fc.array(change, { minLength: 55, maxLength: 120 })),
  /** A new list that offers a newer release, or the same list of a later day. */
  newList: fc.constantFrom("none", "same", "newer"),
  later: fc.constantFrom(0, 1, 4 * MINUTE, 59 * MINUTE, HOUR, 61 * MINUTE, 3 * HOUR, 20 * HOUR),
});

/** The sample list; `newer`: with one release more for iPhones. */
function listWith(newer: boolean): unknown {
  const list = structuredClone(sampleLookupService()) as unknown as Record<
    string,
    Record<string, Record<string, unknown>[]>
  >;
  if (!newer) return list;
  for (const set of ["PublicAssetSets", "AssetSets"]) {
    const ios = list[set]?.["iOS"] ?? [];
    const [first] = ios.toSorted((a, b) => (String(a["ProductVersion"]) < String(b["ProductVersion"]) ? 1 : -1));
    ios.push({ ...first, ProductVersion: "26.8", Build: "23J1", PostingDate: "2026-08-24" });
  }
  return list;
}

function applied(one: Change, place: number, count: number): readonly Write[] {
  if (one.kind === "block")
    return [{ put: "block", row: blockRow(`block-${place}`, { version: "26.6.1", rule: "model = iPhone17*" }) }];
  if (one.kind === "joins")
    return [
      { put: "enrollment", row: deviceRow(1000 + place, { ...one.facts, reportedVersion: one.facts.osVersion }) },
    ];
  const id = idOf(one.n % count);
  switch (one.kind) {
    case "facts":
      return [{ patch: "enrollment", where: { id }, set: { ...one.facts, reportedVersion: one.facts.osVersion } }];
    case "name":
      return [{ patch: "enrollment", where: { id }, set: { deviceName: `Desk ${place}`, lastSeenAt: NOW } }];
    case "leaves":
      return [{ patch: "enrollment", where: { id }, set: { state: "checked-out" } }];
    case "busy":
      return [
        { drop: "job", where: { enrollmentId: id } },
        { insert: "job", row: jobRow(`job-${place}`, id, { planId: "other" }) },
      ];
  }
}

/** What is saved of each device at this moment without a dry run; the plan goes again. */
async function savedNow(fleet: ShownFleet, request: PlanRequest): Promise<ReadonlyMap<string, PlanDeviceRow>> {
  try {
    const { id } = await fleet.create(request);
    const rows = await fleet.saved(id);
    await fleet.writes({ drop: "plan", where: { id } }, { drop: "planDevice", where: { planId: id } });
    return new Map(rows.map((row) => [row.enrollmentId, row]));
  } catch (error) {
    // All devices have left.
    if (!isUptickError(error) || error.code !== "plan-empty") throw error;
    return new Map();
  }
}

/** The bytes of a decision; the date of the list is that of whoever decides. */
const bytesOf = ({ kind, reason, params, seed }: PlanDeviceRow): string => {
  const { listDate: _date, listDays: _days, ...rest } = params as Record<string, unknown>;
  return JSON.stringify([kind, reason, rest, seed]);
};

interface Seed {
  readonly enforcement?: { readonly from: string; readonly at: number };
}

/** Whether an admin who saw `then` may be given it now: it is what is decided now, as far as the clock does not move it. */
function isSame(then: PlanDeviceRow | undefined, now: PlanDeviceRow | undefined, at: number): boolean {
  if (then === undefined || now === undefined) return false;
  const { enforcement } = (then.seed ?? {}) as Seed;
  if (then.kind !== "job" || enforcement === undefined || enforcement.from === "deadline")
    return bytesOf(then) === bytesOf(now);
  const still = (row: PlanDeviceRow): string =>
    bytesOf({ ...row, seed: { ...(row.seed as object), enforcement: null } });
  return still(then) === still(now) && enforcement.at > at;
}

/** What became of a save, and which devices it tells of. */
async function outcomeOf(fleet: ShownFleet, request: PlanRequest, shown: DryRunShown) {
  const answer = await fleet.save(request, shown).catch((error: unknown) => {
    if (!isUptickError(error)) throw error;
    return { code: error.code, changed: error.members["changed"] as ChangedDecisions };
  });
  const rows = await fleet.allSaved();
  return {
    code: "code" in answer ? answer.code : "saved",
    changed: answer.changed?.devices.map(({ device }) => device.id).toSorted(),
    count: answer.changed?.count,
    saved: rows.map((row) => [row.enrollmentId, bytesOf(row)]),
  };
}

it("saves what the dry run showed, byte for byte, lists what has changed, or saves nothing", async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(history, async ({ devices, terms: asked, hasList, changes, newList, later }) => {
      const fleet = await openFleet(devices.map((one, i) => deviceRow(i, { ...one, reportedVersion: one.osVersion })));
      try {
        await fleet.writes(
          { put: "plan", row: planRow("other") },
          { put: "enrollment", row: enrollmentRow("far", { state: "removed" }) },
        );
        if (hasList) await fleet.takes(listWith(false));
        const request: PlanRequest = { ...asked, devices: ["all"] };
        const shown = await fleet.dryRun(request);
        const then = await savedNow(fleet, request);
        expect(
          shown.decisions.map(({ device, kind, reason }) => [device.id, kind, kind === "job" ? null : reason]),
        ).toEqual([...then.values()].map(({ enrollmentId, kind, reason }) => [enrollmentId, kind, reason]));

        fleet.clock.now += later;
        for (const [place, one] of changes.entries()) await fleet.writes(...applied(one, place, devices.length));
        if (newList !== "none") await fleet.takes(listWith(newList === "newer"));
        const now = await savedNow(fleet, request);
        const all = [...new Set([...then.keys(), ...now.keys()])].toSorted();
        const same = all.filter((id) => isSame(then.get(id), now.get(id), fleet.clock.now));
        const changed = all.filter((id) => !same.includes(id));

        const isRefused = changed.length > 50 || same.length === 0;
        expect(await outcomeOf(fleet, request, shown)).toEqual({
          code: isRefused ? "dry-run-outdated" : "saved",
          changed,
          count: changed.length,
          saved: isRefused ? [] : same.map((id) => [id, bytesOf(then.get(id) as PlanDeviceRow)]),
        });
        seen.add(isRefused ? "nothing" : changed.length === 0 ? "all" : "some");
      } finally {
        await fleet.close();
      }
    }),
    { numRuns: 80 },
  );
  expect(seen).toEqual(new Set(["all", "some", "nothing"]));
});

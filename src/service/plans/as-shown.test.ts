/** A plan that is saved as a dry run showed it: how many devices may change, and which dry runs are known. */
import { describe, expect, it, onTestFinished } from "vitest";
import { sampleLookupService } from "../../catalog/index.ts";
import type { ChangedDecisions, PlanRequest } from "../../contract/index.ts";
import type { UptickError } from "../../errors/index.ts";
import type { EnrollmentRow, Write } from "../../store/index.ts";
import { jobRow } from "../../store/suite-rows.ts";
import { allowedChanges } from "./changed-since.ts";
import { deviceRow, type DryRunShown, idOf, MINUTE, NOW, openFleet, type ShownFleet } from "./shown-fleet.suite.ts";

const DAY = 24 * 60 * MINUTE;
const REQUEST: PlanRequest = { to: "26.6.1", action: "install", devices: ["all"], allowUnlisted: true };
const LATER: PlanRequest = { ...REQUEST, deadline: "2026-09-04T17:00" };

async function fleetOf(count: number, more: Partial<EnrollmentRow> = {}): Promise<ShownFleet> {
  const fleet = await openFleet(Array.from({ length: count }, (_none, n) => deviceRow(n, more)));
  onTestFinished(() => fleet.close());
  return fleet;
}

/** The first so many reach the release without the plan. */
const updated = (count: number): Write[] =>
  Array.from({ length: count }, (_none, n) => ({
    patch: "enrollment",
    where: { id: idOf(n) },
    set: { osVersion: "26.6.1", reportedVersion: "26.6.1" },
  }));

const refusalOf = (saving: Promise<unknown>): Promise<UptickError> =>
  saving.then(
    () => expect.fail("it was saved"),
    (error: unknown) => error as UptickError,
  );
const changedOf = ({ members }: UptickError): ChangedDecisions => members["changed"] as ChangedDecisions;

describe("how many devices may change", () => {
  it.each([
    [0, 50],
    [1, 50],
    [5000, 50],
    [5099, 50],
    [5100, 51],
    [100_000, 1000],
    [100_099, 1000],
    [100_100, 1001],
  ])("of %i is %i: one percent or 50, whichever is larger", (devices, allowed) => {
    expect(allowedChanges(devices)).toBe(allowed);
  });

  it.each([
    [60, 50],
    [51, 50],
    [5100, 51],
  ])("of %i devices %i are left out and listed, and the others saved", async (count, changes) => {
    const fleet = await fleetOf(count);
    const shown = await fleet.dryRun(LATER);
    await fleet.writes(...updated(changes));
    const plan = await fleet.save(LATER, shown);
    expect(plan).toMatchObject({
      devices: count - changes,
      decided: { jobs: count - changes, compliant: 0, refused: 0 },
    });
    const rows = await fleet.saved(plan.id);
    expect(rows.map((row) => row.enrollmentId)).toEqual(
      Array.from({ length: count - changes }, (_none, n) => idOf(n + changes)),
    );
    expect(plan.changed).toMatchObject({ count: changes, allowed: changes });
    expect(plan.changed?.devices.map(({ device }) => device.id)).toEqual(
      Array.from({ length: changes }, (_none, n) => idOf(n)),
    );
    expect(plan.changed?.devices[0]).toMatchObject({
      reason: "changed-since-dry-run",
      shown: { kind: "job", release: "26.6.1", mechanism: "declaration", deadlineLocal: "2026-09-04T17:00" },
      now: { kind: "compliant", reason: "already-there" },
    });
  });

  it.each([
    [60, 51],
    [5099, 51],
    [5100, 52],
  ])("of %i devices %i are too many: nothing is saved, and the first of them are named", async (count, changes) => {
    const fleet = await fleetOf(count);
    const shown = await fleet.dryRun(LATER);
    await fleet.writes(...updated(changes));
    const refused = await refusalOf(fleet.save(LATER, shown));
    expect(refused).toMatchObject({ code: "dry-run-outdated", status: 412 });
    expect(changedOf(refused)).toMatchObject({ count: changes, allowed: allowedChanges(count) });
    expect(changedOf(refused).devices).toHaveLength(changes);
    expect([await fleet.allSaved(), (await fleet.service().list(undefined, 9)).rows]).toEqual([[], []]);
  });

  it("saves nothing where no device is left, however few they are", async () => {
    const fleet = await fleetOf(2);
    const shown = await fleet.dryRun(LATER);
    await fleet.writes(...updated(2));
    const refused = await refusalOf(fleet.save(LATER, shown));
    expect(refused.message).toContain("None is left to save");
    expect(changedOf(refused).count).toBe(2);
    expect(await fleet.allSaved()).toEqual([]);
  });

  it("names a thousand, and counts all", async () => {
    const fleet = await fleetOf(1400);
    const shown = await fleet.dryRun(LATER);
    await fleet.writes(
      ...updated(600),
      ...Array.from({ length: 700 }, (_none, n): Write => ({ drop: "enrollment", where: { id: idOf(700 + n) } })),
    );
    const { count, devices } = changedOf(await refusalOf(fleet.save(LATER, shown)));
    expect([count, devices.length]).toEqual([1300, 1000]);
    // It is forgotten: only its id is known.
    expect(devices[600]).toMatchObject({ device: { id: idOf(700), name: null }, now: null });
  });

  it("counts a device that came and one that left, and saves neither", async () => {
    const fleet = await fleetOf(3);
    const shown = await fleet.dryRun(LATER);
    await fleet.writes(
      { put: "enrollment", row: deviceRow(7) },
      { patch: "enrollment", where: { id: idOf(0) }, set: { state: "checked-out", deviceName: "Front desk" } },
    );
    const plan = await fleet.save(LATER, shown);
    expect((await fleet.saved(plan.id)).map((row) => row.enrollmentId)).toEqual([idOf(1), idOf(2)]);
    expect(plan.changed?.devices).toMatchObject([
      { device: { id: idOf(7) }, shown: null, now: { kind: "job" } },
      { device: { id: idOf(0), name: "Front desk" }, shown: { kind: "job" }, now: null },
    ]);
  });
});

describe("a hash", () => {
  const hashOf = async (fleet: ShownFleet, request: PlanRequest): Promise<string> =>
    (await fleet.dryRun(request)).summary.hash;

  it("is the same for the same decisions, in any order and under any name, and at another moment", async () => {
    const fleet = await fleetOf(5);
    const hash = await hashOf(fleet, LATER);
    expect(hash).toMatch(/^[0-9a-f]{32}$/);
    fleet.clock.now += MINUTE;
    expect(await hashOf(fleet, { ...LATER, name: "August" })).toBe(hash);
    const named = [4, 2, 0, 1, 3].map((n) => `UDID-${idOf(n)}`);
    expect(await hashOf(fleet, { ...LATER, devices: named })).toBe(hash);
  });

  it("is another for another device, release, mechanism, deadline or refusal", async () => {
    const fleet = await fleetOf(5);
    const hashes = [
      await hashOf(fleet, LATER),
      await hashOf(fleet, { ...LATER, devices: [idOf(0), idOf(1)] }),
      await hashOf(fleet, { ...LATER, to: "26.6" }),
      await hashOf(fleet, { ...LATER, deadline: "2026-09-04T17:01" }),
    ];
    await fleet.writes({ patch: "enrollment", where: { id: idOf(0) }, set: { enforces: 0 } });
    hashes.push(await hashOf(fleet, LATER));
    await fleet.writes({ patch: "enrollment", where: { id: idOf(0) }, set: { supervised: 0 } });
    hashes.push(await hashOf(fleet, LATER));
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});

describe("the moment of a dry run", () => {
  it("is kept with the list and the number of changes of plans", async () => {
    const fleet = await fleetOf(1);
    expect((await fleet.dryRun(REQUEST)).summary.asOf).toEqual({
      decidedAt: "2026-08-25T12:00:00.000Z",
      catalogAt: null,
      planRevisions: 0,
    });
    await fleet.takes(sampleLookupService());
    await fleet.create(REQUEST);
    fleet.clock.now += 1;
    const { asOf, savableUntilAt } = (await fleet.dryRun(REQUEST)).summary;
    expect(asOf).toEqual({
      decidedAt: "2026-08-25T12:00:00.001Z",
      catalogAt: "2026-08-25T12:00:00.000Z",
      planRevisions: 1,
    });
    expect(savableUntilAt).toBe("2026-08-26T12:00:00.001Z");
  });

  it("is the one by which an install at once is saved, until that time has passed", async () => {
    // Its enrollment does not permit update commands, and a declaration names a time.
    const fleet = await fleetOf(1, { accessRights: 1 });
    const shown = await fleet.dryRun(REQUEST);
    expect(shown.decisions[0]?.sentence).toContain("installs from 2026-08-25 15:00 (Europe/Berlin)");
    fleet.clock.now = NOW + 60 * MINUTE;
    expect((await refusalOf(fleet.save(REQUEST, shown))).code).toBe("dry-run-outdated");
    fleet.clock.now -= 1;
    const { id } = await fleet.save(REQUEST, shown);
    const [row] = await fleet.saved(id);
    expect(row?.seed).toMatchObject({ enforcement: { local: "2026-08-25T15:00:00", from: "soon" } });
  });

  it("does not save a deadline that has passed since", async () => {
    const fleet = await fleetOf(1);
    const request = { ...REQUEST, deadline: "2026-08-25T15:00" };
    const shown = await fleet.dryRun(request);
    fleet.clock.now = Date.UTC(2026, 7, 25, 13);
    const refused = await refusalOf(fleet.save(request, shown));
    expect(changedOf(refused).devices[0]).toMatchObject({ now: { kind: "refused", reason: "deadline-past" } });
    fleet.clock.now -= 1;
    expect((await fleet.save(request, shown)).devices).toBe(1);
  });

  it("saves what Apple's list says on the next day as well, where it says the same", async () => {
    const fleet = await fleetOf(2);
    await fleet.takes(sampleLookupService());
    const request: PlanRequest = { to: "26.9", action: "install", devices: ["all"] };
    const shown = await fleet.dryRun(request);
    fleet.clock.now += 20 * 60 * MINUTE;
    await fleet.takes(sampleLookupService());
    expect((await fleet.save(request, shown)).decided?.refused).toBe(2);
  });
});

describe("a dry run that is named", () => {
  /** How the save is refused, and what is in the store then. */
  const refused = async (fleet: ShownFleet, request: PlanRequest, shown: DryRunShown) => {
    const { code, status, message } = await refusalOf(fleet.save(request, shown));
    return { code, status, message, saved: await fleet.allSaved() };
  };
  const unknown = (message: string) => ({
    code: "dry-run-unknown",
    status: 412,
    message: expect.stringContaining(message) as string,
    saved: [],
  });
  const named = ({ summary, ...rest }: DryRunShown, more: Partial<DryRunShown["summary"]>): DryRunShown => ({
    ...rest,
    summary: { ...summary, ...more },
  });

  it("is known for a day, to every process", async () => {
    const fleet = await fleetOf(1);
    const shown = await fleet.dryRun(LATER);
    fleet.clock.now = NOW + DAY;
    expect(await refused(fleet, LATER, shown)).toEqual(unknown("is not stored, or is no longer stored"));
    fleet.clock.now -= 1;
    expect((await fleet.save(LATER, shown)).devices).toBe(1);
  });

  it("is found by its hash and its moment together", async () => {
    const fleet = await fleetOf(1);
    const shown = await fleet.dryRun(LATER);
    const other = named(shown, { hash: "0".repeat(32) });
    expect(await refused(fleet, LATER, other)).toEqual(unknown("is not stored"));
    const later = named(shown, { asOf: { ...shown.summary.asOf, decidedAt: "2026-08-25T12:00:00.001Z" } });
    expect(await refused(fleet, LATER, later)).toEqual(unknown("is not stored"));
  });

  it("is not one of a plan with other terms, even if every decision is the same", async () => {
    const fleet = await fleetOf(1);
    const shown = await fleet.dryRun(LATER);
    expect(await refused(fleet, { ...LATER, allowMajor: true }, shown)).toEqual(unknown("other terms"));
    expect((await fleet.save({ ...LATER, name: "August" }, shown)).name).toBe("August");
  });

  it("is not known where a page of it is missing, or where it was not stored to its end", async () => {
    const fleet = await fleetOf(1);
    const shown = await fleet.dryRun(LATER);
    const [run] = await fleet.store.devices.read({ from: "dryRun", where: {} });
    const id = run?.id ?? "";
    const [page] = await fleet.store.devices.read({ from: "dryRunPage", where: { dryRunId: id } });
    await fleet.writes({ drop: "dryRunPage", where: { dryRunId: id } });
    expect(await refused(fleet, LATER, shown)).toEqual(unknown("is no longer stored"));
    await fleet.writes({ patch: "dryRun", where: { id }, set: { hash: "" } });
    expect(await refused(fleet, LATER, shown)).toEqual(unknown("is not stored"));
    expect(page).toMatchObject({ n: 0, doc: { ids: [idOf(0)], places: [0] } });
  });

  it("is saved once: the devices have a job then", async () => {
    const fleet = await fleetOf(2);
    const shown = await fleet.dryRun(LATER);
    const { id } = await fleet.save(LATER, shown);
    await fleet.writes(
      ...[0, 1].map((n): Write => ({ insert: "job", row: jobRow(`job-${n}`, idOf(n), { planId: id }) })),
    );
    const refused = await refusalOf(fleet.save(LATER, shown));
    expect(changedOf(refused).devices[0]).toMatchObject({ now: { kind: "refused", reason: "busy" } });
  });

  it.each([
    ["a hash alone", { hash: "0".repeat(32) }],
    ["a moment alone", { asOf: { decidedAt: "2026-08-25T12:00:00.000Z" } }],
  ])("is not named by %s", async (_what, half) => {
    const fleet = await fleetOf(1);
    expect(await refusalOf(fleet.create({ ...LATER, ...half }))).toMatchObject({ code: "request-invalid" });
    expect(await refusalOf(fleet.dryRun({ ...LATER, ...half }))).toMatchObject({ code: "request-invalid" });
  });
});

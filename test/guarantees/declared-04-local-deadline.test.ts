/** A declaration's deadline is the device's own wall clock: never past there, and never by surprise another major version. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DecisionView, DryRun, PlanRequest } from "../../src/contract/index.ts";
import { type Able, ableDevice, declaredPlan, IPHONE, makePlan, startUptick, type Uptick } from "../support/index.ts";

let uptick: Uptick;
let known: Able;
let unknown: Able;
beforeAll(async () => {
  uptick = await startUptick();
  known = await ableDevice(uptick, { facts: { ...IPHONE, TimeZone: "Pacific/Honolulu" } });
  const { TimeZone: _silent, ...facts } = IPHONE;
  unknown = await ableDevice(uptick, { facts });
});
afterAll(() => uptick.close());

async function decision({ device }: Able, request: Partial<PlanRequest>): Promise<DecisionView> {
  const body = { to: "26.6.1", action: "install", devices: [device.udid], ...request };
  const [one] = (await uptick.web.post<DryRun>("/api/v1/plans?dryRun=true", body)).rows;
  if (one === undefined) throw new Error("there is no decision");
  return one;
}

describe("guarantee 4 by declaration: a deadline", () => {
  // It is 14:00 UTC: 04:00 in Honolulu, and at UTC+14 tomorrow has begun four hours ago.
  it("is past by the device's own clock", async () => {
    expect(await decision(known, { deadline: "2026-08-25T03:00" })).toMatchObject({ reason: "deadline-past" });
    expect(await decision(known, { deadline: "2026-08-25T05:00" })).toMatchObject({ kind: "job" });
  });

  it("is past by the clock that is furthest ahead where the device's is unknown, and that is said", async () => {
    expect(await decision(unknown, { deadline: "2026-08-26T03:00" })).toMatchObject({ reason: "deadline-past" });
    const later = await decision(unknown, { deadline: "2026-08-26T05:00" });
    expect(later).toMatchObject({ kind: "job" });
    expect(JSON.stringify(later)).toMatch(/zone.{0,20}unknown/);
  });

  it("may be past where the admin says so", async () => {
    expect(await decision(known, { deadline: "2026-08-25T03:00", allowPastDeadline: true })).toMatchObject({
      kind: "job",
    });
  });

  it("is an absolute moment only where the zone is known, and then the device's wall clock", async () => {
    const deadline = "2026-08-28T17:00:00Z";
    const refused = await decision(unknown, { deadline });
    expect(refused).toMatchObject({ kind: "refused", reason: "zone-unknown" });
    expect(refused.sentence).toMatch(/zone/);
    await declaredPlan(uptick, known, { deadline });
    await known.its.sync();
    expect(known.its.update()?.Payload).toMatchObject({ TargetLocalDateTime: "2026-08-28T07:00:00" });
  });

  it("is never earlier than the moment asked for, at a time that the device's clock shows", async () => {
    const berlin = await ableDevice(uptick, { facts: { ...IPHONE, TimeZone: "Europe/Berlin" } });
    for (const [deadline, declared] of [
      // The hour from 02:00 to 03:00 comes twice that night.
      ["2026-10-25T02:30+02:00", "2026-10-25T02:30:00"],
      ["2026-10-25T02:30+01:00", "2026-10-25T03:00:00"],
      ["2026-10-25 02:30", "2026-10-25T03:00:00"],
      // It is skipped that night.
      ["2027-03-28T02:30", "2027-03-28T03:00:00"],
    ] as const) {
      expect((await decision(berlin, { deadline, replace: true })).sentence).toContain(
        declared.slice(0, 16).replace("T", " "),
      );
      await declaredPlan(uptick, berlin, { deadline, replace: true });
      await berlin.its.sync();
      expect(berlin.its.update()?.Payload).toMatchObject({ TargetLocalDateTime: declared });
    }
  });

  it("may be today for a device of unknown zone, in the zone that the admin names", async () => {
    // 16:00 in Berlin.
    const today = { deadline: "2026-08-25T18:00" };
    expect(await decision(unknown, today)).toMatchObject({ reason: "deadline-past" });
    const named = await decision(unknown, { ...today, zone: "Europe/Berlin" });
    expect(named).toMatchObject({ kind: "job" });
    expect(named.sentence).toContain("zone unknown, Europe/Berlin named for it");
    expect(await decision(unknown, { ...today, zone: "Asia/Tokyo" })).toMatchObject({ reason: "deadline-past" });
  });

  it("reaches the device as the admin wrote it, whatever zone the device is in", async () => {
    await declaredPlan(uptick, unknown, { deadline: "2026-08-28T17:00" });
    await unknown.its.sync();
    expect(unknown.its.update()?.Payload).toMatchObject({ TargetLocalDateTime: "2026-08-28T17:00:00" });
  });
});

describe("guarantee 4 by declaration: no surprise across a major version", () => {
  it("needs the word, and declares nothing without it", async () => {
    const facts = { ...IPHONE, OSVersion: "18.7", BuildVersion: "22H20" };
    const able = await ableDevice(uptick, { facts });
    const request = { to: "26.6.1", deadline: "2026-08-28T17:00" };
    expect(await decision(able, request)).toMatchObject({ kind: "refused", reason: "needs-major" });
    await makePlan(uptick, [able.device.udid], request);
    await able.its.sync();
    expect(able.its.update()).toBeUndefined();
    await declaredPlan(uptick, able, { ...request, allowMajor: true });
    await able.its.sync();
    expect(able.its.update()?.Payload).toMatchObject({ TargetOSVersion: "26.6.1" });
  });
});

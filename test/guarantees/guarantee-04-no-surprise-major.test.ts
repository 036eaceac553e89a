/** No plan crosses a major version, and none has a deadline in the past, unless the admin says so. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DecisionView, DryRun, PlanRequest } from "../../src/contract/index.ts";
import { type Device, enrolDevice, IPHONE, makePlan, startUptick, typesOf, type Uptick } from "../support/index.ts";

let uptick: Uptick;
let old: Device;
beforeAll(async () => {
  uptick = await startUptick();
  old = await enrolDevice(uptick, { facts: { ...IPHONE, OSVersion: "18.7", BuildVersion: "22H20" } });
});
afterAll(() => uptick.close());

async function decision(device: Device, request: Partial<PlanRequest>): Promise<DecisionView | undefined> {
  const body = { to: "26.6.1", action: "install", devices: [device.udid], ...request };
  return (await uptick.web.post<DryRun>("/api/v1/plans?dryRun=true", body)).rows[0];
}

describe("guarantee 4: no surprise across a major version", () => {
  it.each(["26.6.1", "26.6.1 (23G83)", "26.6", "iOS=26.6.1"])(
    "refuses %s to a device on 18.7 without the word, and takes it with the word",
    async (to) => {
      expect(await decision(old, { to })).toMatchObject({ kind: "refused", reason: "needs-major" });
      expect(await decision(old, { to, allowMajor: false })).toMatchObject({ kind: "refused", reason: "needs-major" });
      expect(await decision(old, { to, allowMajor: true })).toMatchObject({ kind: "job" });
    },
  );

  it.each(["latest", "latest-minor"])("does not let %s mean another major version", async (to) => {
    expect(await decision(old, { to })).not.toMatchObject({ kind: "job" });
  });

  it("never means another major version by latest-minor, whatever else is said", async () => {
    expect(await decision(old, { to: "latest-minor", allowMajor: true })).not.toMatchObject({ kind: "job" });
    expect(await decision(old, { to: "latest", allowMajor: true })).toMatchObject({ kind: "job", release: "26.6.1" });
  });

  it("makes no job and sends nothing, and tells the admin the word", async () => {
    await makePlan(uptick, [old.udid]);
    const { job } = await uptick.device(old.udid);
    expect(job).toMatchObject({ state: "refused", reason: "needs-major", next: null });
    expect(job?.verdict.remedy).toContain("--allow-major");
    expect(typesOf(await old.session())).toEqual([]);
  });
});

describe("guarantee 4: no deadline in the past", () => {
  // It is 14:00 UTC: on Kiritimati tomorrow has begun four hours ago, in Honolulu it is 04:00 of today.
  it("is judged in each device's own zone", async () => {
    const zones = ["Pacific/Kiritimati", "UTC", "Pacific/Honolulu"];
    const [ahead, here, behind] = await Promise.all(
      zones.map((TimeZone) => enrolDevice(uptick, { facts: { ...IPHONE, TimeZone } })),
    );
    const kinds = async (deadline: string, more: Partial<PlanRequest> = {}): Promise<unknown[]> => {
      const all = await Promise.all(
        [ahead, here, behind].map((device) => decision(device as Device, { deadline, ...more })),
      );
      return all.map((one) => (one?.kind === "refused" ? one.reason : one?.kind));
    };
    expect(await kinds("2026-08-26T03:00")).toEqual(["deadline-past", "job", "job"]);
    expect(await kinds("2026-08-25T13:00")).toEqual(["deadline-past", "deadline-past", "job"]);
    expect(await kinds("2026-08-25T03:00")).toEqual(["deadline-past", "deadline-past", "deadline-past"]);
    expect(await kinds("2026-08-25T03:00", { allowPastDeadline: true })).toEqual(["job", "job", "job"]);
  });

  it("is judged by the zone that is furthest ahead where a device has not said its own", async () => {
    const { TimeZone: _silent, ...facts } = IPHONE;
    const nowhere = await enrolDevice(uptick, { facts });
    expect(await decision(nowhere, { deadline: "2026-08-26T03:00" })).toMatchObject({ reason: "deadline-past" });
    expect(await decision(nowhere, { deadline: "2026-08-26T05:00" })).toMatchObject({ kind: "job" });
  });
});

/** Blackouts (targets D11) and a plan's days (D3): which deadlines they move, before a plan is accepted and afterwards. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Blackout, BlackoutTrial, DryRun, NewBlackout, PlanRequest } from "../../src/contract/index.ts";
import {
  type Able,
  ableDevice,
  declaredPlan,
  type Device,
  DOWNLOADED,
  enrolDevice,
  inForce,
  IPHONE,
  jobOf,
  makePlan,
  SOON,
  startUptick,
  stopPlan,
  typesOf,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
let phone: Device;
let able: Able;
beforeAll(async () => {
  uptick = await startUptick();
  // Its OS has no declarations.
  phone = await enrolDevice(uptick, {
    facts: { ...IPHONE, OSVersion: "16.7.10", BuildVersion: "20H350" },
    serial: "PHONE",
  });
  await enrolDevice(uptick, { facts: { ...IPHONE }, serial: "SHOP" });
  able = await ableDevice(uptick, { facts: { ...IPHONE }, serial: "ABLE" });
});
afterEach(async () => {
  for (const { name } of (await blackouts()).rows) await remove(name);
});
afterAll(() => uptick.close());

const PATH = "/api/v1/blackouts";
const blackouts = (query = "") => uptick.web.get<{ rows: Blackout[]; next: string | null }>(`${PATH}${query}`);
const add = (more: object = {}) =>
  uptick.web.post<NewBlackout>(PATH, { name: "Fair", from: "2026-08-28", to: "2026-08-30", ...more });
const remove = (name: string) => uptick.web.request("DELETE", `${PATH}/${encodeURIComponent(name)}`);
const REQUEST = { to: "26.6.1", action: "install", devices: ["SHOP"], deadline: "2026-08-28T17:00" } as const;

async function decisions(request: Partial<PlanRequest> = {}) {
  return (await uptick.web.post<DryRun>("/api/v1/plans?dryRun=true", { ...REQUEST, ...request })).rows;
}
const deadlines = async (request: Partial<PlanRequest> = {}) =>
  (await decisions(request)).map(({ deadlineLocal, reason }) => deadlineLocal ?? reason);

describe("a blackout", () => {
  it("moves the deadlines of plans that are tried to the first day after it, and says why", async () => {
    expect(await deadlines()).toEqual(["2026-08-28T17:00"]);
    expect(await add()).toMatchObject({ name: "Fair", rule: "all", createdBy: "token:first", trial: { devices: 3 } });
    const [one] = await decisions();
    expect(one).toMatchObject({ deadlineLocal: "2026-08-31T17:00", askedLocal: "2026-08-28T17:00" });
    expect(one?.sentence).toContain("install from 2026-08-31 17:00 UTC");
    expect(one?.sentence).toContain("Its deadline is 2026-08-31 17:00 instead of 2026-08-28 17:00 (blackout Fair).");
    expect((await remove("FAIR")).status).toBe(204);
    expect((await remove("FAIR")).json()).toMatchObject({ code: "blackout-unknown" });
    expect(await deadlines()).toEqual(["2026-08-28T17:00"]);
  });

  it("covers the devices of its rule and no others", async () => {
    await add({ rule: "serial = SHOP" });
    expect(await deadlines({ devices: ["SHOP", "ABLE"] })).toEqual(["2026-08-31T17:00", "2026-08-28T17:00"]);
  });

  it("keeps plans without a deadline from installing in it", async () => {
    await add({ from: "2026-08-25", to: "2026-08-26" });
    const { deadline: _none, ...now } = REQUEST;
    const said = (await uptick.web.post<DryRun>("/api/v1/plans?dryRun=true", { ...now, devices: ["SHOP", "ABLE"] }))
      .rows;
    expect(said.map(({ sentence }) => sentence)).toEqual([
      expect.stringContaining("2026-08-27 00:00"),
      expect.stringContaining("2026-08-27 00:00"),
    ]);
  });

  it("refuses a device for which no day is left", async () => {
    const days = { skipWeekdays: ["tue", "wed", "thu", "fri", "sat", "sun"] } as const;
    await add({ from: "2026-08-26", to: "2026-11-20" });
    expect(await deadlines({ ...days, deadline: "2026-08-27T17:00" })).toEqual(["2026-11-23T17:00"]);
    for (const [name, from, to] of [
      ["second", "2026-11-23", "2026-11-23"],
      ["third", "2026-11-30", "2026-11-30"],
      ["fourth", "2026-12-07", "2026-12-07"],
      ["fifth", "2026-12-14", "2026-12-14"],
      ["sixth", "2026-12-21", "2026-12-21"],
    ])
      await add({ name, from, to });
    const [one] = await decisions({ ...days, deadline: "2026-08-27T17:00" });
    expect(one).toMatchObject({ kind: "refused", reason: "no-day-left" });
    expect(one?.sentence).toMatch(/no day is left for its deadline \(blackout Fair, .*Tuesdays/);
  });

  it.each<[string, object, string]>([
    ["that ends before it begins", { from: "2026-09-02", to: "2026-09-01" }, "blackout-invalid"],
    ["that is over", { from: "2026-08-01", to: "2026-08-20" }, "blackout-invalid"],
    ["without a name", { name: "?" }, "blackout-invalid"],
    ["of a day that there is not", { to: "2026-02-30" }, "request-invalid"],
    ["of 91 days", { from: "2026-09-01", to: "2026-11-30" }, "blackout-too-long"],
    ["for a group that there is not", { rule: "group = none" }, "group-unknown"],
    ["for a rule that can't be read", { rule: "model" }, "rule-invalid"],
  ])("%s is refused", async (_what, more, code) => {
    const body = { name: "Fair", from: "2026-08-28", to: "2026-08-30", ...more };
    for (const query of ["", "?dryRun=true"]) {
      const reply = await uptick.web.request("POST", `${PATH}${query}`, {
        body: JSON.stringify(body),
        headers: { "content-type": "application/json" },
      });
      expect(reply.json()).toMatchObject({ code });
    }
  });

  it("of 90 days is none too long, and with another in a row it is, for a device that both cover", async () => {
    await add({ from: "2026-09-01", to: "2026-11-29" });
    await expect(add({ name: "Next", from: "2026-11-30", to: "2026-11-30" })).rejects.toThrow(/90 days|91 days/);
    await expect(add({ name: "Next", from: "2026-11-30", to: "2026-11-30", rule: "serial = SHOP" })).rejects.toThrow(
      /91 days/,
    );
    await add({ name: "Next", from: "2026-12-01", to: "2026-12-01" });
  });

  it("is the same when it is made again, and another with its name is refused", async () => {
    await add();
    expect(await add()).toMatchObject({ name: "Fair" });
    await expect(add({ name: "FAIR", to: "2026-08-29" })).rejects.toThrow(/blackout-exists|is there already/);
    await add({ name: "Autumn" });
    const page = await blackouts("?limit=1");
    expect(page.rows.map(({ name }) => name)).toEqual(["Autumn"]);
    expect((await blackouts(`?limit=1&after=${page.next}`)).rows.map(({ name }) => name)).toEqual(["Fair"]);
  });

  it("keeps its group from being removed", async () => {
    await uptick.web.request("PUT", "/api/v1/groups/shops", {
      body: JSON.stringify({ rule: "serial = SHOP" }),
      headers: { "content-type": "application/json" },
    });
    await add({ rule: "group = Shops" });
    expect((await uptick.web.request("DELETE", "/api/v1/groups/shops")).json()).toMatchObject({ code: "group-used" });
    expect(await deadlines()).toEqual(["2026-08-31T17:00"]);
  });
});

describe("a plan's days", () => {
  it("are none unless the plan names them: a plan of before means what it meant", async () => {
    expect(await deadlines({ deadline: "2026-08-25T17:00" })).toEqual(["2026-08-25T17:00"]);
    expect(await deadlines({ deadline: "2026-08-29T15:00" })).toEqual(["2026-08-29T15:00"]);
  });

  it("skip weekdays, and leave 24 hours of notice", async () => {
    const days = { skipWeekdays: ["fri", "sat", "sun"] } as const;
    expect(await deadlines({ ...days })).toEqual(["2026-08-31T17:00"]);
    expect(await deadlines({ ...days, deadline: "2026-08-25T20:00" })).toEqual(["2026-08-26T20:00"]);
    expect(await deadlines({ ...days, deadline: "2026-08-25T20:00", noticeHours: 2 })).toEqual(["2026-08-25T20:00"]);
    const [one] = await decisions({ ...days });
    expect(one?.sentence).toContain("(Fridays, Saturdays, Sundays)");
  });

  it("spread the deadlines, the same in the dry run and in the plan", async () => {
    const request = { deadline: "2026-08-28T17:00", spreadHours: 8, devices: ["SHOP", "ABLE"], replace: true };
    const tried = await deadlines(request);
    expect(tried.every((at) => at !== null && at > "2026-08-28T09:00" && at <= "2026-08-28T17:00")).toBe(true);
    const { id } = await makePlan(uptick, [able.device.udid], { ...REQUEST, ...request, devices: ["ABLE"] });
    await expect.poll(async () => (await jobOf(uptick, able.device.udid)).planId, SOON).toBe(id);
    expect((await jobOf(uptick, able.device.udid)).enforceAtLocal).toBe(`${tried[1]}:00`);
    await stopPlan(uptick, id);
  });

  it.each([{ noticeHours: 24 }, { skipWeekdays: ["sat"] }, { spreadHours: 2 }])("%j need a deadline", async (days) => {
    const { deadline: _none, ...request } = REQUEST;
    await expect(uptick.web.post("/api/v1/plans?dryRun=true", { ...request, ...days })).rejects.toThrow(
      /need a deadline/,
    );
  });
});

describe("a blackout that is made while a plan is under way", () => {
  const told = () => able.its.update()?.Payload as { TargetLocalDateTime?: string } | undefined;

  it("moves the deadline of its devices, and their declaration says the new time", async () => {
    const id = await inForce(uptick, able, { deadline: "2026-08-28T17:00" });
    expect(told()).toMatchObject({ TargetLocalDateTime: "2026-08-28T17:00:00" });
    const body = { name: "Fair", from: "2026-08-28", to: "2026-08-30" };
    const trial = await uptick.web.post<BlackoutTrial>(`${PATH}?dryRun=true`, body);
    expect(trial).toMatchObject({ devices: 3, deadlines: 1, moments: 1, mayRestart: 0 });
    expect((await jobOf(uptick, able.device.udid)).state).toBe("declared");
    await add();
    await expect.poll(async () => (await jobOf(uptick, able.device.udid)).state, SOON).toBe("declaring");
    await able.its.sync();
    expect(told()).toMatchObject({ TargetLocalDateTime: "2026-08-31T17:00:00" });
    const moved = (await uptick.timeline(able.device.udid)).findLast(({ kind }) => kind === "deadline-moved");
    expect(moved?.data).toMatchObject({
      ...{ from: "2026-08-28T17:00", to: "2026-08-31T17:00" },
      ...{ cause: "blackout-added", by: "token:first" },
    });
    await expect.poll(async () => (await blackouts()).rows[0]?.working, SOON).toBe(false);
    // What was moved stays: its user was told the later time.
    await remove("Fair");
    await expect.poll(() => uptick.rows("SELECT id FROM blackout"), SOON).toEqual([]);
    await able.its.sync();
    expect(told()).toMatchObject({ TargetLocalDateTime: "2026-08-31T17:00:00" });
    await stopPlan(uptick, id);
  });

  it("looks at jobs again when a tag brings a device under it", async () => {
    await add({ rule: "tag = fair" });
    const id = await declaredPlan(uptick, able, { deadline: "2026-08-28T17:00", replace: true });
    await able.its.sync();
    expect(told()).toMatchObject({ TargetLocalDateTime: "2026-08-28T17:00:00" });
    await uptick.web.post("/api/v1/devices/tag", { devices: ["ABLE"], add: ["fair"] });
    await expect
      .poll(async () => (await able.its.sync(), told()?.TargetLocalDateTime), SOON)
      .toBe("2026-08-31T17:00:00");
    await stopPlan(uptick, id);
  });

  it("leaves a declaration whose time has passed, and says that the device may restart", async () => {
    const id = await inForce(uptick, able, { deadline: "2026-08-25T15:00", replace: true });
    await uptick.restart({ later: 2 * 3_600_000 });
    expect(await add({ from: "2026-08-25", to: "2026-08-26" })).toMatchObject({
      trial: { deadlines: 0, moments: 0, mayRestart: 1 },
    });
    const sentence = async () => (await jobOf(uptick, able.device.udid)).verdict.sentence;
    await expect.poll(sentence, SOON).toContain("it may restart in the blackout Fair (until 2026-08-26)");
    expect((await jobOf(uptick, able.device.udid)).verdict.remedy).toContain("uptick plan pause");
    await able.its.sync();
    expect(told()).toMatchObject({ TargetLocalDateTime: "2026-08-25T15:00:00" });
    await stopPlan(uptick, id);
  });

  it("keeps an install command from leaving in it", async () => {
    const { id } = await makePlan(uptick, [phone.udid], { to: "16.7.11", allowUnlisted: true });
    await expect.poll(async () => (await uptick.device(phone.udid)).job?.planId, SOON).toBe(id);
    await add({ from: "2026-08-25", to: "2026-08-27" });
    await expect.poll(async () => (await blackouts()).rows[0]?.working, SOON).toBe(false);
    const ordered = typesOf(await phone.session({ OSUpdateStatus: DOWNLOADED }));
    expect(ordered).toContain("OSUpdateStatus");
    expect(ordered).not.toContain("ScheduleOSUpdate");
    await expect
      .poll(async () => await jobOf(uptick, phone.udid), SOON)
      .toMatchObject({ state: "ready", next: { action: "install", dueAt: "2026-08-28T00:00:00.000Z" } });
    await uptick.restart({ later: Date.UTC(2026, 7, 28) + 60_000 - uptick.now() });
    await expect.poll(async () => (await jobOf(uptick, phone.udid)).state, SOON).toBe("installing");
    const later = typesOf(await phone.session({ OSUpdateStatus: DOWNLOADED }));
    expect(later).toContain("ScheduleOSUpdate");
    await stopPlan(uptick, id);
  });
});

/** Exclusions by the API: what is refused, what is answered, where they are shown, and how their end is announced. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ExclusionEnd, ExclusionResult, ReportRow, ServerStatus } from "../../src/contract/index.ts";
import {
  enrolDevice,
  IPHONE,
  makePlan,
  SOON,
  START,
  startUptick,
  type Uptick,
  type WebReply,
} from "../support/index.ts";

let uptick: Uptick;
const MAC = { OSVersion: "26.5", BuildVersion: "25F70", ProductName: "Mac14,2", SoftwareUpdateDeviceID: "J413AP" };

beforeAll(async () => {
  uptick = await startUptick();
  await enrolDevice(uptick, { serial: "PHONE1", facts: { ...IPHONE, TimeZone: "Europe/Berlin" } });
  await enrolDevice(uptick, { serial: "PHONE2", facts: { ...IPHONE, TimeZone: "Asia/Tokyo" } });
  await enrolDevice(uptick, { serial: "MAC1", facts: { ...MAC, IsSupervised: true } });
});
afterAll(() => uptick.close());

const ask = (path: string, body: unknown): Promise<WebReply> =>
  uptick.web.request("POST", `/api/v1/devices/${path}`, {
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  });
const excludes = async (more: object, query = ""): Promise<ExclusionResult> =>
  (await ask(`exclude${query}`, { until: "2026-09-14", reason: "trade fair", ...more })).json<ExclusionResult>();
const ends = async (body: object, query = ""): Promise<ExclusionEnd> =>
  (await ask(`end-exclusion${query}`, body)).json<ExclusionEnd>();
const exclusionOf = async (serial: string) => (await uptick.device(serial)).exclusion;
const listed = async (query: string): Promise<(string | null)[]> => {
  const { rows } = await uptick.web.get<{ rows: { serial: string | null }[] }>(`/api/v1/devices?${query}`);
  return rows.map(({ serial }) => serial);
};

describe("an exclusion", () => {
  it.each([
    ["that is over already", { until: "2026-08-25" }, "exclusion-invalid", /over already: for .* that day has begun/],
    ["of more than 90 days", { until: "2026-11-24" }, "exclusion-invalid", /more than 90 days; .* is 2026-11-23\./],
    ["of a device that is not known", { devices: ["PHONE1", "nobody"] }, "device-unknown", /nobody/],
    ["by a rule that is none", { devices: undefined, rule: "platfrom = iOS" }, "rule-invalid", /platfrom/],
    ["without a reason", { reason: " " }, "request-invalid", /reason|request/],
    ["until a day that there is not", { until: "2026-09-31" }, "request-invalid", /until|request/],
    ["by two ways to name devices", { rule: "all" }, "request-invalid", /2 ways/],
  ])("%s is refused, and nothing changes", async (_what, more, code, words) => {
    const reply = await ask("exclude", { devices: ["PHONE1"], until: "2026-09-14", reason: "trade fair", ...more });
    expect([reply.problem().code, JSON.stringify(reply.problem())]).toEqual([code, expect.stringMatching(words)]);
    expect(await listed("reason=excluded")).toEqual([]);
  });

  it("is refused for all where its day is none for one of them", async () => {
    // In Tokyo and Berlin 23 November begins in less than 90 days; where the Mac may be, 24 November does not.
    const reply = await ask("exclude", { rule: "platform = iOS", until: "2026-11-23", reason: "why" });
    expect(reply.status).toBe(200);
    await ends({ rule: "platform = iOS" });
    const late = await ask("exclude", { rule: "all", until: "2026-11-24", reason: "why" });
    expect(late.problem()).toMatchObject({ status: 400, code: "exclusion-invalid" });
    expect([await exclusionOf("PHONE1"), await exclusionOf("PHONE2")]).toEqual([null, null]);
  });

  it("ends when its day begins on the device's clock; where that is unknown, on the last of all clocks", async () => {
    const tried = await excludes({ rule: "all" }, "?dryRun=true");
    expect(tried).toMatchObject({ dryRun: true, devices: 3, endsAt: "2026-09-14T12:00:00.000Z", zoneUnknown: 1 });
    expect(await exclusionOf("MAC1")).toBeNull();
    expect(await excludes({ rule: "all" })).toMatchObject({ dryRun: false, devices: 3, notGiven: 3 });
    expect(await exclusionOf("PHONE1")).toMatchObject({ until: "2026-09-14", endsAt: "2026-09-13T22:00:00.000Z" });
    expect(await exclusionOf("PHONE2")).toMatchObject({ endsAt: "2026-09-13T15:00:00.000Z" });
    expect(await exclusionOf("MAC1")).toMatchObject({
      ...{ endsAt: "2026-09-14T12:00:00.000Z", reason: "trade fair", excludedBy: "token:first" },
    });
    expect(await ends({ rule: "all" })).toEqual({
      ...{ dryRun: false, devices: 3, ended: 3, withJob: 0, deadlinesMoved: 0 },
    });
  });

  it("ends by default-zone where the zone is unknown, and by that of a rule where one names it", async () => {
    await uptick.restart({ flags: { "default-zone": "Asia/Tokyo" } });
    expect(await excludes({ devices: ["MAC1"] }, "?dryRun=true")).toMatchObject({
      ...{ endsAt: "2026-09-13T15:00:00.000Z", zoneUnknown: 1 },
    });
    const rules = [{ rule: "platform = macOS", zone: "America/New_York" }];
    await uptick.web.request("PUT", "/api/v1/zone-rules", {
      body: JSON.stringify({ rules, revision: 0 }),
      headers: { "content-type": "application/json" },
    });
    expect(await excludes({ devices: ["MAC1"] }, "?dryRun=true")).toMatchObject({
      ...{ endsAt: "2026-09-14T04:00:00.000Z", zoneUnknown: 0 },
    });
  });

  it("tells in which row of what a pause does each device is, and what its end does", async () => {
    await makePlan(uptick, ["PHONE1"]);
    const tried = await excludes({ rule: "platform = iOS" }, "?dryRun=true");
    expect(tried).toMatchObject({ devices: 2, waiting: { command: 1, declaration: 0 }, notGiven: 1, installed: 0 });
    await excludes({ devices: ["PHONE1"] });
    expect(await ends({ rule: "platform = iOS" }, "?dryRun=true")).toEqual({
      ...{ dryRun: true, devices: 2, ended: 1, withJob: 1, deadlinesMoved: 0 },
    });
    expect(await excludes({ rule: "platform = iOS" }, "?dryRun=true")).toMatchObject({ excludedBefore: 1 });
  });

  it("is shown by the list of devices, by their class, and by the compliance of all", async () => {
    expect(await listed("class=no-plan&reason=excluded")).toEqual(["PHONE1"]);
    const { rows } = await uptick.web.get<{ rows: { exclusion: unknown }[] }>("/api/v1/devices?reason=excluded");
    expect(rows).toMatchObject([{ exclusion: { until: "2026-09-14", excludedBy: "token:first" } }]);
    expect(await uptick.web.get("/api/v1/compliance")).toMatchObject({
      reasons: expect.arrayContaining([expect.objectContaining({ reason: "excluded", devices: 1 })]) as unknown,
    });
  });

  it("stands in the report of a moment at which it was in force, and of no other", async () => {
    const exclusionsAt = async (at: number) => {
      const reply = await uptick.web.request("GET", `/api/v1/report?at=${new Date(at).toISOString()}`);
      const lines = reply.body.toString("utf8").trimEnd().split("\n");
      const devices = lines.map((line) => (JSON.parse(line) as { device?: ReportRow }).device);
      return devices.find((device) => device?.serial === "PHONE1")?.exclusion;
    };
    const { sinceAt: since } = (await exclusionOf("PHONE1")) ?? { sinceAt: "" };
    expect(await exclusionsAt(Date.parse(since))).toEqual({
      ...{ excludedBy: "token:first", reason: "trade fair", until: "2026-09-14" },
    });
    expect(await exclusionsAt(Date.parse(since) - 1)).toBeNull();
    const before = uptick.now();
    // All of it may be done within one millisecond.
    await expect.poll(() => uptick.now(), SOON).toBeGreaterThan(before);
    await ends({ devices: ["PHONE1"] });
    expect(await exclusionsAt(before)).toMatchObject({ reason: "trade fair" });
    expect(await exclusionsAt(uptick.now())).toBeNull();
  });

  it("is announced seven days before its end: by the timeline, and by a warning that lists the devices", async () => {
    const warned = async () =>
      (await uptick.web.get<ServerStatus>("/api/v1/status")).warnings.find(
        ({ reason: code }) => code === "exclusions-end",
      );
    await excludes({ devices: ["PHONE2"] });
    expect([await warned(), await listed("warning=exclusions-end")]).toEqual([undefined, []]);
    // Its end is 13 September, 15:00 UTC.
    await uptick.restart({ later: Date.UTC(2026, 8, 6, 15, 0, 1) - uptick.now() });
    const told = async () => (await uptick.timeline("PHONE2")).filter(({ kind }) => kind === "exclusion-ends-soon");
    await expect
      .poll(told, SOON)
      .toMatchObject([{ sentence: "Its exclusion ends on 14 Sep 2026: plans then continue with it" }]);
    expect(await warned()).toMatchObject({ devices: 1, momentAt: "2026-09-13T15:00:00.000Z" });
    expect(await listed("warning=exclusions-end")).toEqual(["PHONE2"]);
    await uptick.restart({ later: Date.UTC(2026, 8, 13, 15, 0, 1) - uptick.now() });
    const kinds = async () => (await uptick.timeline("PHONE2")).map(({ kind }) => kind);
    await expect.poll(kinds, SOON).toContain("exclusion-ended");
    expect([await warned(), await exclusionOf("PHONE2"), await told()]).toMatchObject([undefined, null, [{}]]);
    expect(uptick.now()).toBeGreaterThan(START);
  });
});

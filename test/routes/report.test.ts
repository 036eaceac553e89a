/** The report of a day in the past, by what this server has stored of devices and of Apple's list. */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { ReportLine, ReportRow, ReportSummary } from "../../src/contract/index.ts";
import { type Device, enrolDevice, makePlan, SOON, START, startUptick, type Uptick } from "../support/index.ts";

const DAY = 86_400_000;
let uptick: Uptick;
let device: Device;
beforeAll(async () => {
  uptick = await startUptick();
  device = await enrolDevice(uptick);
});
afterAll(() => uptick.close());

const iso = (at: number): string => new Date(at).toISOString();
const ask = (at: string) =>
  uptick.web.request("GET", `/api/v1/report${at}`, { headers: { accept: "application/x-ndjson" } });

async function report(at: number): Promise<{ rows: ReportRow[]; summary: ReportSummary | undefined }> {
  const reply = await ask(`?at=${iso(at)}`);
  expect([reply.status, reply.headers["content-type"]]).toEqual([200, "application/x-ndjson"]);
  const lines = reply.body
    .toString()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as ReportLine);
  return {
    rows: lines.flatMap((line) => ("device" in line ? [line.device] : [])),
    summary: lines.flatMap((line) => ("summary" in line ? [line.summary] : []))[0],
  };
}

describe("the report of a moment", () => {
  it("has what a device ran then, whatever it runs now, and what was offered to it", async () => {
    await device.session();
    await makePlan(uptick, [device.udid], { deadline: "2026-08-27T17:00" });
    const before = uptick.now();
    await uptick.restart({ later: DAY });
    device.facts = { ...device.facts, OSVersion: "26.6.1", BuildVersion: "23G83" };
    await vi.waitFor(async () => {
      await device.session();
      expect((await uptick.device(device.udid)).osVersion).toBe("26.6.1");
    }, SOON);
    const after = uptick.now();
    const [was] = (await report(before)).rows;
    expect(was).toMatchObject({
      serial: device.serial,
      enrollment: "enrolled",
      osVersion: "26.5",
      newest: { version: "26.6.1", postedOn: "2026-08-17", reachedAt: null, days: 8 },
      exclusion: null,
    });
    const { rows, summary } = await report(after);
    expect(rows).toMatchObject([{ osVersion: "26.6.1", newest: { days: 9 }, deadlineAt: expect.any(String) }]);
    expect(summary).toMatchObject({ reportAt: iso(after), devices: 1, catalogDate: "2026-08-22" });
  });

  it("has a device that was removed since", async () => {
    const gone = await enrolDevice(uptick);
    await uptick.web.post(`/api/v1/devices/${gone.udid}/remove`, undefined);
    const { rows } = await report(uptick.now());
    expect(rows.find(({ udid }) => udid === gone.udid)).toMatchObject({ enrollment: "removed", osVersion: "26.5" });
  });

  it("is refused before anything was known, with the moment since when it is, and in the future", async () => {
    const early = await ask(`?at=${iso(START - DAY)}`);
    expect([early.status, early.json()]).toMatchObject([400, { code: "report-date-unknown" }]);
    expect(early.json()).toMatchObject({ detail: expect.stringMatching(/known from 2026-08-25T\S+ on/) });
    const late = await ask(`?at=${iso(uptick.now() + DAY)}`);
    expect([late.status, late.json()]).toMatchObject([400, { code: "report-date-unknown" }]);
    expect((await ask("?at=2026-08-21")).json()).toMatchObject({ code: "request-invalid" });
  });
});

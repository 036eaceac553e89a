import { describe, expect, it } from "vitest";
import { NOW, reportRow } from "../../http/admin/fake-rows.suite.ts";
import { run } from "../world.suite.ts";
import { momentOf } from "./report.ts";

describe("report", () => {
  it("prints a row for each device, formulas made harmless, and on stderr what it rests on", async () => {
    const { code, out, err, asked } = await run(["report", "--at", "2026-08-20"]);
    const [heading, row, ...rest] = out.split("\r\n");
    expect([code, rest]).toEqual([0, [""]]);
    expect(heading).toMatch(/^serial,udid,name,.*,version,.*,newest offered,posted by Apple,first seen on it,/);
    expect(row).toContain(`,"'=HYPERLINK(""https://example.com"")",`);
    expect(row).toMatch(/,26\.5,23F77,2026-08-01T10:00:00\.000Z,26\.6\.1,2026-08-17,,4,26\.6\.1,,,,,2026-08-21T09/);
    expect(row?.split(",").length).toBe(heading?.split(",").length);
    expect(err).toMatch(/^1 device at .*; no list of Apple's releases had been taken\.\n$/);
    expect(asked).toEqual([{ method: "devices.report", args: [Date.UTC(2026, 7, 20, 23, 59, 59, 999)] }]);
  });

  it("prints the API's lines with --json, and asks for now without a date", async () => {
    const { out, asked } = await run(["report", "--json"]);
    const [line, summary] = out.trimEnd().split("\n");
    expect(JSON.parse(line ?? "")).toEqual({ device: reportRow });
    expect(JSON.parse(summary ?? "")).toMatchObject({ summary: { devices: 1 } });
    expect(asked).toEqual([{ method: "devices.report", args: [undefined] }]);
  });

  it.each([
    ["2026-08-20", "2026-08-20T23:59:59.999Z"],
    // That day is not over.
    ["2026-08-21", "2026-08-21T12:00:00.000Z"],
    // The server refuses what is in the future.
    ["2026-08-22", "2026-08-22T23:59:59.999Z"],
    ["2026-08-01T12:00+02:00", "2026-08-01T10:00:00.000Z"],
  ])("reads %s as a moment", (text, instant) => expect(momentOf(text, NOW)).toBe(instant));

  it.each(["yesterday", "2026-02-30", "2026-13-01", "2026-08-01T12:00"])("refuses %s", async (text) => {
    const { code, err, out, asked } = await run(["report", "--at", text]);
    expect([code, out, asked]).toEqual([2, "", []]);
    expect(err).toContain("Write a date such as 2026-08-21");
  });
});

import { describe, expect, it } from "vitest";
import { device } from "../../http/admin/fake-rows.suite.ts";
import { csvHeading, deviceCsv } from "./device-csv.ts";

describe("a device as CSV", () => {
  it("console P2: has a cell for each heading, and no formula of others", () => {
    const row = deviceCsv({ ...device, name: "=1+1", compliance: null });
    expect(csvHeading()).toMatch(/^serial,udid,name,.*,last seen\r\n$/);
    expect(row).toMatch(/^SERIAL1,UDID-1,'=1\+1,.*,enrolled,,,,,,,,,2026-.*\r\n$/);
    expect(row.split(",").length).toBe(csvHeading().split(",").length);
  });
});

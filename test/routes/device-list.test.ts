/** The list of devices over a real server: filters, orders, counts and exports, with names that mean harm. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DeviceAggregate, DevicePage, DeviceView } from "../../src/contract/index.ts";
import { enrolDevice, IPHONE, startUptick, type Uptick, type WebReply } from "../support/index.ts";

let uptick: Uptick;
const NAMES = { A1: "=1+1", B2: "Zürich 2", C3: 'say "hi", OR %_', D4: "zurich 10" };
const VERSIONS: Readonly<Record<string, string>> = { A1: "26.5", B2: "26.10", C3: "18.7.1", D4: "26.5" };

beforeAll(async () => {
  uptick = await startUptick();
  for (const [serial, name] of Object.entries(NAMES))
    await enrolDevice(uptick, { serial, facts: { ...IPHONE, DeviceName: name, OSVersion: VERSIONS[serial] ?? "" } });
});
afterAll(() => uptick.close());

const query = (filters: Record<string, string>): string => new URLSearchParams(filters).toString();
const page = (filters: Record<string, string>): Promise<DevicePage> =>
  uptick.web.get<DevicePage>(`/api/v1/devices?${query(filters)}`);
const serials = async (filters: Record<string, string>): Promise<(string | null)[]> =>
  (await page(filters)).rows.map(({ serial }) => serial);
const got = (path: string): Promise<WebReply> => uptick.web.request("GET", `/api/v1${path}`);

describe("the list of devices", () => {
  it("console A3: comes in each order and its reverse, page by page", async () => {
    for (const [sort, expected] of [
      ["name", ["A1", "C3", "D4", "B2"]],
      ["os", ["C3", "A1", "D4", "B2"]],
    ] as const) {
      expect(await serials({ sort })).toEqual(expected);
      expect(await serials({ sort: `-${sort}` })).toEqual(expected.toReversed());
      const first = await page({ sort, limit: "3" });
      expect(await serials({ sort, after: first.next ?? "", limit: "3" })).toEqual(expected.slice(3));
    }
    for (const sort of ["compliance", "deadline", "lastSeen"]) expect(await serials({ sort })).toHaveLength(4);
  });

  it("takes the text of a search as it is, in any case, with or without accents", async () => {
    expect(await serials({ search: "ZURICH" })).toEqual(["B2", "D4"]);
    expect(await serials({ search: "zürich 2" })).toEqual(["B2"]);
    expect(await serials({ search: '"hi", or %' })).toEqual(["C3"]);
    expect(await serials({ search: "hi OR zur" })).toEqual([]);
    expect(await serials({ search: "*" })).toEqual([]);
    // One or two characters begin a name, a serial number, a UDID or a model.
    expect([await serials({ search: "zu" }), await serials({ search: "ri" })]).toEqual([["B2", "D4"], []]);
  });

  it("api A2: filters by version, model and silence, and names what exists where a value is unknown", async () => {
    expect(await serials({ os: "26.5.0" })).toEqual(["A1", "D4"]);
    expect(await serials({ os: "<26.10" })).toEqual(["A1", "C3", "D4"]);
    expect(await serials({ model: "IPHONE15,2" })).toHaveLength(4);
    expect([await serials({ model: "iPad*" }), await serials({ silentDays: "1" })]).toEqual([[], []]);
    for (const [filters, names] of [
      [{ sort: "age" }, "name, -name, os"],
      [{ sort: "compliance,deadline" }, "lastSeen"],
      [{ os: "new" }, "26.1"],
      [{ overdue: "yes" }, "true"],
      [{ by: "class" }, "taken are"],
    ] as const) {
      const reply = await got(`/devices?${query(filters)}`);
      expect([reply.status, reply.problem().code]).toEqual([400, "request-invalid"]);
      expect(reply.problem().detail).toContain(names);
    }
    expect((await got("/devices?plan=00000000")).problem().code).toBe("plan-unknown");
  });

  it("takes a rule that asks more of a device than SQL is made for", async () => {
    const { server } = uptick;
    const models = Array.from({ length: 999 }, (_none, n) => `Mac${n}*`).join(", ");
    for (const name of ["Many", "More"])
      await server.admin.scopes.setGroup(server.system, name, { rule: `model in (${models}, iPhone15,2)` });
    const rule = "group = many and group = more and not serial = B2";
    expect(await serials({ rule, sort: "-name" })).toEqual(["D4", "C3", "A1"]);
    expect(await page({ rule, os: "26.5", count: "true" })).toMatchObject({ total: 2 });
  });

  it("api A1: refuses the cursor of another order", async () => {
    const { next } = await page({ sort: "name", limit: "1" });
    const reply = await got(`/devices?${query({ sort: "os", after: next ?? "" })}`);
    expect([reply.status, reply.problem().code]).toEqual([400, "request-invalid"]);
  });

  it("console P1: says how many devices it has where that is asked", async () => {
    expect(await page({ os: "26.5", limit: "1", count: "true" })).toMatchObject({ total: 2 });
    expect(await page({ limit: "1" })).not.toHaveProperty("total");
  });

  it("console P2: counts by a value under the same filters, and the value is the filter of just these devices", async () => {
    const { rows } = await uptick.web.get<DeviceAggregate>("/api/v1/devices/aggregate?by=version");
    expect(rows).toEqual([
      { value: "26.5", count: 2 },
      { value: "18.7.1", count: 1 },
      { value: "26.10", count: 1 },
    ]);
    for (const { value, count } of rows) expect(await serials({ os: value ?? "" })).toHaveLength(count);
    const first = await uptick.web.get<DeviceAggregate>("/api/v1/devices/aggregate?by=version&limit=1&os=%3C26.10");
    const rest = await got(`/devices/aggregate?by=version&os=%3C26.10&${query({ after: first.next ?? "" })}`);
    expect([first.rows, rest.json<DeviceAggregate>().rows]).toEqual([[rows[0]], [rows[1]]]);
  });
});

describe("the export of the list", () => {
  it("console P2: is CSV in which no cell is a formula, in the order of the list", async () => {
    const reply = await got("/devices.csv?sort=name");
    expect(reply.headers["content-type"]).toBe("text/csv; charset=utf-8");
    const lines = reply.text.split("\r\n");
    expect(lines[0]).toMatch(/^serial,udid,name,/);
    expect(lines.slice(1).map((line) => line.slice(0, 2))).toEqual(["A1", "C3", "D4", "B2", ""]);
    expect(lines[1]).toContain(",'=1+1,");
    expect(lines[2]).toContain(',"say ""hi"", OR %_",');
  });

  it("api A10: is lines of JSON, each a device as the list shows it", async () => {
    const reply = await got("/devices.json?os=%3C26.10&sort=-name");
    const devices = reply.text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as DeviceView);
    expect(devices).toEqual((await page({ os: "<26.10", sort: "-name" })).rows);
  });

  it("is refused as a whole where a filter is wrong", async () => {
    const reply = await got("/devices.csv?rule=tagg%20%3D%20a");
    expect([reply.status, reply.problem().code]).toEqual([400, "rule-invalid"]);
  });
});

import { describe, expect, it } from "vitest";
import { counted, device, summary } from "../../http/admin/fake-rows.suite.ts";
import { run } from "../world.suite.ts";

const [underWay] = summary.reasons;

describe("behind", () => {
  it("names the devices that are not on target, by reason, and answers with exit code 3", async () => {
    const { code, out, err, asked } = await run(["behind"]);
    expect([code, err]).toEqual([3, ""]);
    const lines = out.trimEnd().split("\n");
    expect(lines[0]).toBe("1 of 3 devices are behind.");
    expect(lines[2]).toBe(`Under way, 1 device (insufficient-power): ${underWay?.sentence}.`);
    expect(lines[3]).toBe(`  ${underWay?.remedy}`);
    expect(lines[4]).toBe(`  ${device.name} (${device.serial})`);
    expect(lines).toHaveLength(5);
    expect(asked[1]).toEqual({
      method: "devices.list",
      args: [{ class: "under-way", reason: "insufficient-power", limit: 10 }],
    });
  });

  it("says how many more there are, and how to see them", async () => {
    const many = { ...summary, reasons: summary.reasons.map((one) => ({ ...one, devices: 40 })) };
    const { out } = await run(["behind"], { "devices.compliance": async () => many });
    expect(out).toContain(" and 39 more: uptick devices --class under-way --reason insufficient-power\n");
  });

  it.each<[string, object, string]>([
    ["nobody is behind", { ...summary, reasons: summary.reasons.slice(1) }, "No device of 3 is behind.\n"],
    ["nobody is enrolled", { devices: 0, ...counted, reasons: [] }, "No device is enrolled.\n"],
  ])("answers with exit code 0 where %s", async (_what, value, expected) => {
    const { code, out } = await run(["behind"], { "devices.compliance": async () => value as typeof summary });
    expect([code, out]).toEqual([0, expected]);
  });

  it("looks at one class alone", async () => {
    const { code, out } = await run(["behind", "--class", "waiting-person"]);
    expect([code, out]).toEqual([0, "No device of 3 is behind as waiting-person.\n"]);
    expect((await run(["behind", "--class", "on-target"])).code).toBe(2);
  });

  it("prints a row for each device with --csv, class by class, and the API's JSON with --json", async () => {
    const { code, out, asked } = await run(["behind", "--csv"], {
      async *"devices.csv"({ class: kind }) {
        yield "serial,name\r\n";
        if (kind === "under-way" || kind === "cannot") yield `${device.serial},${kind}\r\n`;
      },
    });
    expect(code).toBe(3);
    expect(out).toBe(`serial,name\r\n${device.serial},cannot\r\n${device.serial},under-way\r\n`);
    expect(asked.slice(1).map(({ args }) => (args[0] as { class: string }).class)).toEqual([
      ...["waiting-person", "cannot", "unknown", "no-plan", "under-way"],
    ]);
    const json = await run(["behind", "--json"]);
    expect([json.code, JSON.parse(json.out)]).toEqual([3, summary]);
  });
});

describe("status", () => {
  it("shows the six counts", async () => {
    const { out } = await run(["status"]);
    expect(out).toContain(
      "compliance: on target 2, under way 1, needs a person 0, can't 0, no plan 0, unknown 0; overdue 1, newest 2\n",
    );
  });
});

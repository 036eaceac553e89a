import { describe, expect, it } from "vitest";
import { detail, device, entry, job, pending } from "../../http/admin/fake-rows.suite.ts";
import type { AdminService } from "../../service/index.ts";
import { run } from "../world.suite.ts";

describe("devices", () => {
  it("shows an aligned table with ages and the verdict", async () => {
    const longer = { ...device, id: "2", name: "日本 iPad", serial: "S2", job: null, lastSeenAt: null };
    const { code, out } = await run(["devices"], {
      "devices.list": async () => ({ rows: [device, longer], next: null }),
    });
    expect(code).toBe(0);
    const lines = out.trimEnd().split("\n");
    expect(lines[0]).toMatch(/^NAME +SERIAL +PLATFORM +RUNS +CLASS +STATE +HEARD +VERDICT$/);
    expect(lines[1]).toContain("3 min ago");
    expect(lines[1]).toContain("Under way, overdue");
    expect(lines[1]).toContain(job.verdict.sentence);
    expect(lines[1]).toContain(job.verdict.remedy);
    expect(lines[2]).toMatch(/no plan +never +-$/);
    // Two wide characters take four columns.
    expect(lines[2]?.indexOf("S2")).toBe((lines[1]?.indexOf("SERIAL1") ?? 0) - 2);
  });

  it("passes filters on and follows all pages", async () => {
    const { asked, out } = await run(["devices", "--search", "a b", "--platform", "macOS", "--state", "blocked"], {
      "devices.list": async ({ after }) => ({
        rows: [{ ...device, name: after ?? "first" }],
        next: after === undefined ? "second" : null,
      }),
    });
    expect(asked.map(({ args }) => args[0])).toEqual([
      { search: "a b", platform: "macOS", jobState: "blocked", limit: 1000 },
      { search: "a b", platform: "macOS", jobState: "blocked", limit: 1000, after: "second" },
    ]);
    expect(out).toMatch(/first[^]*second/);
  });

  it("filters by class, reason and flag, and prints the server's CSV as it comes", async () => {
    const filters = ["--class", "cannot", "--reason", "needs-major", "--flag", "overdue"];
    const { asked, out } = await run(["devices", ...filters, "--csv"], {
      async *"devices.csv"() {
        yield "serial,name\r\nS1,";
        yield "'=1+1\r\n";
      },
    });
    expect(asked[0]?.args[0]).toEqual({ class: "cannot", reason: "needs-major", flag: "overdue" });
    expect(out).toBe("serial,name\r\nS1,'=1+1\r\n");
    expect((await run(["devices", "--class", "late"])).code).toBe(2);
  });

  it("takes every filter of the list, and its order", async () => {
    const filters = ["--model", "iPad*", "--os", "<26.1", "--plan", "p1", "--ring", "0", "--mechanism", "command"];
    const { asked } = await run(["devices", ...filters, "--silent-days", "7", "--sort", "-lastSeen"]);
    const wanted = { model: "iPad*", os: "<26.1", plan: "p1", ring: 0, mechanism: "command" };
    expect(asked[0]?.args[0]).toEqual({ ...wanted, silentDays: 7, sort: "-lastSeen", limit: 1000 });
    expect((await run(["devices", "--sort", "age"])).code).toBe(2);
  });

  it("prints the API's JSON unchanged with --json", async () => {
    const { out } = await run(["devices", "--json"]);
    expect(out).toBe(`${JSON.stringify({ rows: [device], next: null })}\n`);
  });

  it("marks a device for which a certificate waits, and shows the certificate on its page", async () => {
    const list = await run(["devices"], {
      "devices.list": async () => ({ rows: [{ ...device, pendingCertificates: 1 }], next: null }),
    });
    expect(list.out).toContain("blocked, certificate waits");
    const page = await run(["device", "SERIAL1"], { "devices.show": async () => ({ ...detail, pending: [pending] }) });
    for (const words of [pending.fingerprint, pending.subject, pending.issuer, `uptick adopt ${device.id}`])
      expect(page.out).toContain(words);
  });

  it("escapes in JSON what a terminal would obey, so that the same is read from it", async () => {
    const name = "a\u001b\u0085\u009b2J\u202eb\u2066\u200f\u2028\ufeffc ä 日";
    const rows = [{ ...device, name }];
    const { out } = await run(["devices", "--json"], { "devices.list": async () => ({ rows, next: null }) });
    expect(out).toContain("\\u0085\\u009b2J\\u202eb\\u2066\\u200f\\u2028\\ufeffc ä 日");
    // oxlint-disable-next-line no-control-regex
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/);
    expect(JSON.parse(out)).toEqual({ rows, next: null });
  });

  it("takes a state as the list shows it, of the job or of the enrollment, and names the states that exist", async () => {
    const queried = async (...argv: string[]) => (await run(["devices", ...argv])).asked[0]?.args[0];
    expect(await queried("--state", "failed")).toEqual({ jobState: "failed", limit: 1000 });
    expect(await queried("--state", "removed")).toEqual({ enrollment: "removed", limit: 1000 });
    expect(await queried("--enrollment", "quarantined")).toEqual({ enrollment: "quarantined", limit: 1000 });
    const junk = await run(["devices", "--state", "blokced"]);
    expect([junk.code, junk.asked]).toEqual([2, []]);
    expect(junk.err).toMatch(/Allowed choices are .*blocked.*removed/s);
    expect((await run(["devices", "--state", "removed", "--enrollment", "enrolled"])).code).toBe(2);
  });

  it("says which platforms exist where another is named", async () => {
    const { code, err } = await run(["devices", "--platform", "Windows"]);
    expect(code).toBe(1);
    expect(err).toMatch(/platform: expected one of iOS, iPadOS, macOS, tvOS, visionOS, watchOS/);
  });

  it("lets no name reach the terminal as a control", async () => {
    const name = "a\u001b]0;x\u0007\u009b2J\u202eb\nc";
    const { out } = await run(["devices"], {
      "devices.list": async () => ({ rows: [{ ...device, name }], next: null }),
    });
    expect(out).toContain("a\\u{1b}]0;x\\u{07}\\u{9b}2J\\u{202e}b\\u{0a}c");
    expect(out.trimEnd().split("\n")).toHaveLength(2);
  });
});

describe("device", () => {
  it("shows facts, verdict, remedy, commands and timeline", async () => {
    const { code, out, asked } = await run(["device", "Room 4 / left"]);
    expect(code).toBe(0);
    expect(asked[0]).toEqual({ method: "devices.show", args: ["Room 4 / left"] });
    for (const words of [
      "MacBook Air (Mac14,2), macOS 26.5 (25F70), supervised",
      job.verdict.sentence,
      job.verdict.remedy,
      "BatteryLevel",
      "0.12",
      "OSUpdateStatus",
      "Push given up: Shutdown",
      "Policy Two weeks (policy-1): In force by a restrictions profile.",
    ]) {
      expect(out).toContain(words);
    }
  });

  it("reads as much of the timeline as asked, with the messages", async () => {
    const many = Array.from({ length: 1500 }, (_, index) => ({
      ...entry,
      seq: 1500 - index,
      data: { reason: `entry ${1500 - index}` },
      sentence: `Push given up: entry ${1500 - index}`,
      raw: index % 2 === 0 ? null : { bytes: 9, kept: 9, note: null },
    }));
    const timelineRaw: AdminService["devices"]["timelineRaw"] = async (_ref, seq) =>
      Buffer.from(`<a>\n\u001b${seq}</a>`);
    const timeline: AdminService["devices"]["timeline"] = async (_ref, after, limit) => {
      const rows = many.filter(({ seq }) => after === undefined || seq < Number(after)).slice(0, limit);
      return { rows, next: String(rows.at(-1)?.seq) };
    };
    const service = { "devices.timeline": timeline, "devices.timelineRaw": timelineRaw };
    const { out, asked } = await run(["device", "SERIAL1", "--timeline", "1200", "--raw"], service);
    expect(asked.filter(({ method }) => method === "devices.timeline").map(({ args }) => args.slice(1))).toEqual([
      [undefined, 1000],
      ["501", 200],
    ]);
    expect(out).toContain("entry 301 (301: 9 bytes)\n    <a>\n    \\u{1b}301</a>\n");
    expect(out).toContain("entry 302\n");
    expect(out).not.toContain("entry 300\n");
  });

  it("prints one message byte for byte by the number of its entry", async () => {
    const timelineRaw: AdminService["devices"]["timelineRaw"] = async () => Buffer.from("<a>\u001b</a>");
    const { code, out, asked } = await run(["device", "SERIAL1", "--raw", "51733"], {
      "devices.timelineRaw": timelineRaw,
    });
    expect([code, out]).toEqual([0, "<a>\u001b</a>"]);
    expect(asked).toEqual([{ method: "devices.timelineRaw", args: ["SERIAL1", 51733] }]);
  });

  it("says what is not kept of a message, and where the whole of a long one is", async () => {
    const note = "cut: the device's budget of kept bodies is used up";
    const timeline: AdminService["devices"]["timeline"] = async () => ({
      rows: [
        { ...entry, raw: { bytes: 9, kept: 0, note } },
        { ...entry, seq: 6, raw: { bytes: 70_000, kept: 70_000, note: null } },
      ],
      next: null,
    });
    const timelineRaw: AdminService["devices"]["timelineRaw"] = async () => Buffer.alloc(70_000, "x");
    const { out, asked } = await run(["device", "SERIAL1", "--timeline", "2", "--raw"], {
      "devices.timeline": timeline,
      "devices.timelineRaw": timelineRaw,
    });
    expect(asked.filter(({ method }) => method === "devices.timelineRaw")).toHaveLength(1);
    expect(out).toContain(`${entry.sentence} (7: 9 bytes)\n    ${note}\n`);
    expect(out).toContain(`${"x".repeat(65_536)}\n    … the whole of it: uptick device SERIAL1 --raw 6\n`);
  });

  it("says since when it is removed", async () => {
    const removed = { ...detail, enrollment: "removed", removedAt: "2026-08-21T11:00:00.000Z" } as const;
    const { out } = await run(["device", "SERIAL1"], { "devices.show": async () => removed });
    expect(out).toContain("removed 1 h ago; heard 3 min ago");
  });

  it("names the others that have its serial", async () => {
    const other = { id: "9", udid: "UDID-9", enrollment: "removed", lastSeenAt: "2026-08-19T12:00:00.000Z" } as const;
    const { out } = await run(["device", "SERIAL1"], {
      "devices.show": async () => ({ ...detail, sameSerial: [other] }),
    });
    expect(out).toContain("The serial is also that of: id 9, UDID UDID-9, removed, heard 2 days ago");
  });
});

describe("remove", () => {
  it("removes each device once, after all were found, and says what was withdrawn and what may still install", async () => {
    const { code, out, asked } = await run(["remove", "SERIAL1", device.id]);
    expect([code, asked.map(({ method, args }) => [method, ...args])]).toEqual([
      0,
      [
        ["devices.tryRemove", "SERIAL1"],
        ["devices.tryRemove", device.id],
        ["devices.remove", device.id],
      ],
    ]);
    expect(out).toMatch(/\(SERIAL1, id [^)]*\) is removed; last heard 3 min ago\./);
    expect(out).toContain(
      'withdrawn: its job of plan plan-1, 2 commands, 1 update declaration, the policy "Two weeks"',
    );
    expect(out).toContain("The device may still have an update declaration.");
  });

  it("does nothing in a dry run", async () => {
    const { out, asked } = await run(["remove", "SERIAL1", "--dry-run"]);
    expect(asked).toEqual([{ method: "devices.tryRemove", args: ["SERIAL1"] }]);
    expect(out).toMatch(/would be removed[^]*would be withdrawn/);
  });
});

import { describe, expect, it } from "vitest";
import { UptickError } from "../../errors/index.ts";
import { detail } from "../../http/admin/fake-rows.suite.ts";
import { decodeCommand, REQUEST_TYPES, type RequestType } from "../../protocol/index.ts";
import { run } from "../world.suite.ts";

describe("command", () => {
  const files = { "q.plist": "<plist>ä</plist>" };
  const answered = {
    kind: "answered",
    commandUuid: "a/b",
    status: "Acknowledged",
    answer: Buffer.from("<a/>"),
  } as const;
  const pending = { kind: "pending", commandUuid: "a/b", state: "offered", resent: false } as const;

  it("prints the device's own bytes", async () => {
    const answer = Buffer.from("<plist>\n\u001b</plist>");
    const service = { "commands.send": async () => ({ ...answered, answer }) };
    const { code, out, asked } = await run(["command", "S 1", "--file", "q.plist", "--raw"], service, { files });
    expect([code, out]).toEqual([0, answer.toString()]);
    expect(asked[0]?.args).toEqual(["S 1", Buffer.from("<plist>ä</plist>"), { waitMs: 30_000, allow: undefined }]);
    const readable = await run(["command", "S 1", "--file", "q.plist"], service, { files });
    expect(readable.out).toBe("<plist>\n\\u{1b}</plist>\n");
  });

  it("waits longer than one request may by sending the same bytes again", async () => {
    let sent = 0;
    const service = { "commands.send": async () => (++sent < 3 ? pending : answered) };
    const { out, asked } = await run(["command", "S1", "--file", "q.plist", "--raw", "--wait", "600"], service, {
      files,
    });
    expect(out).toBe("<a/>");
    const part = { waitMs: 120_000, allow: undefined };
    expect(asked.map(({ args }) => args[2])).toEqual([part, part, part]);
  });

  it("says where an unanswered command stands", async () => {
    const { code, err, out } = await run(
      ["command", "S1", "--file", "q.plist", "--wait", "0"],
      { "commands.send": async () => pending },
      { files },
    );
    expect([code, out]).toEqual([0, ""]);
    expect(err).toContain("has been handed to the device");
  });

  it("prints the answer for people, and nothing that a terminal obeys", async () => {
    const answer = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict>
      <key>CommandUUID</key><string>a/b</string><key>Status</key><string>Acknowledged</string>
      <key>QueryResponses</key><dict><key>DeviceName</key><string>Lab &#x202e;1</string>
      <key>IsSupervised</key><true/><key>BatteryLevel</key><real>0.5</real></dict>
      <key>UpdateResults</key><array><dict><key>Status</key><string>Idle</string>
      <key>Size</key><integer>7</integer></dict></array><key>Nothing</key><array/></dict></plist>`);
    const service = { "commands.send": async () => ({ ...answered, answer }) };
    const { out } = await run(["command", "S1", "OSUpdateStatus"], service);
    expect(out.trimEnd().split("\n")).toEqual([
      "Status          Acknowledged",
      "QueryResponses",
      "  DeviceName    Lab \\u{202e}1",
      "  IsSupervised  yes",
      "  BatteryLevel  0.5",
      "UpdateResults",
      "  - Status  Idle",
      "    Size    7",
      "Nothing",
      "  (none)",
    ]);
  });

  it("writes a command from its flags, the same for the same --uuid", async () => {
    const line = [
      "command",
      "S1",
      "ScheduleOSUpdate",
      "--product-version",
      "26.6.2",
      "--install-action",
      "DownloadOnly",
    ];
    const service = { "commands.send": async () => answered };
    const { code, asked } = await run([...line, "--uuid", "U-1"], service);
    const { out } = await run([...line, "--uuid", "U-1", "--dry-run"], service);
    expect(code).toBe(0);
    expect(Buffer.from(asked[0]?.args[1] as Uint8Array).toString()).toBe(out);
    expect(decodeCommand(Buffer.from(out))).toMatchObject({
      commandUuid: "U-1",
      problems: [],
      command: {
        requestType: "ScheduleOSUpdate",
        updates: [{ productVersion: "26.6.2", installAction: "DownloadOnly" }],
      },
    });
  });

  it.each(REQUEST_TYPES)("writes %s so that the server can read it, and sends nothing when it is dry", async (name) => {
    const flags: Partial<Record<RequestType, string[]>> = {
      ScheduleOSUpdate: ["--product-key", "K", "--install-action", "InstallLater", "--max-user-deferrals", "3"],
      ScheduleOSUpdateScan: ["--force"],
      DeviceInformation: ["--queries", "OSVersion,BuildVersion"],
      RestartDevice: ["--notify-user", "--kext-paths", "/a,/b"],
      InstallProfile: ["--payload", "p.mobileconfig"],
      RemoveProfile: ["--identifier", "org.example.profile"],
    };
    const { code, out, asked } = await run(
      ["command", "S1", name, ...(flags[name] ?? []), "--dry-run"],
      {},
      { files: { "p.mobileconfig": "<plist/>" } },
    );
    const { command, problems } = decodeCommand(Buffer.from(out));
    expect([code, asked, problems, command?.requestType]).toEqual([0, [], [], name]);
  });

  it.each([
    [{}, ["SerialNumber", "OSUpdateSettings"], ["TimeZone"]],
    [{ userEnrollment: true }, ["OSVersion", "IsAppleSilicon"], ["SerialNumber", "OSUpdateSettings"]],
    [{ osVersion: "27.0" }, ["SerialNumber"], ["OSUpdateSettings"]],
  ])("asks a Mac all there is to ask, as the server knows it: %j", async (changes, there, absent) => {
    const mac = { ...detail, platform: "macOS", osVersion: "26.5", ...changes };
    const { code, out } = await run(["command", "S1", "DeviceInformation", "--dry-run"], {
      "devices.show": async () => mac,
    });
    const { command } = decodeCommand(Buffer.from(out));
    const queries = command?.requestType === "DeviceInformation" ? command.queries : [];
    expect([code, there.filter((name) => !queries.includes(name))]).toEqual([0, []]);
    expect(absent.filter((name) => queries.includes(name))).toEqual([]);
  });

  it.each([
    ["a flag of another command", ["ScheduleOSUpdateScan", "--install-action", "Default"], "--install-action"],
    ["a name nobody knows", ["EraseDevice"], "--file"],
    ["a value Apple does not have", ["ScheduleOSUpdate", "--install-action", "Now"], "DownloadOnly"],
    ["neither name nor file", [], "RequestType"],
    ["both", ["SecurityInfo", "--file", "q.plist"], "not both"],
    ["flags beside a file", ["--file", "q.plist", "--force"], "--force"],
  ])("refuses %s as wrong usage", async (_what, args, words) => {
    const { code, err, asked } = await run(["command", "S1", ...args], {}, { files });
    expect([code, asked]).toEqual([2, []]);
    expect(err).toContain(words);
  });

  it("passes --allow on", async () => {
    const service = { "commands.send": async () => answered };
    const { asked } = await run(["command", "S1", "--file", "q.plist", "--allow", "EraseDevice"], service, { files });
    expect(asked[0]?.args[2]).toEqual({ waitMs: 30_000, allow: "EraseDevice" });
  });

  it("asks again where the server says it can't just now", async () => {
    let sent = 0;
    const rawCommand = async () => {
      sent += 1;
      if (sent < 3) throw new UptickError("store-unavailable", "Not just now.");
      return answered;
    };
    const { code, slept } = await run(
      ["command", "S1", "--file", "q.plist"],
      { "commands.send": rawCommand },
      { files },
    );
    expect([code, sent, slept.length]).toEqual([0, 3, 2]);
  });

  it("prints the command's JSON with --json", async () => {
    const { out, asked } = await run(
      ["command", "S1", "--file", "q.plist", "--json"],
      {
        "commands.send": async () => answered,
        "commands.show": async () => ({ ...answered, requestType: "X", createdBy: null }),
      },
      { files },
    );
    expect(JSON.parse(out)).toMatchObject({ kind: "answered", answer: "<a/>", requestType: "X" });
    expect(asked[1]).toEqual({ method: "commands.show", args: ["S1", "a/b"] });
  });
});

describe("withdraw", () => {
  const of = { commandUuid: "a/b", requestType: "EraseDevice", createdBy: "token:tests" } as const;
  it.each([
    [{ kind: "closed", outcome: "withdrawn", ...of } as const, "is withdrawn; the device has not taken it."],
    [
      { kind: "closed", outcome: "answer-lost", ...of } as const,
      "has been handed to the device, which may carry it out; it is not sent again.",
    ],
    [{ kind: "closed", outcome: "expired", ...of } as const, "had ended: expired."],
    [
      { kind: "answered", status: "Error", answer: Buffer.from("<a/>"), ...of } as const,
      "has been answered (Error): nothing to withdraw.",
    ],
  ])("says what has become of the command: %j", async (becomes, words) => {
    const { code, out, asked } = await run(["withdraw", "S 1", "a/b"], { "commands.withdraw": async () => becomes });
    expect([code, asked]).toEqual([0, [{ method: "commands.withdraw", args: ["S 1", "a/b"] }]]);
    expect(out).toContain(`EraseDevice ${words}`);
  });

  it("says which commands can't be withdrawn", async () => {
    const withdrawCommand = () => Promise.reject(new UptickError("command-not-raw", "a/b is the plan's."));
    const { code, err } = await run(["withdraw", "S1", "a/b"], { "commands.withdraw": withdrawCommand });
    expect(code).toBe(1);
    expect(err).toMatch(/command-not-raw[^]*uptick plan stop/);
  });
});

import { describe, expect, it } from "vitest";
import { policy, policyDevice } from "../../http/admin/fake-rows.suite.ts";
import { run } from "../world.suite.ts";

const create = ["policy", "create", "--devices", "A,Room 4"];

describe("policy create", () => {
  it("makes Apple's settings of its flags and sends nothing else", async () => {
    const flags = [
      ["--defer", "14"],
      ["--defer-major", "60"],
      ["--defer-minor", "7"],
      ["--defer-system", "3"],
      ["--auto-download", "on"],
      ["--auto-install", "off"],
      ["--auto-security", "allowed"],
      ["--background-security", "no"],
      ["--background-security-rollback", "yes"],
      ["--notifications", "no"],
      ["--cadence", "oldest"],
      ["--standard-users", "no"],
    ];
    const { code, asked, out } = await run([...create, "--name", "Two weeks", ...flags.flat()]);
    expect(code).toBe(0);
    expect(asked).toEqual([
      {
        method: "policies.create",
        args: [
          {
            name: "Two weeks",
            devices: ["A", "Room 4"],
            settings: {
              Deferrals: {
                CombinedPeriodInDays: 14,
                MajorPeriodInDays: 60,
                MinorPeriodInDays: 7,
                SystemPeriodInDays: 3,
              },
              AutomaticActions: {
                Download: "AlwaysOn",
                InstallOSUpdates: "AlwaysOff",
                InstallSecurityUpdate: "Allowed",
              },
              RapidSecurityResponse: { Enable: false, EnableRollback: true },
              Notifications: false,
              RecommendedCadence: "Oldest",
              AllowStandardUserOSUpdates: false,
            },
          },
        ],
      },
    ]);
    expect(out).toContain("uptick policy show policy-1");
  });

  it("lays flags over the settings of a file", async () => {
    const files = {
      "s.json": '\ufeff{"Deferrals":{"MajorPeriodInDays":90,"MinorPeriodInDays":5},"Notifications":true}',
    };
    const { asked } = await run([...create, "--settings", "s.json", "--defer-major", "30"], {}, { files });
    expect(asked[0]?.args[0]).toEqual({
      devices: ["A", "Room 4"],
      settings: { Deferrals: { MajorPeriodInDays: 30, MinorPeriodInDays: 5 }, Notifications: true },
    });
  });

  it.each([
    ["nothing set", [], {}, "settings-invalid"],
    ["a file that is no JSON", ["--settings", "s.json"], { "s.json": "{" }, "settings-invalid"],
    ["a file that is a list", ["--settings", "s.json"], { "s.json": "[]" }, "settings-invalid"],
    ["a file that is not there", ["--settings", "none.json"], {}, "file-unreadable"],
  ])("asks nothing of the server for %s", async (_what, flags, files, code) => {
    const done = await run([...create, ...flags], {}, { files });
    expect(done.code).toBe(1);
    expect(done.err).toContain(`code: ${code}`);
    expect(done.asked).toEqual([]);
  });

  it.each([
    ["91 days", ["--defer-major", "91"]],
    ["no days", ["--defer", "0"]],
    ["another word", ["--auto-download", "always"]],
  ])("refuses %s behind a flag", async (_what, flags) => {
    const done = await run([...create, ...flags]);
    expect(done.code).not.toBe(0);
    expect(done.asked).toEqual([]);
  });

  it("shows a dry run device by device, and makes no policy", async () => {
    const { asked, out } = await run([...create, "--defer", "14", "--dry-run"]);
    expect(asked.map(({ method }) => method)).toEqual(["policies.dryRun"]);
    expect(out).toMatch(/declaration +By declaration\. Replaces the policy "One week"\./);
    expect(out).toMatch(/profile +By a restrictions profile\./);
    expect(out).toContain("2 devices: 1 by declaration, 1 by profile, 0 can't be given it, 0 not known yet.");
    expect(out).toContain("Nothing has been done");
  });

  it("prints the API's JSON unchanged with --json", async () => {
    const { out } = await run([...create, "--defer", "14", "--json"]);
    expect(JSON.parse(out)).toEqual(policy);
  });
});

describe("policy list and show", () => {
  it("lists the policies, and says how to make the first", async () => {
    expect((await run(["policy", "list"])).out).toMatch(/policy-1 +Two weeks +active +named .*1 applied, 1 pending/);
    expect((await run(["policy", "list"], { "policies.list": async () => ({ rows: [], next: null }) })).out).toContain(
      "uptick policy create --help",
    );
  });

  it("shows a policy with each device and what is left out there", async () => {
    const { out, asked } = await run(["policy", "show", "policy-1"]);
    expect(asked.map(({ method }) => method)).toEqual(["policies.show", "policies.devices"]);
    expect(out).toContain("Deferrals.CombinedPeriodInDays 14, Notifications false");
    expect(out.replaceAll(/\s+/g, " ")).toContain("Left out: Notifications (no restriction says it).");
  });

  it("lets no control of a device's words reach the terminal", async () => {
    const sentence = "It said: \u001b[31mred";
    const { out } = await run(["policy", "show", "policy-1"], {
      "policies.devices": async () => ({ rows: [{ ...policyDevice, sentence }], next: null }),
    });
    expect(out).not.toContain("\u001b");
  });
});

import { describe, expect, it } from "vitest";
import { decided, made, refusedAs } from "../../http/admin/fake-rows.suite.ts";
import { run } from "../world.suite.ts";

describe.each([
  ["plan create", ["plan", "create"]],
  ["update", ["update"]],
])("%s", (_name, words) => {
  const base = [...words, "--to", "iOS=26.6.1,macOS=26.6.2"];

  it("sends everything that was said and nothing that was not", async () => {
    const { code, asked, out } = await run([
      ...base,
      "--devices",
      "A,Room 4",
      "--devices",
      "B",
      "--action",
      "install-later",
      "--name",
      "August",
      "--window",
      "22:00-05:00",
      "--zone",
      "Europe/Zurich",
      "--deadline",
      "2026-08-28T17:00",
      "--max-user-deferrals",
      "3",
      "--allow-major",
      "--allow-past-deadline",
      "--allow-data-loss",
      "--replace",
    ]);
    expect(code).toBe(0);
    expect(asked[0]).toEqual({
      method: "plans.create",
      args: [
        {
          to: "iOS=26.6.1,macOS=26.6.2",
          devices: ["A", "Room 4", "B"],
          action: "install-later",
          name: "August",
          window: "22:00-05:00",
          zone: "Europe/Zurich",
          deadline: "2026-08-28T17:00",
          maxUserDeferrals: 3,
          allowMajor: true,
          allowPastDeadline: true,
          allowDataLoss: true,
          replace: true,
        },
      ],
    });
    expect(out).toContain("uptick plan show plan-1 --watch");
    const least = await run([...base, "--devices", "all"]);
    expect(least.asked[0]?.args).toEqual([{ to: "iOS=26.6.1,macOS=26.6.2", devices: ["all"], action: "install" }]);
  });

  it.each([
    ['"Room 4, left",B', ["Room 4, left", "B"]],
    ['A, "Room 4, left" ,B', ["A", "Room 4, left", "B"]],
    ['"The ""good"" one, 2"', ['The "good" one, 2']],
    ['27" iMac,B', ['27" iMac', "B"]],
    ['"unclosed,B', ['"unclosed', "B"]],
    ["A,,B,", ["A", "B"]],
  ])("reads names with commas between, which may stand in quotes: %s", async (devices, expected) => {
    const { asked } = await run([...base, "--devices", devices]);
    expect(asked[0]?.args[0]).toMatchObject({ devices: expected });
  });

  it("reads the devices of a file", async () => {
    const lab = "\ufeff# the lab\r\nSERIAL1 # left\n\nLab iPad #3\n  #gone\nSERIAL1\nRoom 4, left\n";
    const { asked } = await run([...base, "--devices", "@lab.txt,x"], {}, { files: { "lab.txt,x": lab } });
    expect(asked[0]?.args[0]).toMatchObject({ devices: ["SERIAL1", "Lab iPad #3", "Room 4, left"] });
    const piped = await run([...base, "--devices", "@-"], {}, { files: { "-": "A\nB" } });
    expect(piped.asked[0]?.args[0]).toMatchObject({ devices: ["A", "B"] });
  });

  it.each([
    ["a file that is not there", "@none.txt", "file-unreadable"],
    ["a file without a name", "@empty.txt", "plan-empty"],
    ["nothing but commas", ", ,", "plan-empty"],
  ])("asks nothing of the server for %s", async (_what, devices, code) => {
    const done = await run([...base, "--devices", devices], {}, { files: { "empty.txt": "# nobody\n" } });
    expect(done.code).toBe(1);
    expect(done.err).toContain(`code: ${code}`);
    expect(done.asked).toEqual([]);
  });

  it("shows a dry run device by device, and makes no plan", async () => {
    const { asked, out } = await run([...base, "--devices", "all", "--dry-run"]);
    expect(asked.map(({ method }) => method)).toEqual(["plans.dryRun"]);
    expect(out).toMatch(/Hall .* refused +Not possible: it is not supervised/);
    expect(out).toContain("2 devices, 1 to update, 0 there already, 1 refused");
    expect(out).toContain("Nothing has been done");
  });

  it("names the devices that the plan refuses, by the reason, and no control reaches the terminal", async () => {
    const refusals = [
      {
        ...refusedAs("not-supervised"),
        count: 7,
        devices: [
          { ...decided, name: "\u001b[2JHall" },
          { ...decided, name: null, serial: "S9" },
        ],
      },
    ];
    const what = { jobs: 1, compliant: 0, refused: 7, downloadsLost: 0, refusals };
    const { code, out } = await run([...base, "--devices", "all"], {
      "plans.create": async () => ({ ...made, decided: what }),
    });
    const { sentence, remedy } = refusedAs("not-supervised");
    expect(code).toBe(0);
    expect(out).toContain("1 to update, 0 there already, 7 refused");
    expect(out).toContain(
      `Refused, 7 devices (not-supervised): ${sentence}\n  remedy: ${remedy ?? ""}\n  \\u{1b}[2JHall, S9 and 5 more\n`,
    );
  });

  it.each([
    [{ jobs: 0, compliant: 1, refused: 1 }, 0],
    [{ jobs: 0, compliant: 0, refused: 1 }, 1],
  ])("ends with %j by whether anything was accepted", async (counts, ends) => {
    const what = { ...counts, downloadsLost: 0, refusals: [] };
    const done = await run([...base, "--devices", "all"], { "plans.create": async () => ({ ...made, decided: what }) });
    expect(done.code).toBe(ends);
    expect(done.err.includes("code: plan-refused")).toBe(ends === 1);
  });
});

import { describe, expect, it } from "vitest";
import { type DryRunSummary, dryRunLine } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import { changed, decided, made, NOW, refusedAs, trial, trialDecisions } from "../../http/admin/fake-rows.suite.ts";
import type { Changes } from "../../http/admin/fake-service.suite.ts";
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
      "--by",
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
    ["--by", ["--by", "fri 17:00"], "2026-08-21T17:00"],
    ["--in and --at", ["--in", "14d", "--at", "17:00"], "2026-09-04T17:00"],
    ["the former name of --by", ["--deadline", "2026-08-28T17:00"], "2026-08-28T17:00"],
  ])("sends the deadline of %s", async (_name, options, deadline) => {
    // It is noon of a Friday.
    const { asked } = await run([...base, "--devices", "all", ...options], {}, { now: () => NOW });
    expect(asked[0]?.args[0]).toMatchObject({ deadline });
  });

  it.each([
    [["--by", "1970-01-01T17:00"]],
    [["--by", "soon"]],
    [["--in", "14d"]],
    [["--by", "mon 9:00"]],
    [["--by", "mon 09:00", "--in", "3d", "--at", "09:00"]],
  ])("asks nothing of the server for %j", async (options) => {
    const { code, err, asked } = await run([...base, "--devices", "all", ...options]);
    expect([code, asked]).toEqual([2, []]);
    expect(err).toContain("code: usage-invalid");
  });

  it("refuses two names for one deadline", async () => {
    const both = ["--by", "mon 09:00", "--deadline", "2026-08-28T17:00"];
    const { code, err, asked } = await run([...base, "--devices", "all", ...both]);
    expect([code, asked]).toEqual([2, []]);
    expect(err).toContain("option '--deadline <time>' cannot be used with option '--by <time>'");
  });

  it("fits its help into 80 columns, with one name for a deadline", async () => {
    const { out } = await run([...words, "--help"], {}, { size: () => ({ columns: 80, rows: 24 }) });
    const [options = "", typed = ""] = out.split("Examples:");
    expect(options).toContain("--by <time>");
    expect(out).not.toContain("--deadline");
    expect(options.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(typed).toContain("--in 14d --at 17:00");
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
    expect(asked.map(({ method }) => method)).toEqual(["plans.dryRunLines"]);
    expect(out).toMatch(/Hall .* refused +Not possible: it is not supervised/);
    expect(out).toContain("2 devices, 1 to update, 0 there already, 1 refused");
    expect(out).toContain("Pushes take less than 1 min, at 50 per second (push-rate).");
    expect(out).toContain("Nothing has been done");
  });

  it("shows with which options a dry run is made as it was shown", async () => {
    const { out } = await run([...base, "--devices", "all", "--dry-run"]);
    expect(out).toContain("by 2026-08-22T12:00:00.000Z,\nrepeat the command without --dry-run and with\n");
    expect(out).toContain(`  --hash ${trial.hash} --as-of 2026-08-21T12:00:00.000Z\n`);
  });

  const asShown = ["--hash", trial.hash, "--as-of", trial.asOf.decidedAt];

  it("sends the dry run that it is to be made as, and lists the devices that are left out", async () => {
    const { code, asked, out } = await run([...base, "--devices", "all", ...asShown], {
      "plans.create": async () => ({ ...made, changed }),
    });
    expect(code).toBe(0);
    expect(asked[0]?.args[0]).toMatchObject({ hash: trial.hash, asOf: { decidedAt: trial.asOf.decidedAt } });
    expect(out).toContain("\nLeft out, 1 device (changed-since-dry-run):\n");
    expect(out).toMatch(/\n {2}\S.*: The dry run showed: update to 26\.6\.2 .* Now: up to date \(already-there\)\.\n/);
    const none = await run([...base, "--devices", "all", ...asShown], {
      "plans.create": async () => ({ ...made, changed: { count: 0, allowed: 50, devices: [] } }),
    });
    expect([none.code, none.out.includes("Left out")]).toEqual([0, false]);
  });

  it("names the first devices that have changed where the plan is not made, and how many there are", async () => {
    const [one] = changed.devices;
    if (one === undefined) throw new Error("no device is given");
    const name = (n: number) => ({ ...one, device: { ...decided, name: `\u001b[2JDesk ${n}` } });
    const devices = Array.from({ length: 100 }, (_none, n) => name(n));
    const { code, out, err } = await run([...base, "--devices", "all", ...asShown], {
      "plans.create": async () => {
        const members = { changed: { count: 1204, allowed: 1000, devices } };
        throw new UptickError("dry-run-outdated", "The decisions of 1204 devices have changed.", { members });
      },
    });
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(
      /1204 devices have changed\.\n {2}code: dry-run-outdated\n {2}remedy: .*\n\n {2}\\u\{1b\}\[2JDesk 0 /,
    );
    expect(err.split("\n").filter((line) => line.includes("Desk"))).toHaveLength(20);
    expect(err).toContain("\n  and 1184 more\n");
  });

  it.each([[["--hash", trial.hash]], [["--as-of", trial.asOf.decidedAt]], [["--dry-run", ...asShown]]])(
    "asks nothing of the server for half a dry run, and for one in a dry run: %j",
    async (options) => {
      const { code, asked } = await run([...base, "--devices", "all", ...options]);
      expect([code, asked]).toEqual([2, []]);
    },
  );

  it("says how long the pushes to a whole fleet take, and nothing of it where none is sent", async () => {
    const dryRun = async (summary: Partial<DryRunSummary>) => {
      const done = await run([...base, "--devices", "all", "--dry-run"], {
        "plans.dryRunLines": async function* () {
          yield [{ summary: { ...trial, ...summary } }];
        },
      });
      return done.out;
    };
    expect(await dryRun({ jobs: 100_000, pushSeconds: 2000 })).toContain("Pushes take about 34 min, at 50 per second");
    expect(await dryRun({ jobs: 0, pushSeconds: 0 })).not.toContain("Pushes");
  });

  it("shows a fleet that is too large for one table in one table, part by part", async () => {
    const [decision] = trialDecisions;
    if (decision === undefined) throw new Error("no decision is given");
    const of = (n: number) => ({ decision: { ...decision, device: { ...decided, name: `Desk ${n}` } } });
    const { out, code } = await run([...base, "--devices", "all", "--dry-run"], {
      "plans.dryRunLines": async function* () {
        for (let page = 0; page < 10; page += 1) yield Array.from({ length: 250 }, (_none, n) => of(page * 250 + n));
        yield [{ summary: trial }];
      },
    });
    const lines = out.split("\n");
    expect([code, lines.filter((line) => line.startsWith("DEVICE ")).length]).toEqual([0, 1]);
    expect(lines.slice(1, 2501).map((line) => line.split("  ")[0])).toEqual(
      Array.from({ length: 2500 }, (_none, n) => `Desk ${n}`),
    );
  });

  it("gives the server's lines with --json, the summary last", async () => {
    const { out } = await run(["--json", ...base, "--devices", "all", "--dry-run"]);
    const lines = out.trimEnd().split("\n");
    expect(lines.map((line) => dryRunLine.safeParse(JSON.parse(line)).success)).toEqual([true, true, true]);
    expect(lines.map((line) => Object.keys(JSON.parse(line) as object))).toEqual([
      ["decision"],
      ["decision"],
      ["summary"],
    ]);
  });

  it.each<[string, NonNullable<Changes["plans.dryRunLines"]>, RegExp]>([
    [
      "that stops with a problem",
      async function* () {
        yield trialDecisions.map((decision) => ({ decision }));
        throw new UptickError("store-unavailable", "The disk is away.");
      },
      /The disk is away\.\n {2}code: store-unavailable/,
    ],
    [
      "that ends without its summary",
      async function* () {
        yield trialDecisions.map((decision) => ({ decision }));
      },
      /ended before it was complete\.\n {2}code: server-unreachable/,
    ],
  ])("does not take a stream %s for a whole one", async (_what, lines, said) => {
    for (const json of [[], ["--json"]]) {
      const done = await run([...json, ...base, "--devices", "all", "--dry-run"], { "plans.dryRunLines": lines });
      expect([done.code, done.out.includes("Nothing has been done")]).toEqual([1, false]);
      expect(done.err).toMatch(said);
    }
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

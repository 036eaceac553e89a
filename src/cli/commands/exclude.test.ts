/** `uptick exclude`. */
import { describe, expect, it } from "vitest";
import { detail } from "../../http/admin/fake-rows.suite.ts";
import { run } from "../world.suite.ts";

const UNTIL = ["--until", "2026-09-14", "--why", "trade fair"] as const;

describe("exclude", () => {
  it("sends the devices, the date and the reason, and says in which row each device is", async () => {
    const { code, asked, out } = await run(["exclude", "A", "Room 4, left", ...UNTIL]);
    expect(code).toBe(0);
    expect(asked).toEqual([
      {
        method: "exclusions.exclude",
        args: [{ devices: ["A", "Room 4, left"], until: "2026-09-14", reason: "trade fair" }],
      },
    ]);
    expect(out.split("\n")).toEqual([
      expect.stringMatching(/^7 devices excluded until 2026-09-14 \(\d{4}-\d\d-\d\d \d\d:\d\d.*\)\.$/),
      "  1 device: has no job yet, and gets none",
      "  1 device: nothing of the update has reached it; withdrawn (1 by command, 0 by declaration)",
      "  3 devices: downloading, downloaded or declared; not installed (1 by command, 2 by declaration)",
      "  1 device: the install command was delivered or its moment has passed; watched to its end (0 by command, 1 by declaration)",
      "  1 device: installed; nothing happens",
      "  1 device: excluded already; the date is replaced",
      "  2 devices: time zone unknown; excluded until the day has begun everywhere it may be",
      "",
    ]);
  });

  it("names devices by a rule or a group, and changes nothing in a dry run", async () => {
    const { asked, out } = await run(["exclude", "--group", "Studio", ...UNTIL, "--dry-run"]);
    expect(asked).toEqual([
      { method: "exclusions.tryExclude", args: [{ group: "Studio", until: "2026-09-14", reason: "trade fair" }] },
    ]);
    expect(out).toMatch(/^7 devices would be excluded until .*\nNothing has been done: this was a dry run\.\n$/s);
    const nobody = { ...{ devices: 0, endsAt: null, excludedBefore: 0, notGiven: 0, installed: 0, zoneUnknown: 0 } };
    const none = { command: 0, declaration: 0 };
    const tried = { ...nobody, dryRun: true, until: "2026-09-14", waiting: none, underWay: none, beyondRecall: none };
    const empty = await run(["exclude", "--rule", "tag = x", ...UNTIL, "--dry-run"], {
      "exclusions.tryExclude": async () => tried,
    });
    expect(empty.out).toBe("The rule or group means no enrolled device.\n");
  });

  it("ends exclusions, or says what that would do", async () => {
    const ended = await run(["exclude", "A", "--end"]);
    expect(ended.asked).toEqual([{ method: "exclusions.end", args: [{ devices: ["A"] }] }]);
    expect(ended.out).toBe(
      "3 devices; ended the exclusion of 2.\n  2 devices: its job continues\n  1 device: its deadline moves, so that it gets 24 hours' notice\n",
    );
    const tried = await run(["exclude", "--rule", "all", "--end", "--dry-run"]);
    expect(tried.asked).toEqual([{ method: "exclusions.tryEnd", args: [{ rule: "all" }] }]);
    expect(tried.out).toMatch(/^3 devices; would end the exclusion of 2\.\n.*Nothing has been done.*\n$/s);
  });

  it.each<[string, string[], string]>([
    ["no devices", ["exclude", ...UNTIL], "name the devices by one of devices, --rule and --group"],
    ["no date", ["exclude", "A", "--why", "x"], "name the date with --until, or use --end"],
    ["no reason", ["exclude", "A", "--until", "2026-09-14"], "name the reason with --why"],
    ["a date for the end", ["exclude", "A", "--end", "--until", "2026-09-14"], "cannot be used with"],
    ["a reason for the end", ["exclude", "A", "--end", "--why", "x"], "cannot be used with"],
  ])("is a wrong command line with %s", async (_what, argv, words) => {
    const { code, asked, err } = await run(argv);
    expect([code, asked]).toEqual([2, []]);
    expect(err).toContain(words);
  });
});

describe("device", () => {
  it("says until when it is excluded, where its class does not", async () => {
    const exclusion = {
      ...{ until: "2026-09-14", endsAt: "2026-09-13T22:00:00.000Z", sinceAt: "2026-08-25T14:00:00.000Z" },
      ...{ reason: "trade fair", excludedBy: "token:ops" },
    };
    const { out } = await run(["device", "A"], { "devices.show": async () => ({ ...detail, exclusion }) });
    expect(out).toContain("\nExcluded until 2026-09-14: trade fair (token:ops)\n");
    expect((await run(["device", "A"])).out).not.toContain("Excluded");
  });
});

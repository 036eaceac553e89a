/** `uptick tag`, `tags`, `group`, `zone`, and the options that name devices by a rule or a group. */
import { describe, expect, it } from "vitest";
import { UptickError } from "../../errors/index.ts";
import { detail, group, plan, zoneRules } from "../../http/admin/fake-rows.suite.ts";
import { run } from "../world.suite.ts";

describe("tag", () => {
  it("sends the devices and tags that were named, and says how many changed", async () => {
    const { code, asked, out } = await run([
      ...["tag", "A", "Room 4, left", "--add", "pilot, floor-2", "--add", "x", "--remove", "lab"],
    ]);
    expect(code).toBe(0);
    expect(asked).toEqual([
      {
        method: "scopes.tag",
        args: [{ devices: ["A", "Room 4, left"], add: ["pilot", "floor-2", "x"], remove: ["lab"] }],
      },
    ]);
    expect(out).toBe("3 devices; changed the tags of 2.\n");
  });

  it("reads lists of files and of stdin beside names", async () => {
    const files = { "-": "\ufeffA\r\n# gone\n\nB # left\nRoom 4, left\n", "more.txt": "C\nA" };
    const { asked } = await run(["tag", "Z", "-", "@more.txt", "--add", "x"], {}, { files });
    expect(asked[0]?.args).toEqual([{ devices: ["Z", "A", "B", "Room 4, left", "C"], add: ["x"] }]);
  });

  it("names devices by a rule or a group, and changes nothing in a dry run", async () => {
    const byRule = await run(["tag", "--rule", "tag = lab", "--remove", "lab", "--dry-run"]);
    expect(byRule.asked).toEqual([{ method: "scopes.tryTag", args: [{ rule: "tag = lab", remove: ["lab"] }] }]);
    expect(byRule.out).toBe("3 devices; would change the tags of 2.\nNothing has been done: this was a dry run.\n");
    const byGroup = await run(["tag", "--group", "Tokyo lab", "--add", "tokyo", "--json"]);
    expect(byGroup.asked[0]?.args).toEqual([{ group: "Tokyo lab", add: ["tokyo"] }]);
    expect(JSON.parse(byGroup.out)).toEqual({ dryRun: false, devices: 3, changed: 2 });
  });

  it.each<[string, string[], string]>([
    ["no devices", ["tag", "--add", "x"], "name the devices by one of devices, --rule and --group"],
    ["two ways to name them", ["tag", "A", "--rule", "all", "--add", "x"], "name the devices by one of"],
    ["an unknown option", ["tag", "A", "--set", "x"], "unknown option"],
  ])("is a wrong command line with %s", async (_what, argv, words) => {
    const { code, asked, err } = await run(argv);
    expect([code, asked]).toEqual([2, []]);
    expect(err).toContain(words);
  });

  it.each<[string, string, string]>([
    ["no name", "# nobody\n\n", "The list names no device."],
    ["a formula", 'A\n\n=HYPERLINK("https://example.org","C02")\n', "Line 3 of stdin is a formula: =HYPERLINK("],
    ["a formula in quotes", "A\n\"=cmd|' /C calc'!A0\"\n", "Line 2 of stdin is a formula"],
    ["a million lines", "A\n".repeat(1_000_000), "stdin has 1000000 lines; at most 200000 are possible."],
  ])("refuses a list with %s and sends nothing", async (_what, list, words) => {
    const { code, asked, err } = await run(["tag", "--add", "x", "-"], {}, { files: { "-": list } });
    expect([code, asked]).toEqual([1, []]);
    expect(err).toContain(words);
    expect(err).toContain("code: list-invalid");
  });

  it("takes as many lines as a request can have", async () => {
    const list = Array.from({ length: 200_000 }, (_value, n) => `S${n}`).join("\n");
    const { code, asked } = await run(["tag", "--add", "x", "-"], {}, { files: { "-": list } });
    const [body] = asked.map(({ args }) => args[0] as { readonly devices: readonly string[] });
    expect([code, body?.devices.length]).toEqual([0, 200_000]);
  });
});

describe("tags", () => {
  it("lists all pages", async () => {
    const { out } = await run(["tags"], {
      "scopes.tags": async (after) => ({
        rows: [{ tag: after ?? "first", devices: 7 }],
        next: after ? null : "second",
      }),
    });
    expect(out).toBe("TAG     DEVICES\nfirst   7\nsecond  7\n");
    const none = await run(["tags"], { "scopes.tags": async () => ({ rows: [], next: null }) });
    expect(none.out).toContain("No device has a tag.");
  });
});

describe("group", () => {
  it("is listed, and shown with the first of its devices", async () => {
    const list = await run(["group", "list"]);
    expect(list.out).toMatch(/^NAME +CHANGED +BY +RULE\nTokyo lab +5 min ago +token:other +tag = tokyo\n$/);
    const { out } = await run(["group", "show", "tokyo lab"]);
    expect(out).toContain("Tokyo lab: tag = tokyo\n  revision 3, changed 5 min ago by token:other\n");
    expect(out).toContain("  used by zone rule 1 (Asia/Tokyo)\n\n2 enrolled devices:\n");
    expect(out).toContain('and 1 more: uptick devices --group "Tokyo lab"');
  });

  it("is changed with the revision that it has, or with the one that was named", async () => {
    const { asked, out } = await run(["group", "set", "Tokyo lab", "tag = tokyo and supervised = true"]);
    expect(asked.at(-1)).toEqual({
      method: "scopes.setGroup",
      args: ["Tokyo lab", { rule: "tag = tokyo and supervised = true", revision: 3 }],
    });
    expect(out).toContain("Tokyo lab (revision 4): tag = tokyo and supervised = true\n");
    const named = await run(["group", "set", "Tokyo lab", "all", "--revision", "2"]);
    expect(named.asked.map(({ method, args }) => [method, args[1]])).toEqual([
      ["scopes.setGroup", { rule: "all", revision: 2 }],
    ]);
    const made = await run(["group", "set", "Osaka", "@osaka.rule"], {}, { files: { "osaka.rule": "tag = osaka\n" } });
    expect(made.asked.at(-1)?.args).toEqual(["Osaka", { rule: "tag = osaka\n" }]);
  });

  it("is shown in a list with the beginning of a long rule", async () => {
    const rule = `serial in (${Array.from({ length: 5000 }, (_value, n) => `C02${n}`).join(", ")})`;
    const lists = await Promise.all([
      run(["group", "list"], { "scopes.groups": async () => ({ rows: [{ ...group, rule }], next: null }) }),
      run(["group", "set", "Pilots", rule, "--dry-run"]),
      run(["group", "set", "Pilots", rule]),
      run(["zone"], {
        "scopes.zoneRules": async () => ({ rules: zoneRules.rules.map((one) => ({ ...one, rule })), revision: 1 }),
      }),
    ]);
    for (const { code, out } of lists)
      expect([code, out.split("\n").filter((line) => line.length > 400)]).toEqual([0, []]);
    expect(lists[0]?.out).toMatch(/ serial in \(C020, .*…\n$/);
  });

  it("that another admin has changed meanwhile is not changed", async () => {
    const { code, err } = await run(["group", "set", "Tokyo lab", "all"], {
      "scopes.setGroup": async () => {
        throw new UptickError("revision-stale", 'The group "Tokyo lab" has the revision 4.');
      },
    });
    expect([code, err]).toEqual([1, expect.stringContaining("code: revision-stale")]);
  });

  it("is tried", async () => {
    const { asked, out } = await run(["group", "set", "Tokyo lab", "tag = x", "--dry-run"]);
    expect(asked.map(({ method }) => method)).toEqual(["scopes.trySetGroup"]);
    expect(out).toContain("2 enrolled devices before, 12 after: 11 would join, 1 would leave.");
    const fresh = await run(["group", "set", "New", "tag = x", "--dry-run"], {
      "scopes.trySetGroup": async (_name, { rule }) => ({ rule, before: null, after: 1, joins: 1, leaves: 0 }),
    });
    expect(fresh.out).toContain("The group is new: 1 enrolled device.");
  });

  it("shows where a rule is wrong with a caret, within 80 columns", async () => {
    const message =
      'The rule is wrong at character 22: found "tagg".\n    platform = macOS and tagg = lab\n                         ^';
    const { code, err } = await run(["group", "set", "New", "platform = macOS and tagg = lab", "--dry-run"], {
      "scopes.trySetGroup": async () => {
        throw new UptickError("rule-invalid", message);
      },
    });
    expect(code).toBe(1);
    expect(err).toContain(`uptick: ${message}\n  code: rule-invalid\n`);
  });
});

describe("zone", () => {
  const sent = async (...argv: string[]) => {
    const { code, asked, err } = await run(["zone", ...argv]);
    const [last] = asked.slice(-1);
    return { code, err, method: last?.method, body: last?.args[0] };
  };
  const [tokyo] = zoneRules.rules.map(({ rule, zone }) => ({ rule, zone }));

  it("lists the rules, and sets the zone of a device", async () => {
    const list = await run(["zone"]);
    expect(list.out).toMatch(/PLACE +ZONE +BY +RULE\n1 +Asia\/Tokyo +token:tests +group = "Tokyo lab"\n$/);
    expect((await run(["zone", "SERIAL1", "none"])).asked[0]).toEqual({
      method: "devices.setZone",
      args: ["SERIAL1", null],
    });
    const none = await run(["zone"], { "scopes.zoneRules": async () => ({ rules: [], revision: 0 }) });
    expect(none.out).toContain("No zone rule has been made.");
  });

  it("adds a rule at the end or at a place", async () => {
    expect(await sent("--rule", "platform = macOS", "Europe/Zurich")).toMatchObject({
      code: 0,
      method: "scopes.setZoneRules",
      body: { rules: [tokyo, { rule: "platform = macOS", zone: "Europe/Zurich" }], revision: 4 },
    });
    expect((await sent("--group", 'O "x"', "UTC", "--place", "1")).body).toEqual({
      rules: [{ rule: 'group = "O ""x"""', zone: "UTC" }, tokyo],
      revision: 4,
    });
  });

  it("changes or removes the rule of a group in any case, and one that differs in blanks and quotes only", async () => {
    expect((await sent("--group", "TOKYO lab", "Asia/Seoul")).body).toEqual({
      rules: [{ ...tokyo, zone: "Asia/Seoul" }],
      revision: 4,
    });
    expect((await sent("--rule", 'group="Tokyo lab"', "none")).body).toEqual({ rules: [], revision: 4 });
    // Another name, and a serial number that is exact.
    expect((await sent("--group", "Tokyolab", "UTC")).body).toMatchObject({ rules: [tokyo, { zone: "UTC" }] });
    const serial = [{ ...zoneRules.rules[0], rule: "serial = C02A" }] as typeof zoneRules.rules;
    const { asked } = await run(["zone", "--rule", "serial=c02a", "UTC"], {
      "scopes.zoneRules": async () => ({ rules: serial, revision: 1 }),
    });
    expect(asked.at(-1)?.args[0]).toMatchObject({ rules: [{ rule: "serial = C02A" }, { rule: "serial=c02a" }] });
    const zurich = zoneRules.rules.map((one) => ({ ...one, rule: "group = Z\u00fcrich" }));
    const taken = await run(["zone", "--group", "Zu\u0308rich", "none"], {
      "scopes.zoneRules": async () => ({ rules: zurich, revision: 1 }),
    });
    expect(taken.asked.at(-1)?.args[0]).toEqual({ rules: [], revision: 1 });
    const missing = await sent("--group", "Osaka", "none");
    expect([missing.code, missing.method]).toEqual([1, "scopes.zoneRules"]);
    expect(missing.err).toContain("Run uptick zone");
  });

  it.each<[string[], string]>([
    [["SERIAL1"], "missing required argument 'zone'"],
    [["--group", "a"], "missing required argument 'zone'"],
    [["--group", "a", "--rule", "all", "UTC"], "exclude each other"],
    [["--group", "a", "SERIAL1", "UTC"], "there is no device"],
    [["--rule", "all", "UTC", "--place", "0"], "from 1 to 200"],
  ])("%j is a wrong command line", async (argv, words) => {
    const { code, err } = await sent(...argv);
    expect([code, err]).toEqual([2, expect.stringContaining(words)]);
  });
});

describe("devices and plans", () => {
  it("are filtered and named by a rule, a tag and a group", async () => {
    const list = await run(["devices", "--rule", "major = 15", "--tag", "lab", "--group", "Tokyo lab"]);
    expect(list.asked[0]?.args).toEqual([{ rule: "major = 15", tag: "lab", group: "Tokyo lab", limit: 1000 }]);
    const byRule = await run(["update", "--to", "26.6.2", "--rule", "tag = pilot"]);
    expect(byRule.asked[0]?.args).toEqual([{ to: "26.6.2", action: "install", rule: "tag = pilot" }]);
    const byGroup = await run(["plan", "create", "--to", "26.6.2", "--group", "Tokyo lab", "--dry-run"]);
    expect(byGroup.asked[0]?.args).toEqual([{ to: "26.6.2", action: "install", group: "Tokyo lab" }]);
  });

  it.each([[[]], [["--devices", "all", "--rule", "all"]], [["--rule", "all", "--group", "a"]]])(
    "need one way to name devices: %j",
    async (more) => {
      const { code, asked, err } = await run(["update", "--to", "26.6.2", ...more]);
      expect([code, asked]).toEqual([2, []]);
      expect(err).toContain("name the devices by one of --devices, --rule and --group");
    },
  );

  it("show the rule by which a plan's devices were named", async () => {
    const { out } = await run(["plan", "show", "plan-1"], {
      "plans.show": async () => ({ ...plan, rule: `serial in (${"S1, ".repeat(200)})` }),
    });
    expect(out).toMatch(/\nnamed by the rule: serial in \(S1, (S1, )+S?1?,? ?…\n/);
  });

  it("show tags, groups and who named the zone", async () => {
    const { out } = await run(["device", "SERIAL1"], {
      "devices.show": async () => ({ ...detail, timeZone: "Asia/Tokyo", zoneFrom: "rule", zoneBy: "token:tests" }),
    });
    expect(out).toContain("Asia/Tokyo (by a zone rule of token:tests)");
    expect(out).toContain("\n  tags lab, pilot\n  in the groups Tokyo lab\n");
  });
});

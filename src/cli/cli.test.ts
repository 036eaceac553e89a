import type { Command } from "commander";
import Fastify, { type FastifyInstance } from "fastify";
import { afterEach, describe, expect, it } from "vitest";
import { UptickError } from "../errors/index.ts";
import { device, detail, fakeService, job, NOW, plan, planJob, TOKEN } from "../http/admin/fake-service.suite.ts";
import { adminServerOptions, registerAdmin } from "../http/admin/index.ts";
import type { AdminService, PlanView } from "../service/index.ts";
import { decodeCommand, REQUEST_TYPES, type RequestType } from "../protocol/index.ts";
import { buildProgram, type CliIo, runCli } from "./index.ts";

const open: FastifyInstance[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((app) => app.close()));
});

async function serve(changes: Partial<AdminService> = {}) {
  const { service, calls } = fakeService(changes);
  const log = (): void => undefined;
  const app = Fastify(adminServerOptions(log));
  registerAdmin(app, { service, log });
  open.push(app);
  return { url: await app.listen({ host: "127.0.0.1", port: 0 }), calls };
}

interface World {
  readonly io: CliIo;
  out(): string;
  err(): string;
  readonly written: Map<string, Buffer>;
  readonly slept: number[];
}

function world(argv: readonly string[], changes: Partial<CliIo> & { files?: Record<string, string> } = {}): World {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const written = new Map<string, Buffer>();
  const slept: number[] = [];
  const { files = {}, ...rest } = changes;
  const io: CliIo = {
    argv,
    env: { UPTICK_TOKEN: TOKEN },
    version: "1.2.3",
    stdout: { write: (data) => out.push(Buffer.from(data)) },
    stderr: { write: (data) => err.push(Buffer.from(data)) },
    fetch,
    isTty: false,
    size: () => ({ columns: 100, rows: 24 }),
    readFile: async (path) => {
      const text = files[path];
      if (text === undefined) throw Object.assign(new Error("no such file"), { code: "ENOENT" });
      return Buffer.from(text);
    },
    writeFile: async (path, bytes) => void written.set(path, Buffer.from(bytes)),
    readStdin: async () => Buffer.from(files["-"] ?? ""),
    now: () => NOW,
    sleep: async (ms) => void slept.push(ms),
    ...rest,
  };
  return {
    io,
    out: () => Buffer.concat(out).toString(),
    err: () => Buffer.concat(err).toString(),
    written,
    slept,
  };
}

/** Runs one command against a fresh server. */
async function run(
  argv: readonly string[],
  service: Partial<AdminService> = {},
  changes: Partial<CliIo> & { files?: Record<string, string> } = {},
) {
  const server = await serve(service);
  const made = world([...argv, "--url", server.url], changes);
  const code = await runCli(made.io);
  const asked = server.calls.filter(({ method }) => method !== "authenticate");
  return { ...made, code, out: made.out(), err: made.err(), asked };
}

describe("help", () => {
  function commands(command: Command, path: string): [string, Command][] {
    return command.commands.flatMap((one): [string, Command][] => {
      const name = `${path} ${one.name()}`.trim();
      return [[name, one], ...commands(one, name)];
    });
  }
  const all = commands(buildProgram(world([]).io), "");

  it.each(all.map(([name]) => name))("of %s teaches by examples", async (name) => {
    const { io, out } = world([...name.split(" "), "--help"]);
    expect(await runCli(io)).toBe(0);
    expect(out()).toMatch(/Examples:\n {2}# .+\n {2}\$ uptick /);
  });

  const lines = all
    .map(([name]) => name)
    .concat("")
    .map(async (name) => {
      const { io, out } = world([...name.split(" ").filter(Boolean), "--help"]);
      await runCli(io);
      return [...out().matchAll(/^ {2}\$ uptick (.*)$/gm)].map((match) => match[1] ?? "");
    });

  it("has only examples that parse", async () => {
    const examples = (await Promise.all(lines)).flat();
    expect(examples.length).toBeGreaterThan(30);
    for (const example of examples) {
      const line = example.replace(/ [|<>] .*$/, "");
      const argv = [...line.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) => word.replaceAll(/["']/g, ""));
      // No token: a line that parses ends with 1 and token-missing or an unreadable file, a wrong one with 2.
      const { io, err } = world(argv, { env: {} });
      const code = await runCli(io);
      expect([example, code, /code: (token-missing|file-unreadable)/.test(err())]).toEqual([
        example,
        argv.includes("--help") ? 0 : 1,
        !argv.includes("--help"),
      ]);
    }
  });

  it("is shown for the bare command", async () => {
    const { io, out } = world([]);
    expect(await runCli(io)).toBe(0);
    expect(out()).toContain("Usage: uptick");
  });

  it("knows the version", async () => {
    const { io, out } = world(["--version"]);
    expect(await runCli(io)).toBe(0);
    expect(out()).toBe("1.2.3\n");
  });
});

describe("usage errors", () => {
  it.each([
    ["an unknown command", ["devcies"], "Did you mean devices"],
    ["an unknown option", ["devices", "--plaform", "macOS"], "--platform"],
    ["a missing option", ["plan", "create", "--to", "26.6.2"], "--devices"],
    ["an action that does not exist", ["update", "--to", "1", "--devices", "all", "--action", "now"], "install-later"],
    ["a number that is none", ["device", "X", "--timeline", "ten"], "whole number"],
    ["a missing argument", ["device"], "ref"],
    ["a group without a command", ["plan"], "create"],
  ])("end with 2 and say what is wrong: %s", async (_what, argv, words) => {
    const { io, err, out } = world(argv);
    expect(await runCli(io)).toBe(2);
    expect(err()).toContain(words);
    expect(out()).toBe("");
  });
});

describe("devices", () => {
  it("shows an aligned table with ages and the verdict", async () => {
    const longer = { ...device, id: "2", name: "日本 iPad", serial: "S2", job: null, lastSeenAt: null };
    const { code, out } = await run(["devices"], { devices: async () => ({ rows: [device, longer], next: null }) });
    expect(code).toBe(0);
    const lines = out.trimEnd().split("\n");
    expect(lines[0]).toMatch(/^NAME +SERIAL +PLATFORM +RUNS +STATE +HEARD +VERDICT$/);
    expect(lines[1]).toContain("3 min ago");
    expect(lines[1]).toContain("Blocked: the battery is at 12 %");
    expect(lines[1]).toContain("Connect the device to power.");
    expect(lines[2]).toMatch(/no plan +never +-$/);
    // Two wide characters take four columns.
    expect(lines[2]?.indexOf("S2")).toBe((lines[1]?.indexOf("SERIAL1") ?? 0) - 2);
  });

  it("passes filters on and follows all pages", async () => {
    const { asked, out } = await run(["devices", "--search", "a b", "--platform", "macOS", "--state", "blocked"], {
      devices: async ({ after }) => ({
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

  it("prints the API's JSON unchanged with --json", async () => {
    const { out } = await run(["devices", "--json"]);
    expect(out).toBe(`${JSON.stringify({ rows: [device], next: null })}\n`);
  });

  it("lets no name reach the terminal as a control", async () => {
    const name = "a\u001b]0;x\u0007\u009b2J\u202eb\nc";
    const { out } = await run(["devices"], { devices: async () => ({ rows: [{ ...device, name }], next: null }) });
    expect(out).toContain("a\\u{1b}]0;x\\u{07}\\u{9b}2J\\u{202e}b\\u{0a}c");
    expect(out.trimEnd().split("\n")).toHaveLength(2);
  });
});

describe("device", () => {
  it("shows facts, verdict, remedy, commands and timeline", async () => {
    const { code, out, asked } = await run(["device", "Room 4 / left"]);
    expect(code).toBe(0);
    expect(asked[0]).toEqual({ method: "device", args: ["Room 4 / left"] });
    for (const words of [
      "MacBook Air (Mac14,2), macOS 26.5 (25F70), supervised",
      job.verdict.sentence,
      "Connect the device to power.",
      "BatteryLevel",
      "0.12",
      "OSUpdateStatus",
      "The job is blocked",
    ]) {
      expect(out).toContain(words);
    }
  });

  it("reads as much of the timeline as asked, with the messages", async () => {
    const many = Array.from({ length: 1500 }, (_, index) => ({
      ...(detail.timeline[0] ?? { kind: "", data: null, at: NOW }),
      seq: 1500 - index,
      text: `entry ${1500 - index}`,
      raw: `<a>\n\u001b${index}</a>`,
    }));
    const timeline: AdminService["timeline"] = async (_ref, before, limit) =>
      many.filter(({ seq }) => before === undefined || seq < before).slice(0, limit);
    const { out, asked } = await run(["device", "SERIAL1", "--timeline", "1200", "--raw"], { timeline });
    expect(asked.filter(({ method }) => method === "timeline").map(({ args }) => args.slice(1))).toEqual([
      [undefined, 1000],
      [501, 200],
    ]);
    expect(out).toContain("entry 301\n    <a>\n    \\u{1b}1199</a>\n");
    expect(out).not.toContain("entry 300\n");
  });

  it("says code, cause and remedy of an unknown one and ends with 1", async () => {
    const { code, err, out } = await run(["device", "nobody"]);
    expect(code).toBe(1);
    expect(out).toBe("");
    expect(err).toContain("uptick: No device is called nobody.");
    expect(err).toContain("code: device-unknown");
    expect(err).toContain("remedy: List the devices");
  });

  it("adopts", async () => {
    const { code, out, asked } = await run(["adopt", "SERIAL1"]);
    expect([code, asked[0]]).toEqual([0, { method: "adopt", args: ["SERIAL1"] }]);
    expect(out).toContain("is enrolled");
  });
});

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
      method: "createPlan",
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
    expect(asked.map(({ method }) => method)).toEqual(["dryRun"]);
    expect(out).toMatch(/Hall .* refused .*not supervised. Supervise the device./);
    expect(out).toContain("2 devices, 1 to update, 0 there already, 1 refused");
    expect(out).toContain("Nothing has been done");
  });

  it("names the devices that the plan refuses", async () => {
    const refused = { ...planJob, job: { ...job, state: "refused" } };
    const { out } = await run([...base, "--devices", "all"], {
      planJobs: async () => ({ rows: [planJob, refused], next: null }),
    });
    expect(out).toMatch(/Refused:\nDEVICE.*\nRoom 4 [^\n]*\n\n/);
  });
});

describe("plan", () => {
  it("lists", async () => {
    const { out } = await run(["plan", "list"]);
    expect(out).toMatch(/plan-1 +August +active +26\.6\.2 +10 min ago +1 blocked/);
  });

  it("shows every device with state and verdict", async () => {
    const { out } = await run(["plan", "show", "plan-1"]);
    expect(out).toContain("August (plan-1), active");
    expect(out).toMatch(/Room 4 \/ left +SERIAL1 +macOS 26\.5 +26\.6\.2 \(25G83\) +blocked +3 min ago +Blocked:/);
  });

  it("prints the plan's JSON unchanged, and the jobs' pages", async () => {
    expect((await run(["plan", "show", "plan-1", "--json"])).out).toBe(`${JSON.stringify(plan)}\n`);
    const jobs = await run(["plan", "jobs", "plan-1", "--json"]);
    expect(jobs.out).toBe(`${JSON.stringify({ rows: [planJob], next: null })}\n`);
  });

  it("stops, and then says how each device stands", async () => {
    const sentence = "Being stopped: the plan was stopped after the install order had left; it can't be recalled.";
    const stopping = {
      ...planJob,
      job: { ...job, state: "stopping", verdict: { code: "cannot-be-recalled", params: {}, sentence } },
    };
    const { out, asked } = await run(["plan", "stop", "plan-1"], {
      planJobs: async () => ({ rows: [stopping], next: null }),
    });
    expect(asked[0]).toEqual({ method: "stopPlan", args: ["plan-1"] });
    expect(out).toContain("stopped just now");
    expect(out).toMatch(new RegExp(`stopping +3 min ago +${sentence}`));
    expect(out).toContain("Not all is confirmed yet");
  });
});

describe("plan show --watch", () => {
  const stages: [PlanView, string, string][] = [
    [{ ...plan, pending: 1, states: {}, finished: true }, "asking", "Being checked."],
    [{ ...plan, states: { downloading: 1 } }, "downloading", "Downloading: 40 %."],
    [{ ...plan, states: { downloading: 1 } }, "downloading", "Downloading: 40 %."],
    [{ ...plan, states: { done: 1 }, finished: true }, "done", "Up to date: seen on 26.6.2."],
  ];
  function staged(): Partial<AdminService> {
    let stage = -1;
    return {
      plan: async () => (stages[Math.min(++stage, stages.length - 1)] ?? stages[0])?.[0] ?? plan,
      planJobs: async () => {
        const [, state, sentence] = stages[stage] ?? [plan, "", ""];
        return {
          rows: [{ ...planJob, job: { ...job, state, verdict: { code: "x", params: {}, sentence } } }],
          next: null,
        };
      },
    };
  }
  const argv = ["plan", "show", "plan-1", "--watch"];

  it("prints a line for each change where it can't redraw, and ends with the plan", async () => {
    const { code, out, slept } = await run(argv, staged());
    expect(code).toBe(0);
    const lines = out.trimEnd().split("\n");
    expect(lines.filter((line) => line.includes("Room 4"))).toEqual([
      "2026-08-21 12:00:00Z  Room 4 / left: asking: Being checked.",
      "2026-08-21 12:00:00Z  Room 4 / left: downloading: Downloading: 40 %.",
      "2026-08-21 12:00:00Z  Room 4 / left: done: Up to date: seen on 26.6.2.",
    ]);
    expect(lines.at(-1)).toContain("August: active: 1 done");
    expect(out).not.toContain("\u001b");
    expect(slept).toHaveLength(3);
  });

  it("redraws on a terminal", async () => {
    const { out } = await run(argv, staged(), { isTty: true });
    const frames = out.split("\u001b[H\u001b[2J").slice(1);
    expect(frames).toHaveLength(4);
    expect(frames[1]).toContain("Downloading: 40 %.");
    expect(frames[3]).toContain("Up to date");
  });

  it("keeps to the screen while it goes on, unfinished devices first", async () => {
    const states = { ...plan, states: { done: 99, blocked: 1 }, devices: 100 };
    const rows = Array.from({ length: 100 }, (_, index) => ({
      device: { ...planJob.device, id: String(index), name: `device ${index}` },
      job: { ...job, state: index === 99 ? "blocked" : "done" },
    }));
    let looks = 0;
    const { out } = await run(
      argv,
      {
        plan: async () => ({ ...states, finished: ++looks > 1 }),
        planJobs: async () => ({ rows, next: null }),
      },
      { isTty: true, size: () => ({ columns: 300, rows: 12 }) },
    );
    const [live = "", final = ""] = out.split("\u001b[H\u001b[2J").slice(1);
    expect(live.trimEnd().split("\n").length).toBeLessThanOrEqual(12);
    expect(live).toContain("device 99 ");
    expect(live).toMatch(/… and \d+ more/);
    expect(final).toContain("device 98 ");
  });

  it("prints the plan's JSON when it has changed", async () => {
    const { out } = await run([...argv, "--json"], staged());
    expect(out).toBe([0, 1, 3].map((stage) => `${JSON.stringify(stages[stage]?.[0])}\n`).join(""));
  });

  it("goes on when the server is away for a while", async () => {
    let requests = 0;
    const flaky: typeof fetch = (...args) => {
      requests += 1;
      if (requests > 2 && requests < 6)
        return Promise.reject(Object.assign(new TypeError("fetch failed"), { cause: { code: "ECONNREFUSED" } }));
      return fetch(...args);
    };
    const { code, err, out } = await run(argv, staged(), { fetch: flaky });
    expect(code).toBe(0);
    expect(err.match(/Trying again/g)).toHaveLength(1);
    expect(out).toContain("Up to date");
  });

  it("ends at once for a plan that is not there", async () => {
    const { code, err, slept } = await run(["plan", "show", "7", "--watch"]);
    expect([code, slept]).toEqual([1, []]);
    expect(err).toContain("code: plan-unknown");
  });
});

describe("enroll", () => {
  it("writes the profile and says how long it is good", async () => {
    const { out, written, asked } = await run([
      "enroll",
      "--uses",
      "30",
      "--hours",
      "8",
      "--note",
      "lab 3",
      "--out",
      "lab",
    ]);
    expect(asked[0]?.args).toEqual([{ uses: 30, hours: 8, note: "lab 3" }]);
    expect(written.get("lab")).toEqual(Buffer.from([0x30, 0x82, 0xff, 0x00]));
    expect(out).toContain("good for 30 devices until 2026-08-21 20:00:00Z (in 8 h)");
  });

  it("has a file name of its own, prints to stdout when told, and writes no file for --json alone", async () => {
    expect([...(await run(["enroll"])).written.keys()]).toEqual(["uptick-enrollment.mobileconfig"]);
    const piped = await run(["enroll", "--out", "-"]);
    expect([piped.written.size, piped.out.slice(0, 1)]).toEqual([0, "0"]);
    const asJson = await run(["enroll", "--json"]);
    expect(asJson.written.size).toBe(0);
    expect(JSON.parse(asJson.out)).toMatchObject({ profile: "MIL/AA==", uses: 1 });
  });

  it("passes on what is missing", async () => {
    const { code, err } = await run(["enroll"], {
      enroll: () => Promise.reject(new UptickError("not-ready", "No public URL.", { remedy: "Set public-url." })),
    });
    expect(code).toBe(1);
    expect(err).toMatch(/No public URL\.\n.*not-ready\n.*Set public-url\./);
  });
});

describe("the server's commands", () => {
  it("show what is missing", async () => {
    const { out } = await run(["status"]);
    expect(out).toContain("missing: the push certificate. uptick push import FILE");
  });

  it("show which devices were refused an identity, and what to do", async () => {
    const { out } = await run(["status"]);
    expect(out).toMatch(/ago, 3 times: Too old\. \(challenge-expired\)\n +Make a new profile\./);
  });

  it("write the request for a push certificate, signed where a vendor's certificate is given, and say where it goes", async () => {
    const plain = await run(["push", "csr"]);
    expect([...plain.written.keys()]).toEqual(["push.csr"]);
    expect(plain.out).toMatch(/identity\.apple\.com\/pushcert[\s\S]*SAME certificate/);
    const signed = await run(["push", "csr", "--vendor", "v.pem"], {}, { files: { "v.pem": "-----BEGIN V" } });
    expect(signed.asked[0]).toEqual({ method: "pushRequest", args: ["-----BEGIN V"] });
    expect([...signed.written.keys()]).toEqual(["push-request.b64"]);
  });

  it("import a push certificate from a file", async () => {
    const { out, asked } = await run(["push", "import", "p.pem"], {}, { files: { "p.pem": "-----BEGIN X" } });
    expect(asked[0]).toEqual({ method: "importPush", args: ["-----BEGIN X"] });
    expect(out).toContain("com.apple.mgmt.External.x, ends 2027-08-21 12:00:00Z (in 365 days)");
  });

  it("import a catalog and name what could not be read", async () => {
    const files = { "c.json": '\ufeff{"AssetSets":{}}' };
    const { out, asked } = await run(["catalog", "import", "c.json"], {}, { files });
    expect(asked[0]).toEqual({ method: "importCatalog", args: [{ AssetSets: {} }] });
    expect(out).toMatch(/12 releases read\.\n.*macOS\[3\]: no ProductVersion/);
  });

  it("make, list and revoke tokens", async () => {
    const made = await run(["token", "create", "ci"]);
    expect([made.out, made.asked[0]?.args]).toEqual(["made-once\n", ["ci"]]);
    expect((await run(["token", "list"])).out).toMatch(/tests +2 h ago/);
    const revoked = await run(["token", "revoke", "c/i"]);
    expect([revoked.code, revoked.asked[0]?.args]).toEqual([0, ["c/i"]]);
    expect((await run(["token", "revoke", "tests"])).err).toContain("code: token-last");
  });
});

describe("command", () => {
  const files = { "q.plist": "<plist>ä</plist>" };
  const answered = {
    kind: "answered",
    commandUuid: "a/b",
    status: "Acknowledged",
    answer: Buffer.from("<a/>"),
  } as const;
  const pending = { kind: "pending", commandUuid: "a/b", state: "offered" } as const;

  it("prints the device's own bytes", async () => {
    const answer = Buffer.from("<plist>\n\u001b</plist>");
    const service = { rawCommand: async () => ({ ...answered, answer }) };
    const { code, out, asked } = await run(["command", "S 1", "--file", "q.plist", "--raw"], service, { files });
    expect([code, out]).toEqual([0, answer.toString()]);
    expect(asked[0]?.args).toEqual(["S 1", Buffer.from("<plist>ä</plist>"), { waitMs: 30_000, allow: undefined }]);
    const readable = await run(["command", "S 1", "--file", "q.plist"], service, { files });
    expect(readable.out).toBe("<plist>\n\\u{1b}</plist>\n");
  });

  it("waits longer than one request may by sending the same bytes again", async () => {
    let sent = 0;
    const service = { rawCommand: async () => (++sent < 3 ? pending : answered) };
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
      { rawCommand: async () => pending },
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
    const service = { rawCommand: async () => ({ ...answered, answer }) };
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
    const service = { rawCommand: async () => answered };
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
    const { code, out } = await run(["command", "S1", "DeviceInformation", "--dry-run"], { device: async () => mac });
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
    const service = { rawCommand: async () => answered };
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
    const { code, slept } = await run(["command", "S1", "--file", "q.plist"], { rawCommand }, { files });
    expect([code, sent, slept.length]).toEqual([0, 3, 2]);
  });

  it("prints the command's JSON with --json", async () => {
    const { out, asked } = await run(
      ["command", "S1", "--file", "q.plist", "--json"],
      { rawCommand: async () => answered, command: async () => ({ ...answered, requestType: "X" }) },
      { files },
    );
    expect(JSON.parse(out)).toMatchObject({ kind: "answered", answer: "<a/>", requestType: "X" });
    expect(asked[1]).toEqual({ method: "command", args: ["S1", "a/b"] });
  });
});

describe("connection", () => {
  it("says what to do when nothing answers", async () => {
    const { url } = await serve();
    await open.pop()?.close();
    const { io, err } = world(["devices"], { env: { UPTICK_TOKEN: TOKEN, UPTICK_URL: url } });
    expect(await runCli(io)).toBe(1);
    expect(err()).toContain(`Nothing answers at ${url}`);
    expect(err()).toContain("code: server-unreachable");
    expect(err()).toContain("uptick serve");
  });

  it("takes the address from UPTICK_URL with a path before the API's", async () => {
    let asked = "";
    const spy: typeof fetch = (input) => {
      asked = input instanceof Request ? input.url : input.toString();
      return Promise.reject(new TypeError("fetch failed"));
    };
    const env = { UPTICK_TOKEN: TOKEN, UPTICK_URL: "https://mdm.example.org/uptick/" };
    await runCli(world(["device", "a/b"], { env, fetch: spy }).io);
    expect(asked).toBe("https://mdm.example.org/uptick/api/v1/devices/a%2Fb");
    await runCli(world(["status"], { env: { UPTICK_TOKEN: TOKEN }, fetch: spy }).io);
    expect(asked).toBe("http://127.0.0.1:8080/api/v1/status");
  });

  it.each(["mdm.example.org", "ftp://mdm.example.org", "https://a:b@mdm.example.org", "https://mdm.example.org/?x"])(
    "refuses %s as an address without asking anything",
    async (url) => {
      const refuse: typeof fetch = () => Promise.reject(new Error("must not be called"));
      const { io, err } = world(["devices", "--url", url], { fetch: refuse });
      expect(await runCli(io)).toBe(1);
      expect(err()).toContain("code: request-invalid");
    },
  );

  it("takes the token from a file before the variable", async () => {
    const files = { token: `${TOKEN}\n` };
    expect((await run(["status", "--token-file", "token"], {}, { files, env: { UPTICK_TOKEN: "old" } })).code).toBe(0);
    const wrong = await run(["status"], {}, { env: { UPTICK_TOKEN: "wrong" } });
    expect([wrong.code, wrong.err.includes("code: unauthorized")]).toEqual([1, true]);
  });

  it("never repeats a token that can't be sent", async () => {
    const { code, err } = await run(["status"], {}, { env: { UPTICK_TOKEN: "secret-one\nsecret-two" } });
    expect(code).toBe(1);
    expect(err).toContain("code: token-missing");
    expect(err).not.toContain("secret");
  });

  it("says so when something else answers", async () => {
    const app = Fastify();
    open.push(app);
    app.get("/api/v1/status", async () => ({ hello: "world" }));
    app.get("/api/v1/plans", async (_request, reply) => reply.redirect("https://elsewhere.example.org/"));
    const url = await app.listen({ host: "127.0.0.1", port: 0 });
    for (const argv of [["status"], ["devices"], ["plan", "list"]]) {
      const { io, err } = world([...argv, "--url", url]);
      expect(await runCli(io)).toBe(1);
      expect(err()).toContain("code: reply-invalid");
    }
  });

  it("shows the server's fault with its request id and no more", async () => {
    const { code, err } = await run(["status"], { status: () => Promise.reject(new Error("vault")) });
    expect(code).toBe(1);
    expect(err).toMatch(/under request [0-9a-f-]{36}\.\n {2}code: internal/);
    expect(err).not.toContain("vault");
  });
});

describe("further commands", () => {
  it("are run and their errors worded alike", async () => {
    const ran: string[] = [];
    const extra = (program: Command): void => {
      program
        .command("serve")
        .allowUnknownOption()
        .allowExcessArguments()
        .action((_options, command: Command) => {
          ran.push(...command.args);
        });
      program.command("demo").action(() => Promise.reject(new UptickError("config-invalid", "No such setting: x.")));
    };
    expect(await runCli(world(["serve", "--data-dir", "x"]).io, extra)).toBe(0);
    expect(ran).toEqual(["--data-dir", "x"]);
    const { io, err } = world(["demo"]);
    expect(await runCli(io, extra)).toBe(1);
    expect(err()).toContain("code: config-invalid");
  });
});

/** The demo as a user runs it: a process, its exit code, its report. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { errorText, exitCodeOf } from "../cli/index.ts";
import { DEMO_KINDS } from "./arguments.ts";
import { EXPECTED_ENDS } from "./expected.ts";
import { demo } from "./index.ts";

const BIN = fileURLToPath(new URL("../../bin/uptick.js", import.meta.url));
const DEMO = new URL("index.ts", import.meta.url).href;
const folder = mkdtempSync(join(tmpdir(), "uptick-demo-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(args: readonly string[]): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** Whole demos, which several tests look at: each takes its time. */
const WHOLE = {
  "each kind": ["--count", String(DEMO_KINDS.length), "--seed", "1"],
  "seed 7": ["--count", "12", "--seed", "7"],
  "seed 7 again": ["--count", "12", "--seed", "7"],
} as const;
const ran = new Map<string, Ran & { readonly report: string }>();
beforeAll(async () => {
  await Promise.all(
    Object.entries(WHOLE).map(async ([name, args]) => {
      const file = join(folder, `${name.replaceAll(" ", "-")}.json`);
      const one = await run([...args, "--report", file]);
      ran.set(name, { ...one, report: one.code === 0 ? readFileSync(file, "utf8") : "" });
    }),
  );
}, 300_000);

function of(name: keyof typeof WHOLE): Ran & { readonly report: string } {
  const one = ran.get(name);
  if (one === undefined) throw new Error(`no demo was run as ${name}`);
  return one;
}

const run = (args: readonly string[]): Promise<Ran> => start([BIN, "demo", ...args]);

/** The demo in a process that gets `signal` as soon as it has told `word`: while virtual time jumps. */
const runSignalled = (args: readonly string[], signal: NodeJS.Signals, word: string): Promise<Ran> =>
  start([
    "--input-type=module",
    "--eval",
    `import { demo } from ${JSON.stringify(DEMO)};
    let told = false;
    const stdout = {
      write(text) {
        process.stdout.write(text);
        if (told || !text.includes(${JSON.stringify(word)})) return;
        told = true;
        process.kill(process.pid, ${JSON.stringify(signal)});
      },
    };
    process.exitCode = await demo(${JSON.stringify(args)}, { stdout, env: {} });`,
  ]);

interface Reported {
  readonly serial: string;
  readonly kind: string;
  readonly state: string;
  readonly reason: string;
  readonly mechanism: string | null;
  readonly observedVersion: string;
  readonly finalVersion: string;
  readonly problems: readonly string[];
  readonly commands: readonly { readonly at: string }[];
  readonly installs: readonly { readonly declared?: unknown }[];
}

interface Standing {
  readonly problems: readonly string[];
  readonly story: readonly { readonly text: string }[];
  readonly devices: readonly (Reported & {
    readonly ring: string;
    readonly model: string;
    readonly blocked: string | null;
    readonly failedInstalls: readonly string[];
  })[];
}

describe("uptick demo", () => {
  it("brings a device of each kind to the end its kind must have, and reports it", async () => {
    const { code, stdout, stderr, report: text } = of("each kind");
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain(`${DEMO_KINDS.length} of ${DEMO_KINDS.length} devices ended as their kind must.`);
    // No UUID, fingerprint or other bytes, and no address.
    expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-|[0-9a-f]{16}|:\/\/|localhost|127\.0\.0\.1/i);
    const { devices } = JSON.parse(text) as { readonly devices: readonly Reported[] };
    expect(devices.map(({ kind }) => kind).sort()).toEqual([...DEMO_KINDS].sort());
    const serials = devices.map(({ serial }) => serial);
    expect(serials).toEqual(serials.toSorted());
    for (const { kind, state, reason, observedVersion, finalVersion, problems, installs, commands } of devices) {
      expect({ kind, state, reason, problems }).toEqual({
        kind,
        state: EXPECTED_ENDS[kind]?.state,
        reason: EXPECTED_ENDS[kind]?.reason.split("|").find((one) => one === reason),
        problems: [],
      });
      expect(finalVersion).toBe(observedVersion);
      const { updated, byHand = 0, by } = EXPECTED_ENDS[kind] ?? {};
      expect(installs).toHaveLength((updated === true ? 1 : 0) + byHand);
      const declared = installs.filter((install) => install.declared !== undefined);
      const expected = by === "either" ? declared.length : Number(updated === true && by === "declaration");
      expect(declared).toHaveLength(expected);
      const times = commands.map(({ at }) => at);
      expect(times).toEqual(times.toSorted());
      expect(times[0]).toMatch(/^2026-08-2\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    }
    // One plan, told both ways.
    const told = new Set(devices.map(({ mechanism }) => mechanism));
    expect(told).toEqual(new Set(["command", "declaration", null]));
    expect(stdout).toMatch(/\d\d told by command \(MDM\), \d\d by declaration \(DDM\), \d+ not told\./);
  }, 300_000);

  it("pauses a release that fails on a model by itself, and brings every Mac in three rings to its end", async () => {
    const { code, stdout, stderr, report } = of("seed 7");
    expect([code, stderr]).toEqual([0, ""]);
    const { standing } = JSON.parse(report) as { readonly standing: Standing };
    expect(standing.problems).toEqual([]);
    const told = [
      ...[/^Apple posts/, /^Pilot opens for 4/, /^Pilot passes/, /^Early opens for 8/],
      ...[/^Early: The gate paused the rollout: 3 of \d devices that started failed/, /failed: 3 MacBook Air \(M2\)/],
      ...[/^The admin blocks 26\.7 for model = Mac14,2, 8 Macs/, /^The admin resumes/, /^Early passes: 5 of 5/],
      ...[/^Everyone opens for 7/, /^Everyone passes: 7 of 7/, /^The rollout is through/],
    ];
    expect(standing.story.map(({ text }) => text)).toEqual(told.map((words) => expect.stringMatching(words) as string));
    const ends = Map.groupBy(
      standing.devices,
      ({ ring, model }) => `${ring} ${model === "MacBook Air (M2)" ? model : ""}`,
    );
    const each = [...ends].map(([who, macs]) => [
      who,
      macs.length,
      [...new Set(macs.map(({ finalVersion }) => finalVersion))],
      [...new Set(macs.map(({ installs }) => installs.length))],
      [...new Set(macs.map(({ blocked }) => blocked))],
      [...new Set(macs.map(({ failedInstalls }) => failedInstalls.length > 1))],
    ]);
    const why = "26.7 fails to install on the MacBook Air (M2)";
    expect(each.toSorted(([a], [b]) => String(a).localeCompare(String(b)))).toEqual([
      ["Early ", 5, ["26.7"], [1], [null], [false]],
      ["Early MacBook Air (M2)", 3, ["26.6.2"], [0], [why], [true]],
      ["Everyone ", 7, ["26.7"], [1], [null], [false]],
      ["Everyone MacBook Air (M2)", 5, ["26.6.2"], [0], [why], [false]],
      ["Pilot ", 4, ["26.7"], [1], [null], [false]],
    ]);
    // The whole story is read at once on a usual terminal.
    const summary = stdout.slice(stdout.indexOf("The standing plan")).split("\n");
    expect(summary.length).toBeLessThanOrEqual(24);
    expect(summary.filter((line) => line.length > 80)).toEqual([]);
    expect(summary).toContain("24 of 24 Macs of the standing plan ended where they must.");
  }, 300_000);

  it("does, says and reports the same for the same seed, to the letter, and otherwise for another", () => {
    expect(of("seed 7 again")).toEqual(of("seed 7"));
    const [seven, one] = [of("seed 7"), of("each kind")].map(
      ({ report }) => (JSON.parse(report) as { readonly standing: Standing }).standing.devices,
    );
    expect(one).not.toEqual(seven);
  });

  it.each([
    ["SIGINT", 130, "enrolled"],
    ["SIGTERM", 143, "enrolled"],
    ["SIGTERM", 143, "Pilot opens"],
  ] as const)(
    "ends on %s while time jumps, with exit code %d, when it has told %j",
    async (signal, expected, word) => {
      const { code, stdout, stderr } = await runSignalled(["--count", "2"], signal, word);
      expect([code, stderr]).toEqual([expected, ""]);
      expect(stdout).toContain("Interrupted before every device had come to its end.");
    },
    300_000,
  );

  const REFUSED: readonly (readonly string[])[] = [
    ["--count", "0"],
    ["--count", "-1"],
    ["--count", "1.5"],
    ["--count", "many"],
    ["--count", "101"],
    ["--seeds", "1"],
    ["extra", "word"],
    ["--report", "/no/such/folder/report.json"],
    ["--report", tmpdir()],
    ["--report", ""],
  ];
  it.each(REFUSED)("refuses %s %s before anything starts, with a remedy", async (...args) => {
    let said = "";
    const stdout = { write: (text: string) => (said += text) };
    const refusal: unknown = await demo(args, { stdout, env: {} }).catch((error: unknown) => error);
    expect([exitCodeOf(refusal), said]).toEqual([2, ""]);
    expect(errorText(refusal)).toContain("code: usage-invalid");
    expect(errorText(refusal)).toContain("remedy: ");
  });

  it("says a refusal on standard error, and exits with its code", async () => {
    const { code, stdout, stderr } = await run(["--count", "0"]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("code: usage-invalid");
    expect(stderr).toContain("remedy: ");
  });
});

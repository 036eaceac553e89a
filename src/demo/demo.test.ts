/** The demo as a user runs it: a process, its exit code, its report. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
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

const run = (args: readonly string[]): Promise<Ran> => start([BIN, "demo", ...args]);

/** The demo in a process that gets `signal` as soon as it has told of a device: while virtual time jumps. */
const runSignalled = (args: readonly string[], signal: NodeJS.Signals): Promise<Ran> =>
  start([
    "--input-type=module",
    "--eval",
    `import { demo } from ${JSON.stringify(DEMO)};
    let told = false;
    const stdout = {
      write(text) {
        process.stdout.write(text);
        if (told || !text.includes("enrolled")) return;
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

describe("uptick demo", () => {
  it("brings a device of each kind to the end its kind must have, and reports it", async () => {
    const report = join(folder, "report.json");
    const { code, stdout, stderr } = await run([
      "--count",
      String(DEMO_KINDS.length),
      "--seed",
      "1",
      "--report",
      report,
    ]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain(`${DEMO_KINDS.length} of ${DEMO_KINDS.length} devices ended as their kind must.`);
    const text = readFileSync(report, "utf8");
    // No UUID, fingerprint or other bytes, and no address.
    expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-|[0-9a-f]{16}|:\/\/|localhost|127\.0\.0\.1/i);
    const devices = JSON.parse(text) as Reported[];
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

  it("does, says and reports the same for the same seed, to the letter, and otherwise for another", async () => {
    const runs: { readonly stdout: string; readonly report: string }[] = [];
    for (const seed of ["1", "1", "2"]) {
      const file = join(folder, `seed-${runs.length}.json`);
      const { code, stdout, stderr } = await run(["--count", "12", "--seed", seed, "--report", file]);
      expect([code, stderr]).toEqual([0, ""]);
      runs.push({ stdout, report: readFileSync(file, "utf8") });
    }
    const [first, again, other] = runs;
    expect(again).toEqual(first);
    expect(other?.report).not.toEqual(first?.report);
  }, 300_000);

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)(
    "ends on %s while time jumps, with exit code %d",
    async (signal, expected) => {
      const { code, stdout, stderr } = await runSignalled(["--count", "2"], signal);
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

/** The demo as a user runs it: a process, its exit code, its report. */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { DEMO_KINDS } from "./arguments.ts";
import { EXPECTED_ENDS } from "./expected.ts";

const BIN = fileURLToPath(new URL("../../bin/uptick.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "uptick-demo-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `interruptAt`: what must have been printed before a Ctrl-C. */
function run(args: readonly string[], interruptAt?: string): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [BIN, "demo", ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, TMPDIR: folder },
    });
    let [stdout, stderr, interrupted] = ["", "", false];
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
      if (interruptAt === undefined || interrupted || !stdout.includes(interruptAt)) return;
      interrupted = true;
      child.kill("SIGINT");
    });
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
}

interface Reported {
  readonly kind: string;
  readonly state: string;
  readonly reason: string;
  readonly mechanism: string | null;
  readonly observedVersion: string;
  readonly problems: readonly string[];
  readonly record: {
    readonly finalVersion: string;
    readonly installsExecuted: readonly { readonly declared?: unknown }[];
  };
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
    const devices = JSON.parse(readFileSync(report, "utf8")) as Reported[];
    expect(devices.map(({ kind }) => kind).sort()).toEqual([...DEMO_KINDS].sort());
    for (const { kind, state, reason, observedVersion, problems, record } of devices) {
      expect({ kind, state, reason, problems }).toEqual({
        kind,
        state: EXPECTED_ENDS[kind]?.state,
        reason: EXPECTED_ENDS[kind]?.reason.split("|").find((one) => one === reason),
        problems: [],
      });
      expect(record.finalVersion).toBe(observedVersion);
      const { updated, byHand = 0, by } = EXPECTED_ENDS[kind] ?? {};
      expect(record.installsExecuted).toHaveLength((updated === true ? 1 : 0) + byHand);
      const declared = record.installsExecuted.filter((install) => install.declared !== undefined);
      const expected = by === "either" ? declared.length : Number(updated === true && by === "declaration");
      expect(declared).toHaveLength(expected);
    }
    // One plan, told both ways.
    const told = new Set(devices.map(({ mechanism }) => mechanism));
    expect(told).toEqual(new Set(["command", "declaration", null]));
    expect(stdout).toMatch(/\d\d told by command \(MDM\), \d\d by declaration \(DDM\), \d+ not told\./);
  }, 120_000);

  it("ends cleanly on Ctrl-C, with the exit code of an interrupted program", async () => {
    const { code, stdout, stderr } = await run(["--count", "2"], "26.");
    expect([code, stderr]).toEqual([130, ""]);
    expect(stdout).toContain("Interrupted before every device had come to its end.");
    expect(readdirSync(folder).filter((name) => name.startsWith("uptick-demo-"))).toEqual([]);
  }, 60_000);

  it.each([
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
  ])("refuses %s %s before anything starts, with a remedy", async (...args) => {
    const { code, stdout, stderr } = await run(args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("code: usage-invalid");
    expect(stderr).toContain("remedy: ");
  });
});

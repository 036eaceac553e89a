/** Runs the steps of `npm test` one after the other, all of them whatever fails, and prints the sum last. */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { SEEN_VARIABLE, unseenReplies } from "./support/seen-replies.ts";
import { addTallies, NOTHING, type Tally, tallyOfReport } from "./tally.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const binaries = join(root, "node_modules", ".bin");

const CHECKS: readonly { readonly title: string; readonly command: string; readonly args: readonly string[] }[] = [
  { title: "format", command: "biome", args: ["format", "."] },
  { title: "types", command: "tsc", args: ["--noEmit"] },
  { title: "lint", command: "oxlint", args: ["--type-aware"] },
];

/** Exit code of a program from node_modules/.bin, run by this very Node, its output passed through. */
function run(command: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<number> {
  const path = [dirname(process.execPath), binaries, process.env["PATH"] ?? ""].join(delimiter);
  return new Promise((resolve, reject) => {
    const child = spawn(join(binaries, command), args, {
      cwd: root,
      stdio: "inherit",
      env: { ...process.env, ...more, PATH: path },
    });
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });
}

async function runCheck(check: (typeof CHECKS)[number]): Promise<Tally> {
  console.log(`\n== ${check.title}`);
  const code = await run(check.command, check.args);
  if (code !== 0) console.error(`== ${check.title} failed`);
  return code === 0 ? { ...NOTHING, passed: 1 } : { ...NOTHING, failed: 1 };
}

/** A run of all tests has seen each reply that the contract declares. */
function tallyOfSeen(folder: string): Tally {
  const unseen = unseenReplies(folder);
  if (unseen.length === 0) return { ...NOTHING, passed: 1 };
  console.error("== no test has seen these replies of a real server, which the contract declares:");
  for (const kind of unseen) console.error(`   ${kind}`);
  return { ...NOTHING, failed: 1 };
}

async function runTests(patterns: readonly string[]): Promise<Tally> {
  console.log("\n== tests");
  const folder = await mkdtemp(join(tmpdir(), "uptick-test-"));
  try {
    const report = join(folder, "report.json");
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const seen = await mkdtemp(join(folder, "seen-"));
    const code = await run("vitest", ["run", ...reporters, ...patterns], { [SEEN_VARIABLE]: seen });
    const text = await readFile(report, "utf8").catch(() => undefined);
    const tally = tallyOfReport(text, code, root);
    return patterns.length > 0 ? tally : addTallies(tally, tallyOfSeen(seen));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Exit code of the whole run. */
export async function runAll(patterns: readonly string[]): Promise<number> {
  let sum = NOTHING;
  for (const check of CHECKS) sum = addTallies(sum, await runCheck(check));
  sum = addTallies(sum, await runTests(patterns));

  const skipsFail = process.env["UPTICK_NO_SKIP"] === "1" && sum.skipped > 0;
  for (const suite of sum.skippedSuites) console.error(`!! SKIPPED: ${suite}`);
  if (skipsFail) console.error("!! UPTICK_NO_SKIP=1: a skipped test fails this run");

  const skipped = sum.skipped === 0 ? "" : `, ${sum.skipped} skipped`;
  console.log(`${sum.passed} passed, ${sum.failed} failed${skipped}`);
  return sum.failed > 0 || skipsFail ? 1 : 0;
}

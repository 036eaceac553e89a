/** `uptick demo`: a server, a fleet of simulated devices, one plan; each device must end as its kind must. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { kindNames, pushCertificate, runFleet, startFakeApns } from "../../../simulator/index.ts";
import { sampleLookupService } from "../../catalog/index.ts";
import type { DeviceDetail, DeviceView } from "../../service/index.ts";
import { createClock, formatClockSpec } from "../clock.ts";
import { loadConfig } from "../config/index.ts";
import { createLogger } from "../log.ts";
import { type RunningServer, startServer } from "../start-server.ts";
import { EXPECTED_ENDS } from "./expected.ts";
import { reserveLoopbackPort } from "./port.ts";

interface Io {
  readonly stdout: { write(text: string): unknown };
}

/** One real second is this many virtual ones: an hour a second. */
const SPEED = 3600;
/** The demo gives up after this long (real ms). */
const LIMIT = 55_000;
/** A Tuesday morning in August 2026, when the releases of the demo's catalog were new. */
const START = Date.UTC(2026, 7, 25, 8);

/** Exit code 0 only if every device ended as its kind must. */
export async function demo(argv: readonly string[], io: Io): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      count: { type: "string", default: String(kindNames.length) },
      seed: { type: "string", default: "1" },
      report: { type: "string" },
      verbose: { type: "boolean", default: false },
    },
  });
  const count = Number(values.count);
  const folder = mkdtempSync(join(tmpdir(), "uptick-demo-"));
  const ending = new AbortController();
  const apns = await startFakeApns();
  let server: RunningServer | undefined;
  try {
    const apnsCa = join(folder, "apns-ca.pem");
    writeFileSync(apnsCa, apns.caPem);
    const spec = { virtualStart: START, realStart: Date.now(), speed: SPEED };
    const clock = createClock(spec);
    const port = await reserveLoopbackPort();
    const flags = [
      ["data-dir", join(folder, "data")],
      ["device-listen", `127.0.0.1:${port}`],
      ["web-listen", "127.0.0.1:0"],
      ["public-url", `https://localhost:${port}`],
      ["apns-host", `${apns.host}:${apns.port}`],
      ["apns-ca", apnsCa],
      ["clock", formatClockSpec(spec)],
      ["push-rate", "1000"],
    ].map(([name, value]) => `--${name}=${value}`);
    const config = loadConfig({ argv: flags, env: {}, readFile: () => "" });
    const log = createLogger({
      level: values.verbose ? "info" : "error",
      format: "pretty",
      destination: process.stderr,
    });
    server = await startServer({ config, env: {}, log, onFatal: (error) => log.error("store-ended", { error }) });
    const { admin } = server;
    await admin.importPush(pushCertificate("com.apple.mgmt.External.demo").pem);
    await admin.importCatalog(sampleLookupService());
    const { profile } = await admin.enroll({ uses: count });
    const fleet = runFleet({ profile, count, seed: values.seed, clock, apns, signal: ending.signal });
    const serials = new Map(fleet.devices.map((device) => [device.serial, device.kind as string]));
    io.stdout.write(`Uptick demo: ${count} simulated devices, seed ${values.seed}, an hour passes every second.\n`);

    const began = Date.now();
    await until(began, async () => {
      const rows = (await admin.devices({ limit: 1000 })).rows;
      return rows.filter((row) => row.osVersion !== null && row.supervised !== null).length === count;
    });
    const plan = await admin.createPlan({
      to: "iOS=26.6.1,macOS=26.6.2,tvOS=26.6",
      devices: ["all"],
      action: "install",
      window: "22:00-05:00",
      zone: "America/New_York",
    });
    io.stdout.write(`Plan ${plan.id}: ${plan.to}, window ${plan.window ?? "none"} local time.\n`);
    const told = new Map<string, string>();
    await until(began, async () => {
      const rows = (await admin.devices({ limit: 1000 })).rows;
      tell(rows, told, serials, io);
      const { pending } = await admin.plan(plan.id);
      return pending === 0 && rows.every(settled);
    });
    const rows = (await admin.devices({ limit: 1000 })).rows;
    const details = await Promise.all(rows.map((row) => admin.device(row.id)));
    ending.abort();
    await fleet.done.catch(() => undefined);
    return summarise(details, serials, fleet.records(), values.report, io);
  } finally {
    ending.abort();
    await server?.stop();
    await apns.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A device that a person has to help counts as settled: it would be tried again for days. */
function settled(row: DeviceView): boolean {
  return row.job !== null && (row.job.finishedAt !== null || row.job.state === "blocked");
}

async function until(began: number, done: () => Promise<boolean>): Promise<void> {
  while (!(await done())) {
    if (Date.now() - began > LIMIT) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

function tell(
  rows: readonly DeviceView[],
  told: Map<string, string>,
  serials: ReadonlyMap<string, string>,
  io: Io,
): void {
  for (const row of rows) {
    const line = row.job === null ? "enrolled" : row.job.verdict.sentence;
    if (told.get(row.id) === line) continue;
    told.set(row.id, line);
    io.stdout.write(
      `${(serials.get(row.serial ?? "") ?? "?").padEnd(24)} ${(row.osVersion ?? "").padEnd(7)} ${line}\n`,
    );
  }
}

function summarise(
  details: readonly DeviceDetail[],
  serials: ReadonlyMap<string, string>,
  records: readonly { readonly serial: string; readonly finalVersion: string }[],
  file: string | undefined,
  io: Io,
): number {
  let wrong = serials.size - details.length;
  io.stdout.write("\nHow each device ended:\n");
  const report = details.map((row) => {
    const kind = serials.get(row.serial ?? "") ?? "?";
    const record = records.find(({ serial }) => serial === row.serial);
    const expected = EXPECTED_ENDS[kind];
    const agrees = row.osVersion === record?.finalVersion;
    const job = row.job;
    const asExpected =
      expected !== undefined &&
      job?.state === expected.state &&
      expected.reasons.includes(job.reason) &&
      agrees &&
      (!expected.updated || row.osVersion === job.target);
    if (!asExpected) wrong += 1;
    io.stdout.write(
      `${asExpected ? "ok   " : "WRONG"} ${kind.padEnd(24)} ${(row.osVersion ?? "?").padEnd(7)} ${job?.verdict.sentence ?? "no job"}\n`,
    );
    return {
      kind,
      state: job?.state ?? null,
      reason: job?.reason ?? null,
      verdict: job?.verdict.sentence ?? null,
      observedVersion: row.osVersion,
      asExpected,
      record,
    };
  });
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  io.stdout.write(`\n${serials.size - wrong} of ${serials.size} devices ended as their kind must.\n`);
  return wrong === 0 ? 0 : 1;
}

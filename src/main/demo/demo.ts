/** `uptick demo`: a server, a fleet of simulated devices, two plans; each device must end as its kind must. */
import { writeFileSync } from "node:fs";
import type { SimRecord } from "../../../simulator/index.ts";
import type { DeviceDetail, DeviceView } from "../../service/index.ts";
import { type DemoArguments, demoArguments } from "./arguments.ts";
import { type DemoWindow, problemsOf } from "./judge.ts";
import { setStage, type Stage } from "./stage.ts";
import { createView, type Output, type View } from "./view.ts";

/** The demo gives up after this long (real ms). */
const LIMIT = 55_000;
const BETWEEN_LOOKS = 250;
/** Exit code of a program that an interrupt ended. */
const INTERRUPTED = 130;

const WINDOW: DemoWindow = { text: "22:00-05:00", fromHour: 22, toHour: 5, zone: "America/New_York" };
const TARGET = "iOS=26.6.1,macOS=26.6.2,tvOS=26.6";
/** Above every version the fleet runs: what a device on OS 27 would have to be told, and can't be. */
const TARGET_27 = "iOS=27.1";

/** Exit code 0 only if every device ended as its kind must. Throws `usage-invalid`. */
export async function demo(
  argv: readonly string[],
  io: { readonly stdout: Output; readonly env: Readonly<Record<string, string | undefined>> },
): Promise<number> {
  const asked = demoArguments(argv);
  const interrupt = new AbortController();
  const onInterrupt = (): void => interrupt.abort();
  process.once("SIGINT", onInterrupt);
  process.once("SIGTERM", onInterrupt);
  const view = createView(io.stdout, io.env);
  io.stdout.write(`Uptick demo: ${asked.count} simulated devices, seed ${asked.seed}, an hour passes every second.\n`);
  const stage = await setStage(asked);
  try {
    await play(stage, asked, view, interrupt.signal);
    view.close();
    if (interrupt.signal.aborted) return INTERRUPTED;
    const devices = await allDevices(stage);
    const details = await Promise.all(devices.map((row) => stage.admin.device(row.id)));
    return summarise(details, stage.fleet.records(), asked, io.stdout);
  } finally {
    view.close();
    process.off("SIGINT", onInterrupt);
    process.off("SIGTERM", onInterrupt);
    await stage.close();
  }
}

const allDevices = async ({ admin }: Stage): Promise<readonly DeviceView[]> =>
  (await admin.devices({ limit: 1000 })).rows;

/** Waits for the fleet, makes the plans, and follows them to their end, the limit or an interrupt. */
async function play(stage: Stage, { count }: DemoArguments, view: View, signal: AbortSignal): Promise<void> {
  const until = Date.now() + LIMIT;
  const follow = async (done: (rows: readonly DeviceView[]) => Promise<boolean>): Promise<void> => {
    while (!signal.aborted && Date.now() < until) {
      const rows = await allDevices(stage);
      show(stage, rows, view);
      if (await done(rows)) return;
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_LOOKS));
    }
  };
  let known: readonly DeviceView[] = [];
  await follow(async (rows) => {
    known = rows.filter((row) => row.osVersion !== null && row.supervised !== null);
    return known.length === count;
  });
  const [on27, others] = [known.filter(isOn27), known.filter((row) => !isOn27(row))];
  const plan = (to: string, devices: readonly DeviceView[]) =>
    stage.admin.createPlan({
      to,
      devices: devices.map((row) => row.id),
      action: "install",
      window: WINDOW.text,
      zone: WINDOW.zone,
    });
  const plans = [
    ...(others.length > 0 ? [await plan(TARGET, others)] : []),
    ...(on27.length > 0 ? [await plan(TARGET_27, on27)] : []),
  ];
  await follow(async (rows) => {
    const now = await Promise.all(plans.map(({ id }) => stage.admin.plan(id)));
    return now.every(({ pending }) => pending === 0) && rows.every(isSettled);
  });
}

const isOn27 = (row: DeviceView): boolean => row.osVersion?.startsWith("27.") === true;

/** A device that a person has to help counts as settled: it would be tried again for days. */
function isSettled(row: DeviceView): boolean {
  return row.job !== null && (row.job.finishedAt !== null || row.job.state === "blocked");
}

function show({ fleet, clock }: Stage, devices: readonly DeviceView[], view: View): void {
  const known = new Map(devices.map((row) => [row.serial, row]));
  const rows = fleet.devices.map(({ serial, kind }) => {
    const row = known.get(serial);
    const job = row?.job ?? null;
    return {
      key: serial,
      kind,
      version: row?.osVersion ?? "",
      state: job?.state ?? (row === undefined ? "enrolling" : "enrolled"),
      sentence: job?.verdict.sentence ?? (row === undefined ? "" : "enrolled"),
      progress: job?.progress ?? null,
    };
  });
  view.show(rows, `${new Date(clock.now()).toISOString().slice(0, 16).replace("T", " ")} UTC`);
}

function summarise(
  details: readonly DeviceDetail[],
  records: readonly SimRecord[],
  { report, count }: DemoArguments,
  out: Output,
): number {
  out.write("\nHow each device ended:\n");
  const ends = records.map((record) => {
    const device = details.find(({ serial }) => serial === record.serial);
    const problems = problemsOf(device, record, WINDOW);
    const job = device?.job ?? null;
    const verdict = job?.verdict.sentence ?? null;
    const version = device?.osVersion ?? null;
    const mark = problems.length === 0 ? "ok   " : "WRONG";
    out.write(`${mark} ${record.kind.padEnd(24)} ${(version ?? "?").padEnd(7)} ${verdict ?? "no job"}\n`);
    for (const problem of problems) out.write(`      ${problem}\n`);
    return {
      kind: record.kind,
      state: job?.state ?? null,
      reason: job?.reason ?? null,
      verdict,
      observedVersion: version,
      observedBuild: device?.buildVersion ?? null,
      problems,
      record,
    };
  });
  if (report !== undefined) writeFileSync(report, `${JSON.stringify(ends, null, 2)}\n`);
  const right = ends.filter(({ problems }) => problems.length === 0).length;
  out.write(`\n${right} of ${count} devices ended as their kind must.\n`);
  return right === count ? 0 : 1;
}

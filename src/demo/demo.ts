/**
 * `uptick demo`: a server and simulated devices, in two parts. A fleet of all kinds is updated by plans, and each device must end as
 * its kind must; then Macs follow a standing plan in three rings, and each must end where the story says.
 */
import { type Breakable, listenForInterrupt } from "../cli/index.ts";
import type { DeviceDetail } from "../contract/index.ts";
import { DEMO_KINDS, type DemoArguments, demoArguments } from "./arguments.ts";
import { allRight, type End, endsOf, summaryOf } from "./ends.ts";
import { allDevices, type Ending, LIMIT_DAYS, play } from "./play.ts";
import { WINDOW } from "./plans.ts";
import { writeReport } from "./report.ts";
import { ringsEndOf, type RingsEnd, ringsRight, ringsSummary } from "./rings/ends.ts";
import { MAC_COUNT } from "./rings/macs.ts";
import { playRings } from "./rings/story.ts";
import { setStage, type Stage } from "./stage.ts";
import { createView, type Output, type View } from "./view.ts";

/** More entries than any device's timeline has here. */
const WHOLE = 5000;
/** A usual terminal: the summary of the second part fits on it. */
const COLUMNS = 80;

/** Gives exit code 0 only if every device ended as it must. Throws `usage-invalid`, `file-unreadable`. */
export async function demo(
  argv: readonly string[],
  io: { readonly stdout: Output & Breakable; readonly env: Readonly<Record<string, string | undefined>> },
): Promise<number> {
  const asked = demoArguments(argv);
  const { count, seed, verbose, report } = asked;
  const interrupt = listenForInterrupt(io.stdout);
  const view = createView(io.stdout, io.env);
  io.stdout.write(
    `Uptick demo: ${count} simulated devices, then ${MAC_COUNT} Macs in three rings, seed ${seed}.\nTime is virtual: days pass in seconds.\n`,
  );
  try {
    const stage = await setStage({ devices: count + MAC_COUNT, seed, verbose });
    try {
      const kinds = await partOne(stage, asked, view, interrupt.signal);
      const rings = kinds === undefined ? undefined : await partTwo(stage, seed, view, interrupt.signal);
      view.close();
      if (kinds === undefined || rings === undefined) {
        io.stdout.write("\nInterrupted before every device had come to its end.\n");
        return interrupt.exitCode();
      }
      if (kinds.ending === "time-up")
        io.stdout.write(
          `\n${LIMIT_DAYS} days of the demo's time have passed before every device had come to its end.\n`,
        );
      io.stdout.write(summaryOf(kinds.ends));
      io.stdout.write(ringsSummary(rings, COLUMNS));
      if (report !== undefined) writeReport(report, kinds.ends, rings);
      return allRight(kinds.ends) && ringsRight(rings) ? 0 : 1;
    } finally {
      view.close();
      await stage.close();
    }
  } finally {
    interrupt.stop();
  }
}

/** Devices of all kinds, and how each ended; undefined after an interrupt. */
async function partOne(
  stage: Stage,
  { count, seed }: DemoArguments,
  view: View,
  signal: AbortSignal,
): Promise<{ readonly ending: Ending; readonly ends: readonly End[] } | undefined> {
  const fleet = stage.enter({ count, seed, kinds: DEMO_KINDS });
  const ending = await play(stage, fleet, view, signal);
  if (ending === "interrupted") return undefined;
  const details = await detailsOf(stage, fleet.devices);
  const timelines = await Promise.all(
    details.map(
      async ({ id, udid }) => [udid, (await stage.admin.devices.timeline(id, undefined, WHOLE)).rows] as const,
    ),
  );
  const ends = endsOf(details, fleet.records(), WINDOW, new Map(timelines));
  await fleet.end();
  return { ending, ends };
}

/** Macs in three rings, and how the story ended; undefined after an interrupt. */
async function partTwo(stage: Stage, seed: string, view: View, signal: AbortSignal): Promise<RingsEnd | undefined> {
  const { ending, course, macs, roles } = await playRings(stage, seed, view, signal);
  if (ending === "interrupted") return undefined;
  return ringsEndOf(await detailsOf(stage, macs.devices), macs.records(), roles, course);
}

/** All that the server says of these devices. */
async function detailsOf(stage: Stage, devices: readonly { readonly udid: string }[]): Promise<DeviceDetail[]> {
  const own = new Set(devices.map(({ udid }) => udid));
  const rows = (await allDevices(stage)).filter(({ udid }) => own.has(udid));
  return Promise.all(rows.map(({ id }) => stage.admin.devices.show(id)));
}

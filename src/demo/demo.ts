/** `uptick demo`: a server, a fleet of simulated devices, their plans; each device must end as its kind must. */
import { type Breakable, listenForInterrupt } from "../cli/index.ts";
import { demoArguments } from "./arguments.ts";
import { allRight, endsOf, summaryOf } from "./ends.ts";
import { allDevices, LIMIT_DAYS, play } from "./play.ts";
import { WINDOW } from "./plans.ts";
import { writeReport } from "./report.ts";
import { setStage } from "./stage.ts";
import { createView, type Output } from "./view.ts";

/** More entries than any device's timeline has here. */
const WHOLE = 5000;

/** Gives exit code 0 only if every device ended as its kind must. Throws `usage-invalid`, `file-unreadable`. */
export async function demo(
  argv: readonly string[],
  io: { readonly stdout: Output & Breakable; readonly env: Readonly<Record<string, string | undefined>> },
): Promise<number> {
  const { count, seed, report, verbose } = demoArguments(argv);
  const interrupt = listenForInterrupt(io.stdout);
  const view = createView(io.stdout, io.env);
  io.stdout.write(`Uptick demo: ${count} simulated devices, seed ${seed}, in virtual time: days pass in seconds.\n`);
  try {
    const stage = await setStage({ count, seed, verbose });
    try {
      const ending = await play(stage, count, view, interrupt.signal);
      view.close();
      if (ending === "interrupted") {
        io.stdout.write("\nInterrupted before every device had come to its end.\n");
        return interrupt.exitCode();
      }
      if (ending === "time-up")
        io.stdout.write(
          `\n${LIMIT_DAYS} days of the demo's time have passed before every device had come to its end.\n`,
        );
      const devices = await allDevices(stage);
      const details = await Promise.all(devices.map((row) => stage.admin.devices.show(row.id)));
      const timelines = await Promise.all(
        devices.map(
          async (row) => [row.udid, (await stage.admin.devices.timeline(row.id, undefined, WHOLE)).rows] as const,
        ),
      );
      const ends = endsOf(details, stage.fleet.records(), WINDOW, new Map(timelines));
      io.stdout.write(summaryOf(ends));
      if (report !== undefined) writeReport(report, ends);
      return allRight(ends) ? 0 : 1;
    } finally {
      view.close();
      await stage.close();
    }
  } finally {
    interrupt.stop();
  }
}

/**
 * `--only aims`: the server, a bare node:https server and the bare loop take turns in one run, and each aim is printed with what was
 * reached. Devices are behind a proxy's header; client and server share the machine.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bareServer } from "../bare-server.ts";
import type { BenchOptions } from "../options.ts";
import { foreignCpu, memoryMib } from "../process.ts";
import { say } from "../table.ts";
import { openFleet } from "../target/fleet.ts";
import { makeIdentities } from "../target/identities.ts";
import { bareLoop } from "./bare-loop.ts";
import { type DryRuns, dryRuns } from "./dry-run.ts";
import { aimLine, type Figures, figuresOf } from "./figures.ts";
import { recordRounds } from "./recorded.ts";
import { aimsServer } from "./server.ts";
import { takeLaps } from "./sides.ts";

export async function benchAims(options: BenchOptions): Promise<void> {
  const { figures, peak } = await ofRequests(options);
  sayAims(figures, peak, await dryRuns(options.fleet));
}

async function ofRequests(options: BenchOptions): Promise<{ figures: readonly Figures[]; peak: number }> {
  const { devices, facts, connections, laps } = options;
  const folder = mkdtempSync(join(tmpdir(), "uptick-bench-"));
  const data = join(folder, "data");
  const { ca, certificates } = await makeIdentities(devices);
  const server = await aimsServer(folder, ca);
  const stops: (() => void | Promise<void>)[] = [() => server.stop()];
  try {
    await server.start(data);
    const fleet = await openFleet(server.side(), certificates, facts);
    await server.stop();
    const tasks = new Map<number, Awaited<ReturnType<typeof recordRounds>>>();
    for (const count of connections)
      tasks.set(count, await recordRounds(server, fleet, data, join(folder, `loop-${count}`), count));
    await server.start(data);
    const bare = await bareServer();
    stops.push(() => bare.stop());
    say(`${devices} devices behind a proxy's header, ${facts} facts in each answer.`);
    say(`${"".padEnd(32)}${"req/s".padStart(8)}${"CPU µs".padStart(9)}`);
    const figures: Figures[] = [];
    for (const [count, task] of tasks) {
      const loop = bareLoop(task);
      stops.push(() => loop.stop());
      const foreign = foreignCpu(() => [process.pid, server.pid, bare.pid, loop.pid]);
      const taken = await takeLaps({ pid: server.pid, fleet, bare, loop }, count, laps);
      const its = figuresOf(taken, count, devices);
      for (const line of its.lines) say(line);
      say(foreign());
      figures.push(its);
    }
    return { figures, peak: memoryMib(server.pid).peak };
  } finally {
    for (const stop of stops.toReversed()) await stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Costs with the first number of connections, the rate with the last: only with many the writer is never without work. */
function sayAims(figures: readonly Figures[], peak: number, dry: DryRuns): void {
  const [few, many] = [figures[0], figures.at(-1)];
  if (few === undefined || many === undefined) throw new Error("nothing was measured");
  const slowest = Math.min(...dry.perSecond);
  say(`\n${"aim".padEnd(64)}${"reached".padStart(9)}`);
  say(aimLine(`CPU of a round request ÷ (bare https + loop), ${few.connections}`, few.cpu, ["≤", 1.8], 2));
  say(aimLine(`rounds/s ÷ loop, ${many.connections}`, many.rate, ["≥", 0.55], 2));
  say(aimLine(`the writer's thread, CPU µs of a round request, ${few.connections}`, few.writer, ["≤", 115], 0));
  say(aimLine(`CPU of an Idle ÷ bare https, ${few.connections}`, few.idle, ["≤", 2.5], 2));
  say(aimLine("memory at its highest in the requests, MiB", peak, ["≤", 300], 0));
  say(aimLine("memory at its highest after two dry runs, MiB", dry.peak, ["≤", 300], 0));
  say(aimLine("dry run, devices/s, the slower of two", slowest, ["≥", 25_000], 0));
}

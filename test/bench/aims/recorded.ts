/** Makes the recording that a bare loop does again: of a tapped server, on a copy of the data, under the same load. */
import { copyFileSync, cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { FILE } from "../../../src/store/sqlite/connection.ts";
import type { Fleet } from "../target/fleet.ts";
import { COMMANDS, idleLap, roundLap } from "../target/laps.ts";
import type { LoopTask } from "./loop.ts";
import { CLOSED, COUNTED, PHASE } from "./recording.ts";
import type { AimsServer } from "./server.ts";

/** Of each device in a lap of any side. */
export const IDLES = 10;
export const ROUNDS = 2;
/** What an answer is made for where nobody asked. */
export const SOME_UUID = "00000000-0000-4000-8000-000000000000";
/** Devices whose property lists the loop reads. */
const READ = 10;

/** No other server runs. `folder` is made. */
export async function recordRounds(
  server: AimsServer,
  fleet: Fleet,
  data: string,
  folder: string,
  connections: number,
): Promise<LoopTask> {
  mkdirSync(folder);
  const [copy, before] = [join(folder, "data"), join(folder, "before.sqlite")];
  cpSync(data, copy, { recursive: true });
  copyFileSync(join(data, FILE), before);
  const phase = (name: string): void => writeFileSync(join(folder, PHASE), name);
  phase("warm");
  await server.start(copy, folder);
  const lines = await fleet.lines(connections);
  await idleLap(lines, IDLES, undefined);
  let requests = 0;
  // The first is not counted: a server that has just started is still being compiled, and so is the loop.
  for (let n = 0; n <= ROUNDS; n += 1) {
    const queued = await fleet.enqueue(COMMANDS);
    if (n > 0) phase(COUNTED);
    const { times } = await roundLap(lines, queued, undefined);
    phase("between");
    if (n > 0) requests += times.length;
  }
  fleet.close();
  await server.stop();
  const bodies = fleet.devices
    .slice(0, READ)
    .flatMap(({ idle, answer }) => [idle, ...Array.from({ length: COMMANDS }, () => answer(SOME_UUID))])
    .map((request) => request.subarray(request.indexOf("\r\n\r\n") + 4).toString("base64"));
  return { folder, before, bodies, requests, closed: closedIn(join(copy, FILE)) };
}

function closedIn(file: string): number {
  const db = new DatabaseSync(file, { readOnly: true });
  const { closed } = db.prepare(CLOSED).get() as { closed: number };
  db.close();
  return closed;
}

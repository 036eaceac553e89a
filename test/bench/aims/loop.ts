/**
 * The other side of the aims: a loop on bare node:sqlite that does again what the server's writer did for the same requests, with
 * the same lookups and writes in transactions of the same size, and reads as many property lists. It decides nothing,
 * makes no rows, answers nobody. A process for itself: each message is one lap, on a fresh copy of the server's database.
 */
import { copyFileSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { StatementSync } from "node:sqlite";
import { deserialize } from "node:v8";
import { parsePlist } from "../../../src/protocol/index.ts";
import { FILE, openWriter } from "../../../src/store/sqlite/connection.ts";
import { CLOSED, COUNTED, RECORDING, type Recorded } from "./recording.ts";

/** What it is told, as JSON in its first argument. */
export interface LoopTask {
  /** Of the recording. */
  readonly folder: string;
  /** The database as it was before. */
  readonly before: string;
  /** Property lists, base64; said again and again. */
  readonly bodies: readonly string[];
  /** Requests in the counted batches. */
  readonly requests: number;
  /** Commands that the server had closed in the end. */
  readonly closed: number;
}

export interface LoopLap {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly batches: number;
}

const task = JSON.parse(process.argv[2] ?? "") as LoopTask;
const { statements, batches } = deserialize(readFileSync(join(task.folder, RECORDING))) as Recorded;
const bodies = task.bodies.map((body) => new Uint8Array(Buffer.from(body, "base64")));
// What the server says outside of transactions is not done again.
const used = new Set(batches.flatMap(({ steps }) => steps.map(({ sql }) => sql)));
const counted = batches.filter(({ phase }) => phase === COUNTED).length;

function lap(parts: "all" | "writes"): LoopLap {
  const work = join(task.folder, "work");
  mkdirSync(work);
  copyFileSync(task.before, join(work, FILE));
  const db = openWriter(work);
  const prepared = new Map<number, StatementSync>();
  for (const sql of used) {
    const statement = db.prepare(statements[sql] ?? "");
    statement.setReturnArrays(true);
    prepared.set(sql, statement);
  }
  let [seconds, cpu, read, done] = [0, 0, 0, 0];
  for (const { phase, steps } of batches) {
    const counts = phase === COUNTED;
    const [began, used] = counts ? [performance.now(), process.cpuUsage()] : [0];
    if (counts && parts === "all")
      for (const until = ((done + 1) / counted) * task.requests; read < until; read += 1)
        parsePlist(bodies[read % bodies.length] as Uint8Array);
    db.exec("BEGIN IMMEDIATE");
    for (const { sql, reads, values } of steps) {
      if (!reads) prepared.get(sql)?.run(...values);
      else if (parts === "all" || !counts) prepared.get(sql)?.all(...values);
    }
    db.exec("COMMIT");
    if (!counts) continue;
    done += 1;
    seconds += (performance.now() - began) / 1000;
    const { user, system } = process.cpuUsage(used);
    cpu += (user + system) / 1e6;
  }
  const { closed } = db.prepare(CLOSED).get() as { closed: number };
  if (closed !== task.closed) throw new Error(`the loop has closed ${closed} commands, the server ${task.closed}`);
  db.close();
  rmSync(work, { recursive: true });
  return { seconds, cpuSeconds: cpu, batches: counted };
}

process.on("message", (parts: "all" | "writes") => process.send?.(lap(parts)));
process.on("disconnect", () => process.exit());

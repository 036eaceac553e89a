/**
 * Holds two checkouts of the server to each other on what was recorded (`record.js`): each does the same asks in the same order,
 * and after each the replies and every row that either has written must be the same. The order of the timeline entries of one
 * transaction, and their numbers, do not count. `npm run pin -- --help` says how.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual, parseArgs } from "node:util";
import { deserialize } from "node:v8";
import { readJob } from "../../src/plans/index.ts";
import { openSide, type Side, type Task, type Touched } from "./side.ts";

const HELP = `npm run pin -- --old PATH --asks FOLDER [--fuzz SEED]

  --old PATH     a checkout (with node_modules) of the version to compare with
  --asks FOLDER  what was recorded: NODE_OPTIONS="--import $PWD/test/pin/record.js" PIN_FOLDER=FOLDER npx vitest run test/guarantees
  --fuzz SEED    leaves asks out, does some twice and some in another order, by this seed`;

/** Entries differ in number where an ask before wrote more of them; what they say must be the same. */
const TIMELINE = "timeline";
const MOST_SHOWN = 2000;

export interface Difference {
  /** Of which recorded store, and which of its asks. */
  readonly file: string;
  readonly nth: number;
  readonly what: string;
  readonly old: unknown;
  readonly now: unknown;
}

function* tasksIn(file: string): Generator<Task> {
  const bytes = readFileSync(file);
  for (let at = 0; at + 4 <= bytes.length; ) {
    const size = bytes.readUInt32LE(at);
    yield* deserialize(bytes.subarray(at + 4, at + 4 + size)) as readonly Task[];
    at += 4 + size;
  }
}

/** mulberry32: the same seed leaves out and repeats the same asks. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A twentieth is left out, a twentieth done twice, and a twentieth changes places with the next. */
function* fuzzed(tasks: Iterable<Task>, seed: number): Generator<Task> {
  const draw = random(seed);
  let held: Task | undefined;
  for (const task of tasks) {
    const drawn = draw();
    if (drawn < 0.05) continue;
    if (drawn < 0.1 && held === undefined) {
      held = task;
      continue;
    }
    yield task;
    if (drawn > 0.95) yield task;
    if (held !== undefined) yield held;
    held = undefined;
  }
  if (held !== undefined) yield held;
}

const nameOf = (task: Task): string => task.transaction ?? task.kind;
const told = (entries: readonly Touched[]): readonly string[] =>
  entries
    .filter(({ table }) => table === TIMELINE)
    .map(({ where }) => JSON.stringify(where))
    .toSorted();

/** Rows as this version reads them: the document of a job may be of an earlier one. */
const read = (table: string, rows: readonly Row[]): readonly Row[] =>
  table === "job" ? rows.map((row) => ({ ...row, doc: readJob(row["doc"]) })) : rows;

/** A reply, where rows of jobs in it are read like those of the store. */
function readAll(reply: unknown): unknown {
  if (Array.isArray(reply)) return reply.map(readAll);
  if (typeof reply !== "object" || reply === null || reply instanceof Uint8Array) return reply;
  const entries = Object.entries(reply).map(([key, value]) => [
    key,
    key === "doc" && "planId" in reply ? readJob(value) : readAll(value),
  ]);
  return Object.fromEntries(entries);
}

/** What is not the same after one task. */
export function compareTask(old: Side, now: Side, task: Task): readonly Omit<Difference, "file" | "nth">[] {
  const [a, b] = [old.run(task), now.run(task)];
  const differ: Omit<Difference, "file" | "nth">[] = [];
  const check = (what: string, of: unknown, by: unknown): void => {
    if (!isDeepStrictEqual(of, by)) differ.push({ what: `${nameOf(task)}: ${what}`, old: of, now: by });
  };
  check(
    "reply",
    a.outcome.failed === undefined ? readAll(a.outcome.ok) : "failed",
    b.outcome.failed === undefined ? readAll(b.outcome.ok) : "failed",
  );
  check(TIMELINE, told(a.touched), told(b.touched));
  const rows = new Map(
    [...a.touched, ...b.touched].filter(({ table }) => table !== TIMELINE).map((one) => [JSON.stringify(one), one]),
  );
  for (const one of rows.values()) {
    const [of, by] = [old, now].map((side) => read(one.table, side.rows(one)));
    check(JSON.stringify(one), of, by);
    // What follows is compared on the same rows again.
    if (!isDeepStrictEqual(of, by)) now.take(one, old.rows(one));
  }
  return differ;
}

/** Every difference of one recorded store, as far as `most`. */
export async function compareFile(
  roots: { readonly old: string; readonly now: string },
  file: string,
  options: { readonly fuzz?: number; readonly most: number },
): Promise<{ readonly asks: number; readonly differences: readonly Difference[] }> {
  const [old, now] = [await openSide(roots.old), await openSide(roots.now)];
  const differences: Difference[] = [];
  let nth = 0;
  try {
    const tasks = options.fuzz === undefined ? tasksIn(file) : fuzzed(tasksIn(file), options.fuzz);
    for (const task of tasks) {
      nth += 1;
      differences.push(...compareTask(old, now, task).map((one) => ({ file, nth, ...one })));
      if (differences.length >= options.most) break;
    }
    return { asks: nth, differences };
  } finally {
    old.close();
    now.close();
  }
}

/** Of two versions of one row the columns that differ. */
function shownOf(one: unknown, other: unknown): string {
  const [row, beside] = [one, other].map((rows) =>
    Array.isArray(rows) && rows.length === 1 ? (rows[0] as object) : undefined,
  );
  if (row === undefined || beside === undefined || typeof row !== "object") return JSON.stringify(one);
  const columns = Object.entries(row).filter(([name, value]) => !isDeepStrictEqual(value, (beside as Row)[name]));
  return JSON.stringify(Object.fromEntries(columns));
}
type Row = Readonly<Record<string, unknown>>;

export async function compare(argv: readonly string[], now: string): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: { old: { type: "string" }, asks: { type: "string" }, fuzz: { type: "string" }, help: { type: "boolean" } },
  });
  const { old, asks, fuzz } = values;
  if (values.help === true || old === undefined || asks === undefined) {
    console.log(HELP);
    return values.help === true ? 0 : 2;
  }
  let [done, stores, shown] = [0, 0, 0];
  for (const name of readdirSync(asks).filter((file) => file.endsWith(".asks"))) {
    const options = { most: MOST_SHOWN, ...(fuzz === undefined ? {} : { fuzz: Number(fuzz) }) };
    const { asks: count, differences } = await compareFile({ old, now }, join(asks, name), options);
    [done, stores] = [done + count, stores + 1];
    for (const { nth, what, old: was, now: is } of differences) {
      shown += 1;
      console.log(`${name}, ask ${nth}: ${what}\n  old ${shownOf(was, is)}\n  now ${shownOf(is, was)}`);
    }
    if (shown >= MOST_SHOWN) break;
  }
  console.log(`${done} asks of ${stores} stores, ${shown} differences`);
  return shown === 0 && done > 0 ? 0 : 1;
}

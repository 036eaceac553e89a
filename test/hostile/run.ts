/**
 * `npm run fuzz -- [--runs N] [--minutes M] [--seed N] [--only NAME]`: readers one after the other, N cases each (10,000),
 * then the MDM endpoint and the admin API, then all property tests under other seeds, for at most M minutes in all. Exit code 1 when
 * something was found.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fuzzApi, startApi } from "./api.ts";
import { fuzzFace, startFace } from "./face.ts";
import { newSeed } from "../properties/seed.ts";
import { beginKeys, keyPool } from "../support/key-pool.ts";
import { fuzz, type FuzzOptions, type FuzzResult } from "./fuzz.ts";
import { identityMessages } from "./messages.ts";
import { searchProperties } from "./search-properties.ts";
import { readersOfIdentity, readersOfProtocol } from "./readers.ts";

// Servers take the keys of their authority from it, as in a run of the tests.
const keyDirectory = mkdtempSync(join(tmpdir(), "uptick-fuzz-keys-"));
process.once("exit", () => rmSync(keyDirectory, { recursive: true, force: true }));
beginKeys(keyPool(keyDirectory));

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "10000" },
    minutes: { type: "string", default: "60" },
    seed: { type: "string" },
    only: { type: "string", default: "" },
  },
});
const seed = values.seed === undefined ? newSeed() : Number(values.seed);
const until = Date.now() + Number(values.minutes) * 60_000;
const readers = [...readersOfProtocol(), ...readersOfIdentity(await identityMessages())];

/** A server of its own, which ends with it. */
async function throughTheFace(options: FuzzOptions): Promise<FuzzResult> {
  const stage = await startFace();
  const result = await fuzzFace(stage, options);
  const said = Array.from(stage.statuses, ([status, times]) => `${times} × ${status}`);
  console.log(`MDM endpoint was answered ${said.join(", ")}`);
  // After a failure the end fails too at times, and must not stand in its place.
  return stage.close().then(
    () => result,
    (error: unknown) => ({ ...result, failure: result.failure ?? `MDM endpoint, at its end: ${String(error)}` }),
  );
}

/** The same for the admin API. */
async function throughTheApi(options: FuzzOptions): Promise<FuzzResult> {
  const stage = await startApi();
  const result = await fuzzApi(stage, options);
  const said = Array.from(stage.statuses, ([status, times]) => `${times} × ${status}`);
  console.log(`admin API answered ${said.join(", ")}`);
  return stage.close().then(
    () => result,
    (error: unknown) => ({ ...result, failure: result.failure ?? `admin API, at its end: ${String(error)}` }),
  );
}

const all: readonly { readonly name: string; readonly run: (options: FuzzOptions) => Promise<FuzzResult> }[] = [
  ...readers.map((reader) => ({ name: reader.name, run: (options: FuzzOptions) => fuzz(reader, options) })),
  { name: "MDM endpoint", run: throughTheFace },
  { name: "admin API", run: throughTheApi },
  { name: "properties", run: searchProperties },
];
const chosen = all.filter(({ name }) => name.includes(values.only));
console.log(`seed ${seed}, ${chosen.length} to damage`);
for (const [nth, { name, run }] of chosen.entries()) {
  const ms = Math.max(1, Math.floor((until - Date.now()) / (chosen.length - nth)));
  const { runs, failure } = await run({ runs: Number(values.runs), seed, ms });
  console.log(failure ?? `${name}: ${runs} cases`);
  if (failure !== undefined) process.exitCode = 1;
}

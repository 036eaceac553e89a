/**
 * `npm run fuzz -- [--runs N] [--minutes M] [--seed N] [--only NAME]`: readers one after the other, N cases each (10,000),
 * for at most M minutes in all. Exit code 1 when something was found.
 */
import { parseArgs } from "node:util";
import { fuzz, newSeed } from "./fuzz.ts";
import { identityMessages } from "./messages.ts";
import { readersOfIdentity, readersOfProtocol } from "./readers.ts";

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
const readers = [...readersOfProtocol(), ...readersOfIdentity(await identityMessages())].filter(({ name }) =>
  name.includes(values.only),
);
console.log(`seed ${seed}, ${readers.length} readers`);
for (const [nth, reader] of readers.entries()) {
  const ms = Math.max(1, Math.floor((until - Date.now()) / (readers.length - nth)));
  const { runs, failure } = await fuzz(reader, { runs: Number(values.runs), seed, ms });
  console.log(failure ?? `${reader.name}: ${runs} cases`);
  if (failure !== undefined) process.exitCode = 1;
}

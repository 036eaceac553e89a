/** The command line of `--target` and of `--make-identities`, which is said before a server starts that must know the CA. */
import { parseArgs } from "node:util";
import { makeIdentities, writeIdentities } from "./identities.ts";
import { MOST_DEVICES, readOptions, Refused, whole } from "./options.ts";
import { benchTarget } from "./target.ts";

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const argv = process.argv.slice(2);

try {
  if (argv.some((word) => word.startsWith("--make-identities"))) {
    const options = { "make-identities": { type: "string" }, count: { type: "string", default: "1024" } } as const;
    const { "make-identities": folder = "", count } = parseArgs({ args: argv, options }).values;
    writeIdentities(folder, await makeIdentities(whole("--count", count, MOST_DEVICES)));
    say(`${folder} holds ${count} certificates, and in ca.pem that of the CA which the server is to trust.`);
  } else await benchTarget(readOptions(argv, process.env), say);
} catch (error) {
  // A connection that is refused or cut has a code; its stack says nothing.
  const known = error instanceof Refused || (error instanceof Error && "code" in error);
  process.stderr.write(`${known ? error.message : String((error as Error).stack)}\n`);
  process.exitCode = 1;
}

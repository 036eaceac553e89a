/** Runs readers on damaged messages, and says how to see a failure again. */
import vm from "node:vm";
import fc from "fast-check";
import { damage, type Edit, edits } from "./edits.ts";
import { Broken, judge, type Reader } from "./readers.ts";

export interface FuzzOptions {
  readonly runs: number;
  readonly seed: number;
  /** Real ms after which no new case is begun. */
  readonly ms?: number;
}

export interface FuzzResult {
  readonly runs: number;
  readonly seed: number;
  /** Undefined: nothing was found. Words, the shrunken input, and how to get it again. */
  readonly failure: string | undefined;
}

/** What hangs is stopped after this (real ms); no case comes near it. */
const HANG = 60_000;

interface Case {
  readonly nth: number;
  readonly done: readonly Edit[];
}

export async function fuzz(reader: Reader, { runs, seed, ms }: FuzzOptions): Promise<FuzzResult> {
  const cases = fc.record({ nth: fc.nat(reader.messages.length - 1), done: edits });
  const input = ({ nth, done }: Case): Buffer =>
    damage(reader.format, reader.messages[nth] ?? Buffer.alloc(0), done, reader.messages);
  const property = fc.asyncProperty(cases, async (one) => {
    try {
      // Only the promise is waited for here: whatever takes long has been done, under guard, when it is there.
      await guarded(() => reader.read(input(one)));
    } catch (error) {
      judge(reader, error);
    }
  });
  const limit = ms === undefined ? {} : { interruptAfterTimeLimit: ms, markInterruptAsFailure: false };
  const details = await fc.check(property, { numRuns: runs, seed, ...limit });
  const found = details.counterexample?.[0];
  if (found === undefined) return { runs: details.numRuns, seed, failure: undefined };
  const bytes = input(found);
  const words = details.errorInstance instanceof Error ? wordsOf(details.errorInstance) : "";
  return {
    runs: details.numRuns,
    seed,
    failure: [
      `${reader.name}: ${words}`,
      `input, ${bytes.length} bytes in base64: ${bytes.toString("base64").slice(0, 4000)}`,
      `again: npm run fuzz -- --seed ${seed} --runs ${runs} --only "${reader.name}"`,
      "Add the input to test/fixtures/hostile.ts, with words on what it broke.",
    ].join("\n"),
  };
}

function wordsOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\n${error.cause.stack ?? ""}` : "";
  return `${error.message}${cause}`;
}

let running: (() => unknown) | undefined;
const context = vm.createContext({ run: () => running?.() });
const script = new vm.Script("run()");

/** Calls it and ends it where it does not end, in a loop or in a regular expression. @throws Broken then */
export function guarded(work: () => unknown, ms = HANG): unknown {
  running = work;
  try {
    return script.runInContext(context, { timeout: ms });
  } catch (error) {
    if ((error as { code?: unknown }).code === "ERR_SCRIPT_EXECUTION_TIMEOUT")
      throw new Broken("it does not come to an end");
    throw error;
  }
}

/** What `uptick demo` is asked for, checked before anything is started. */
import { parseArgs } from "node:util";
import { mustBeWritable } from "../cli/index.ts";
import { UptickError } from "../errors/index.ts";
import { allKindNames, type KindName } from "../../simulator/index.ts";

export interface DemoArguments {
  readonly count: number;
  readonly seed: string;
  readonly report?: string;
  readonly verbose: boolean;
}

/** Both generations: the kinds that are told by commands, and those that take declarations. */
export const DEMO_KINDS: readonly KindName[] = allKindNames;

/** More devices than this show nothing new, and take long on a small machine. */
const MOST = 100;

/** Throws `usage-invalid`. */
export function demoArguments(argv: readonly string[]): DemoArguments {
  const { count, seed, report, verbose } = parse(argv);
  if (!/^\d+$/.test(count) || Number(count) < 1 || Number(count) > MOST)
    throw invalid(`--count is a whole number from 1 to ${MOST}, not "${count}".`);
  if (report !== undefined) mustBeWritable(report);
  return { count: Number(count), seed, verbose, ...(report === undefined ? {} : { report }) };
}

function parse(argv: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        count: { type: "string", default: String(DEMO_KINDS.length) },
        seed: { type: "string", default: "1" },
        report: { type: "string" },
        verbose: { type: "boolean", default: false },
      },
    });
    return values;
  } catch (error) {
    throw invalid((error as Error).message);
  }
}

const invalid = (message: string): UptickError => new UptickError("usage-invalid", message);

/** What `uptick rehearse` is asked for, checked before any file is read. */
import { parseArgs } from "node:util";
import { UptickError } from "../errors/index.ts";
import { FIELDS, type Field } from "../rehearsal/index.ts";

export interface RehearseArguments {
  /** Path of the plan's file. */
  readonly plan: string;
  readonly inventory: string;
  readonly catalog: string;
  /** Headers that were named. */
  readonly columns: { readonly [F in Field]?: string };
  readonly days: number;
  /** ms UTC, a full hour; undefined: this one. */
  readonly from: number | undefined;
  readonly seed: string;
  readonly json: boolean;
}

export const MOST_DAYS = 366;
const LONGEST_SEED = 100;
/** Uptick's rules about days are those of releases that exist. */
const FIRST_YEAR = 2020;
const LAST_YEAR = 2099;

/** @throws UptickError `usage-invalid` */
export function rehearseArguments(argv: readonly string[]): RehearseArguments {
  const { values, positionals } = parse(argv);
  const [plan, second] = positionals;
  if (plan === undefined)
    throw invalid("The plan's file is missing: uptick rehearse PLAN.yaml --inventory FILE.csv ...");
  if (second !== undefined) throw invalid(`One plan is rehearsed at a time, and "${second}" follows "${plan}".`);
  const { inventory, catalog, days, seed, json } = values;
  if (inventory === undefined) throw invalid("--inventory names the CSV file of the devices, and is missing.");
  if (catalog === undefined)
    throw new UptickError("usage-invalid", "--catalog names Apple's list of releases, and is missing.", {
      remedy: "Download it from https://gdmf.apple.com/v2/pmv, and give the file: --catalog FILE.",
    });
  if (!/^\d{1,3}$/.test(days) || Number(days) < 1 || Number(days) > MOST_DAYS)
    throw invalid(`--days is a whole number from 1 to ${MOST_DAYS}, not "${days}".`);
  if (seed.length > LONGEST_SEED) throw invalid(`--seed has at most ${LONGEST_SEED} characters.`);
  return {
    ...{ plan, inventory, catalog, seed, json },
    columns: columnsIn(values.columns),
    days: Number(days),
    from: values.from === undefined ? undefined : dayIn(values.from),
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        inventory: { type: "string" },
        catalog: { type: "string" },
        columns: { type: "string", multiple: true },
        days: { type: "string", default: "30" },
        from: { type: "string" },
        seed: { type: "string", default: "1" },
        json: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    throw invalid((error as Error).message);
  }
}

/** "serial=Asset Tag,model=Type", once or more. */
function columnsIn(texts: readonly string[] = []): { readonly [F in Field]?: string } {
  const columns: { [F in Field]?: string } = {};
  for (const text of texts.flatMap((one) => one.split(","))) {
    const [, word = "", header = ""] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
    const field = FIELDS.find((one) => one === word.trim());
    if (field === undefined || header.trim() === "")
      throw invalid(`--columns has NAME=HEADER, where NAME is one of ${FIELDS.join(", ")}; "${text}" is not.`);
    if (columns[field] !== undefined) throw invalid(`--columns names ${field} twice.`);
    columns[field] = header.trim();
  }
  return columns;
}

function dayIn(text: string): number {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  const year = Number(text.slice(0, 4));
  // 30 February is read as a day of March.
  if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== text)
    throw invalid(`--from is a day such as 2026-09-01, not "${text}".`);
  if (year < FIRST_YEAR || year > LAST_YEAR)
    throw invalid(`--from is a day from ${FIRST_YEAR} to ${LAST_YEAR}, not "${text}".`);
  return at;
}

const invalid = (message: string): UptickError =>
  new UptickError("usage-invalid", message, { remedy: "Correct it; uptick rehearse --help lists the options." });

/** `--csv` of the commands that list: the rows of the API, a column for each field. */
import type { Command } from "commander";
import { csvLine } from "../csv/index.ts";

/** The commands that list, as typed. `audit`, `devices`, `behind` and `report` have columns that are made for people. */
export const LISTS: ReadonlySet<string> = new Set([
  "refusals",
  "tags",
  "rollouts",
  "group list",
  "plan list",
  "plan jobs",
  "policy list",
  "catalog list",
  "catalog blocks",
  "blackout list",
  "token list",
  "enroll links",
  "account list",
  "webhook list",
]);

const FLAG = "--csv";

export const pathOf = (command: Command): string =>
  command.parent === null ? "" : `${pathOf(command.parent)} ${command.name()}`.trim();

interface Listening {
  readonly begin: () => void;
  readonly end: () => void;
}

/** Adds the option to the commands that list. `begin` is told before such a command runs with it, `end` after it. */
export function addCsv(program: Command, { begin, end }: Listening): void {
  const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)];
  for (const command of all(program))
    if (LISTS.has(pathOf(command))) command.option(FLAG, "print the rows as CSV, a column for each field of the API");
  let asked = false;
  program.hook("preAction", (_program, command) => {
    const isJson = program.opts<{ json?: true }>().json === true;
    asked = LISTS.has(pathOf(command)) && command.opts<{ csv?: true }>().csv === true && !isJson;
    // A command may give all of its options to the API.
    if (LISTS.has(pathOf(command))) command.setOptionValue("csv", undefined);
    if (asked) begin();
  });
  program.hook("postAction", () => {
    if (asked) end();
  });
}

type Cells = ReadonlyMap<string, string | number>;

/** The rows with their heading: the names of fields, those of objects within behind a dot. Lists of words have blanks between. */
export function csvOfRows(rows: readonly unknown[]): string {
  const flat = rows.map((row) => new Map(cellsOf(row, "")));
  const columns = [...new Set(flat.flatMap((cells) => [...cells.keys()]))];
  const lineOf = (cells: Cells): string => csvLine(columns.map((column) => cells.get(column) ?? null));
  return [csvLine(columns), ...flat.map(lineOf)].join("");
}

function cellsOf(value: unknown, name: string): [string, string | number][] {
  if (typeof value === "string" || typeof value === "number") return [[name, value]];
  // An empty cell, but a column.
  if (value === null || value === undefined) return [[name, ""]];
  if (Array.isArray(value)) {
    const words = value.every((one) => typeof one === "string" || typeof one === "number");
    return [[name, words ? value.join(" ") : JSON.stringify(value)]];
  }
  if (typeof value !== "object") return [[name, JSON.stringify(value)]];
  return Object.entries(value).flatMap(([key, one]) => cellsOf(one, name === "" ? key : `${name}.${key}`));
}

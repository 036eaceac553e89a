/**
 * Which devices are meant: `all`, names with commas between (in double quotes where they hold one), or `@file` with one a line; or a rule
 * or a group.
 */
import type { Command } from "commander";
import { UptickError } from "../errors/index.ts";
import { readFileNamed } from "./files.ts";
import type { CliIo } from "./io.ts";

/** Devices that the server takes in one request. */
const MOST_NAMES = 200_000;

/**
 * The lines of a list. @throws UptickError `list-invalid` for a list that no request can hold, and for a formula: a spreadsheet has
 * written it, and its result is not in the list
 */
function namesIn(text: string, name: string): string[] {
  const all = text.replace(/^\ufeff/, "").split(/\r?\n/);
  const lines = all.map((line) => withoutComment(line.trim()).trim()).filter((line) => line !== "");
  if (lines.length > MOST_NAMES)
    throw new UptickError("list-invalid", `${name} has ${lines.length} lines; at most ${MOST_NAMES} are possible.`, {
      remedy: "Split the list, or name the devices by a rule: --rule.",
    });
  const formula = all.findIndex((line) => /^\s*"?=/.test(line));
  if (formula < 0) return lines;
  const shown = (all[formula] ?? "").trim().slice(0, 40);
  throw new UptickError("list-invalid", `Line ${formula + 1} of ${name} is a formula: ${shown}`);
}

/** Names with commas between. One in double quotes may hold commas, and a doubled quote in it is a quote. */
export function splitNames(text: string): string[] {
  const names: string[] = [];
  let rest = text;
  while (rest !== "") {
    const { name, left } = quotedName(rest.trimStart()) ?? plainName(rest);
    names.push(name);
    rest = left;
  }
  return names;
}

function plainName(text: string): { name: string; left: string } {
  const comma = text.indexOf(",");
  return comma < 0
    ? { name: text.trim(), left: "" }
    : { name: text.slice(0, comma).trim(), left: text.slice(comma + 1) };
}

/** undefined: the text does not begin with a name that is quoted to its end. */
function quotedName(text: string): { name: string; left: string } | undefined {
  if (!text.startsWith('"')) return undefined;
  let end = text.indexOf('"', 1);
  while (end >= 0 && text[end + 1] === '"') end = text.indexOf('"', end + 2);
  const left = text.slice(end + 1).trimStart();
  if (end < 0 || (left !== "" && !left.startsWith(","))) return undefined;
  return { name: text.slice(1, end).replaceAll('""', '"'), left: left.slice(1) };
}

/** A comment begins with the line, or its # stands alone between blanks, so that "Lab iPad #3" is a name. */
function withoutComment(line: string): string {
  const at = line.startsWith("#") ? 0 : line.search(/\s#\s/);
  return at === -1 ? line : line.slice(0, at);
}

async function readList(io: CliIo, file: string): Promise<string[]> {
  const text = new TextDecoder().decode(await readFileNamed(io, file));
  return namesIn(text, file === "-" ? "stdin" : file);
}

/** @throws UptickError `plan-empty`, `file-unreadable`, `list-invalid` */
export async function readSelector(io: CliIo, parts: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const part of parts) {
    const names = part.startsWith("@") ? await readList(io, part.slice(1)) : splitNames(part);
    for (const name of names) if (name !== "") found.add(name);
  }
  if (found.size === 0) throw new UptickError("plan-empty", `--devices ${parts.join(" ")} names no device.`);
  return [...found];
}

export interface WhichOptions {
  readonly rule?: string;
  readonly group?: string;
}

/** Adds the options that name devices by a rule or a group. */
export const addWhich = (command: Command): Command =>
  command
    .option("--rule <rule>", "enrolled devices that a rule matches, such as 'platform = macOS and not tag = lab'")
    .option("--group <name>", "enrolled devices of a group");

/**
 * The devices as a request names them: by `refs`, each as it is, `@file`, or `-` for a list on stdin; or by a rule or a group. Ends the
 * command where none or several of these are used. @throws UptickError `file-unreadable`, `list-invalid`
 */
export async function whichOf(
  command: Command,
  io: CliIo,
  refs: readonly string[],
  { rule, group }: WhichOptions,
): Promise<{ devices: readonly string[] } | { rule: string } | { group: string }> {
  checkWays(command, "devices", [refs.length === 0 ? undefined : refs, rule, group]);
  if (rule !== undefined) return { rule };
  if (group !== undefined) return { group };
  const found = new Set<string>();
  for (const ref of refs) {
    const names = ref === "-" || ref.startsWith("@") ? await readList(io, ref === "-" ? ref : ref.slice(1)) : [ref];
    for (const name of names) found.add(name);
  }
  if (found.size === 0) throw new UptickError("list-invalid", "The list names no device.");
  return { devices: [...found] };
}

/** `first`: what the way is called that is not --rule or --group. */
export function checkWays(command: Command, first: string, ways: readonly unknown[]): void {
  if (ways.filter((way) => way !== undefined).length !== 1)
    command.error(`error: name the devices by one of ${first}, --rule and --group`);
}

/** Which devices a plan is for: `all`, names with commas between (in double quotes where they hold one), or `@file` with one a line. */
import { UptickError } from "../errors/index.ts";
import { readFileNamed } from "./files.ts";
import type { CliIo } from "./io.ts";

/** A comment is a # that begins the line or stands alone between blanks, so that "Lab iPad #3" is a name. */
function readLines(text: string): string[] {
  return text
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)
    .map((line) => withoutComment(line.trim()).trim())
    .filter((line) => line !== "");
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

/** A comment begins with the line, or stands between blanks. */
function withoutComment(line: string): string {
  const at = line.startsWith("#") ? 0 : line.search(/\s#\s/);
  return at === -1 ? line : line.slice(0, at);
}

/** @throws UptickError `plan-empty`, `file-unreadable` */
export async function readSelector(io: CliIo, parts: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const part of parts) {
    const names = part.startsWith("@")
      ? readLines(new TextDecoder().decode(await readFileNamed(io, part.slice(1))))
      : splitNames(part);
    for (const name of names) if (name !== "") found.add(name);
  }
  if (found.size === 0) throw new UptickError("plan-empty", `--devices ${parts.join(" ")} names no device.`);
  return [...found];
}

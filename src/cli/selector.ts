/** Which devices a plan is for: `all`, names with commas between, or `@file` with one a line. */
import { UptickError } from "../errors/index.ts";
import { readFileNamed } from "./files.ts";
import type { CliIo } from "./io.ts";

/** A comment is a # that begins the line or stands alone between blanks, so that "Lab iPad #3" is a name. */
function readLines(text: string): string[] {
  return text
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)
    .map((line) =>
      line
        .replace(/^\s*#.*$/, "")
        .replace(/\s#\s.*$/, "")
        .trim(),
    )
    .filter((line) => line !== "");
}

/** @throws UptickError `plan-empty`, `file-unreadable` */
export async function readSelector(io: CliIo, parts: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const part of parts) {
    const names = part.startsWith("@")
      ? readLines(new TextDecoder().decode(await readFileNamed(io, part.slice(1))))
      : part.split(",").map((name) => name.trim());
    for (const name of names) if (name !== "") found.add(name);
  }
  if (found.size === 0) throw new UptickError("plan-empty", `--devices ${parts.join(" ")} names no device.`);
  return [...found];
}

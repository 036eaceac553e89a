/** Makes text that others chose (a device's name, an answer) harmless on a terminal. */

import { clean } from "../csv/index.ts";

export { clean };

/** Those that JSON lets stand in its strings as they are. */
const OBEYED_IN_JSON = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** JSON text with the same meaning that a terminal only shows. */
export function cleanJson(text: string): string {
  return text.replace(OBEYED_IN_JSON, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** As `clean`, but with its line breaks and tabs. */
export function cleanLines(text: string): string {
  return text
    .split(/\r?\n/)
    .map((line) => line.split("\t").map(clean).join("\t"))
    .join("\n");
}

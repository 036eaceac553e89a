// Controls, which a terminal obeys; direction marks and line separators, which reorder or break what is shown.
const OBEYED = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

const shown = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16).padStart(2, "0")}}`;

/** Text that others chose, on one line; what a terminal would obey is written out, such as `\u{1b}`. */
export function clean(text: string): string {
  return text.toWellFormed().replace(OBEYED, shown);
}

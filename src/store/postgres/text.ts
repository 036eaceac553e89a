/**
 * PostgreSQL's text can hold every character but U+0000, which a device may well send. It is written as two others: a mark
 * (U+FDD0, which Unicode keeps free for a program's own use) and a letter; the mark itself likewise. Every text goes through here, both ways,
 * what is searched for too, so that equal texts stay equal.
 */
const MARK = "\uFDD0";
const STORED = /\uFDD0([01])/g;

export function toText(text: string): string {
  if (!text.includes("\0") && !text.includes(MARK)) return text;
  return text.replaceAll(MARK, `${MARK}1`).replaceAll("\0", `${MARK}0`);
}

export function fromText(stored: string): string {
  if (!stored.includes(MARK)) return stored;
  return stored.replaceAll(STORED, (_all, letter: string) => (letter === "1" ? MARK : "\0"));
}

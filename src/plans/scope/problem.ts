/** What is wrong with the text of a rule, and where. */
import { UptickError } from "../../errors/index.ts";

/** Columns of the part of a rule that is shown, so that it fits a terminal of 80 with its margin. */
const SHOWN = 72;
const MARGIN = "    ";

/**
 * `at`: place in the text, counted from 0. The message's second line is the text around the place, and its third a caret
 * below the place; none is wider than 80 columns.
 */
export function ruleProblem(text: string, at: number, what: string): UptickError {
  const { line, column } = around(text, at);
  const caret = `${MARGIN}${" ".repeat(column)}^`;
  return new UptickError(
    "rule-invalid",
    `The rule is wrong at character ${Array.from(text.slice(0, at)).length + 1}: ${what}.\n${MARGIN}${line}\n${caret}`,
  );
}

/** The text on one line, cut to what is around the place. */
function around(text: string, at: number): { line: string; column: number } {
  // Near the place only: a rule may be very long.
  const from = Math.max(0, at - SHOWN);
  const before = Array.from(text.slice(from, at)).map(plain);
  const after = Array.from(text.slice(at, at + SHOWN)).map(plain);
  const cutBefore = from > 0 || before.length > SHOWN / 2;
  const shownBefore = cutBefore ? ["…", ...before.slice(-(SHOWN / 2 - 1))] : before;
  const room = SHOWN - shownBefore.length;
  const isCut = after.length > room || at + SHOWN < text.length;
  const shownAfter = isCut ? [...after.slice(0, room - 1), "…"] : after;
  return { line: [...shownBefore, ...shownAfter].join(""), column: shownBefore.length };
}

/** A character in one column. */
function plain(character: string): string {
  if (/\s/.test(character)) return " ";
  return /\p{C}/u.test(character) ? "·" : character;
}

/** A piece of a rule as a message repeats it. */
export const quoted = (text: string): string => `"${Array.from(text.slice(0, 40)).map(plain).join("")}"`;

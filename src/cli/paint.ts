/** Colours of what needs somebody and what does not. Each stands on a word that says the same, so nothing is told by colour alone. */
import { styleText } from "node:util";

type Colour = "red" | "yellow" | "green" | "cyan" | "magenta" | "dim";

/** Words that begin a cell under CLASS or STATE. */
const COLOURS: Readonly<Record<string, Colour>> = {
  "Can't": "red",
  "Needs a person": "yellow",
  Unknown: "magenta",
  "No plan": "magenta",
  Exempt: "dim",
  "Under way": "cyan",
  "On target": "green",
  failed: "red",
  refused: "red",
  "fell-back": "red",
  blocked: "yellow",
  quarantined: "yellow",
  paused: "yellow",
  stopped: "dim",
  removed: "dim",
  done: "green",
  downloaded: "green",
  notified: "green",
};

const PAINTED: ReadonlySet<string> = new Set(["CLASS", "STATE"]);

/** A text that begins with one of the words, in its colour. */
export function painted(text: string): string {
  const word = Object.keys(COLOURS).find((one) => text === one || text.startsWith(`${one},`));
  const colour = word === undefined ? undefined : COLOURS[word];
  return colour === undefined ? text : styleText(colour, text, { validateStream: false });
}

/** For the cells of tables. */
export const paintCell = (heading: string, cell: string): string =>
  PAINTED.has(heading.trim()) ? painted(cell) : cell;

/** Whether this stream takes colours: Node looks at the terminal, NO_COLOR and FORCE_COLOR. */
export const takesColours = (stream: NodeJS.WriteStream): boolean => styleText("red", "x", { stream }) !== "x";

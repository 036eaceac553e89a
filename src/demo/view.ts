/** How the demo tells what happens: a live screen on a terminal, a line for each change elsewhere. */
import { clean } from "../cli/index.ts";
import { ringsFrame, type Scene } from "./rings/frame.ts";
import { byWord, frame, type ScreenRow, type ScreenSize } from "./screen.ts";

export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

export interface View {
  /** What is so now; `time` is the demo's own, as text. */
  show(rows: readonly (ScreenRow & { readonly key: string })[], time: string): void;
  /** The same for the story of rings. */
  tell(scene: Scene): void;
  /** Leaves the terminal as it was found. */
  close(): void;
}

const HIDE_CURSOR = "\u001b[?25l";
const SHOW_CURSOR = "\u001b[?25h";
const HOME = "\u001b[H";
const CLEAR_LINE = "\u001b[2K";
const CLEAR_BELOW = "\u001b[J";
const CLEAR_ALL = "\u001b[2J";

/** Real ms between two frames: what changes faster than this nobody can read. */
const BETWEEN_FRAMES = 100;

/** `now`: real ms. */
export function createView(
  out: Output,
  env: Readonly<Record<string, string | undefined>>,
  now: () => number = () => performance.now(),
): View {
  // A dumb terminal can't move its cursor.
  return out.isTTY === true && env["TERM"] !== "dumb" ? table(out, (env["NO_COLOR"] ?? "") === "", now) : lines(out);
}

/** A version and a sentence may hold what a device has said. */
function harmless<Row extends ScreenRow>(row: Row): Row {
  return { ...row, version: clean(row.version), sentence: clean(row.sentence) };
}

function table(out: Output, color: boolean, now: () => number): View {
  let open = false;
  let drawnAt = Number.NEGATIVE_INFINITY;
  /** What was not drawn, since the frame before it was too young. */
  let left: (() => void) | undefined;

  function draw(frameOf: (size: ScreenSize) => readonly string[]): void {
    const start = open ? HOME : `${HIDE_CURSOR}${CLEAR_ALL}${HOME}`;
    open = true;
    // Asked each time: the window may have been resized. A terminal that was told no size says 0.
    const size = { columns: out.columns || 80, rows: out.rows || 24 };
    // Cleared before it is written: after a line as wide as the terminal some would clear its last character.
    const text = frameOf(size).map((line) => `${CLEAR_LINE}${line}`);
    out.write(`${start}${text.join("\n")}\n${CLEAR_BELOW}`);
  }

  function drawSoon(frameOf: (size: ScreenSize) => readonly string[]): void {
    left = () => draw(frameOf);
    if (now() - drawnAt < BETWEEN_FRAMES) return;
    drawnAt = now();
    left();
    left = undefined;
  }

  return {
    show: (rows, time) => drawSoon((size) => frame(rows.map(harmless), size, time, color)),
    tell: (scene) => drawSoon((size) => ringsFrame(scene, size)),
    close() {
      left?.();
      left = undefined;
      if (open) out.write(SHOW_CURSOR);
      open = false;
    },
  };
}

function lines(out: Output): View {
  const told = new Map<string, string>();
  let news = 0;
  return {
    show(rows) {
      for (const { key, kind, version, mechanism, sentence } of rows.map(harmless)) {
        if (sentence === "" || told.get(key) === sentence) continue;
        told.set(key, sentence);
        out.write(`${kind.padEnd(29)} ${version.padEnd(7)} ${byWord(mechanism).padEnd(3)} ${sentence}\n`);
      }
    },
    tell(scene) {
      for (const line of scene.news.slice(news)) out.write(`${line}\n`);
      news = scene.news.length;
    },
    close() {},
  };
}

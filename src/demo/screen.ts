/** What the demo's live table looks like: pure, from rows and the size of the terminal to lines of text. */

export interface ScreenRow {
  readonly kind: string;
  readonly version: string;
  /** How it is told; null before that is known, and for a device that is not told at all. */
  readonly mechanism: "command" | "declaration" | null;
  /** State of the job; "enrolling" before there is a device, "enrolled" before there is a job. */
  readonly state: string;
  readonly sentence: string;
  /** Download progress, 0 to 1, where there is one. */
  readonly progress: number | null;
}

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

const FINISHED: ReadonlySet<string> = new Set([
  "done",
  "fell-back",
  "refused",
  "failed",
  "stopped",
  "downloaded",
  "notified",
]);
/** States in which a device waits for a moment rather than does something. */
const WAITING: ReadonlySet<string> = new Set(["ready", "blocked", "awaiting", "declaring", "declared"]);
const COLORS: Readonly<Record<string, string>> = {
  done: "32",
  refused: "33",
  blocked: "33",
  declared: "36",
  failed: "31",
  installing: "36",
  downloading: "36",
  scanning: "36",
};
/** The widths of kind, version, mechanism, state and bar, each with the blank behind it. */
const WIDTHS = { kind: 30, version: 8, by: 6, state: 12, bar: 8 } as const;
/** Apple's own short words: a command of the MDM protocol, a declaration of declarative device management. */
const BY = { command: "MDM", declaration: "DDM" } as const;
export const byWord = (mechanism: ScreenRow["mechanism"]): string => (mechanism === null ? "" : BY[mechanism]);

/** Fewer lines than `size.rows`, none wider than `size.columns`; the busiest devices come first when not all fit. */
export function frame(rows: readonly ScreenRow[], size: ScreenSize, time: string, color: boolean): string[] {
  const head = [`Uptick demo  ${time}  ${rows.length} devices`, counts(rows)].map((text) => fit(text, size.columns));
  // The last row stays free: the line break behind the last line goes there.
  const room = size.rows - head.length - 1;
  if (room < 1) return head.slice(0, Math.max(0, size.rows - 1));
  if (rows.length <= room) return [...head, ...rows.map((row) => line(row, size.columns, color))];
  const shown = rows.toSorted((a, b) => calm(a) - calm(b)).slice(0, room - 1);
  const rest = `and ${rows.length - shown.length} more`;
  return [...head, ...shown.map((row) => line(row, size.columns, color)), fit(rest, size.columns)];
}

/** "3 done, 1 ready" */
function counts(rows: readonly ScreenRow[]): string {
  const states = new Map<string, number>();
  for (const { state } of rows) states.set(state, (states.get(state) ?? 0) + 1);
  return [...states].map(([state, count]) => `${count} ${state}`).join(", ");
}

/** 0 under way, 1 waiting, 2 finished. */
function calm({ state }: ScreenRow): number {
  if (FINISHED.has(state)) return 2;
  return WAITING.has(state) ? 1 : 0;
}

function line(row: ScreenRow, columns: number, color: boolean): string {
  const parts = [
    row.kind.padEnd(WIDTHS.kind),
    row.version.padEnd(WIDTHS.version),
    byWord(row.mechanism).padEnd(WIDTHS.by),
    row.state.padEnd(WIDTHS.state),
    bar(row).padEnd(WIDTHS.bar),
    row.sentence,
  ];
  const text = fit(parts.join(""), columns);
  const code = color ? COLORS[row.state] : undefined;
  if (code === undefined) return text;
  const from = WIDTHS.kind + WIDTHS.version + WIDTHS.by;
  const to = from + WIDTHS.state;
  return `${text.slice(0, from)}\u001b[${code}m${text.slice(from, to)}\u001b[0m${text.slice(to)}`;
}

/** Six cells while something is being downloaded. */
function bar({ state, progress }: ScreenRow): string {
  if (progress === null || FINISHED.has(state)) return "";
  const full = Math.round(Math.min(1, Math.max(0, progress)) * 6);
  return "#".repeat(full) + ".".repeat(6 - full);
}

function fit(text: string, columns: number): string {
  if (text.length <= columns) return text;
  return columns < 2 ? "" : `${text.slice(0, columns - 1)}…`;
}

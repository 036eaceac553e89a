/** The story of rings on a screen: how the rings stand, and below it what has happened. Pure. */
import type { ScreenSize } from "../screen.ts";
import { MAC_COUNT, RELEASE } from "./macs.ts";
import type { RingSeen } from "./news.ts";

/** What is told of the story at a moment. */
export interface Scene {
  /** The demo's own time. */
  readonly clock: string;
  readonly rings: readonly RingSeen[];
  /** What has happened, a line each, the oldest first. */
  readonly news: readonly string[];
}

/** Fewer lines than `size.rows`, none wider than `size.columns`; the newest news where not all fit. */
export function ringsFrame({ clock, rings, news }: Scene, { columns, rows }: ScreenSize): string[] {
  const head = [
    `Uptick demo  ${clock}  macOS ${RELEASE.version} for ${MAC_COUNT} Macs in three rings`,
    ...rings.map(ringLine),
    "",
  ];
  const told = news.flatMap((line) => wrapped(line, columns));
  // The last row stays free: the line break behind the last line goes there.
  const room = Math.max(0, rows - 1);
  const most = Math.max(0, room - head.length);
  const lines = [...head, ...told.slice(Math.max(0, told.length - most))].slice(0, room);
  return lines.map((line) => (line.length <= columns ? line : line.slice(0, columns)));
}

function ringLine({ name, state, macs, on, failing, blocked, when }: RingSeen): string {
  const more = [when, failing === 0 ? "" : `${failing} failed`, blocked === 0 ? "" : `${blocked} blocked`];
  const counts = `${String(on).padStart(2)} of ${String(macs).padStart(2)} on ${RELEASE.version}`;
  return `${name.padEnd(9)} ${state.padEnd(8)} ${counts}  ${more.filter((one) => one !== "").join(", ")}`.trimEnd();
}

/** What follows the time of a line of news stands below its text. */
const INDENT = 18;

/** A line of news in as many lines as its width asks for, broken between words. */
export function wrapped(line: string, columns: number): string[] {
  if (line.length <= columns) return [line];
  const cut = line.lastIndexOf(" ", columns);
  if (cut <= INDENT) return [line.slice(0, Math.max(1, columns))];
  return [line.slice(0, cut), ...wrapped(`${" ".repeat(INDENT)}${line.slice(cut + 1)}`, columns)];
}

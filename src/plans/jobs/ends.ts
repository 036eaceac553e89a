/** Rows of the state tables that both mechanisms share. */
import type { Event } from "./event.ts";
import type { State } from "./state.ts";

/** Where a stop leads hangs on what the device may still do: the stop.ts of its mechanism says it. */
export const STOP = "stop";

export type Row = Partial<Record<Event["kind"], State | typeof STOP>>;

/** Where a job that has ended may still go, however its device was told. */
export const ENDS = {
  // The end of a job is history; the device may go back, and come again.
  done: { below: "fell-back" },
  "fell-back": { reached: "done", below: "fell-back" },
  downloaded: { reached: "done" },
  notified: { reached: "done" },
  stopped: { reached: "done" },
  failed: { reached: "done" },
  refused: {},
} as const satisfies Partial<Record<State, Row>>;

/** The states of runs and rollouts (targets R11) as data: which event leads where. What is not here does not happen. */
import type { RolloutState, RunState } from "./rollout.ts";

/** The first four are the gate's, the others a person's. */
export type RunEvent = "opens" | "passes" | "asks" | "superseded" | "promote" | "wait";

export const RUN_NEXT = {
  waiting: { opens: "open", superseded: "superseded" },
  open: { passes: "passed", asks: "asks", superseded: "superseded" },
  asks: { promote: "passed", wait: "open", passes: "passed", superseded: "superseded" },
  // It stays: who joins it later is given the release at once.
  passed: {},
  superseded: {},
} as const satisfies Record<RunState, Partial<Record<RunEvent, RunState>>>;

/** An urgent run may ask while it waits, and a person may open it. */
export const URGENT_NEXT = {
  ...RUN_NEXT,
  waiting: { ...RUN_NEXT.waiting, asks: "waiting", promote: "open" },
} as const satisfies Record<RunState, Partial<Record<RunEvent, RunState>>>;

/** The first two are the gate's, the others a person's. */
export type RolloutEvent = "fails" | "superseded" | "hold" | "pause" | "resume" | "abort";

export const ROLLOUT_NEXT = {
  running: { fails: "paused", superseded: "superseded", hold: "held", pause: "paused", abort: "aborted" },
  held: { fails: "paused", superseded: "superseded", pause: "paused", resume: "running", abort: "aborted" },
  paused: { superseded: "superseded", resume: "running", abort: "aborted" },
  aborted: {},
  // It counts again while all that superseded it stands back.
  superseded: { fails: "paused" },
} as const satisfies Record<RolloutState, Partial<Record<RolloutEvent, RolloutState>>>;

/** The state after an event; undefined: the event does not fit the state. */
export function runNext({ state, urgent }: { state: RunState; urgent: boolean }, event: RunEvent) {
  const row: Partial<Record<RunEvent, RunState>> = (urgent ? URGENT_NEXT : RUN_NEXT)[state];
  return row[event];
}

export function rolloutNext(state: RolloutState, event: RolloutEvent): RolloutState | undefined {
  const row: Partial<Record<RolloutEvent, RolloutState>> = ROLLOUT_NEXT[state];
  return row[event];
}

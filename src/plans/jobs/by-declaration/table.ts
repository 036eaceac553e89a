/** The state table of jobs that are told by declaration. */
import { ENDS, type Row, STOP } from "../ends.ts";
import type { State, Stopping } from "../state.ts";

/** What the device says leads, from whatever state: a report may be the first for days. */
const FOLLOWS = {
  notTaken: "declaring",
  inForce: "declared",
  progress: "downloading",
  downloaded: "ready",
  installing: "installing",
  refusedByDevice: "blocked",
  undeclarable: "blocked",
  failing: "blocked",
  moved: "asking",
  withdrawn: STOP,
  reached: "done",
  impossible: "failed",
  expired: "failed",
  gone: "failed",
} as const satisfies Row;

/** As in the other table, every state that is not final has a way out by time, by withdrawal and by success. */
export const DECLARED_TABLE = {
  asking: { ...FOLLOWS, begun: "awaiting", below: "awaiting", unheard: "awaiting" },
  awaiting: {
    able: "declaring",
    noWay: "refused",
    unreported: "blocked",
    below: "awaiting",
    notNow: "awaiting",
    unclear: "awaiting",
    hindered: "awaiting",
    unheard: "awaiting",
    moved: "asking",
    withdrawn: STOP,
    reached: "done",
    impossible: "failed",
    expired: "failed",
    gone: "failed",
  },
  scanning: {},
  declaring: { ...FOLLOWS, ...stays("declaring"), taken: "declaring" },
  declared: { ...FOLLOWS, ...stays("declared"), taken: "declaring" },
  downloading: {
    ...FOLLOWS,
    ...stays("downloading"),
    taken: "declaring",
    inForce: "downloading",
    nothingPending: "declared",
  },
  ready: {
    ...FOLLOWS,
    ...stays("ready"),
    taken: "declaring",
    inForce: "ready",
    nothingPending: "declared",
    noPerson: "failed",
  },
  installing: {
    ...FOLLOWS,
    ...stays("installing"),
    taken: "installing",
    inForce: "installing",
    notTaken: "installing",
  },
  blocked: {
    ...FOLLOWS,
    ...stays("blocked"),
    able: "declaring",
    noWay: "refused",
    unreported: "blocked",
    taken: "declaring",
    noPerson: "failed",
  },
  "taking-back": { ...stopped("taking-back"), dropped: "last-word" },
  "last-word": stopped("last-word"),
  "too-late": stopped("too-late"),
  paused: {
    ...reported("paused"),
    resumed: "asking",
    below: "paused",
    unheard: "paused",
    withdrawn: STOP,
    reached: "done",
    impossible: "failed",
    expired: "failed",
    gone: "failed",
  },
  ...ENDS,
} as const satisfies Record<State, Row>;

/** Nothing new, an answer that says nothing of the update, or silence. */
function stays<S extends State>(state: S) {
  return { below: state, notNow: state, unclear: state, hindered: state, unheard: state } as const;
}

/** What a device may report of a declaration that was taken back. */
function reported<S extends Stopping | "paused">(state: S) {
  return {
    inForce: state,
    taken: state,
    progress: state,
    downloaded: state,
    installing: "too-late",
    refusedByDevice: state,
    failing: state,
    notTaken: state,
  } as const;
}

/** After a stop the device may say what it likes of its update: only that it installs makes it too late. */
function stopped<S extends Stopping>(state: S) {
  return {
    ...stays(state),
    ...reported(state),
    dropped: state,
    withdrawn: STOP,
    resumed: "asking",
    recalled: "stopped",
    cannotConfirm: "stopped",
    reached: "done",
    impossible: "stopped",
    expired: "stopped",
    gone: "stopped",
  } as const;
}

/** The state table of jobs that are told by declaration. */
import { ENDS, type Row } from "../ends.ts";
import type { State } from "../state.ts";

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
  withdrawn: "stopping",
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
    withdrawn: "stopping",
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
  stopping: {
    ...stays("stopping"),
    inForce: "stopping",
    taken: "stopping",
    progress: "stopping",
    downloaded: "stopping",
    installing: "stopping",
    refusedByDevice: "stopping",
    failing: "stopping",
    dropped: "stopping",
    notTaken: "stopping",
    withdrawn: "stopping",
    recalled: "stopped",
    cannotConfirm: "stopped",
    reached: "done",
    impossible: "stopped",
    expired: "stopped",
    gone: "stopped",
  },
  ...ENDS,
} as const satisfies Record<State, Row>;

/** Nothing new, an answer that says nothing of the update, or silence. */
function stays<S extends State>(state: S) {
  return { below: state, notNow: state, unclear: state, hindered: state, unheard: state } as const;
}

/**
 * Reads the document of a job, of whatever version: those without one are version 1. A document is brought to today's shape when
 * it is read, and written in that shape with the job's next step.
 */
import { UptickError } from "../../errors/index.ts";
import type { Ended, Over } from "./ended.ts";
import {
  type Block,
  type ByCommand,
  type ByDeclaration,
  type Declared,
  type End,
  type Job,
  JOB_VERSION,
  type Known,
  type Orders,
  type Stop,
} from "./job.ts";
import type { JobV1 } from "./job-v1.ts";
import { isFinal, type State } from "./state.ts";

/** A job, or one that was over before it began. Throws `job-newer`. */
export function readJob(doc: unknown): Ended {
  const { v = 1, target } = doc as { readonly v?: number; readonly target?: unknown };
  if (v > JOB_VERSION) throw new UptickError("job-newer", `A job has version ${v}; this program knows ${JOB_VERSION}.`);
  if (target === undefined) return doc as Over;
  if (v !== 1) return doc as Job;
  const before = READ.get(doc as JobV1) ?? fromV1(doc as JobV1);
  READ.set(doc as JobV1, before);
  return before;
}

/** What was read before: the same document is the same job. */
const READ = new WeakMap<JobV1, Job>();

/** The same of a job that has begun. */
export const readLiveJob = (doc: unknown): Job => readJob(doc) as Job;

/** What the reasons of version 1 stood for is a field or a state in version 2, and what belongs together is one object. */
function fromV1(old: JobV1): Job {
  const state = stateOf(old);
  const common = { v: JOB_VERSION, ...frozenOf(old), orders: ordersOf(old), known: knownOf(old) } as const;
  const way: ByCommand | ByDeclaration =
    old.mechanism === "declaration"
      ? { mechanism: "declaration", declared: declaredOf(old) }
      : { mechanism: "command" };
  if (isFinal(state)) return { ...common, ...way, state, next: null, end: endOf(old) };
  const block = blockOf(old);
  return {
    ...common,
    ...way,
    state,
    next: old.next ?? { action: "push-again", at: old.since },
    ...(block === undefined ? {} : { block }),
    ...(old.state === "stopping" ? { stop: stopOf(old) } : {}),
    ...(AWAITED_TOKEN[old.state]?.includes(old.reason) === true ? { awaitsToken: true } : {}),
    ...(old.reason === "asking-progress" ? { asked: "progress" } : {}),
  };
}

const SAME = [
  "id",
  "planId",
  "enrollmentId",
  "platform",
  "from",
  "target",
  "goal",
  "action",
  "maxUserDeferrals",
  "twoSteps",
  "identify",
  "because",
  "detailsUrl",
  "window",
  "zone",
  "zoneKnown",
  "zoneNamed",
  "deadlineAt",
  "deadline",
  "bootstrapToken",
  "earlier",
  "expiresAt",
  "createdAt",
  "reason",
  "params",
  "since",
  "out",
  "seen",
  "heardAt",
  "tries",
] as const;
const DECLARED = [
  "enforcement",
  "unreported",
  "otherwise",
  "listedAt",
  "fetchedAt",
  "takenAt",
  "inForceAt",
  "failures",
  "former",
] as const;
const KNOWN = ["productKey", "progress", "deferredUntil", "others", "deferrals", "lastScan", "scanBefore"] as const;

/** The fields of `old` that it has. */
function pick<K extends keyof JobV1>(old: JobV1, names: readonly K[]): Pick<JobV1, K> {
  return Object.fromEntries(names.filter((name) => old[name] !== undefined).map((name) => [name, old[name]])) as Pick<
    JobV1,
    K
  >;
}

const frozenOf = (old: JobV1) => pick(old, SAME);
const declaredOf = (old: JobV1): Declared => pick(old, DECLARED);
const knownOf = (old: JobV1): Known => pick(old, KNOWN);
const ordersOf = (old: JobV1): Orders => ({
  ...pick(old, ["installs", "offers", "scheduled", "noUpdate", "keptBack"]),
  ...(old.orderedAt === undefined ? {} : { downloadAt: old.orderedAt }),
});

function stateOf({ state, mechanism, reason, droppedAt }: JobV1): State {
  if (state !== "stopping" && state !== "pausing") return state;
  if (mechanism !== "declaration") return reason === "withdrawal-unconfirmed" ? "taking-back" : "too-late";
  if (reason === "declared-cannot-be-recalled") return "too-late";
  return droppedAt === undefined ? "taking-back" : "last-word";
}

function stopOf({ params, droppedAt }: JobV1): Stop {
  const { cause, loses } = params;
  return {
    cause: cause === "replaced" ? "replaced" : "plan-stopped",
    ...(loses === "will" || loses === "may" ? { loses } : {}),
    ...(droppedAt === undefined ? {} : { droppedAt }),
  };
}

const BLOCKS: Readonly<Record<string, Block>> = {
  "refused-by-device": { by: "device" },
  "declaration-not-made": { by: "server" },
  "failing-passcode": { by: "failure", needs: "passcode" },
  "failing-space": { by: "failure", needs: "space" },
  failing: { by: "failure" },
  "never-reported": { by: "silence" },
};

const blockOf = ({ state, mechanism, reason }: JobV1): Block | undefined =>
  state === "blocked" && mechanism === "declaration" ? BLOCKS[reason] : undefined;

/** Reasons of a job that waited for the token, or for another order because the Mac did not install without it. */
const AWAITED_TOKEN: { readonly [S in JobV1["state"]]?: readonly string[] } = {
  blocked: ["bootstrap-token-missing", "installs-used-up"],
  ready: ["install-not-begun", "installs-used-up"],
};

function endOf({ reason, finishedAt, ended, since }: JobV1): End {
  const said = ended?.reason ?? reason;
  const by = said === "updated" ? "this" : said === "brought-before" ? "earlier" : undefined;
  return {
    at: finishedAt ?? since,
    ...(by === undefined ? {} : { by }),
    ...(ended === undefined ? {} : { said: ended }),
  };
}

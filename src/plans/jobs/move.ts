/** A job changes its mechanism: the OS has crossed a line, or the device has become able to take declarations. */
import type { Enforcement } from "./by-declaration/enforcement.ts";
import type { Event } from "./event.ts";
import type { Job, LiveJob, Purpose } from "./job.ts";
import type { Mechanism } from "../decisions/mechanism.ts";
import { type Arrival, drop } from "./pace.ts";
import { isWithheld } from "./state.ts";

/**
 * The event that the present choice of mechanism is for this job; undefined: nothing changes. A job that has ordered
 * anything by command moves only when commands are gone: it must not be told twice.
 */
export function moveFor(job: Job, mechanism: Mechanism, enforcement: Enforcement): Event | undefined {
  if (isWithheld(job.state)) return undefined;
  const unreported = job.mechanism === "declaration" && job.declared.unreported === true;
  if (mechanism.kind === "none") return unreported ? { kind: "noWay", reason: mechanism.reason } : undefined;
  if (job.mechanism === "declaration") {
    if (!unreported) return undefined;
    if (mechanism.kind === "command") return { kind: "moved", mechanism };
    if (!mechanism.reported) return undefined;
    // Nothing has been declared yet: a moment that was fixed before the wait may have passed, or lie outside the window now.
    return { kind: "able", enforcement };
  }
  if (mechanism.kind === "command") return undefined;
  const untouched =
    (job.state === "asking" || job.state === "scanning") && job.tries.downloads + job.orders.installs === 0;
  const gone = mechanism.because === "only-declarations";
  return gone || (untouched && mechanism.reported) ? { kind: "moved", mechanism, enforcement } : undefined;
}

/** The job as it begins again by the other mechanism; what it had in the queue is taken back. */
export function move(
  job: LiveJob,
  { mechanism, enforcement }: Extract<Event, { kind: "moved" }>,
  now: number,
): Arrival {
  const {
    mechanism: _mechanism,
    declared: _declared,
    ...rest
  } = { declared: undefined, ...drop(job, "block", "awaitsToken") };
  const effects = (Object.keys(job.out) as Purpose[]).map((purpose) => ({ kind: "withdraw", purpose }) as const);
  const orders = drop(job.orders, "scheduled");
  const begun = { ...rest, orders, state: "asking", since: now, because: mechanism.because } as const;
  const moved: LiveJob =
    mechanism.kind === "command"
      ? { ...begun, mechanism: "command", identify: mechanism.identify }
      : {
          ...begun,
          mechanism: "declaration",
          declared: {
            ...(enforcement === undefined ? {} : { enforcement }),
            ...(mechanism.reported ? {} : { unreported: true }),
            ...(mechanism.otherwise === undefined ? {} : { otherwise: mechanism.otherwise }),
          },
        };
  return { job: moved, effects, then: { kind: "begun" } };
}

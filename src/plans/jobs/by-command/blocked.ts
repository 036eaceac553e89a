/** What is done when something stands in the way of a job by command. */
import type { Effect } from "../effect.ts";
import type { Event } from "../event.ts";
import { endsByEscrow, classOf, isBlocker, RETRY_DELAYS } from "../blocker.ts";
import type { CommandedJob, Said } from "../job.ts";
import { isUsedUp, offerableAt, sayAgain } from "../offers.ts";
import { type Arrival, drop, next, say } from "../pace.ts";
import type { LiveState } from "../state.ts";

export function blocked(job: CommandedJob, event: Event, from: LiveState, now: number): Arrival {
  const effects: Effect[] = (["scan", "list", "download", "install", "status"] as const).map((purpose) => ({
    kind: "withdraw",
    purpose,
  }));
  const blocker =
    event.kind === "hindered"
      ? event.blocker
      : event.kind === "gaveUp"
        ? { code: event.code, detail: "" }
        : event.kind === "notListed"
          ? { code: "not-offered-by-device", detail: event.offered }
          : undefined;
  if (blocker === undefined) return { job, effects: from === "blocked" ? [] : effects };
  const delays = RETRY_DELAYS[classOf(blocker.code)];
  const delay = delays[job.tries.hindered];
  const detail: Said["params"] = blocker.detail === "" ? {} : { detail: blocker.detail };
  // What kept an install from happening is asked about again when the install may be ordered again, not before.
  const after = from === "installing" ? offerableAt(job, now) : now;
  const said: Said = { reason: blocker.code, params: detail };
  const offersAgain = from === "installing" && delay !== undefined;
  const told = offersAgain
    ? sayAgain(job, said, now, isBlocker(blocker.code) ? said : undefined)
    : say(job, said.reason, said.params, now);
  const awaitsToken = endsByEscrow(blocker.code) || (offersAgain && isUsedUp(job, now));
  const tries = { ...told.tries, hindered: job.tries.hindered + 1, downloads: 0 };
  const stuck: CommandedJob = { ...drop(told, "awaitsToken"), tries, ...(awaitsToken ? { awaitsToken } : {}) };
  if (delay === undefined) return { job: stuck, effects, then: { kind: "exhausted" } };
  return { job: next(stuck, "try-again", Math.max(now + delay, after)), effects };
}

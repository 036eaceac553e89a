/**
 * The server fetches Apple's list: once a day by the loop, and when somebody asks. A list that is fetched goes through the same
 * checks as one that is imported; its date is the day of the fetch. A fetch that fails changes nothing in the catalog.
 */
import { dayOf, type FetchCause, type ParsedList } from "../../catalog/index.ts";
import { isUptickError } from "../../errors/index.ts";
import type { Actor } from "../actor.ts";
import type { JsonOutcome, LookupService, Ports } from "../ports.ts";
import { minuteOf } from "./fetch-schedule.ts";
import type { FetchFailure, ListRecord, SmallerList } from "./list-record.ts";
import { claimFetch, type Claimed, failFetch, type FailFetchInput, takeFetched } from "./note-fetch.ts";
import type { TakenList } from "./note-list.ts";
import { readFetched, type ReadList } from "./read-list.ts";
import { followWithdrawals } from "./withdrawn.ts";

/** Why a fetch begins: it may be due, an admin asks, or another source names a release that the list lacks. */
export type FetchWhy = "schedule" | "admin" | "unknown-release";

export type FetchResult =
  | (TakenList & { readonly parsed: ParsedList })
  /** The service has the list that is in force. `problems`: of the answer, if there was one. */
  | { readonly kind: "confirmed"; readonly list: ListRecord; readonly problems: readonly string[] }
  | ({ readonly kind: "failed" } & FetchFailure)
  /** The server stops, or another process or another list came first. Nothing has failed. */
  | { readonly kind: "stopped" }
  | Exclude<Claimed, { readonly kind: "claimed" }>;

export interface CatalogFetch {
  /** Fetches, if it is due or may be asked for. */
  fetch(why: FetchWhy, actor: Actor): Promise<FetchResult>;
  /** Ends a fetch under way; none begins any more. */
  stop(): void;
}

/** A list of which an admin must decide is stored up to this size (characters of JSON). */
const MOST_STORED = 1024 * 1024;
/** Entries that could not be read, as they are stored and shown: a list that is all wrong has thousands. */
const MOST_PROBLEMS = 20;
/** The service was not heard, so that nobody has to wait before the next try. */
const UNHEARD: ReadonlySet<FetchCause> = new Set(["unreachable", "untrusted", "timed-out"]);

export function createCatalogFetch(ports: Ports, service: LookupService): CatalogFetch {
  const { devices, log } = ports;
  const ending = new AbortController();

  const step = (id: string, why: FetchWhy) => ({
    id,
    asked: why !== "schedule",
    realNow: ports.realNow(),
    minute: minuteOf(ports.random(2)),
  });

  async function ended(
    id: string,
    why: FetchWhy,
    failure: FetchFailure | null,
    smaller: FailFetchInput["smaller"] = null,
  ): Promise<FetchResult> {
    const answered = failure !== null && !UNHEARD.has(failure.cause);
    await devices.run(failFetch, { ...step(id, why), failure, answered, smaller });
    if (failure === null) return { kind: "stopped" };
    log.warn("catalog-fetch-failed", { why, ...failure });
    return { kind: "failed", ...failure };
  }

  async function take(
    outcome: Extract<JsonOutcome, { kind: "json" | "not-modified" }>,
    sent: SmallerList["validators"],
    id: string,
    why: FetchWhy,
    actor: Actor,
  ): Promise<FetchResult> {
    const now = ports.now();
    const date = dayOf(now);
    let read: ReadList | null = null;
    try {
      read = outcome.kind === "json" ? readFetched(outcome.json, date) : null;
    } catch (error) {
      if (!isUptickError(error)) throw error;
      const cause = error.code === "catalog-incomplete" ? "incomplete" : "not-a-list";
      return ended(id, why, { cause, detail: error.message });
    }
    const problems = read?.parsed.problems.slice(0, MOST_PROBLEMS) ?? [];
    const given = read === null ? null : { ...read.given, problems };
    const validators = outcome.kind === "json" ? outcome.validators : sent;
    const timed = step(id, why);
    const result = await actor.run(takeFetched, { ...timed, given, validators, date, now });
    if (result.kind === "smaller" && given !== null)
      return refused({ ...given, validators, fetchedAt: timed.realNow }, result.before, id, why);
    if (result.kind === "smaller" || result.kind === "overtaken") return ended(id, why, null);
    log.info("catalog-fetched", { why, list: result.list.date, changed: result.kind === "taken", problems });
    await followWithdrawals(ports);
    if (result.kind === "confirmed") return { ...result, problems };
    return { ...result, parsed: read?.parsed ?? { releases: [], problems: [], lacks: [] } };
  }

  function refused(list: SmallerList, before: number, id: string, why: FetchWhy): Promise<FetchResult> {
    const detail = `${list.list.pairs} pairs of a version and a device, and the list before has ${before}`;
    if (JSON.stringify(list).length > MOST_STORED) return ended(id, why, { cause: "smaller-not-stored", detail });
    return ended(id, why, { cause: "smaller", detail }, { list, before });
  }

  return {
    async fetch(why, actor) {
      if (ending.signal.aborted) return { kind: "stopped" };
      const id = ports.newId();
      const claimed = await devices.run(claimFetch, step(id, why));
      if (claimed.kind !== "claimed") return claimed;
      const outcome = await service.fetch(claimed.validators, ending.signal);
      if (outcome.kind === "failed") return ended(id, why, { cause: outcome.cause, detail: outcome.detail });
      if (outcome.kind === "stopped") return ended(id, why, null);
      return take(outcome, claimed.validators, id, why, actor);
    },
    stop: () => ending.abort(),
  };
}

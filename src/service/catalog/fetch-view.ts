/** Fetches as the API shows them. */
import type { FetchStateView } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import { fetchFailureWords, fetchWords } from "../../words/index.ts";
import { isoTime } from "../iso-time.ts";
import type { FetchResult } from "./catalog-fetch.ts";
import type { FetchState } from "./list-record.ts";

const instant = (ms: number | null): string | null => (ms === null ? null : isoTime(ms));

export function fetchStateView(fetch: FetchState, automatic: boolean): FetchStateView {
  const { triedAt, goodAt, failure, problems, smaller } = fetch;
  const nextAt = automatic ? fetch.nextAt : null;
  return {
    automatic,
    nextAt: instant(nextAt),
    triedAt: instant(triedAt),
    goodAt: instant(goodAt),
    failure:
      failure === null
        ? null
        : {
            reason: failure.cause,
            ...fetchFailureWords(failure),
            sinceAt: isoTime(failure.since),
            count: failure.count,
          },
    problems,
    smaller: smaller === null ? null : { listDate: smaller.date, pairs: smaller.pairs, before: smaller.before },
    sentence: fetchWords({ automatic, nextAt, goodAt, failing: failure }),
  };
}

/** What an admin is told of a fetch that brought nothing; `now` is the real time, ms UTC. */
export function refusedFetch(
  result: Exclude<FetchResult, { readonly kind: "taken" | "confirmed" }>,
  now: number,
): UptickError {
  switch (result.kind) {
    case "failed": {
      const { sentence: text, remedy } = fetchFailureWords(result);
      const isSmaller = result.cause === "smaller" || result.cause === "smaller-not-stored";
      return new UptickError(isSmaller ? "catalog-smaller" : "catalog-fetch-failed", text, { remedy });
    }
    case "limited":
      return new UptickError(
        "catalog-fetch-limited",
        `Apple's Software Lookup Service was asked less than an hour ago. The list can be fetched again at ${isoTime(result.until)}.`,
        { retryAfter: Math.max(1, Math.ceil((result.until - now) / 1000)) },
      );
    case "stopped":
      return new UptickError("catalog-fetch-busy", "The fetch was stopped, or another list came meanwhile.");
    case "busy":
    case "not-due":
      return new UptickError("catalog-fetch-busy", "A fetch of Apple's list is under way.");
  }
}

/** How a fetch begins and ends in the store. Of several processes one fetches: the one that holds the claim. */
import { type Decision, transaction, type Json, type Write } from "../../store/index.ts";
import type { Validators } from "../ports.ts";
import { isPlanned, LEAST_PAUSE, retryAt, windowAfter } from "./fetch-schedule.ts";
import {
  type FetchFailure,
  fetchIn,
  type FetchState,
  type GivenList,
  LIST,
  listIn,
  type ListRecord,
  listSetting,
  SMALLER,
  smallerIn,
  type SmallerList,
} from "./list-record.ts";
import { confirmed, dropped, isSmaller, listChange, taken, type TakenList } from "./note-list.ts";

/** Longer than any fetch takes, short enough that a process that died is not waited for. */
export const LEASE = 120_000;

/** What each step of a fetch is told. */
interface Step {
  /** Of the claim. */
  readonly id: string;
  /** False: it was due. True: somebody has asked for it. */
  readonly asked: boolean;
  /** Real time, ms UTC. */
  readonly realNow: number;
  /** Random minute of the next window. */
  readonly minute: number;
}

export type Claimed =
  | { readonly kind: "claimed"; readonly validators: Validators | null }
  | { readonly kind: "not-due" }
  | { readonly kind: "busy" }
  | { readonly kind: "limited"; readonly until: number };

const state = (_ask: object) => ({ list: { from: "setting", where: { name: LIST } } }) as const;

/** Plans the next fetch where none is planned, or begins one. */
export const claimFetch = transaction({
  name: "claimFetch",
  reads: (ask: Step) => state(ask),
  decide({ id, asked, realNow, minute }: Step, seen): { writes: Write[]; result: Claimed } {
    const value = seen.list[0]?.value;
    const fetch = fetchIn(value);
    const write = (change: Partial<FetchState>): Write[] => [listSetting(listIn(value), { ...fetch, ...change })];
    if (isHeld(fetch, realNow)) return { writes: [], result: { kind: "busy" } };
    if (asked) {
      const until = (fetch.askedAt ?? 0) + LEAST_PAUSE;
      if (isAhead(until, realNow, LEAST_PAUSE)) return { writes: [], result: { kind: "limited", until } };
    } else if (!isPlanned(fetch.nextAt, realNow)) {
      return { writes: write({ nextAt: windowAfter(realNow, minute) }), result: { kind: "not-due" } };
    } else if (fetch.nextAt > realNow) {
      return { writes: [], result: { kind: "not-due" } };
    }
    return {
      writes: write({ claim: { id, until: realNow + LEASE }, triedAt: realNow }),
      result: { kind: "claimed", validators: fetch.validators },
    };
  },
});

const isHeld = ({ claim }: FetchState, now: number): boolean => claim !== null && isAhead(claim.until, now, LEASE);

/** The clocks of two processes may differ by as much (ms), and an ask may be as old when it is decided. */
const SLACK = 60_000;

/** True for a moment in the future, unless it is further away than `most`: then the clock was set back after it was written. */
const isAhead = (until: number, now: number, most: number): boolean => until > now && until - now <= most + SLACK;

export interface TakeFetchedInput extends Step {
  /** Null: the service says that the list is the one that `validators` are of. */
  readonly given: (GivenList & Pick<SmallerList, "problems">) | null;
  /** Of the answer; those that were sent, where it had none. */
  readonly validators: Validators | null;
  /** YYYY-MM-DD of the fetch. */
  readonly date: string;
  readonly now: number;
}

export type Fetched =
  | TakenList
  | { readonly kind: "confirmed"; readonly list: ListRecord }
  | { readonly kind: "smaller"; readonly before: number }
  /** Another process has begun since, or another list has come: nothing was taken. */
  | { readonly kind: "overtaken" };

/** A good fetch: its list is taken, or confirmed where it is the one in force. */
export const takeFetched = transaction({
  name: "takeFetched",
  reads: (ask: TakeFetchedInput) => ({
    ...state(ask),
    known: { from: "release", where: {}, ...(ask.given === null ? { limit: 0 } : {}) },
  }),
  changes: ({ date }) => ({ id: null, detail: `list of ${date}` }),
  decide(input: TakeFetchedInput, seen): Decision<Fetched> {
    const { id, given, validators, date, now } = input;
    const value = seen.list[0]?.value;
    const [before, fetch] = [listIn(value), fetchIn(value)];
    if (fetch.claim?.id !== id) return { writes: [], result: { kind: "overtaken" } };
    const good = goodState(fetch, input);
    if (given === null || (before !== null && given.list.mark === before.mark)) {
      // An import may have brought another list while this answer was on its way.
      if (before === null || (given === null && !isSame(validators, fetch.validators)))
        return { writes: [], result: { kind: "overtaken" } };
      const list = confirmed(before, date, now);
      const change = listChange(before, list);
      return { writes: [listSetting(list, good), ...dropped(fetch)], change, result: { kind: "confirmed", list } };
    }
    if (isSmaller(given, before)) return { writes: [], result: { kind: "smaller", before: before?.pairs ?? 0 } };
    const { writes, result } = taken(given, before, seen.known, now);
    const change = listChange(before, result.list);
    return { writes: [...writes, listSetting(result.list, good), ...dropped(fetch)], change, result };
  },
});

const isSame = (one: Validators | null, other: Validators | null): boolean =>
  one?.etag === other?.etag && one?.lastModified === other?.lastModified;

const goodState = (fetch: FetchState, { realNow, minute, asked, validators, given }: TakeFetchedInput): FetchState => ({
  ...fetch,
  nextAt: windowAfter(realNow, minute),
  goodAt: realNow,
  askedAt: asked ? realNow : fetch.askedAt,
  claim: null,
  validators,
  failure: null,
  problems: given?.problems ?? fetch.problems,
  smaller: null,
});

export interface FailFetchInput extends Step {
  /** Null: it was stopped or overtaken, which is no failure. */
  readonly failure: FetchFailure | null;
  /** The service has answered: an admin may not ask again for an hour. */
  readonly answered: boolean;
  /** What an admin may accept. */
  readonly smaller: { readonly list: SmallerList; readonly before: number } | null;
}

/** A fetch that brought no list: it changes nothing in the catalog. */
export const failFetch = transaction({
  name: "failFetch",
  reads: (ask: FailFetchInput) => state(ask),
  decide(input: FailFetchInput, seen): { writes: Write[]; result: null } {
    const { id, asked, realNow, minute, failure, answered, smaller } = input;
    const value = seen.list[0]?.value;
    const fetch = fetchIn(value);
    if (fetch.claim?.id !== id) return { writes: [], result: null };
    const put = (next: FetchState): Write => listSetting(listIn(value), next);
    if (failure === null) return { writes: [put({ ...fetch, claim: null })], result: null };
    const { since = realNow, count = 0 } = fetch.failure ?? {};
    const kept = asked && isPlanned(fetch.nextAt, realNow) && fetch.nextAt > realNow ? fetch.nextAt : undefined;
    const next: FetchState = {
      ...fetch,
      nextAt: kept ?? retryAt(count + 1, realNow, minute),
      askedAt: asked && answered ? realNow : fetch.askedAt,
      claim: null,
      failure: { ...failure, since, count: count + 1 },
      ...(smaller === null
        ? {}
        : { smaller: { date: smaller.list.list.date, pairs: smaller.list.list.pairs, before: smaller.before } }),
    };
    const waits = smaller === null ? [] : [waiting(smaller.list)];
    return { writes: [put(next), ...waits], result: null };
  },
});

const waiting = (list: SmallerList): Write => ({
  put: "setting",
  row: { name: SMALLER, value: list as unknown as Json },
});

export interface AcceptInput {
  /** Of the list that waits, for the audit. */
  readonly date: string;
  readonly now: number;
}

/** An admin takes the list that was only too small. */
export const acceptSmaller = transaction({
  name: "acceptSmaller",
  reads: (ask: AcceptInput) => ({
    ...state(ask),
    smaller: { from: "setting", where: { name: SMALLER } },
    known: { from: "release", where: {} },
  }),
  changes: ({ date }) => ({ id: null, detail: `smaller list of ${date}` }),
  decide({ now }: AcceptInput, seen): Decision<TakenList | { readonly kind: "none" }> {
    const value = seen.list[0]?.value;
    const fetch = fetchIn(value);
    const given = fetch.smaller === null ? null : smallerIn(seen.smaller[0]?.value);
    if (given === null) return { writes: [], result: { kind: "none" } };
    const { writes, result } = taken(given, listIn(value), seen.known, now);
    const { validators, problems, fetchedAt: goodAt } = given;
    const good: FetchState = { ...fetch, validators, problems, goodAt, failure: null, smaller: null };
    const change = listChange(listIn(value), result.list);
    return { writes: [...writes, listSetting(result.list, good), ...dropped(fetch)], change, result };
  },
});

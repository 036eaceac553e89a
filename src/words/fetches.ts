/** Fetches of Apple's list in words: why one failed, what an admin does about it, and when the next one is. */
import type { FetchCause } from "../catalog/index.ts";
import { utc } from "./local-time.ts";

export interface FailedFetch {
  readonly cause: FetchCause;
  /** The error's code, a status, or a count. */
  readonly detail: string;
}

interface Words {
  /** A sentence. */
  readonly sentence: string;
  readonly remedy: string;
}

const AGAIN = "run uptick catalog fetch";
const IMPORT = "Until then, import a list that you have downloaded: uptick catalog import pmv.json.";
const LATER = `Uptick tries again automatically. If the error stays, ${AGAIN} and look for a proxy or a firewall that changes the answer. ${IMPORT}`;

const WORDS: { readonly [C in FetchCause]: (detail: string) => Words } = {
  unreachable: (detail) => ({
    sentence: `The server could not connect to Apple's Software Lookup Service (${detail}).`,
    remedy: `Let the server connect to gdmf.apple.com, TCP port 443 (or to the host of lookup-service-url), and ${AGAIN}. ${IMPORT}`,
  }),
  untrusted: (detail) => ({
    sentence: `The TLS certificate of Apple's Software Lookup Service is not trusted (${detail}).`,
    remedy: `Check that no proxy opens the TLS connections of the server, and that its clock is right. If a proxy must do so, name its CA in lookup-service-ca. Then ${AGAIN}. ${IMPORT}`,
  }),
  "timed-out": (detail) => ({
    sentence: `Apple's Software Lookup Service did not answer in time: ${detail}.`,
    remedy: `Let the server connect to gdmf.apple.com, TCP port 443 (or to the host of lookup-service-url), and ${AGAIN}. ${IMPORT}`,
  }),
  "cut-off": (detail) => ({
    sentence: `The answer of Apple's Software Lookup Service broke off or was not HTTP (${detail}).`,
    remedy: LATER,
  }),
  "too-large": (detail) => ({
    sentence: `The answer of Apple's Software Lookup Service was too large: ${detail}.`,
    remedy: LATER,
  }),
  redirected: (detail) => ({
    sentence: `Apple's Software Lookup Service answered with a redirect (${detail}), which Uptick does not follow.`,
    remedy: LATER,
  }),
  status: (detail) => ({
    sentence: `Apple's Software Lookup Service answered with an error (${detail}).`,
    remedy: LATER,
  }),
  "not-json": (detail) => ({
    sentence: `The answer of Apple's Software Lookup Service could not be read: ${detail}.`,
    remedy: LATER,
  }),
  "not-a-list": (detail) => ({
    sentence: `The answer of Apple's Software Lookup Service is not a list of releases. ${detail}`,
    remedy: LATER,
  }),
  incomplete: (detail) => ({
    sentence: `The list that was fetched is incomplete. ${detail}`,
    remedy: LATER,
  }),
  smaller: (detail) => ({
    sentence: `The list that was fetched is less than half as large as the list before: ${detail}. It was not taken.`,
    remedy:
      "Run uptick catalog accept --dry-run to see which releases it lacks. If Apple's list is really that much smaller, run uptick catalog accept.",
  }),
  "smaller-not-stored": (detail) => ({
    sentence: `The list that was fetched is less than half as large as the list before: ${detail}. It was not taken, and it is too large to be stored.`,
    remedy:
      "Download the list and compare it. If Apple's list is really that much smaller, import it: uptick catalog import pmv.json --accept-smaller.",
  }),
};

export const fetchFailureWords = ({ cause, detail }: FailedFetch): Words => WORDS[cause](detail);

/** What is said of fetches that have failed since a good one. `since`: ms UTC. */
export interface FailingFetch extends FailedFetch {
  readonly since: number;
  readonly count: number;
}

/** "Fetching has failed since 2026-08-25 18:40 UTC (3 times). …" */
export function failingText({ since, count, ...failure }: FailingFetch): string {
  const times = count === 1 ? "once" : `${count} times`;
  return `Fetching it has failed since ${utc(since)} UTC (${times}). ${fetchFailureWords(failure).sentence}`;
}

/** How the fetches go. Times are ms UTC. */
export interface FetchParams {
  /** The server fetches once a day. */
  readonly automatic: boolean;
  readonly nextAt: number | null;
  readonly goodAt: number | null;
  readonly failing: FailingFetch | null;
}

export function fetchWords({ automatic, nextAt, goodAt, failing }: FetchParams): string {
  const last = goodAt === null ? "No list has been fetched yet." : `The last good fetch was at ${utc(goodAt)} UTC.`;
  const failed = failing === null ? [] : [failingText(failing)];
  const next = nextAt === null ? [] : [`The next fetch is at ${utc(nextAt)} UTC.`];
  const off = "Uptick does not fetch the list automatically (catalog-fetch is off).";
  if (!automatic && goodAt === null && failing === null) return off;
  return [last, ...failed, ...(automatic ? next : [off])].join(" ");
}

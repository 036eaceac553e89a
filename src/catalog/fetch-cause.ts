/** Why a list could not be fetched or was not taken. What each means in words is in src/words. */

/** Of the network and of the answer's form: they can come from any service that answers with JSON over HTTPS. */
export const JSON_CAUSES = [
  /** No connection, or it ended before an answer came. */
  "unreachable",
  /** The server's certificate is not one that is trusted for its name today. */
  "untrusted",
  "timed-out",
  /** The connection ended in the middle of the answer, or the answer is not HTTP. */
  "cut-off",
  "too-large",
  "redirected",
  /** Any other status than 200 and 304. */
  "status",
  "not-json",
] as const;
export type JsonCause = (typeof JSON_CAUSES)[number];

export const FETCH_CAUSES = [
  ...JSON_CAUSES,
  /** JSON, but no list of releases. */
  "not-a-list",
  "incomplete",
  /** Less than half of the list before: an admin may accept it. */
  "smaller",
  /** The same, and too large to be stored until an admin decides. */
  "smaller-not-stored",
] as const;
export type FetchCause = (typeof FETCH_CAUSES)[number];

/** Writes that came with an Idempotency-Key: kept for a day, so that the same request again gets the first answer. */
import { step } from "./step.ts";

export const keyedRequests = step(
  "keyed-requests",
  ({ text, integer, bytes, strict }) => `
CREATE TABLE keyed_request (
  id ${text} PRIMARY KEY, request_id ${text} NOT NULL, process ${text} NOT NULL, asked ${bytes} NOT NULL,
  started_at ${integer} NOT NULL, ended_at ${integer}, answer ${bytes}
)${strict};
CREATE INDEX keyed_request_started ON keyed_request (started_at);
CREATE TABLE keyed_change (
  id ${text} PRIMARY KEY, object_kind ${text} NOT NULL, object_id ${text}, at ${integer} NOT NULL
)${strict};
CREATE INDEX keyed_change_at ON keyed_change (at);
`,
);

/** Sessions of accounts, each by the hash of what its cookie holds. */
import { step } from "./step.ts";

export const sessions = step(
  "sessions",
  ({ text, integer, strict }) => `
CREATE TABLE session (
  hash ${text} PRIMARY KEY, account_id ${text} NOT NULL, created_at ${integer} NOT NULL, used_at ${integer} NOT NULL
)${strict};
CREATE INDEX session_account ON session (account_id);
`,
);

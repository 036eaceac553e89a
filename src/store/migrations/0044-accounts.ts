/** Accounts of people. One that an identity provider vouches for is found by issuer and subject, and has no password. */
import { step } from "./step.ts";

export const accounts = step(
  "accounts",
  ({ text, integer, strict }) => `
CREATE TABLE account (
  id ${text} PRIMARY KEY, name ${text} NOT NULL, name_key ${text} NOT NULL UNIQUE, role ${text} NOT NULL, state ${text} NOT NULL,
  password ${text}, issuer ${text}, subject ${text}, revision ${integer} NOT NULL,
  created_at ${integer} NOT NULL, created_by ${text} NOT NULL, changed_at ${integer} NOT NULL, changed_by ${text} NOT NULL,
  signed_in_at ${integer}
)${strict};
CREATE UNIQUE INDEX account_subject ON account (subject, issuer);
`,
);

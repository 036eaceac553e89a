/** Dry runs of plans, kept for a day: a save that names one carries no decision that it did not show. */
import { step } from "./step.ts";

export const dryRuns = step(
  "dry-runs",
  ({ text, integer, strict }) => `
CREATE TABLE dry_run (
  id ${text} PRIMARY KEY,
  hash ${text} NOT NULL,
  at ${integer} NOT NULL,
  catalog_at ${integer},
  plan_revisions ${integer} NOT NULL,
  terms ${text} NOT NULL,
  devices ${integer} NOT NULL,
  pages ${integer} NOT NULL,
  expires_at ${integer} NOT NULL
)${strict};
CREATE INDEX dry_run_hash ON dry_run (hash);
CREATE TABLE dry_run_page (
  dry_run_id ${text} NOT NULL, n ${integer} NOT NULL, doc ${text} NOT NULL, PRIMARY KEY (dry_run_id, n)
)${strict};
`,
);

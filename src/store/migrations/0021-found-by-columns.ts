/** What was found by searching a JSON text has a column: Macs that wait for their user, and why pushes are refused. */
import { step } from "./step.ts";

export const foundByColumns = step(
  "found-by-columns",
  ({ text, integer, jsonText, jsonInteger }) => `
ALTER TABLE job ADD COLUMN needs_user ${integer} NOT NULL DEFAULT 0;
UPDATE job SET needs_user = 1 WHERE doc LIKE '%"bootstrapToken":"%';
DROP INDEX job_needs_user;
CREATE INDEX job_needs_user ON job (enrollment_id) WHERE live = 1 AND needs_user = 1;
ALTER TABLE enrollment ADD COLUMN push_trouble_reason ${text};
ALTER TABLE enrollment ADD COLUMN push_trouble_since ${integer};
UPDATE enrollment SET push_trouble_reason = ${jsonText("push_trouble", "reason")}, push_trouble_since = ${jsonInteger("push_trouble", "since")}
  WHERE push_trouble <> 'null';
`,
);

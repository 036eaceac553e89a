/**
 * A plan may be paused, and all plans halted. The jobs that run are found by an index that holds no others; those that are withheld
 * by that of a plan's states.
 */
import { step } from "./step.ts";

export const halt = step(
  "halt",
  ({ text, integer, strict }) => `
CREATE TABLE halt (
  id ${integer} PRIMARY KEY,
  active ${integer} NOT NULL,
  since ${integer} NOT NULL,
  set_by ${text} NOT NULL,
  reason ${text} NOT NULL
)${strict};
ALTER TABLE plan ADD COLUMN paused_at ${integer};
ALTER TABLE plan ADD COLUMN pause_reason ${text};
ALTER TABLE plan ADD COLUMN pause_by ${text};
DROP INDEX job_withdrawable;
CREATE INDEX job_running ON job (plan_id) WHERE live = 1 AND state NOT IN ('stopping', 'pausing', 'paused');
`,
);

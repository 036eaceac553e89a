/**
 * The gate looks at plans that are decided once too. It finds those with live jobs, and what it must know of each, by small indexes; and a
 * database that has such plans already is looked at once the server runs.
 */
import { step } from "./step.ts";

export const oncePlans = step(
  "once-plans",
  ({ integer }) => `
ALTER TABLE plan ADD COLUMN resumed_at ${integer};
CREATE INDEX job_once_live ON job (plan_id) WHERE live = 1 AND rollout_id IS NULL;
CREATE INDEX job_once_kept ON job (plan_id) WHERE member IS NOT NULL AND rollout_id IS NULL;
UPDATE sweep SET due_at = 0 WHERE name = 'gate' AND due_at IS NULL AND EXISTS (SELECT 1 FROM job WHERE live = 1 AND rollout_id IS NULL);
`,
);

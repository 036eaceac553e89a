/**
 * What the gate asks each minute, by two indexes: the last start in each ring is one seek, and so is whether a device has a newer job of a
 * rollout, or any. Without the second each device was compared with all others of its rollout.
 */
import { step } from "./step.ts";

export const gateLooks = step(
  "gate-looks",
  () => `
DROP INDEX job_rollout;
CREATE INDEX job_rollout ON job (rollout_id, ring, urgent, started_at) WHERE rollout_id IS NOT NULL;
CREATE INDEX job_member ON job (rollout_id, enrollment_id, id) WHERE rollout_id IS NOT NULL;
`,
);

/**
 * What the gate asks of a plan that is decided once stands in one index, as it does of a ring's members (`0040-gate-members.ts`): of the jobs of
 * which it could be seen that their update began or failed. A job that has just begun is not in it, so it costs such a plan nothing.
 */
import type { Step } from "./step.ts";

export const onceMembers: Step = {
  name: "once-members",
  sqlite: `
DROP INDEX job_once_kept;
CREATE INDEX job_once_kept ON job (plan_id, enrollment_id, created_at, started_at, rollout_id, member <> 'null',
  json_extract(member, '$.reachedAt'), json_extract(member, '$.momentAt'),
  CASE WHEN json_extract(member, '$.wentBackAt', '$.installingAt', '$.signs', '$.signSince', '$.report', '$.jobFailedAt', '$.hinderedSince')
    <> '[null,null,null,null,null,null,null]' THEN member END
) WHERE rollout_id IS NULL AND (started_at IS NOT NULL OR member <> 'null');
`,
  postgres: `
DROP INDEX job_once_kept;
CREATE INDEX job_once_kept ON job (plan_id) WHERE rollout_id IS NULL AND (started_at IS NOT NULL OR member <> 'null');
`,
};

/**
 * All that the gate asks of a ring's members stands in one index, beside what it asks of their devices: a job is a long row, and reading each
 * costs more than all else of a look. Of what a job keeps for the gate (`job.member`) the index holds what most members have, and the whole of
 * it where there is more that an outcome hangs on: the reader asks by the same expressions (`sqlite/admin-sql.ts`).
 */
import type { Step } from "./step.ts";

export const gateMembers: Step = {
  name: "gate-members",
  sqlite: `
DROP INDEX job_member;
CREATE INDEX job_member ON job (rollout_id, enrollment_id, id, live, ring, urgent, created_at, started_at,
  json_extract(member, '$.reachedAt'), json_extract(member, '$.momentAt'),
  CASE WHEN json_extract(member, '$.wentBackAt', '$.installingAt', '$.signs', '$.signSince', '$.report', '$.jobFailedAt', '$.hinderedSince')
    <> '[null,null,null,null,null,null,null]' THEN member END
) WHERE rollout_id IS NOT NULL;
`,
  // Here the gate reads the jobs themselves.
  postgres: "",
};

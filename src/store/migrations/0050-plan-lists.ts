/**
 * The list of plans counts the devices of each plan, all of them and those that Apple's list cannot tell apart, and reads no device for
 * it. A page of a plan's jobs in one state reads no other job.
 */
import { step } from "./step.ts";

export const planLists = step(
  "plan-lists",
  () => `
CREATE INDEX listed_governed ON listed (governed_by, platform, product_name, hardware, os_version)
  WHERE state = 'enrolled' AND governed_by IS NOT NULL;
DROP INDEX job_plan_page;
CREATE INDEX job_plan_page ON job (plan_id, enrollment_id, state);
`,
);

/** The standing plan that a device is under stands beside the day on which it came under it: a once plan may govern it meanwhile. */
import { step } from "./step.ts";

export const joinedPlan = step(
  "joined-plan",
  ({ text }) => `
ALTER TABLE enrollment ADD COLUMN joined_plan ${text};
UPDATE enrollment SET joined_plan = governed_by WHERE joined_at IS NOT NULL AND governed_by IN (SELECT id FROM plan WHERE kind = 'standing');
`,
);

/**
 * A device may be excluded until a date. Its last exclusion stands in its row, also when it is over: a report of a day in the past asks
 * for it. `excluded_due_at` is set while one is in force, so that its index finds those.
 */
import { step } from "./step.ts";

export const exclusions = step(
  "exclusions",
  ({ text, integer }) => `
ALTER TABLE enrollment ADD COLUMN excluded_until ${text};
ALTER TABLE enrollment ADD COLUMN excluded_ends_at ${integer};
ALTER TABLE enrollment ADD COLUMN excluded_reason ${text};
ALTER TABLE enrollment ADD COLUMN excluded_by ${text};
ALTER TABLE enrollment ADD COLUMN excluded_at ${integer};
ALTER TABLE enrollment ADD COLUMN excluded_due_at ${integer};
ALTER TABLE enrollment ADD COLUMN excluded_lease_until ${integer} NOT NULL DEFAULT 0;
CREATE INDEX enrollment_excluded_due ON enrollment (excluded_due_at) WHERE excluded_due_at IS NOT NULL;
`,
);

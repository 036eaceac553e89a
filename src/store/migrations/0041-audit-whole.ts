/** What an object was before a change and is after it. The list of the audit is filtered by route and by outcome too. */
import { step } from "./step.ts";

export const auditWhole = step(
  "audit-whole",
  ({ text }) => `
ALTER TABLE audit ADD COLUMN before ${text};
ALTER TABLE audit ADD COLUMN after ${text};
CREATE INDEX audit_route ON audit (route, id);
CREATE INDEX audit_outcome ON audit (outcome, id);
`,
);

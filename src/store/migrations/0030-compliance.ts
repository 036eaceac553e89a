/**
 * The class of compliance of each device stands in its row, with what it follows from: what Apple offers to the device, and what the plan
 * that governs it wants. Devices that are there already are classified as soon as the server runs: their class is due at 0.
 */
import { step } from "./step.ts";

export const compliance = step(
  "compliance",
  ({ text, integer, strict }) => `
ALTER TABLE enrollment ADD COLUMN compliance ${text} NOT NULL DEFAULT 'unknown';
ALTER TABLE enrollment ADD COLUMN compliance_reason ${text} NOT NULL DEFAULT 'not-classified';
ALTER TABLE enrollment ADD COLUMN flags ${text} NOT NULL DEFAULT '';
ALTER TABLE enrollment ADD COLUMN governed_by ${text};
ALTER TABLE enrollment ADD COLUMN target ${text};
ALTER TABLE enrollment ADD COLUMN offer ${text};
ALTER TABLE enrollment ADD COLUMN deadline_at ${integer};
ALTER TABLE enrollment ADD COLUMN class_due_at ${integer};
ALTER TABLE enrollment ADD COLUMN class_lease_until ${integer} NOT NULL DEFAULT 0;
UPDATE enrollment SET class_due_at = 0 WHERE state = 'enrolled';
CREATE INDEX enrollment_compliance ON enrollment (compliance, compliance_reason, flags) WHERE state = 'enrolled';
CREATE INDEX enrollment_governed ON enrollment (governed_by) WHERE governed_by IS NOT NULL;
CREATE INDEX enrollment_class_due ON enrollment (class_due_at) WHERE class_due_at IS NOT NULL;
CREATE TABLE sweep (
  name ${text} PRIMARY KEY, cause ${integer} NOT NULL, cursor ${text}, due_at ${integer}, lease_until ${integer} NOT NULL
)${strict};
INSERT INTO sweep (name, cause, cursor, due_at, lease_until) VALUES ('compliance', 0, NULL, 0, 0);
`,
);

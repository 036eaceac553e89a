/** Tags of devices, groups of devices by rule, and the time zones that rules name. */
import { step } from "./step.ts";

export const scopes = step(
  "scopes",
  ({ text, integer, strict }) => `
CREATE TABLE device_tag (
  enrollment_id ${text} NOT NULL, tag ${text} NOT NULL, PRIMARY KEY (enrollment_id, tag)
)${strict};
CREATE INDEX device_tag_tag ON device_tag (tag, enrollment_id);
CREATE TABLE device_group (
  id ${text} PRIMARY KEY, name ${text} NOT NULL, rule ${text} NOT NULL, revision ${integer} NOT NULL,
  created_at ${integer} NOT NULL, created_by ${text} NOT NULL, changed_at ${integer} NOT NULL, changed_by ${text} NOT NULL
)${strict};
CREATE TABLE zone_rule (
  place ${integer} PRIMARY KEY, rule ${text} NOT NULL, zone ${text} NOT NULL, created_at ${integer} NOT NULL,
  created_by ${text} NOT NULL
)${strict};
`,
);

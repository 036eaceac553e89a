/** Ranges of days on which devices are not restarted. The few that hold are read by every plan, so they have their index. */
import { step } from "./step.ts";

export const blackouts = step(
  "blackouts",
  ({ text, integer, strict }) => `
CREATE TABLE blackout (
  id ${text} PRIMARY KEY, name ${text} NOT NULL, first_day ${text} NOT NULL, last_day ${text} NOT NULL, rule ${text} NOT NULL,
  live ${integer} NOT NULL, created_at ${integer} NOT NULL, created_by ${text} NOT NULL,
  looked_to ${text}, due_at ${integer}, lease_until ${integer} NOT NULL
)${strict};
CREATE INDEX blackout_live ON blackout (id) WHERE live = 1;
CREATE INDEX blackout_due ON blackout (due_at) WHERE due_at IS NOT NULL;
`,
);

/** Bans on releases for some devices. The few that hold are read by every plan, so they have their index. */
import { step } from "./step.ts";

export const blocks = step(
  "blocks",
  ({ text, integer, strict }) => `
CREATE TABLE block (
  id ${text} PRIMARY KEY, platform ${text} NOT NULL, version ${text} NOT NULL, extra ${text}, rule ${text} NOT NULL,
  reason ${text} NOT NULL, until ${integer}, live ${integer} NOT NULL, created_at ${integer} NOT NULL, created_by ${text} NOT NULL,
  ended_at ${integer}, ended_by ${text}, end_reason ${text}, looked_to ${text},
  due_at ${integer}, lease_until ${integer} NOT NULL
)${strict};
CREATE INDEX block_live ON block (id) WHERE live = 1;
CREATE INDEX block_due ON block (due_at) WHERE due_at IS NOT NULL;
`,
);

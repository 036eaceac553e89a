/** What a token may do, and until when. Those that are there may do everything and end never, as when they were made. */
import { step } from "./step.ts";

export const tokenRoles = step(
  "token-roles",
  ({ text, integer }) => `
ALTER TABLE admin_token ADD COLUMN role ${text} NOT NULL DEFAULT 'admin';
ALTER TABLE admin_token ADD COLUMN expires_at ${integer};
ALTER TABLE admin_token ADD COLUMN created_by ${text};
`,
);

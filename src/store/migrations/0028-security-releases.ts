/** What a second source says of releases: the CVEs that each fixes. Apple's list has none. */
import { step } from "./step.ts";

export const securityReleases = step(
  "security-releases",
  ({ text, integer, strict }) => `
CREATE TABLE security_release (
  platform ${text} NOT NULL, version ${text} NOT NULL, doc ${text} NOT NULL, first_seen_at ${integer} NOT NULL,
  last_seen_at ${integer}, PRIMARY KEY (platform, version)
)${strict};
`,
);

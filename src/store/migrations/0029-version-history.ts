/**
 * Which version each device was first seen on, and when: a report of a day in the past reads it. Of devices that are there already only
 * the newest version is known, as of when they were last seen; so what is known of all of them begins with the latest of these
 * moments, which is a setting.
 */
import { step } from "./step.ts";

export const versionHistory = step(
  "version-history",
  ({ text, integer, strict }) => `
CREATE TABLE version_history (
  enrollment_id ${text} NOT NULL, first_seen_at ${integer} NOT NULL, version ${text} NOT NULL, build ${text}, extra ${text},
  PRIMARY KEY (enrollment_id, first_seen_at)
)${strict};
CREATE INDEX version_history_first_seen ON version_history (first_seen_at);
INSERT INTO version_history (enrollment_id, first_seen_at, version, build, extra)
  SELECT id, coalesce(last_seen_at, created_at), os_version, build_version, supplemental_extra
  FROM enrollment WHERE os_version IS NOT NULL;
INSERT INTO setting (name, value)
  SELECT 'version-history', '{"since":' || max(first_seen_at) || '}' FROM version_history HAVING count(*) > 0;
`,
);

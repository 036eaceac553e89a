/** Who changed what, and the maker's name on what was made. Rows from before have no maker. */
export const audit = `
CREATE TABLE audit (
  id TEXT PRIMARY KEY, at INTEGER NOT NULL, actor TEXT, route TEXT NOT NULL, object_kind TEXT NOT NULL, object_id TEXT,
  detail TEXT, address TEXT, outcome TEXT NOT NULL, request_id TEXT, count INTEGER NOT NULL
) STRICT;
CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_actor ON audit (actor, id);
CREATE INDEX audit_object ON audit (object_kind, object_id, id);
ALTER TABLE plan ADD COLUMN created_by TEXT;
ALTER TABLE policy ADD COLUMN created_by TEXT;
ALTER TABLE enrollment_link ADD COLUMN created_by TEXT;
ALTER TABLE challenge ADD COLUMN created_by TEXT;
ALTER TABLE command ADD COLUMN created_by TEXT;
ALTER TABLE closed_command ADD COLUMN created_by TEXT;
ALTER TABLE enrollment ADD COLUMN admin_zone_by TEXT;
`;

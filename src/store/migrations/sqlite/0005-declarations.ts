/** Declarative management: what each device must have, what it has fetched, and what it reports. */
export const declarations = `
ALTER TABLE enrollment ADD COLUMN enforces INTEGER;
ALTER TABLE enrollment ADD COLUMN admin_zone TEXT;
CREATE TABLE declarative (
  enrollment_id TEXT PRIMARY KEY, token TEXT NOT NULL, items TEXT NOT NULL, left_out TEXT NOT NULL, changed_at INTEGER NOT NULL,
  knows TEXT NOT NULL, standing TEXT NOT NULL, asked_at INTEGER, tries INTEGER NOT NULL, synced_at INTEGER,
  synced_token TEXT, held INTEGER NOT NULL, reported_at INTEGER
) STRICT;
CREATE TABLE declaration (
  enrollment_id TEXT NOT NULL, kind TEXT NOT NULL, identifier TEXT NOT NULL, server_token TEXT NOT NULL, body TEXT NOT NULL,
  withdrawn_at INTEGER,
  PRIMARY KEY (enrollment_id, kind, identifier)
) STRICT, WITHOUT ROWID;
CREATE TABLE device_status (enrollment_id TEXT PRIMARY KEY, doc TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
`;

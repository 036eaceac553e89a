/** Policies: standing settings of updates, which devices have which, and how far they have come there. */
export const policies = `
CREATE TABLE policy (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, state TEXT NOT NULL, everyone INTEGER NOT NULL, settings TEXT NOT NULL,
  created_at INTEGER NOT NULL, removed_at INTEGER, due_at INTEGER, lease_until INTEGER NOT NULL
) STRICT;
CREATE INDEX policy_due ON policy (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX policy_everyone ON policy (created_at) WHERE everyone = 1;
CREATE TABLE policy_chunk (
  policy_id TEXT NOT NULL, n INTEGER NOT NULL, devices TEXT NOT NULL, made_at INTEGER,
  PRIMARY KEY (policy_id, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE assignment (
  enrollment_id TEXT PRIMARY KEY, policy_id TEXT NOT NULL, at INTEGER NOT NULL, way TEXT NOT NULL, state TEXT NOT NULL,
  confirmed TEXT, objection TEXT, held INTEGER NOT NULL, profile TEXT, sent TEXT, tries INTEGER NOT NULL
) STRICT;
CREATE INDEX assignment_policy ON assignment (policy_id, enrollment_id);
`;

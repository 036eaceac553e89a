/** Enrollment links, and which of them a challenge came from. */
export const links = `
CREATE TABLE enrollment_link (
  id TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, note TEXT NOT NULL, uses INTEGER NOT NULL, used INTEGER NOT NULL,
  created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, revoked_at INTEGER, downloads INTEGER NOT NULL,
  minute INTEGER NOT NULL, in_minute INTEGER NOT NULL
) STRICT;
CREATE INDEX enrollment_link_expires ON enrollment_link (expires_at);
ALTER TABLE challenge ADD COLUMN link TEXT;
CREATE INDEX challenge_link ON challenge (link, created_at) WHERE link IS NOT NULL;
`;

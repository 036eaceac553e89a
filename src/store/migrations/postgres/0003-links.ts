/** Enrollment links, and which of them a challenge came from. */
const T = 'text COLLATE "C"';

export const links = `
CREATE TABLE enrollment_link (
  id ${T} PRIMARY KEY, hash ${T} NOT NULL UNIQUE, note ${T} NOT NULL, uses bigint NOT NULL, used bigint NOT NULL,
  created_at bigint NOT NULL, expires_at bigint NOT NULL, revoked_at bigint, downloads bigint NOT NULL,
  minute bigint NOT NULL, in_minute bigint NOT NULL
);
CREATE INDEX enrollment_link_expires ON enrollment_link (expires_at);
ALTER TABLE challenge ADD COLUMN link ${T};
CREATE INDEX challenge_link ON challenge (link, created_at) WHERE link IS NOT NULL;
`;

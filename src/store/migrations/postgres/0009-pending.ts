/**
 * Certificates that wait for an admin, and one certificate in two spellings. `identity_hash` of what is there already needs
 * the certificate to be read: the next start fills it.
 */
const T = 'text COLLATE "C"';

export const pending = `
ALTER TABLE certificate ADD COLUMN identity_hash ${T};
ALTER TABLE certificate ADD COLUMN pending_for ${T};
ALTER TABLE certificate ADD COLUMN superseded_at bigint;
CREATE INDEX certificate_identity ON certificate (identity_hash);
CREATE INDEX certificate_pending ON certificate (pending_for) WHERE pending_for IS NOT NULL;
UPDATE certificate SET pending_for = renews, renews = NULL
  WHERE purpose = 'external' AND enrollment_id IS NULL AND renews IS NOT NULL;
UPDATE secret SET owner = 'pending:' || substr(owner, 8) WHERE owner LIKE 'asking:%';
`;

/** Identities over time: when each ends and is renewed, which one replaced which, and what a challenge is bound to. */
export const renewals = `
ALTER TABLE challenge ADD COLUMN device TEXT;
ALTER TABLE certificate ADD COLUMN device TEXT;
ALTER TABLE certificate ADD COLUMN renewed_by TEXT;
CREATE INDEX challenge_enrollment ON challenge (enrollment_id);
CREATE INDEX certificate_renews ON certificate (renews);
CREATE TABLE renewal (
  enrollment_id TEXT PRIMARY KEY, ends_at INTEGER NOT NULL, due_at INTEGER, attempts INTEGER NOT NULL,
  lease_until INTEGER NOT NULL
) STRICT;
CREATE INDEX renewal_due ON renewal (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX renewal_ends ON renewal (ends_at);
INSERT INTO renewal (enrollment_id, ends_at, due_at, attempts, lease_until)
  SELECT e.id, c.not_after, c.not_after - 5184000000, 0, 0
  FROM enrollment e JOIN certificate c ON c.fingerprint = e.certificate
  WHERE e.state = 'enrolled' AND c.not_after > 0;
`;

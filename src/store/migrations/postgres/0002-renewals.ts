/** Identities over time: when each ends and is renewed, which one replaced which, and what a challenge is bound to. */
const T = 'text COLLATE "C"';

export const renewals = `
ALTER TABLE challenge ADD COLUMN device ${T};
ALTER TABLE certificate ADD COLUMN device ${T};
ALTER TABLE certificate ADD COLUMN renewed_by ${T};
CREATE INDEX challenge_enrollment ON challenge (enrollment_id);
CREATE INDEX certificate_renews ON certificate (renews);
CREATE TABLE renewal (
  enrollment_id ${T} PRIMARY KEY, ends_at bigint NOT NULL, due_at bigint, attempts bigint NOT NULL,
  lease_until bigint NOT NULL
);
CREATE INDEX renewal_due ON renewal (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX renewal_ends ON renewal (ends_at);
INSERT INTO renewal (enrollment_id, ends_at, due_at, attempts, lease_until)
  SELECT e.id, c.not_after, c.not_after - 5184000000, 0, 0
  FROM enrollment e JOIN certificate c ON c.fingerprint = e.certificate
  WHERE e.state = 'enrolled' AND c.not_after > 0;
`;

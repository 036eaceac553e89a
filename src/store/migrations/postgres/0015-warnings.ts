/** Devices that a warning is about are found by index, and the newest refusal of a renewal is kept. */
const T = 'text COLLATE "C"';

export const warnings = `
ALTER TABLE renewal ADD COLUMN error ${T};
ALTER TABLE renewal ADD COLUMN error_at bigint;
CREATE INDEX renewal_error ON renewal (error_at) WHERE error_at IS NOT NULL;
CREATE INDEX enrollment_quarantined ON enrollment (id) WHERE state = 'quarantined';
CREATE INDEX enrollment_unpushable ON enrollment (pushable, id) WHERE state = 'enrolled';
CREATE INDEX enrollment_topic ON enrollment (topic) WHERE state = 'enrolled';
CREATE INDEX job_needs_user ON job (enrollment_id) WHERE live = 1 AND strpos(doc, '"bootstrapToken":"') > 0;
`;

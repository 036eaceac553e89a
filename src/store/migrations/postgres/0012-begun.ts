/** A job that was over before it began is a decision about its plan: a device is shown by its live or newest begun job. */
export const begun = `
ALTER TABLE job ADD COLUMN begun bigint NOT NULL DEFAULT 1;
UPDATE job SET begun = 0 WHERE live = 0 AND doc NOT LIKE '%"target":{%';
DROP INDEX job_enrollment;
CREATE INDEX job_enrollment ON job (enrollment_id, live, begun, created_at, id);
`;

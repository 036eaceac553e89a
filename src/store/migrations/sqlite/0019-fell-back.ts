/** Jobs whose device went below its release again are counted for a warning: few among all that have ended. */
export const fellBack = `
CREATE INDEX job_fell_back ON job (enrollment_id) WHERE state = 'fell-back';
`;

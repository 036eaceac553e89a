/** Decisions of a plan that was never accepted, as the process ended meanwhile, are found by their age and forgotten. */
export const chunkAdded = `
ALTER TABLE plan_chunk ADD COLUMN added_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX plan_chunk_waiting ON plan_chunk (added_at) WHERE made_at IS NULL;
`;

/** What Apple's push service made of the pushes to a device: how many it accepted, and why it refuses them. */
export const reach = `
ALTER TABLE enrollment ADD COLUMN pushes_accepted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE enrollment ADD COLUMN push_trouble TEXT NOT NULL DEFAULT 'null';
`;

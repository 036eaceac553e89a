/** A status report that says nothing new is counted, and so is how often a device has said NotNow to a command. */
export const repeats = `
ALTER TABLE device_status ADD COLUMN digest TEXT NOT NULL DEFAULT '';
ALTER TABLE device_status ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
ALTER TABLE device_status ADD COLUMN count INTEGER NOT NULL DEFAULT 1;
ALTER TABLE command ADD COLUMN not_nows INTEGER NOT NULL DEFAULT 0;
UPDATE device_status SET since = at;
`;

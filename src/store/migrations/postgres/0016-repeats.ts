/** A status report that says nothing new is counted, and so is how often a device has said NotNow to a command. */
const T = 'text COLLATE "C"';

export const repeats = `
ALTER TABLE device_status ADD COLUMN digest ${T} NOT NULL DEFAULT '';
ALTER TABLE device_status ADD COLUMN since bigint NOT NULL DEFAULT 0;
ALTER TABLE device_status ADD COLUMN count bigint NOT NULL DEFAULT 1;
ALTER TABLE command ADD COLUMN not_nows bigint NOT NULL DEFAULT 0;
UPDATE device_status SET since = at;
`;

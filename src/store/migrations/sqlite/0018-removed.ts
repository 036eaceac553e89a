/** Devices that an admin removed, forgotten with their history; and serial numbers of several enrollments. */
export const removed = `
ALTER TABLE enrollment ADD COLUMN removed_at INTEGER;
CREATE INDEX enrollment_removed ON enrollment (removed_at) WHERE removed_at IS NOT NULL;
CREATE INDEX enrollment_serial_state ON enrollment (serial, state) WHERE serial IS NOT NULL;
`;

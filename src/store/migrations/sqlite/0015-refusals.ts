/** Refused requests and failed handshakes, of all devices. The list of refused SCEP requests was a setting before. */
export const refusals = `
CREATE TABLE refusal (
  id TEXT PRIMARY KEY, source TEXT NOT NULL, reason TEXT NOT NULL, sentence TEXT NOT NULL, remedy TEXT NOT NULL, udid TEXT,
  fingerprint TEXT, owner TEXT, address TEXT, count INTEGER NOT NULL, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL,
  noted_at INTEGER
) STRICT;
CREATE INDEX refusal_last ON refusal (last_at, id);
DELETE FROM setting WHERE name = 'scep-refusals';
`;

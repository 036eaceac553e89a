/** Refused requests and failed handshakes, of all devices. The list of refused SCEP requests was a setting before. */
const T = 'text COLLATE "C"';

export const refusals = `
CREATE TABLE refusal (
  id ${T} PRIMARY KEY, source ${T} NOT NULL, reason ${T} NOT NULL, sentence ${T} NOT NULL, remedy ${T} NOT NULL, udid ${T},
  fingerprint ${T}, owner ${T}, address ${T}, count bigint NOT NULL, first_at bigint NOT NULL, last_at bigint NOT NULL,
  noted_at bigint
);
CREATE INDEX refusal_last ON refusal (last_at, id);
DELETE FROM setting WHERE name = 'scep-refusals';
`;

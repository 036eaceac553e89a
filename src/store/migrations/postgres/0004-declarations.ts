/** Declarative management: what each device must have, what it has fetched, and what it reports. */
const T = 'text COLLATE "C"';

export const declarations = `
ALTER TABLE enrollment ADD COLUMN enforces bigint;
ALTER TABLE enrollment ADD COLUMN admin_zone ${T};
CREATE TABLE declarative (
  enrollment_id ${T} PRIMARY KEY, token ${T} NOT NULL, items ${T} NOT NULL, left_out ${T} NOT NULL, changed_at bigint NOT NULL,
  knows ${T} NOT NULL, standing ${T} NOT NULL, asked_at bigint, tries bigint NOT NULL, synced_at bigint,
  synced_token ${T}, held bigint NOT NULL, reported_at bigint
);
CREATE TABLE declaration (
  enrollment_id ${T} NOT NULL, kind ${T} NOT NULL, identifier ${T} NOT NULL, server_token ${T} NOT NULL, body ${T} NOT NULL,
  withdrawn_at bigint,
  PRIMARY KEY (enrollment_id, kind, identifier)
);
CREATE TABLE device_status (enrollment_id ${T} PRIMARY KEY, doc ${T} NOT NULL, at bigint NOT NULL);
`;

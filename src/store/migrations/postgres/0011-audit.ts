/** Who changed what, and the maker's name on what was made. Rows from before have no maker. */
const T = 'text COLLATE "C"';

export const audit = `
CREATE TABLE audit (
  id ${T} PRIMARY KEY, at bigint NOT NULL, actor ${T}, route ${T} NOT NULL, object_kind ${T} NOT NULL, object_id ${T},
  detail ${T}, address ${T}, outcome ${T} NOT NULL, request_id ${T}, count bigint NOT NULL
);
CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_actor ON audit (actor, id);
CREATE INDEX audit_object ON audit (object_kind, object_id, id);
ALTER TABLE plan ADD COLUMN created_by ${T};
ALTER TABLE policy ADD COLUMN created_by ${T};
ALTER TABLE enrollment_link ADD COLUMN created_by ${T};
ALTER TABLE challenge ADD COLUMN created_by ${T};
ALTER TABLE command ADD COLUMN created_by ${T};
ALTER TABLE closed_command ADD COLUMN created_by ${T};
ALTER TABLE enrollment ADD COLUMN admin_zone_by ${T};
`;

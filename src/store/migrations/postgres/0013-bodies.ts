/**
 * Bytes of messages move into a table where each is stored once, and the timeline and the closed commands refer to them. Of
 * what a device has sent, the newest 8 MiB are kept. An answer stood on the timeline too: there only the reference stays.
 */
const T = 'text COLLATE "C"';
const REF = (size: string, kept: string, batch: string, n: string): string =>
  `json_build_object('bytes', ${size}, 'kept', ${kept}, 'batch', ${batch}, 'n', ${n})::text`;
const ANSWERS = "('answer', 'answer-late', 'answer-unasked', 'answer-unreadable')";

export const bodies = `
CREATE TABLE body (
  enrollment_id ${T} NOT NULL, batch bigint NOT NULL, n bigint NOT NULL, at bigint NOT NULL, size bigint NOT NULL,
  bytes bytea NOT NULL,
  PRIMARY KEY (enrollment_id, batch, n)
);
CREATE INDEX body_age ON body (at);
CREATE TABLE body_batch (
  enrollment_id ${T} NOT NULL, batch bigint NOT NULL, asked bigint NOT NULL, kept_bytes bigint NOT NULL, last bigint NOT NULL,
  PRIMARY KEY (enrollment_id, batch)
);

CREATE TABLE moved AS
  SELECT enrollment_id, uuid, seq, at, size, (17 - newer::bigint / 524288) * 2 + asked AS batch, n FROM (
    SELECT enrollment_id, uuid, seq, at, size, asked,
      sum(size) OVER (PARTITION BY enrollment_id ORDER BY at DESC, seq DESC, uuid DESC) AS newer,
      row_number() OVER (PARTITION BY enrollment_id ORDER BY at, seq, uuid) AS n
    FROM (
      SELECT enrollment_id, uuid, 0::bigint AS seq, closed_at AS at, length(answer)::bigint AS size,
        (origin = 'raw' AND request_type <> 'unknown')::int AS asked
      FROM closed_command WHERE answer IS NOT NULL
      UNION ALL
      SELECT enrollment_id, '' COLLATE "C", seq, at, length(raw)::bigint, 0 FROM timeline
        WHERE raw IS NOT NULL AND enrollment_id IS NOT NULL AND kind NOT IN ${ANSWERS}
    ) AS message
  ) AS numbered WHERE newer <= 8388608;
CREATE INDEX moved_uuid ON moved (enrollment_id, uuid);
CREATE INDEX moved_seq ON moved (seq);
INSERT INTO body SELECT m.enrollment_id, m.batch, m.n, m.at, m.size, c.answer
  FROM moved m JOIN closed_command c ON c.enrollment_id = m.enrollment_id AND c.uuid = m.uuid WHERE m.seq = 0;
INSERT INTO body SELECT m.enrollment_id, m.batch, m.n, m.at, m.size, t.raw
  FROM moved m JOIN timeline t ON t.seq = m.seq WHERE m.seq > 0;
INSERT INTO body_batch SELECT enrollment_id, batch, batch % 2, sum(size), max(n) FROM body GROUP BY enrollment_id, batch;

ALTER TABLE closed_command ADD COLUMN answer_at ${T} NOT NULL DEFAULT 'null';
UPDATE closed_command c SET answer_at = coalesce(
  (SELECT ${REF("m.size", "m.size", "m.batch", "m.n")} FROM moved m
    WHERE m.enrollment_id = c.enrollment_id AND m.uuid = c.uuid AND m.seq = 0),
  ${REF("length(c.answer)", "0", "0", "0")}) WHERE answer IS NOT NULL;
ALTER TABLE timeline ADD COLUMN raw_at ${T} NOT NULL DEFAULT 'null';
UPDATE timeline t SET raw_at = coalesce(
  (SELECT ${REF("m.size", "m.size", "m.batch", "m.n")} FROM moved m WHERE m.seq = t.seq),
  (SELECT c.answer_at FROM closed_command c WHERE t.kind IN ${ANSWERS} AND c.enrollment_id = t.enrollment_id
    AND c.uuid = substring(t.data from '"uuid":"([^"]*)"') AND c.answer IS NOT NULL),
  ${REF("length(t.raw)", "0", "0", "0")}) WHERE raw IS NOT NULL;
ALTER TABLE closed_command DROP COLUMN answer;
ALTER TABLE closed_command RENAME COLUMN answer_at TO answer;
ALTER TABLE timeline DROP COLUMN raw;
ALTER TABLE timeline RENAME COLUMN raw_at TO raw;
DROP TABLE moved;
`;

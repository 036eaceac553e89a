/**
 * Bytes of messages move into a table where each is stored once, and the timeline and the closed commands refer to them. Of
 * what a device has sent, the newest 8 MiB are kept. An answer stood on the timeline too: there only the reference stays.
 */
export const bodies = `
CREATE TABLE body (
  enrollment_id TEXT NOT NULL, batch INTEGER NOT NULL, n INTEGER NOT NULL, at INTEGER NOT NULL, size INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (enrollment_id, batch, n)
) STRICT;
CREATE INDEX body_age ON body (at);
CREATE TABLE body_batch (
  enrollment_id TEXT NOT NULL, batch INTEGER NOT NULL, asked INTEGER NOT NULL, kept_bytes INTEGER NOT NULL, last INTEGER NOT NULL,
  PRIMARY KEY (enrollment_id, batch)
) STRICT, WITHOUT ROWID;

CREATE TABLE moved AS
  SELECT enrollment_id, uuid, seq, at, size, (17 - newer / 524288) * 2 + asked AS batch, n FROM (
    SELECT enrollment_id, uuid, seq, at, size, asked,
      sum(size) OVER (PARTITION BY enrollment_id ORDER BY at DESC, seq DESC, uuid DESC) AS newer,
      row_number() OVER (PARTITION BY enrollment_id ORDER BY at, seq, uuid) AS n
    FROM (
      SELECT enrollment_id, uuid, 0 AS seq, closed_at AS at, length(answer) AS size,
        origin = 'raw' AND request_type <> 'unknown' AS asked
      FROM closed_command WHERE answer IS NOT NULL
      UNION ALL
      SELECT enrollment_id, '', seq, at, length(raw), 0 FROM timeline WHERE raw IS NOT NULL AND enrollment_id IS NOT NULL
        AND kind NOT IN ('answer', 'answer-late', 'answer-unasked', 'answer-unreadable')
    )
  ) WHERE newer <= 8388608;
CREATE INDEX moved_uuid ON moved (enrollment_id, uuid);
CREATE INDEX moved_seq ON moved (seq);
INSERT INTO body SELECT m.enrollment_id, m.batch, m.n, m.at, m.size, c.answer
  FROM moved m JOIN closed_command c ON c.enrollment_id = m.enrollment_id AND c.uuid = m.uuid WHERE m.seq = 0;
INSERT INTO body SELECT m.enrollment_id, m.batch, m.n, m.at, m.size, t.raw
  FROM moved m JOIN timeline t ON t.seq = m.seq WHERE m.seq > 0;
INSERT INTO body_batch SELECT enrollment_id, batch, batch % 2, sum(size), max(n) FROM body GROUP BY enrollment_id, batch;

ALTER TABLE closed_command ADD COLUMN answer_at TEXT NOT NULL DEFAULT 'null';
UPDATE closed_command SET answer_at = coalesce(
  (SELECT json_object('bytes', m.size, 'kept', m.size, 'batch', m.batch, 'n', m.n) FROM moved m
    WHERE m.enrollment_id = closed_command.enrollment_id AND m.uuid = closed_command.uuid AND m.seq = 0),
  json_object('bytes', length(answer), 'kept', 0, 'batch', 0, 'n', 0)) WHERE answer IS NOT NULL;
ALTER TABLE timeline ADD COLUMN raw_at TEXT NOT NULL DEFAULT 'null';
UPDATE timeline SET raw_at = coalesce(
  (SELECT json_object('bytes', m.size, 'kept', m.size, 'batch', m.batch, 'n', m.n) FROM moved m WHERE m.seq = timeline.seq),
  (SELECT c.answer_at FROM closed_command c WHERE kind IN ('answer', 'answer-late', 'answer-unasked', 'answer-unreadable')
    AND c.enrollment_id = timeline.enrollment_id AND c.uuid = json_extract(timeline.data, '$.uuid') AND c.answer IS NOT NULL),
  json_object('bytes', length(raw), 'kept', 0, 'batch', 0, 'n', 0)) WHERE raw IS NOT NULL;
ALTER TABLE closed_command DROP COLUMN answer;
ALTER TABLE closed_command RENAME COLUMN answer_at TO answer;
ALTER TABLE timeline DROP COLUMN raw;
ALTER TABLE timeline RENAME COLUMN raw_at TO raw;
DROP TABLE moved;
`;

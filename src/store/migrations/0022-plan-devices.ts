/**
 * What a plan decides for a device is a row. Decisions that waited in chunks become rows that have no job yet, jobs get the row that they
 * came of, and a device that was refused keeps the row alone: it never had a job.
 */
import { type Dialect, type Step, STEP_DIALECTS } from "./step.ts";

/** How a backend takes the decisions out of a chunk, one a row `d`, and reads what they say. */
interface Chunk {
  readonly from: string;
  /** A field as text. */
  readonly text: (field: string) => string;
  /** A field as JSON text; NULL where it is absent. */
  readonly json: (field: string) => string;
  /** A field of a job's document, likewise. */
  readonly docText: (...path: readonly string[]) => string;
  readonly docJson: (...path: readonly string[]) => string;
}

const SQLITE: Chunk = {
  from: "plan_chunk c, json_each(c.decisions) d",
  text: (field) => `d.value ->> '$.${field}'`,
  json: (field) => `d.value -> '$.${field}'`,
  docText: (...path) => `doc ->> '$.${path.join(".")}'`,
  docJson: (...path) => `doc -> '$.${path.join(".")}'`,
};
const POSTGRES: Chunk = {
  from: "plan_chunk c, json_array_elements(c.decisions::json) AS d(value)",
  text: (field) => `d.value ->> '${field}'`,
  json: (field) => `(d.value -> '${field}')::text`,
  docText: (...path) => `doc::json #>> '{${path.join(",")}}'`,
  docJson: (...path) => `(doc::json #> '{${path.join(",")}}')::text`,
};

const sql = ({ text, integer, strict }: Dialect, { from, text: textOf, json, docText, docJson }: Chunk): string => `
CREATE TABLE plan_device (
  plan_id ${text} NOT NULL, enrollment_id ${text} NOT NULL, kind ${text} NOT NULL, reason ${text}, params ${text} NOT NULL,
  seed ${text} NOT NULL, job_id ${text}, decided_at ${integer} NOT NULL, done_at ${integer},
  PRIMARY KEY (plan_id, enrollment_id)
)${strict};
INSERT INTO plan_device (plan_id, enrollment_id, kind, reason, params, seed, job_id, decided_at, done_at)
  SELECT plan_id, enrollment_id, 'job', NULL, '{}', 'null', id, created_at, created_at FROM job WHERE begun = 1
  ORDER BY live DESC, created_at ON CONFLICT DO NOTHING;
INSERT INTO plan_device (plan_id, enrollment_id, kind, reason, params, seed, job_id, decided_at, done_at)
  SELECT plan_id, enrollment_id, 'compliant', coalesce(${docText("ended", "reason")}, reason),
    coalesce(${docJson("ended", "params")}, ${docJson("params")}, '{}'), 'null', id, created_at, created_at
  FROM job WHERE begun = 0 AND state <> 'refused' ORDER BY created_at ON CONFLICT DO NOTHING;
INSERT INTO plan_device (plan_id, enrollment_id, kind, reason, params, seed, job_id, decided_at, done_at)
  SELECT plan_id, enrollment_id, 'refused', reason, coalesce(${docJson("params")}, '{}'), 'null', NULL, created_at, created_at
  FROM job WHERE begun = 0 AND state = 'refused' ORDER BY created_at ON CONFLICT DO NOTHING;
DELETE FROM job WHERE begun = 0 AND state = 'refused';
INSERT INTO plan_device (plan_id, enrollment_id, kind, reason, params, seed, job_id, decided_at, done_at)
  SELECT c.plan_id, ${textOf("enrollmentId")}, ${textOf("kind")}, ${textOf("reason")}, coalesce(${json("params")}, '{}'),
    coalesce(${json("job")}, ${json("wanted")}, 'null'), NULL, c.added_at, NULL
  FROM ${from} WHERE c.made_at IS NULL ORDER BY c.plan_id, c.n ON CONFLICT DO NOTHING;
DROP TABLE plan_chunk;
CREATE INDEX plan_device_open ON plan_device (plan_id, kind, enrollment_id) WHERE done_at IS NULL;
CREATE INDEX plan_device_enrollment ON plan_device (enrollment_id, kind, decided_at);
CREATE INDEX plan_device_kind ON plan_device (plan_id, kind, reason);
DROP INDEX job_plan_page;
CREATE INDEX job_plan_page ON job (plan_id, enrollment_id);
CREATE INDEX job_withdrawable ON job (plan_id) WHERE live = 1 AND state <> 'stopping';
CREATE INDEX assignment_given ON assignment (policy_id) WHERE state <> 'removing';
`;

export const planDevices: Step = {
  name: "plan-devices",
  sqlite: sql(STEP_DIALECTS.sqlite, SQLITE),
  postgres: sql(STEP_DIALECTS.postgres, POSTGRES),
};

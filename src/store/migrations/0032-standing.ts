/**
 * Plans that follow new releases: each release on its way through a plan (rollout), through its rings (ring_run), what was decided
 * about them (gate_decision), and the deadlines that devices were given. A device's row says which ring it is in, and what its plan
 * means for it in the end.
 */
import { step } from "./step.ts";

export const standing = step(
  "standing",
  ({ text, integer, strict }) => `
ALTER TABLE plan ADD COLUMN kind ${text} NOT NULL DEFAULT 'once';
ALTER TABLE plan ADD COLUMN place ${integer};
ALTER TABLE plan ADD COLUMN revision ${integer} NOT NULL DEFAULT 1;
CREATE INDEX plan_standing ON plan (place) WHERE kind = 'standing' AND state <> 'stopped';
ALTER TABLE enrollment ADD COLUMN ring ${integer};
ALTER TABLE enrollment ADD COLUMN aim ${text};
ALTER TABLE enrollment ADD COLUMN deadline_local ${text};
ALTER TABLE enrollment ADD COLUMN joined_at ${integer};
CREATE INDEX enrollment_ring ON enrollment (governed_by, ring) WHERE ring IS NOT NULL;
ALTER TABLE job ADD COLUMN rollout_id ${text};
ALTER TABLE job ADD COLUMN ring ${integer};
ALTER TABLE job ADD COLUMN urgent ${integer} NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN started_at ${integer};
ALTER TABLE job ADD COLUMN member ${text} NOT NULL DEFAULT 'null';
CREATE INDEX job_rollout ON job (rollout_id, ring) WHERE rollout_id IS NOT NULL;
CREATE TABLE rollout (
  id ${text} PRIMARY KEY, plan_id ${text} NOT NULL, platform ${text} NOT NULL, version ${text} NOT NULL, extra ${text} NOT NULL,
  block_id ${text} NOT NULL, base ${text} NOT NULL, known_at ${integer} NOT NULL, began_at ${integer} NOT NULL,
  urgent_below ${text}, urgent_at ${integer}, blackout_lifted ${integer} NOT NULL, instead ${text},
  state ${text} NOT NULL, reason ${text} NOT NULL, state_by ${text} NOT NULL, since ${integer} NOT NULL
)${strict};
CREATE UNIQUE INDEX rollout_release ON rollout (plan_id, platform, version, extra, block_id);
CREATE TABLE ring_run (
  rollout_id ${text} NOT NULL, ring ${integer} NOT NULL, urgent ${integer} NOT NULL, state ${text} NOT NULL,
  opened_at ${integer}, count_from ${integer}, since ${integer} NOT NULL, asked ${text}, asked_at ${integer},
  decisions ${integer} NOT NULL, PRIMARY KEY (rollout_id, ring, urgent)
)${strict};
CREATE TABLE gate_decision (
  rollout_id ${text} NOT NULL, ring ${integer} NOT NULL, urgent ${integer} NOT NULL, n ${integer} NOT NULL, what ${text} NOT NULL,
  by ${text} NOT NULL, at ${integer} NOT NULL, reason ${text} NOT NULL, numbers ${text} NOT NULL,
  PRIMARY KEY (rollout_id, ring, urgent, n)
)${strict};
CREATE TABLE given (
  enrollment_id ${text} NOT NULL, version ${text} NOT NULL, extra ${text} NOT NULL, plan_id ${text} NOT NULL, ring ${integer} NOT NULL,
  local ${text} NOT NULL, given_at ${integer} NOT NULL, cause ${text}, PRIMARY KEY (enrollment_id, version, extra)
)${strict};
INSERT INTO sweep (name, cause, cursor, due_at, lease_until) VALUES ('gate', 0, NULL, NULL, 0);
`,
);

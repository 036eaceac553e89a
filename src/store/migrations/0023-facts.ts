/**
 * What a device has said about itself moves into another table, which only its answers read. What decisions and lists need is in
 * columns of the enrollment.
 */
import { type Dialect, type Step, STEP_DIALECTS } from "./step.ts";

/** How a backend reads the value of a fact, which may be of any type. */
interface Fact {
  /** Its text; NULL where it is of another type. */
  readonly text: (name: string) => string;
  /** 1 or 0; NULL where it is no boolean. */
  readonly flag: (name: string) => string;
}

const SQLITE: Fact = {
  text: (name) =>
    `CASE WHEN json_type(facts, '$.${name}.value') = 'text' THEN substr(json_extract(facts, '$.${name}.value'), 1, 1000) END`,
  flag: (name) => `CASE json_type(facts, '$.${name}.value') WHEN 'true' THEN 1 WHEN 'false' THEN 0 END`,
};

/** PostgreSQL reads no document in which U+0000 stands anywhere. */
const READABLE = String.raw`regexp_replace(facts, '(?<!\\)((?:\\\\)*)\\u0000', '\1\\ufffd', 'g')::json`;
const POSTGRES: Fact = {
  text: (name) =>
    `CASE WHEN json_typeof(${READABLE} #> '{${name},value}') = 'string' THEN left(${READABLE} #>> '{${name},value}', 1000) END`,
  flag: (name) => `CASE (${READABLE} #> '{${name},value}')::text WHEN 'true' THEN 1 WHEN 'false' THEN 0 END`,
};

const sql = ({ text, integer, strict }: Dialect, fact: Fact): string => `
CREATE TABLE facts (enrollment_id ${text} PRIMARY KEY, doc ${text} NOT NULL)${strict};
INSERT INTO facts (enrollment_id, doc) SELECT id, facts FROM enrollment WHERE facts <> '{}';
ALTER TABLE enrollment ADD COLUMN reported_version ${text};
ALTER TABLE enrollment ADD COLUMN software_update_device_id ${text};
ALTER TABLE enrollment ADD COLUMN bootstrap_token_required ${integer};
ALTER TABLE enrollment ADD COLUMN bootstrap_token_allowed ${text};
UPDATE enrollment SET reported_version = ${fact.text("OSVersion")},
  software_update_device_id = ${fact.text("SoftwareUpdateDeviceID")},
  bootstrap_token_required = ${fact.flag("BootstrapTokenRequiredForSoftwareUpdate")},
  bootstrap_token_allowed = ${fact.text("BootstrapTokenAllowedForAuthentication")}
  WHERE facts <> '{}';
ALTER TABLE enrollment DROP COLUMN facts;
`;

export const facts: Step = {
  name: "facts",
  sqlite: sql(STEP_DIALECTS.sqlite, SQLITE),
  postgres: sql(STEP_DIALECTS.postgres, POSTGRES),
};

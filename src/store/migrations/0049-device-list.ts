/**
 * `listed` has a narrow row for each enrollment with all that lists filter, sort and count by: a whole fleet of them is read in some tens of
 * ms, which it is not of long rows in several tables. Triggers keep it, so that it can say nothing else than the tables that it is made
 * of; each fires for the columns alone that it copies. `listed_text` has what is searched, and stands apart, as it is as long as all the rest.
 *
 * Columns that are sorted by have no null: what is not known comes last. `n` is a number that stays (SQLite's own may change in a backup).
 */
import type { Step } from "./step.ts";

/** After every name, version and moment that there may be. */
const LAST_NAME = { sqlite: "char(1114111)", postgres: "chr(1114111)" };
const LAST = "99999999999999";

/** Who needs something first (`COMPLIANCE_CLASSES` of the contract); those that are not enrolled come last. */
const CLASSES = ["waiting-person", "cannot", "unknown", "no-plan", "under-way", "on-target"];

/** The text before each field: what begins a field is found by it. */
const BEGIN = { sqlite: "char(31)", postgres: "chr(31)" };

type Backend = "sqlite" | "postgres";

/** What a column of `listed` is made of: columns of the row `e` of the enrollment. */
function columnsOf(e: string, backend: Backend): Readonly<Record<string, string>> {
  const enrolled = (value: string, otherwise = "NULL") =>
    `CASE WHEN ${e}.state = 'enrolled' THEN ${value} ELSE ${otherwise} END`;
  const deadline = enrolled(`coalesce(${e}.deadline_at, ${LAST})`, LAST);
  const ranks = CLASSES.map((name, rank) => `WHEN '${name}' THEN ${rank}`).join(" ");
  const rank = enrolled(`CASE ${e}.compliance ${ranks} ELSE ${CLASSES.length} END`, String(CLASSES.length));
  return {
    id: `${e}.id`,
    state: `${e}.state`,
    class: enrolled(`${e}.compliance`),
    reason: enrolled(`${e}.compliance_reason`),
    flags: enrolled(`${e}.flags`, "''"),
    platform: `${e}.platform`,
    product_name: `${e}.product_name`,
    hardware: `${e}.software_update_device_id`,
    os_version: `${e}.os_version`,
    supervised: `${e}.supervised`,
    serial: `${e}.serial`,
    governed_by: `${e}.governed_by`,
    ring: `${e}.ring`,
    name: `coalesce(${e}.name_key, ${LAST_NAME[backend]})`,
    os: `coalesce(${e}.os_key, ${LAST})`,
    deadline,
    // The class and the deadline in one number.
    worst: `(${rank}) * (${LAST} + 1) + (${deadline})`,
  };
}

/** Columns of the enrollment by which columns of `listed` change together: a trigger for each, so that an index is written only where it has to be. */
const TOGETHER: readonly (readonly [name: string, from: readonly string[], to: readonly string[]])[] = [
  ["state", ["state"], ["state", "class", "reason", "flags", "deadline", "worst"]],
  ["class", ["compliance"], ["class", "worst"]],
  ["deadline", ["deadline_at"], ["deadline", "worst"]],
  ["reason", ["compliance_reason", "flags"], ["reason", "flags"]],
  ["os", ["os_version", "os_key"], ["os_version", "os"]],
  ["name", ["name_key"], ["name"]],
  [
    "facts",
    ["platform", "product_name", "software_update_device_id", "supervised", "serial", "governed_by", "ring"],
    ["platform", "product_name", "hardware", "supervised", "serial", "governed_by", "ring"],
  ],
];

const SEARCHED = ["name_key", "serial", "apple_id", "product_name", "model_name"];
const textOf = (e: string, backend: Backend): string =>
  SEARCHED.map((column) => `${BEGIN[backend]} || lower(coalesce(${e}.${column}, ''))`).join(" || ");

/** Of the job that a device is shown by (`SHOWN_JOB` in device-rows.ts). */
const jobOf = (id: string): string =>
  `SELECT state, CASE WHEN live = 1 OR begun = 1 THEN 1 ELSE 0 END, created_at, mechanism FROM job WHERE enrollment_id = ${id}
    ORDER BY live DESC, begun DESC, created_at DESC, id DESC LIMIT 1`;
const setJob = (id: string): string =>
  `UPDATE listed SET (job_state, job_begun, job_at, mechanism) = (${jobOf(id)}) WHERE id = ${id}`;
const TAGS = { sqlite: "group_concat(tag, ' ')", postgres: "string_agg(tag, ' ')" };
const setTags = (id: string, backend: Backend): string =>
  `UPDATE listed SET tags = coalesce((SELECT ' ' || ${TAGS[backend]} || ' ' FROM device_tag WHERE enrollment_id = ${id}), '') WHERE id = ${id}`;

const differs = (columns: readonly string[], is: string): string =>
  columns.map((column) => `OLD.${column} ${is} NEW.${column}`).join(" OR ");
const JOB_COLUMNS = ["state", "live", "begun", "created_at", "mechanism"];

const table = (text: string, integer: string, number: string, strict: string): string => `
CREATE TABLE listed (
  n ${number}, id ${text} NOT NULL UNIQUE, state ${text} NOT NULL, class ${text}, reason ${text}, flags ${text} NOT NULL,
  platform ${text}, product_name ${text}, hardware ${text}, os_version ${text}, supervised ${integer}, serial ${text},
  governed_by ${text}, ring ${integer}, name ${text} NOT NULL, os ${integer} NOT NULL, deadline ${integer} NOT NULL, worst ${integer} NOT NULL,
  job_state ${text}, job_begun ${integer}, job_at ${integer}, mechanism ${text}, tags ${text} NOT NULL DEFAULT ''
)${strict};
CREATE TABLE listed_text (n ${integer} PRIMARY KEY, text ${text} NOT NULL)${strict};
`;

function fillOf(backend: Backend): string {
  const columns = columnsOf("e", backend);
  return `
INSERT INTO listed (${Object.keys(columns).join(", ")}) SELECT ${Object.values(columns).join(", ")} FROM enrollment e ORDER BY e.id;
UPDATE listed SET (job_state, job_begun, job_at, mechanism) = (${jobOf("listed.id")});
UPDATE listed SET tags = coalesce((SELECT ' ' || ${TAGS[backend]} || ' ' FROM device_tag WHERE enrollment_id = listed.id), '');
INSERT INTO listed_text (n, text) SELECT l.n, ${textOf("e", backend)} FROM listed l JOIN enrollment e ON e.id = l.id;
`;
}

const INDEXES = `
CREATE INDEX listed_name ON listed (name, n);
CREATE INDEX listed_os ON listed (os, n);
CREATE INDEX listed_deadline ON listed (deadline, n);
CREATE INDEX listed_worst ON listed (worst, n);
CREATE INDEX enrollment_last_seen ON enrollment (coalesce(last_seen_at, 0), id);
DROP INDEX enrollment_listed;
`;

const numberOf = (id: string): string => `(SELECT n FROM listed WHERE id = ${id})`;

function sqliteTriggers(): string {
  const made = columnsOf("NEW", "sqlite");
  const changes = TOGETHER.map(
    ([name, from, to]) => `
CREATE TRIGGER listed_${name} AFTER UPDATE OF ${from.join(", ")} ON enrollment WHEN ${differs(from, "IS NOT")} BEGIN
  UPDATE listed SET ${to.map((column) => `${column} = ${made[column]}`).join(", ")} WHERE id = NEW.id;
END;`,
  );
  return `${changes.join("")}
CREATE TRIGGER listed_made AFTER INSERT ON enrollment BEGIN
  INSERT INTO listed (${Object.keys(made).join(", ")}) VALUES (${Object.values(made).join(", ")});
  INSERT INTO listed_text (n, text) VALUES (${numberOf("NEW.id")}, ${textOf("NEW", "sqlite")});
  ${setJob("NEW.id")};
  ${setTags("NEW.id", "sqlite")};
END;
CREATE TRIGGER listed_gone AFTER DELETE ON enrollment BEGIN
  DELETE FROM listed_text WHERE n = ${numberOf("OLD.id")};
  DELETE FROM listed WHERE id = OLD.id;
END;
CREATE TRIGGER listed_searched AFTER UPDATE OF ${SEARCHED.join(", ")} ON enrollment WHEN ${differs(SEARCHED, "IS NOT")} BEGIN
  UPDATE listed_text SET text = ${textOf("NEW", "sqlite")} WHERE n = ${numberOf("NEW.id")};
END;
CREATE TRIGGER listed_job_made AFTER INSERT ON job BEGIN ${setJob("NEW.enrollment_id")}; END;
CREATE TRIGGER listed_job_gone AFTER DELETE ON job BEGIN ${setJob("OLD.enrollment_id")}; END;
CREATE TRIGGER listed_job AFTER UPDATE OF ${JOB_COLUMNS.join(", ")} ON job WHEN ${differs(JOB_COLUMNS, "IS NOT")} BEGIN
  ${setJob("NEW.enrollment_id")};
END;
CREATE TRIGGER listed_tag_made AFTER INSERT ON device_tag BEGIN ${setTags("NEW.enrollment_id", "sqlite")}; END;
CREATE TRIGGER listed_tag_gone AFTER DELETE ON device_tag BEGIN ${setTags("OLD.enrollment_id", "sqlite")}; END;
CREATE TRIGGER listed_text_made AFTER INSERT ON listed_text BEGIN
  INSERT INTO listed_search (rowid, text) VALUES (NEW.n, NEW.text);
END;
CREATE TRIGGER listed_text_gone AFTER DELETE ON listed_text BEGIN DELETE FROM listed_search WHERE rowid = OLD.n; END;
CREATE TRIGGER listed_text_changed AFTER UPDATE OF text ON listed_text BEGIN
  DELETE FROM listed_search WHERE rowid = OLD.n;
  INSERT INTO listed_search (rowid, text) VALUES (NEW.n, NEW.text);
END;
`;
}

/** A trigger of PostgreSQL with the function that it calls. */
const postgresTrigger = (name: string, when: string, condition: string, body: string): string => `
CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${body}; RETURN NULL; END $$;
CREATE TRIGGER ${name} AFTER ${when} FOR EACH ROW ${condition === "" ? "" : `WHEN (${condition})`} EXECUTE FUNCTION ${name}();
`;

function postgresTriggers(): string {
  const made = columnsOf("NEW", "postgres");
  const changed = (columns: readonly string[]) => differs(columns, "IS DISTINCT FROM");
  return [
    ...TOGETHER.map(([name, from, to]) =>
      postgresTrigger(
        `listed_${name}`,
        `UPDATE OF ${from.join(", ")} ON enrollment`,
        changed(from),
        `UPDATE listed SET ${to.map((column) => `${column} = ${made[column]}`).join(", ")} WHERE id = NEW.id`,
      ),
    ),
    postgresTrigger(
      "listed_made",
      "INSERT ON enrollment",
      "",
      `INSERT INTO listed (${Object.keys(made).join(", ")}) VALUES (${Object.values(made).join(", ")});
      INSERT INTO listed_text (n, text) VALUES (${numberOf("NEW.id")}, ${textOf("NEW", "postgres")});
      ${setJob("NEW.id")}; ${setTags("NEW.id", "postgres")}`,
    ),
    postgresTrigger(
      "listed_gone",
      "DELETE ON enrollment",
      "",
      `DELETE FROM listed_text WHERE n = ${numberOf("OLD.id")}; DELETE FROM listed WHERE id = OLD.id`,
    ),
    postgresTrigger(
      "listed_searched",
      `UPDATE OF ${SEARCHED.join(", ")} ON enrollment`,
      changed(SEARCHED),
      `UPDATE listed_text SET text = ${textOf("NEW", "postgres")} WHERE n = ${numberOf("NEW.id")}`,
    ),
    postgresTrigger("listed_job_made", "INSERT ON job", "", setJob("NEW.enrollment_id")),
    postgresTrigger("listed_job_gone", "DELETE ON job", "", setJob("OLD.enrollment_id")),
    postgresTrigger(
      "listed_job",
      `UPDATE OF ${JOB_COLUMNS.join(", ")} ON job`,
      changed(JOB_COLUMNS),
      setJob("NEW.enrollment_id"),
    ),
    postgresTrigger("listed_tag_made", "INSERT ON device_tag", "", setTags("NEW.enrollment_id", "postgres")),
    postgresTrigger("listed_tag_gone", "DELETE ON device_tag", "", setTags("OLD.enrollment_id", "postgres")),
  ].join("");
}

/** Trigrams of the text (FTS5), whose terms are folded before (`textKey`). It keeps no text beside them. */
const SEARCH = `
CREATE VIRTUAL TABLE listed_search USING fts5(text, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1');
INSERT INTO listed_search (rowid, text) SELECT n, text FROM listed_text;
`;

/** Trigrams where the extension is there or its user may make it; without them a search reads the text of all devices. */
const POSTGRES_SEARCH = `
DO $$ BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE INDEX listed_search ON listed_text USING gin (text gin_trgm_ops);
EXCEPTION WHEN OTHERS THEN NULL;
END $$;
`;

export const deviceList: Step = {
  name: "device-list",
  sqlite:
    table("TEXT", "INTEGER", "INTEGER PRIMARY KEY", " STRICT") + fillOf("sqlite") + INDEXES + SEARCH + sqliteTriggers(),
  postgres:
    table('text COLLATE "C"', "bigint", "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "") +
    fillOf("postgres") +
    INDEXES +
    POSTGRES_SEARCH +
    postgresTriggers(),
};

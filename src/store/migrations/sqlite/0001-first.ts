/** The first schema. Every lookup of a transaction has its index; nothing on the device's path scans. */
export const first = `
CREATE TABLE enrollment (
  id TEXT PRIMARY KEY, apple_id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, state TEXT NOT NULL, certificate TEXT,
  serial TEXT, device_name TEXT, product_name TEXT, model_name TEXT, platform TEXT, os_version TEXT, build_version TEXT,
  supplemental_build TEXT, supplemental_extra TEXT, time_zone TEXT, supervised INTEGER, topic TEXT,
  pushable INTEGER NOT NULL, awaiting_configuration INTEGER NOT NULL, access_rights INTEGER, bootstrap_token_at INTEGER,
  facts TEXT NOT NULL, created_at INTEGER NOT NULL, enrolled_at INTEGER, last_seen_at INTEGER, due_at INTEGER,
  lease_until INTEGER NOT NULL, unheard INTEGER NOT NULL
) STRICT;
CREATE INDEX enrollment_due ON enrollment (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX enrollment_serial ON enrollment (serial);
CREATE INDEX enrollment_name ON enrollment (device_name COLLATE NOCASE);

CREATE TABLE command (
  enrollment_id TEXT NOT NULL, uuid TEXT NOT NULL, rank INTEGER NOT NULL, request_type TEXT NOT NULL, bytes BLOB NOT NULL,
  origin TEXT NOT NULL, job_id TEXT, purpose TEXT, state TEXT NOT NULL, skip INTEGER NOT NULL, once INTEGER NOT NULL,
  not_before INTEGER, not_after INTEGER, queued_at INTEGER NOT NULL, offered_at INTEGER, offers INTEGER NOT NULL,
  PRIMARY KEY (enrollment_id, uuid)
) STRICT, WITHOUT ROWID;

CREATE TABLE closed_command (
  enrollment_id TEXT NOT NULL, uuid TEXT NOT NULL, request_type TEXT NOT NULL, origin TEXT NOT NULL, job_id TEXT,
  purpose TEXT, bytes BLOB NOT NULL, outcome TEXT NOT NULL, answer BLOB, queued_at INTEGER NOT NULL, offered_at INTEGER,
  closed_at INTEGER NOT NULL,
  PRIMARY KEY (enrollment_id, uuid)
) STRICT;
CREATE INDEX closed_command_age ON closed_command (closed_at);

CREATE TABLE job (
  id TEXT PRIMARY KEY, plan_id TEXT NOT NULL, enrollment_id TEXT NOT NULL, live INTEGER NOT NULL, state TEXT NOT NULL,
  reason TEXT NOT NULL, due_at INTEGER, doc TEXT NOT NULL, created_at INTEGER NOT NULL, finished_at INTEGER,
  lease_until INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX job_live ON job (enrollment_id) WHERE live = 1;
CREATE INDEX job_enrollment ON job (enrollment_id, created_at);
CREATE INDEX job_plan ON job (plan_id, state, reason);
CREATE INDEX job_plan_page ON job (plan_id, id);
CREATE INDEX job_due ON job (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE plan (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, state TEXT NOT NULL, created_at INTEGER NOT NULL, stopped_at INTEGER,
  spec TEXT NOT NULL, devices INTEGER NOT NULL, due_at INTEGER, lease_until INTEGER NOT NULL
) STRICT;
CREATE INDEX plan_due ON plan (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE plan_chunk (
  plan_id TEXT NOT NULL, n INTEGER NOT NULL, decisions TEXT NOT NULL, made_at INTEGER,
  PRIMARY KEY (plan_id, n)
) STRICT;

CREATE TABLE timeline (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, enrollment_id TEXT, at INTEGER NOT NULL, kind TEXT NOT NULL, data TEXT NOT NULL,
  raw BLOB
) STRICT;
CREATE INDEX timeline_enrollment ON timeline (enrollment_id, seq);

CREATE TABLE outbox (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, enrollment_id TEXT NOT NULL, due_at INTEGER NOT NULL, attempts INTEGER NOT NULL,
  lease_until INTEGER NOT NULL, generation INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_due ON outbox (due_at);
CREATE INDEX outbox_enrollment ON outbox (enrollment_id);

CREATE TABLE secret (
  owner TEXT NOT NULL, name TEXT NOT NULL, sealed BLOB NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (owner, name)
) STRICT;

CREATE TABLE challenge (
  hash TEXT PRIMARY KEY, purpose TEXT NOT NULL, enrollment_id TEXT, uses_left INTEGER NOT NULL, expires_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL, note TEXT NOT NULL, access_rights INTEGER NOT NULL
) STRICT;

CREATE TABLE certificate (
  fingerprint TEXT PRIMARY KEY, enrollment_id TEXT, challenge_hash TEXT NOT NULL, purpose TEXT NOT NULL, renews TEXT,
  transaction_id TEXT NOT NULL, key_hash TEXT NOT NULL, der BLOB NOT NULL, not_before INTEGER NOT NULL,
  not_after INTEGER NOT NULL, issued_at INTEGER NOT NULL, access_rights INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX certificate_request ON certificate (transaction_id, key_hash);
CREATE INDEX certificate_enrollment ON certificate (enrollment_id);

CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE admin_token (hash TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, created_at INTEGER NOT NULL) STRICT;
CREATE TABLE release (
  id TEXT PRIMARY KEY, platform TEXT NOT NULL, version TEXT NOT NULL, build TEXT NOT NULL, doc TEXT NOT NULL,
  first_seen_at INTEGER NOT NULL, last_seen_at INTEGER NOT NULL
) STRICT;
`;

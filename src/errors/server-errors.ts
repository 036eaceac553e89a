/** Whoever runs the server meets these: it does not start, or its machine fails it. */
import type { ErrorEntry } from "./entry.ts";

export const SERVER_ERRORS = {
  "config-invalid": {
    status: 500,
    when: "A setting is unknown, missing or invalid, or contradicts another setting.",
    remedy:
      "Correct the setting that the message names, where the message says it was set. docs/configuration.md lists all settings.",
  },
  "listen-failed": {
    status: 500,
    when: "The server can't listen at a configured address: it is in use, does not belong to this machine, or is not permitted.",
    remedy: "Stop the program that uses the port, or set another address with `device-listen` or `web-listen`.",
  },
  "public-url-fixed": {
    status: 409,
    when: "The server's `public-url` differs from the URL with which devices are enrolled.",
    remedy:
      "Start the server with the former URL, and point its DNS name to the new address. With public-url-change=accept, these devices can't be managed until they enroll again.",
  },
  "data-directory-in-use": {
    status: 500,
    when: "Another process uses the data directory.",
    remedy: "Stop that process, or use another directory with --data-dir.",
  },
  "data-key-invalid": {
    status: 500,
    when: "The data key, which seals stored secrets, can't be read or is not 32 bytes in base64.",
    remedy:
      "Restore the data key with which this data directory was created. Without that key, the sealed secrets are lost.",
  },
  "secret-unreadable": {
    status: 500,
    when: "A stored secret can't be opened: the data key is the wrong one, or the stored bytes were changed.",
    remedy: "Start the server with the data key of this data directory, or restore both from the same backup.",
  },
  "database-missing": {
    status: 500,
    when: "The data directory has no database, though it has a data key or the command needs a database.",
    remedy:
      "Restore uptick.sqlite from the same backup as the data key, or set data-dir to the right directory. For a new server, move the old data-key file away.",
  },
  "schema-newer": {
    status: 500,
    when: "A newer version of Uptick has written the database.",
    remedy: "Run that version, or restore the backup that was made before its first start.",
  },
  "job-newer": {
    status: 500,
    when: "A job was written by a newer version of this program, although the database is not.",
    remedy: "Run that version, or restore the backup made before its first start.",
  },
  "database-damaged": {
    status: 503,
    when: "The database file is damaged: SQLite can't read part of it.",
    remedy:
      "Stop the server, copy the files of data-dir to another place, and restore the newest backup as docs/operations.md describes under Backup and restore.",
  },
  "store-unavailable": {
    status: 503,
    when: "The database can't be written to or read from: the disk is full, its thread has ended, or PostgreSQL can't be reached.",
    remedy:
      "Free space if the disk is full, check PostgreSQL if `database` is set, and read the server's log. Everything that was acknowledged is stored.",
  },
} as const satisfies Record<string, ErrorEntry>;

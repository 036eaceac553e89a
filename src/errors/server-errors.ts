/** Whoever runs the server meets these: it does not start, or its machine fails it. */
import type { ErrorEntry } from "./entry.ts";

export const SERVER_ERRORS = {
  "config-invalid": {
    status: 500,
    when: "A setting is unknown, has a value of another form, is missing, or does not fit another setting.",
    remedy: "The message names the setting and where it came from; docs/configuration.md lists all settings.",
  },
  "listen-failed": {
    status: 500,
    when: "The server can't listen at an address it was given: it is in use, not of this machine, or not allowed.",
    remedy: "End the program that uses the port, or choose another with `device-listen` or `web-listen`.",
  },
  "public-url-fixed": {
    status: 409,
    when: "The server is started with another public URL than the one devices are enrolled with.",
    remedy:
      "Start it with the former URL and move its DNS name instead; with public-url-change=accept those devices are given up until they enroll again.",
  },
  "data-directory-in-use": {
    status: 500,
    when: "Another process uses the data directory.",
    remedy: "Stop that process, or give this one its own with --data-dir.",
  },
  "data-key-invalid": {
    status: 500,
    when: "The data key, which seals stored secrets, can't be read or is not 32 bytes in base64.",
    remedy: "Bring back the key that this data directory was made with; without it, sealed secrets are lost.",
  },
  "secret-unreadable": {
    status: 500,
    when: "A stored secret can't be opened: the data key is another one, or the stored bytes were changed.",
    remedy: "Start the server with the data key that belongs to this data directory, or restore both from one backup.",
  },
  "database-missing": {
    status: 500,
    when: "The data directory holds a data key but no database, or no database at all where one is needed.",
    remedy:
      "Put uptick.sqlite of the same backup beside its data-key, or name the right directory with data-dir; for a new server, move the old data-key away.",
  },
  "schema-newer": {
    status: 500,
    when: "The database was made by a newer version of this program.",
    remedy: "Run that version, or restore the backup made before its first start.",
  },
  "job-newer": {
    status: 500,
    when: "A job was written by a newer version of this program, although the database is not.",
    remedy: "Run that version, or restore the backup made before its first start.",
  },
  "database-damaged": {
    status: 503,
    when: "The database file is damaged: SQLite finds something in it that it did not write.",
    remedy:
      "Stop the server, keep the files in data-dir aside, and restore the newest backup as docs/operations.md says under Backup and restore.",
  },
  "store-unavailable": {
    status: 503,
    when: "The database can't be written to or read from: the disk is full, its thread has ended, or PostgreSQL can't be reached.",
    remedy:
      "Look at the disk's free space, at PostgreSQL if `database` is set, and at the server's log; nothing acknowledged is lost.",
  },
} as const satisfies Record<string, ErrorEntry>;

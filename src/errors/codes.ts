/**
 * Every error code, in one place, with the status it has on the web face and what the reader can do about it.
 * docs/errors.md is checked against this table in both directions.
 */
export interface ErrorEntry {
  readonly status: number;
  /** One sentence: when this happens. */
  readonly when: string;
  /** One sentence: what to do. */
  readonly remedy: string;
}

const table = {
  "plist-invalid": {
    status: 400,
    when: "A property list is not well formed or uses something Apple's format does not have.",
    remedy: "Send an XML property list as Apple documents it; the message names the line.",
  },
  "plist-too-large": {
    status: 413,
    when: "A property list is larger than 1 MiB, nests deeper than 64 levels or has too many nodes.",
    remedy: "Send a smaller property list.",
  },
  "message-invalid": {
    status: 400,
    when: "A check-in message or a command's answer lacks a key that Apple's schema requires, or a key has another type.",
    remedy: "See the device's timeline for the bytes; if a real device sent them, report it.",
  },
  "command-invalid": {
    status: 400,
    when: "A command lacks a required key or has a key or value that Apple's schema does not know.",
    remedy: "Correct the command; the message names the key.",
  },
  "command-not-allowed": {
    status: 422,
    when: "Apple's schema forbids this command, key or value on the device's OS, platform, enrollment or supervision.",
    remedy: "The message names the rule; choose a command that the device can take.",
  },
  "scep-invalid": {
    status: 400,
    when: "A SCEP message can't be decoded or its signature does not verify.",
    remedy: "Enrol again with a fresh profile.",
  },
  "certificate-invalid": {
    status: 400,
    when: "A certificate or key can't be read or does not fit its purpose.",
    remedy: "Check the file; PEM is expected, certificate and private key together.",
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof table;
export const ERRORS: Readonly<Record<ErrorCode, ErrorEntry>> = table;

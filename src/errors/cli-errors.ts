/** These come from a command of `uptick` itself, not from the server that it talks to. */
import type { ErrorEntry } from "./entry.ts";

export const CLI_ERRORS = {
  "usage-invalid": {
    status: 400,
    when: "A command line has an unknown option or a value of another form.",
    remedy: "Correct it as the message says; the command's `--help` lists its options.",
  },
  "file-unreadable": {
    status: 400,
    when: "A file named on the command line can't be read or written.",
    remedy: "Check the path and its permissions.",
  },
  "disk-full": {
    status: 503,
    when: "A file can't be written because its disk, or the quota on it, is full.",
    remedy: "Make room on that disk and do it again.",
  },
  "token-missing": {
    status: 401,
    when: "A command has no admin token to show to the server.",
    remedy:
      "Set UPTICK_TOKEN, or name a file that holds the token with --token-file; the first start of the server prints one.",
  },
  "server-unreachable": {
    status: 503,
    when: "A command could not reach the server it talks to.",
    remedy: "Start the server with uptick serve, or name its address with --url or UPTICK_URL.",
  },
  "reply-invalid": {
    status: 502,
    when: "What answered a command is not this server's API, or not a version the command knows.",
    remedy: "Check the address: it must be that of the admin API (by default http://127.0.0.1:8080).",
  },
  "plan-refused": {
    status: 409,
    when: "A plan was made, and every one of its devices is refused: it does nothing.",
    remedy: "Correct what the reasons name, then make the plan again; uptick plan show ID repeats the reasons.",
  },
  "profile-invalid": {
    status: 400,
    when: "A file is not an enrollment profile that a device would install.",
    remedy:
      "Use a profile with one MDM and one SCEP payload, such as uptick enroll writes; the message names what is missing.",
  },
  "enrolment-refused": {
    status: 403,
    when: "A server did not let simulated devices enroll.",
    remedy:
      "Use a profile whose challenge has not ended and is good for as many devices as --count says: uptick enroll --uses N.",
  },
} as const satisfies Record<string, ErrorEntry>;

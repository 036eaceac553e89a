/** These come from a command of `uptick` itself, not from the server that it talks to. */
import type { ErrorEntry } from "./entry.ts";

export const CLI_ERRORS = {
  "usage-invalid": {
    status: 400,
    when: "A command line has an unknown option or an invalid value.",
    remedy: "Correct the option that the message names; `--help` lists the options of a command.",
  },
  "file-unreadable": {
    status: 400,
    when: "A file named on the command line can't be read or written.",
    remedy: "Check the path and its permissions.",
  },
  "list-invalid": {
    status: 400,
    when: "A list of devices is empty, too long, or has a line that is a formula of a spreadsheet.",
    remedy: "Write one id, UDID, serial or unique name per line; the message names a line that is wrong.",
  },
  "plan-file-invalid": {
    status: 400,
    when: "A file of plans can't be read as YAML, has a field that no plan has, or names a plan that can't be applied from a file.",
    remedy: "Correct the file at the line that the message names. uptick plan export shows what a file looks like.",
  },
  "inventory-invalid": {
    status: 400,
    when: "An inventory for a rehearsal is no CSV, lacks a column, or names a device twice.",
    remedy: "Export it again as CSV in UTF-8; the message names the line, or the column that is missing.",
  },
  "disk-full": {
    status: 503,
    when: "A file can't be written because its disk, or the quota on it, is full.",
    remedy: "Free space on that disk, then run the command again.",
  },
  "token-missing": {
    status: 401,
    when: "The command has no admin token to send to the server.",
    remedy:
      "Set UPTICK_TOKEN to the token, or name a file that contains it with --token-file. The first start of the server prints a token.",
  },
  "server-unreachable": {
    status: 503,
    when: "The command could not connect to the server.",
    remedy: "Start the server with uptick serve, or give its address with --url or UPTICK_URL.",
  },
  "reply-invalid": {
    status: 502,
    when: "The response is not from an Uptick server, or from an incompatible version.",
    remedy:
      "Check that --url or UPTICK_URL is the address of the admin API (default http://127.0.0.1:8080), and that server and command have the same version.",
  },
  "plan-refused": {
    status: 409,
    when: "The plan was created, but it refuses each of its devices, so it updates nothing.",
    remedy: "Follow the remedy of each reason, then create the plan again. uptick plan show ID lists the reasons.",
  },
  "profile-invalid": {
    status: 400,
    when: "A file is not an enrollment profile that a device can install.",
    remedy:
      "Use a profile with one MDM and one SCEP payload, such as uptick enroll writes; the message names what is missing.",
  },
  "enrolment-refused": {
    status: 403,
    when: "The server refused the enrollment of simulated devices.",
    remedy: "Use a profile that has not expired and is valid for at least --count devices: uptick enroll --uses N.",
  },
} as const satisfies Record<string, ErrorEntry>;

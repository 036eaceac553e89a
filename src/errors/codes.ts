/** Every error code: the index of the tables, which are apart by where a reader meets an error. */
import { API_ERRORS } from "./api-errors.ts";
import { CLI_ERRORS } from "./cli-errors.ts";
import { DEVICE_ERRORS } from "./device-errors.ts";
import type { ErrorEntry } from "./entry.ts";
import { SCEP_ERRORS } from "./scep-errors.ts";
import { SERVER_ERRORS } from "./server-errors.ts";

const table = { ...API_ERRORS, ...CLI_ERRORS, ...SERVER_ERRORS, ...SCEP_ERRORS, ...DEVICE_ERRORS };

export type ErrorCode = keyof typeof table;
export const ERRORS: Readonly<Record<ErrorCode, ErrorEntry>> = table;

/** A table, and where one meets what is in it. */
export interface ErrorGroup {
  readonly title: string;
  readonly about: string;
  readonly errors: Readonly<Record<string, ErrorEntry>>;
}

/** In the order of docs/errors.md. */
export const ERROR_GROUPS: readonly ErrorGroup[] = [
  {
    title: "Requests to the API",
    about: "The admin API answers with these. `uptick` shows the error that the server answered.",
    errors: API_ERRORS,
  },
  {
    title: "Commands",
    about: "The `uptick` command shows these without an answer from the server.",
    errors: CLI_ERRORS,
  },
  {
    title: "The server and its machine",
    about: "The server can't start, or its disk or database has failed.",
    errors: SERVER_ERRORS,
  },
  {
    title: "Enrollment",
    about:
      "A device is refused over SCEP, or at an enrollment link. `uptick refusals` lists what happened, with these codes.",
    errors: SCEP_ERRORS,
  },
  {
    title: "Devices",
    about:
      "A device is refused on its connection or for its message. `uptick refusals` and the device's timeline have these codes. The API uses those of property lists for raw commands too.",
    errors: DEVICE_ERRORS,
  },
];

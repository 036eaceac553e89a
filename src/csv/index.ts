/** The door of `csv`: rows as CSV, which server and CLI write the same way. */
export { clean } from "./clean.ts";
export { csvLine } from "./csv-line.ts";

export { ERROR_GROUPS, ERRORS, type ErrorCode } from "./codes.ts";
export { renderErrorDocs } from "./docs.ts";
export type { ErrorEntry } from "./entry.ts";
export { nearest } from "./nearest.ts";
export { isUptickError, remedyInCommands, UptickError, type UptickErrorOptions } from "./error.ts";

export { ERRORS, type ErrorCode, type ErrorEntry } from "./codes.ts";
export { renderErrorDocs } from "./docs.ts";
export { isUptickError, UptickError, type UptickErrorOptions } from "./error.ts";

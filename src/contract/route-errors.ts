/** Which errors a route may answer with. */
import { type ErrorCode, ERRORS } from "../errors/index.ts";
import type { Route } from "./route.ts";

/** Of every route: a request that does not fit, a fault, and a database that is away. */
const EVERYWHERE: readonly ErrorCode[] = [
  "request-invalid",
  "internal",
  "server-stopping",
  "store-unavailable",
  "database-damaged",
];
/** Of every route that is not open. */
const CLOSED: readonly ErrorCode[] = ["unauthorized"];
/** Of every route with a body. */
const WITH_BODY: readonly ErrorCode[] = ["media-type-invalid", "request-too-large", "server-busy"];

/** The codes that a route shares with all routes of its kind. */
export function commonErrorsOf(route: Route): readonly ErrorCode[] {
  return [...EVERYWHERE, ...(route.open === true ? [] : CLOSED), ...(route.body === undefined ? [] : WITH_BODY)];
}

/** Every code that a route may answer with, sorted. */
export function errorsOf(route: Route): readonly ErrorCode[] {
  const own = route.errors.filter((code): code is ErrorCode => code in ERRORS);
  return [...new Set([...own, ...commonErrorsOf(route)])].toSorted();
}

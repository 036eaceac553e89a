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
const CLOSED: readonly ErrorCode[] = ["unauthorized", "role-too-low"];
/** Of every write that is not open: a browser proves that this server's page has sent it, and a key that it is done once. */
const CLOSED_WRITES: readonly ErrorCode[] = [
  "csrf-refused",
  "idempotency-key-invalid",
  "idempotency-key-reused",
  "idempotency-key-in-use",
  "idempotency-answer-lost",
];
/** Of every route with a body. */
const WITH_BODY: readonly ErrorCode[] = ["media-type-invalid", "request-too-large", "server-busy"];

/** The codes that a route shares with all routes of its kind. */
export function commonErrorsOf(route: Route): readonly ErrorCode[] {
  const isOpen = route.open === true;
  return [
    ...EVERYWHERE,
    ...(isOpen ? [] : CLOSED),
    ...(isOpen || route.object === undefined ? [] : CLOSED_WRITES),
    ...(route.body === undefined ? [] : WITH_BODY),
  ];
}

/** Every code that a route may answer with, sorted. */
export function errorsOf(route: Route): readonly ErrorCode[] {
  const own = route.errors.filter((code): code is ErrorCode => code in ERRORS);
  return [...new Set([...own, ...commonErrorsOf(route)])].toSorted();
}

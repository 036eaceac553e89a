/** The door of `client`: the admin API, called by the names of its routes. */
export { addressOf, type AnyOptions, Client, type ClientOptions, type Line, type StreamEvent } from "./client.ts";
export { NoAnswer, type NoAnswerKind, ServerProblem } from "./failures.ts";
export { parseJson } from "./lines.ts";
export type { Answer, CallOptions, LineOf, LinesRoute } from "./typed.ts";

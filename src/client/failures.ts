/** How a call can fail. */
import type { ChangedDecisions, Problem } from "../contract/index.ts";

/** The server refused the request, in its own words. Its code may be one that this version does not know. */
export class ServerProblem extends Error {
  readonly problem: Problem;
  readonly code: string;
  readonly remedy: string;
  readonly status: number;
  /** Of `dry-run-outdated`: the devices whose decision has changed. */
  readonly changed: ChangedDecisions | undefined;
  /** Seconds after which the request is worth repeating. */
  readonly retryAfter: number | undefined;

  constructor(problem: Problem, retryAfter?: number) {
    super(problem.detail);
    this.name = "ServerProblem";
    this.problem = problem;
    this.code = problem.code;
    this.remedy = problem.remedy;
    this.status = problem.status;
    this.changed = problem.changed;
    this.retryAfter = retryAfter;
  }
}

/** No answer of the API came. */
export type NoAnswerKind =
  /** There was no connection, or it broke: `cause` has why. */
  | "unreachable"
  /** A stream of lines ended before its last line. */
  | "cut-off"
  /** A proxy said that no server is behind it just now. */
  | "away"
  /** Something answered that is not this API, or of another version. */
  | "foreign";

export class NoAnswer extends Error {
  readonly kind: NoAnswerKind;
  /** Of the HTTP reply, where there was one. */
  readonly status: number | undefined;

  constructor(kind: NoAnswerKind, { status, cause }: { readonly status?: number; readonly cause?: unknown } = {}) {
    super(`No answer of the API: ${kind}.`, cause === undefined ? undefined : { cause });
    this.name = "NoAnswer";
    this.kind = kind;
    this.status = status;
  }
}

/** The one error class. Its code is fixed (see `codes.ts` and docs/errors.md); the message says what happened here. */
import { type ErrorCode, ERRORS } from "./codes.ts";

export interface UptickErrorOptions {
  /** What the reader can do now; defaults to the remedy of the code. */
  readonly remedy?: string;
  readonly cause?: unknown;
  /** What the problem of the admin API has beside its usual members: see the contract. */
  readonly members?: Readonly<Record<string, unknown>>;
  /** When another try is worth it, in seconds: `Retry-After` of the admin API. */
  readonly retryAfter?: number;
}

export class UptickError extends Error {
  readonly code: ErrorCode;
  readonly remedy: string;
  /** HTTP status this error answers with on the admin API. */
  readonly status: number;
  readonly members: Readonly<Record<string, unknown>>;
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, message: string, options: UptickErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "UptickError";
    this.code = code;
    this.remedy = options.remedy ?? ERRORS[code].remedy;
    this.status = ERRORS[code].status;
    this.members = options.members ?? {};
    this.retryAfter = options.retryAfter;
  }
}

/** True for our own errors; what is not one is an internal fault or of the machine. */
export function isUptickError(error: unknown): error is UptickError {
  return error instanceof UptickError;
}

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
  /** Seconds after which another try is worth it: the header Retry-After of the admin API. */
  readonly retryAfter: number | undefined;
  /** HTTP status this error answers with on the admin API. */
  readonly status: number;
  readonly members: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: UptickErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "UptickError";
    this.code = code;
    this.remedy = options.remedy ?? ERRORS[code].remedy;
    this.retryAfter = options.retryAfter;
    this.status = ERRORS[code].status;
    this.members = options.members ?? {};
  }
}

/** A remedy as a command shows it: the API's own words of a code are replaced by those about commands. */
export function remedyInCommands(code: string, remedy: string): string {
  const entry = Object.hasOwn(ERRORS, code) ? ERRORS[code as ErrorCode] : undefined;
  return entry?.command !== undefined && entry.remedy === remedy ? entry.command : remedy;
}

/** True for our own errors; what is not one is an internal fault or of the machine. */
export function isUptickError(error: unknown): error is UptickError {
  return error instanceof UptickError;
}

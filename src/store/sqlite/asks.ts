/** Asks that wait for the one who writes, and what each is told. */
import { type ErrorCode, ERRORS, UptickError } from "../../errors/index.ts";
import type { Failure, Outcome, Task } from "./batch.ts";

/** An ask that waits for its outcome. */
export interface Waiting {
  readonly task: Task;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** More than this in one commit makes the last of them wait too long. */
export const MAX_BATCH = 256;

/** Tells an ask its outcome. */
export function settle(waiting: Waiting, outcome: Outcome | undefined): void {
  if (outcome === undefined) waiting.reject(new Error("the writer gave no outcome"));
  else if ("ok" in outcome) waiting.resolve(outcome.ok);
  else waiting.reject(errorOf(outcome.failed));
}

/** What everyone in a batch is told of which nothing was kept. */
export function brokenBy({ code, message }: Failure): UptickError {
  const damaged = code === "database-damaged";
  return new UptickError(damaged ? code : "store-unavailable", `Nothing could be written: ${message}`);
}

/** An error as it was thrown in the other thread. */
export function errorOf(failure: Failure): Error {
  const { code, message, remedy } = failure;
  if (code === undefined || !(code in ERRORS)) return new Error(message);
  return new UptickError(code as ErrorCode, message, remedy === undefined ? {} : { remedy });
}

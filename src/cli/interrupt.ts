/** Ctrl-C and its like: a long command is asked to end, and tidies up. */
import type { ExitCode } from "./exit-codes.ts";

/** Exit codes of a program that a signal ended, by custom 128 and the signal's number. */
const ENDED_BY = { SIGINT: 130, SIGPIPE: 141, SIGTERM: 143 } as const satisfies Record<string, ExitCode>;
type Name = "SIGINT" | "SIGTERM";
const NAMES: readonly Name[] = ["SIGINT", "SIGTERM"];

/** Real ms in which a signal counts as the one before: `timeout` and some launchers tell the process, then its group. */
const ECHO = 1000;

/** The part of `process` that is needed. */
export interface Signalled {
  readonly pid: number;
  on(name: Name, listener: () => void): unknown;
  off(name: Name, listener: () => void): unknown;
  kill(pid: number, name: Name): unknown;
}

/** An output that may lose its reader, as in `uptick demo | head`. */
export interface Breakable {
  on?(event: "error", listener: (error: NodeJS.ErrnoException) => void): unknown;
}

export interface Interrupt {
  readonly signal: AbortSignal;
  /** For what came first. */
  exitCode(): number;
  /** From now on signals do what they do without us. */
  stop(): void;
}

/**
 * The first SIGINT or SIGTERM aborts the signal, and so does the loss of `out`'s reader; a signal that comes later ends
 * the process at once, as without us.
 */
export function listenForInterrupt(
  out: Breakable,
  target: Signalled = process,
  now: () => number = Date.now,
): Interrupt {
  const controller = new AbortController();
  let first: { readonly name: keyof typeof ENDED_BY; readonly at: number } | undefined;
  const listeners = NAMES.map((name) => ({ name, listener: () => onSignal(name) }));
  const stop = (): void => {
    for (const { name, listener } of listeners) target.off(name, listener);
  };
  function begin(name: keyof typeof ENDED_BY): void {
    first = { name, at: now() };
    controller.abort();
  }
  function onSignal(name: Name): void {
    if (first === undefined) {
      begin(name);
    } else if (now() - first.at >= ECHO) {
      stop();
      target.kill(target.pid, name);
    }
  }
  for (const { name, listener } of listeners) target.on(name, listener);
  // Stays to the end of the process: every later write says it again.
  out.on?.("error", (error) => {
    if (error.code !== "EPIPE") throw error;
    if (first === undefined) begin("SIGPIPE");
  });
  return { signal: controller.signal, exitCode: () => ENDED_BY[first?.name ?? "SIGINT"], stop };
}

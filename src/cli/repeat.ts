/**
 * A write whose connection breaks may have been carried out or not. It is sent again with the same Idempotency-Key: the server then does it
 * if it has not, and else gives the answer that was lost.
 */
import { randomUUID } from "node:crypto";
import type { Route } from "../contract/index.ts";
import { isUptickError } from "../errors/index.ts";
import { ServerProblem } from "./server-problem.ts";

/** Between two tries while the first request is still under way (ms), and how many there are. */
const PAUSE = 1000;
const TRIES = 60;

/** The connection broke after it had been made: this is the right address. */
export function wasCut(error: unknown): boolean {
  const cause = isUptickError(error) && error.cause instanceof Error ? error.cause.cause : undefined;
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  return code === "UND_ERR_SOCKET" || code === "ECONNRESET" || code === "EPIPE";
}

const isUnderWay = (error: unknown): boolean =>
  error instanceof ServerProblem && error.code === "idempotency-key-in-use";

/** Sends a request, and a write once more where its connection was cut. `send` is given the key; undefined: it only reads. */
export async function repeated<T>(
  route: Route,
  send: (key: string | undefined) => Promise<T>,
  sleep: (ms: number) => Promise<void>,
): Promise<T> {
  if (route.object === undefined) return send(undefined);
  const key = randomUUID();
  let cut: unknown;
  try {
    return await send(key);
  } catch (error) {
    if (!wasCut(error)) throw error;
    cut = error;
  }
  for (let n = 1; ; n += 1) {
    try {
      return await send(key);
    } catch (error) {
      // The server has gone since: what broke first says that this is its address, and that the write may have been carried out.
      if (isUptickError(error) && error.code === "server-unreachable") throw cut;
      if (!isUnderWay(error) || n === TRIES) throw error;
      await sleep(PAUSE);
    }
  }
}

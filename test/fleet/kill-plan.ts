/** When a run's server is killed: drawn from a seed. The requests are counted, so it does not depend on how fast a machine is. */
import { random } from "../../simulator/index.ts";
import type { Kill } from "./killed-run.ts";

/** At most so many requests of all devices between two kills: a fleet of 50 makes some thousands on its way. */
const REQUESTS = 150;
/** At most so long from a request's beginning to the kill (real ms). */
const DELAY = 20;
/** How long the server is away (virtual ms): half an hour at most. */
const AWAY = 30 * 60_000;

/** Gives the next of `times` kills. */
export function killPlan(seed: string, times: number): () => Kill | undefined {
  const dice = random(`${seed}/kills`);
  let left = times;
  return () => {
    if (left === 0) return undefined;
    left -= 1;
    return { afterRequests: dice.integer(0, REQUESTS), delay: dice.between(0, DELAY), away: dice.between(0, AWAY) };
  };
}

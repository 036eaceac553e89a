/** A token bucket: waves of at most N a second, with a burst of one second. Pure except for what it remembers. */
export interface RateLimiter {
  /** How many of `wanted` may go at `now` (ms); they are taken. */
  take(now: number, wanted: number): number;
  /** Gives back what was taken and not used. */
  give(unused: number): void;
}

export function createRateLimiter(perSecond: number): RateLimiter {
  let tokens = perSecond;
  let last: number | undefined;
  return {
    take(now, wanted) {
      // A clock that steps back fills nothing.
      if (last !== undefined) tokens = Math.min(perSecond, tokens + (Math.max(0, now - last) * perSecond) / 1000);
      last = now;
      const taken = Math.min(wanted, Math.floor(tokens));
      tokens -= taken;
      return taken;
    },
    give(unused) {
      tokens = Math.min(perSecond, tokens + unused);
    },
  };
}

/**
 * A token bucket: waves of at most N a second, with a burst of one second. Once that is used up it gives what a tenth of a
 * second brings together, because many small waves cost more than few large ones. Pure except for what it remembers.
 */
export interface RateLimiter {
  /** How many of `wanted` may go at `now` (ms), 0 until a tenth of a second's share has gathered; they are taken. */
  take(now: number, wanted: number): number;
  /** Gives back what was taken and not used. */
  give(unused: number): void;
}

export function createRateLimiter(perSecond: number): RateLimiter {
  const least = Math.max(1, Math.floor(perSecond / 10));
  let tokens = perSecond;
  let last: number | undefined;
  return {
    take(now, wanted) {
      // A clock that steps back fills nothing.
      if (last !== undefined) tokens = Math.min(perSecond, tokens + (Math.max(0, now - last) * perSecond) / 1000);
      last = now;
      const taken = tokens < Math.min(wanted, least) ? 0 : Math.min(wanted, Math.floor(tokens));
      tokens -= taken;
      return taken;
    },
    give(unused) {
      tokens = Math.min(perSecond, tokens + unused);
    },
  };
}

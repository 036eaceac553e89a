/** The door to the outside world. */
export { type ApnsOptions, createApnsClient } from "./apns/client.ts";
export { createRateLimiter, type RateLimiter } from "./rate-limiter.ts";

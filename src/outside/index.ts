/** The door to the outside world. */
export { type ApnsOptions, createApnsClient } from "./apns/client.ts";
export { createCveFeeds, type CveFeedsOptions } from "./cve-feeds.ts";
export { createLookupService, type LookupServiceOptions } from "./lookup-service/client.ts";
export { getJson, type JsonRequest } from "./lookup-service/get-json.ts";
export { createOidcProvider, type OidcProviderOptions } from "./oidc.ts";
export { createRateLimiter, type RateLimiter } from "./rate-limiter.ts";
export { createWebhookClient, type WebhookClientOptions } from "./webhooks/client.ts";

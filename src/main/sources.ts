/** What the server asks of others: Apple's list, the feeds of CVEs where they are configured, and webhooks. */
import { rootCertificates } from "node:tls";
import { createCveFeeds, createLookupService, createWebhookClient, type JsonRequest } from "../outside/index.ts";
import type { FeedPort, LookupService, WebhookPort } from "../service/index.ts";
import type { Config } from "./config/index.ts";
import type { SettingFiles } from "./setting-files.ts";

export interface Sources {
  readonly lookupService: LookupService;
  /** Undefined: no feed is fetched. */
  readonly cveFeeds: FeedPort | undefined;
  readonly webhooks: WebhookPort;
}

export function sourcesOf(
  {
    lookupServiceUrl: url,
    cveFeedUrl: baseUrl,
    webhookAllow: allow,
  }: Pick<Config, "lookupServiceUrl" | "cveFeedUrl" | "webhookAllow">,
  { lookupServiceCa, cveFeedCa, webhookCa }: Pick<SettingFiles, "lookupServiceCa" | "cveFeedCa" | "webhookCa">,
  sleep: JsonRequest["sleep"],
): Sources {
  const trusting = (ca: string | undefined) => (ca === undefined ? { sleep } : { sleep, ca });
  return {
    lookupService: createLookupService({ url, ...trusting(lookupServiceCa) }),
    // Beside an own receiver there may be one of somebody else.
    webhooks: createWebhookClient({
      allow,
      ...trusting(webhookCa === undefined ? undefined : [webhookCa, ...rootCertificates].join("\n")),
    }),
    cveFeeds: baseUrl === undefined ? undefined : createCveFeeds({ baseUrl, ...trusting(cveFeedCa) }),
  };
}

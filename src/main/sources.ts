/** What the server fetches, and from where: Apple's list, and the feeds of CVEs where they are configured. */
import { createCveFeeds, createLookupService, type JsonRequest } from "../outside/index.ts";
import type { FeedPort, LookupService } from "../service/index.ts";
import type { Config } from "./config/index.ts";
import type { SettingFiles } from "./setting-files.ts";

export interface Sources {
  readonly lookupService: LookupService;
  /** Undefined: no feed is fetched. */
  readonly cveFeeds: FeedPort | undefined;
}

export function sourcesOf(
  { lookupServiceUrl: url, cveFeedUrl: baseUrl }: Pick<Config, "lookupServiceUrl" | "cveFeedUrl">,
  { lookupServiceCa, cveFeedCa }: Pick<SettingFiles, "lookupServiceCa" | "cveFeedCa">,
  sleep: JsonRequest["sleep"],
): Sources {
  const trusting = (ca: string | undefined) => (ca === undefined ? { sleep } : { sleep, ca });
  return {
    lookupService: createLookupService({ url, ...trusting(lookupServiceCa) }),
    cveFeeds: baseUrl === undefined ? undefined : createCveFeeds({ baseUrl, ...trusting(cveFeedCa) }),
  };
}

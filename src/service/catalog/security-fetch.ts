/**
 * The server fetches the feeds of CVEs, all platforms one after the other. A feed that can't be fetched or read is a warning and
 * changes nothing; the others are taken.
 */
import {
  dayOf,
  FEED_PLATFORMS,
  type FeedPlatform,
  type FeedRelease,
  namedKey,
  parseSecurityFeed,
  versionText,
} from "../../catalog/index.ts";
import { isUptickError } from "../../errors/index.ts";
import type { JsonOutcome, FeedPort, Ports } from "../ports.ts";
import { catalogOf } from "./catalog.ts";
import { feedSetting, type FeedState, feedStateIn, noteFeed, noteSecurity } from "./note-security.ts";

export interface SecurityFetch {
  /** Never rejects for what a feed does. */
  fetchAll(): Promise<void>;
  /** Ends a fetch under way; none begins any more. */
  stop(): void;
}

/** Apple's list has what was posted lately; what is older may have left it, and a fetch would not bring it back. */
const RECENT = 30 * 24 * 3_600_000;
/** Of a failure's text, in characters. */
const MOST_REASON = 200;

/** `onUnknown`: feeds have named releases for the first time, lately posted, that the catalog does not know. */
export function createSecurityFetch(
  ports: Ports,
  feeds: FeedPort,
  onUnknown: (releases: readonly FeedRelease[]) => Promise<unknown>,
): SecurityFetch {
  const { devices, log } = ports;
  const ending = new AbortController();

  async function failed(platform: FeedPlatform, cause: string, detail: string): Promise<void> {
    const reason = detail.slice(0, MOST_REASON);
    log.warn("cve-feed-failed", { platform, cause, detail: reason });
    await devices.run(noteFeed, { platform, kind: "failed", reason, now: ports.now() });
  }

  /** The releases that no feed had before. */
  async function taken(
    platform: FeedPlatform,
    { json, validators }: Extract<JsonOutcome, { kind: "json" }>,
  ): Promise<readonly FeedRelease[]> {
    const now = ports.now();
    let parsed: ReturnType<typeof parseSecurityFeed>;
    try {
      parsed = parseSecurityFeed(json, now);
    } catch (error) {
      if (!isUptickError(error)) throw error;
      await failed(platform, error.code, error.message);
      return [];
    }
    const { problems, ...feed } = parsed;
    if (feed.platform !== platform) {
      await failed(platform, "cve-feed-invalid", `It is the feed of ${feed.platform}.`);
      return [];
    }
    const { added, exploited } = await devices.run(noteSecurity, { ...feed, validators, now });
    log.info("cve-feed-fetched", {
      platform,
      date: feed.date,
      added: added.length,
      exploited: exploited.length,
      problems: problems.length,
    });
    const names = new Set(added);
    return feed.releases.filter(({ version, extra }) => names.has(versionText(version, extra)));
  }

  async function fetchOne(platform: FeedPlatform): Promise<readonly FeedRelease[]> {
    const [row] = await devices.read({ from: "setting", where: { name: feedSetting(platform) } });
    const { validators }: FeedState = feedStateIn(row);
    const outcome = await feeds.fetch(platform, validators, ending.signal);
    switch (outcome.kind) {
      case "json":
        return taken(platform, outcome);
      case "not-modified":
        await devices.run(noteFeed, { platform, kind: "same", now: ports.now() });
        log.info("cve-feed-same", { platform });
        return [];
      case "failed":
        await failed(platform, outcome.cause, outcome.detail);
        return [];
      case "stopped":
        return [];
    }
  }

  return {
    async fetchAll() {
      const added: FeedRelease[] = [];
      for (const platform of FEED_PLATFORMS) if (!ending.signal.aborted) added.push(...(await fetchOne(platform)));
      if (ending.signal.aborted) return;
      const since = dayOf(ports.now() - RECENT);
      const { releases } = await catalogOf(ports);
      const known = new Set(releases.map((release) => `${release.platform} ${namedKey(release)}`));
      const unknown = added.filter((one) => one.postedOn >= since && !known.has(`${one.platform} ${namedKey(one)}`));
      if (unknown.length > 0) await onUnknown(unknown);
    },
    stop: () => ending.abort(),
  };
}

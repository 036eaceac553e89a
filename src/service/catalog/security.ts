/** What is known of CVEs, as the service reads it, and what is shown of it. */
import {
  exploitedIn,
  FEED_PLATFORMS,
  type FeedPlatform,
  type Named,
  namedKey,
  type Security,
  securityOf,
  type SecurityRelease,
} from "../../catalog/index.ts";
import type { CveFeed, Release as ReleaseView } from "../../contract/index.ts";
import type { AdminStore } from "../../store/index.ts";
import { feedFailedWords, feedWords } from "../../words/index.ts";
import { isoTime } from "../iso-time.ts";
import type { Ports } from "../ports.ts";
import { feedSetting, type FeedState, feedStateIn, releaseIn } from "./note-security.ts";

export interface StoredSecurity extends Security {
  readonly feeds: ReadonlyMap<FeedPlatform, FeedState>;
  readonly byName: ReadonlyMap<string, SecurityRelease>;
}

/** What a store has given last, and for which feeds: the rows are read again only when a feed has changed one. */
const READ = new WeakMap<AdminStore, { readonly of: string; readonly releases: readonly SecurityRelease[] }>();

export async function securityIn({ admin, devices }: Pick<Ports, "admin" | "devices">): Promise<StoredSecurity> {
  const feeds = new Map<FeedPlatform, FeedState>();
  const stored = FEED_PLATFORMS.map(async (platform) => {
    const [row] = await devices.read({ from: "setting", where: { name: feedSetting(platform) } });
    return [platform, feedStateIn(row)] as const;
  });
  for (const [platform, state] of await Promise.all(stored)) feeds.set(platform, state);
  const of = JSON.stringify([...feeds.values()].map(({ good }) => good?.changedAt ?? null));
  const before = READ.get(admin);
  const releases = before?.of === of ? before.releases : (await admin.securityReleases()).map(releaseIn);
  READ.set(admin, { of, releases });
  const byName = new Map(releases.map((release) => [nameOf(release), release]));
  return { ...securityOf(releases), feeds, byName };
}

const nameOf = (release: Named & { readonly platform: string }): string => `${release.platform} ${namedKey(release)}`;

/** Null where no feed names the release: it is not known whether it fixes any CVE. */
export function fixesOf(
  { feeds, byName }: StoredSecurity,
  release: Named & { readonly platform: string },
): ReleaseView["fixes"] {
  const found = byName.get(nameOf(release));
  const good = found === undefined ? undefined : feeds.get(found.platform as FeedPlatform)?.good;
  if (found === undefined || good === undefined || good === null) return null;
  return { cves: found.cves.length, exploited: exploitedIn(found), feedDate: good.date };
}

/** The feeds that were ever tried. */
export const feedViews = ({ feeds }: StoredSecurity): CveFeed[] =>
  [...feeds].flatMap(([platform, { good, failed }]) =>
    good === null && failed === null
      ? []
      : [
          {
            platform,
            feedDate: good?.date ?? null,
            takenAt: good === null ? null : isoTime(good.takenAt),
            failedAt: failed === null ? null : isoTime(failed.at),
            failure: failed?.reason ?? null,
            sentence: [
              ...(good === null ? [] : [feedWords(platform, good.date, isoTime(good.takenAt).slice(0, 10))]),
              ...(failed === null ? [] : [feedFailedWords(platform, isoTime(failed.at).slice(0, 10), failed.reason)]),
            ].join(" "),
          },
        ],
  );

/** Null: the last fetch of each feed was good, or none was tried. */
export function failedFeeds({ feeds }: Pick<StoredSecurity, "feeds">) {
  const failed = [...feeds].flatMap(([platform, state]) =>
    state.failed === null ? [] : [{ platform, ...state.failed }],
  );
  const [first] = failed.toSorted((a, b) => a.at - b.at);
  if (first === undefined) return null;
  return { platforms: failed.map(({ platform }) => platform), reason: first.reason, at: first.at };
}

/** Feeds of CVEs as they are taken: what they add to what is known of releases, and what is known of the feeds. */
import { sweepFor } from "../compliance/sweep.ts";
import {
  exploitedIn,
  type FeedPlatform,
  mergeSecurity,
  namedKey,
  type SecurityFeed,
  type SecurityRelease,
  versionText,
} from "../../catalog/index.ts";
import {
  type Decision,
  type Json,
  type SecurityReleaseRow,
  type SettingRow,
  transaction,
  type Write,
} from "../../store/index.ts";
import type { Validators } from "../ports.ts";

/** What is known of the feed of a platform: a setting. Moments are ms UTC. */
export interface FeedState {
  /** The newest feed that was taken; null: none was. */
  readonly good: {
    /** YYYY-MM-DD: of which day it is. */
    readonly date: string;
    readonly dateFrom: SecurityFeed["dateFrom"];
    /** When a feed was last taken, or found to be the same. */
    readonly takenAt: number;
    /** When a feed last changed any release: it rises with each change. */
    readonly changedAt: number;
  } | null;
  /** The last fetch, if it failed. */
  readonly failed: { readonly at: number; readonly reason: string } | null;
  /** HTTP's, of the last fetch. */
  readonly validators: Validators | null;
}

export const NO_FEED: FeedState = { good: null, failed: null, validators: null };

export const feedSetting = (platform: FeedPlatform): string => `cve-feed:${platform}`;

export const feedStateIn = (row: SettingRow | undefined): FeedState =>
  (row?.value as unknown as FeedState | undefined) ?? NO_FEED;

const stateWrite = (platform: FeedPlatform, state: FeedState): Write => ({
  put: "setting",
  row: { name: feedSetting(platform), value: state as unknown as Json },
});

export interface NoteSecurityInput extends Pick<SecurityFeed, "platform" | "date" | "dateFrom" | "releases"> {
  /** Of a fetch; absent for a file, which says nothing about what the next fetch would bring. */
  readonly validators?: Validators | null;
  readonly now: number;
}

export interface NotedSecurity {
  readonly good: NonNullable<FeedState["good"]>;
  /** Releases that no feed had before, as they are written. */
  readonly added: readonly string[];
  /** CVEs that are exploited and were not known to be, each with its release. */
  readonly exploited: readonly { readonly version: string; readonly cve: string }[];
  /** The feed is older than the one before it, of this day; null: it is not. */
  readonly newerBefore: string | null;
}

/** Writes what a feed adds, and the state of the feed; a feed that adds nothing writes one row. Nothing is ever taken away. */
export const noteSecurity = transaction({
  name: "noteSecurity",
  reads: ({ platform }: NoteSecurityInput) => ({
    known: { from: "securityRelease", where: { platform } },
    state: { from: "setting", where: { name: feedSetting(platform) } },
  }),
  changes: ({ platform, date }) => ({ id: null, detail: `CVEs of ${platform} of ${date}` }),
  decide(input: NoteSecurityInput, seen): Decision<NotedSecurity> {
    const { platform, date, dateFrom, now } = input;
    const state = feedStateIn(seen.state[0]);
    const { good: before } = state;
    const takenAt = Math.max(now, (before?.takenAt ?? 0) + 1);
    const newerBefore = before !== null && before.date > date ? before.date : null;
    const known = new Map(seen.known.map((row) => [namedKey(releaseIn(row)), row]));
    const merged = input.releases
      .map((said) => ({ said, row: known.get(namedKey(said)) }))
      .map(({ said, row }) =>
        mergedRow(row, mergeSecurity(row && releaseIn(row), said, takenAt), takenAt, newerBefore !== null),
      );
    const named = new Set(input.releases.map(namedKey));
    // What the newest feed lacks was last seen in the one before it; an older feed says nothing about that.
    const gone = seen.known.filter((row) => row.lastSeenAt === null && !named.has(namedKey(releaseIn(row))));
    const rows = [
      ...merged.flatMap(({ write }) => write ?? []),
      ...(newerBefore === null ? gone.map((row) => ({ ...row, lastSeenAt: before?.takenAt ?? takenAt })) : []),
    ];
    const good = {
      ...(newerBefore === null || before === null
        ? { date, dateFrom }
        : { date: before.date, dateFrom: before.dateFrom }),
      takenAt,
      changedAt: rows.length > 0 || before === null ? takenAt : before.changedAt,
    };
    const { validators } = input;
    const next = validators === undefined ? { ...state, good } : { good, failed: null, validators };
    const exploited = merged.flatMap(({ version, exploited: cves }) => cves.map((cve) => ({ version, cve })));
    return {
      writes: [
        ...rows.map((row): Write => ({ put: "securityRelease", row })),
        stateWrite(platform, next),
        // Devices may be exposed that were not.
        ...(exploited.length === 0 ? [] : [sweepFor(takenAt, now)]),
      ],
      change: {
        before: before === null ? null : { platform, feedDate: before.date },
        after: { platform, feedDate: good.date, releases: rows.length },
      },
      result: {
        good,
        added: merged.filter(({ row }) => row === undefined).map(({ version }) => version),
        exploited,
        newerBefore,
      },
    };
  },
});

function mergedRow(row: SecurityReleaseRow | undefined, release: SecurityRelease, at: number, older: boolean) {
  const { platform, postedOn, cves } = release;
  const before = new Set(row === undefined ? [] : exploitedIn(row.doc));
  const version = row?.version ?? versionText(release.version, release.extra);
  const lastSeenAt = older ? (row === undefined ? at : row.lastSeenAt) : null;
  const changed = row === undefined || row.doc.cves !== cves || row.doc.postedOn !== postedOn;
  const write: SecurityReleaseRow | undefined =
    changed || row.lastSeenAt !== lastSeenAt
      ? { platform, version, doc: { postedOn, cves }, firstSeenAt: row?.firstSeenAt ?? at, lastSeenAt }
      : undefined;
  return { row, version, write, exploited: exploitedIn(release).filter((cve) => !before.has(cve)) };
}

/** A row as a release: its version has the letter of an improvement behind it. */
export function releaseIn({ platform, version: text, doc }: SecurityReleaseRow): SecurityRelease {
  const [version = "", extra] = text.split(" ");
  return {
    platform: platform as FeedPlatform,
    version,
    ...(extra === undefined ? {} : { extra }),
    postedOn: doc.postedOn,
    cves: doc.cves,
  };
}

/** How a fetch that brought no feed ended. */
export type NoteFeedInput = { readonly platform: FeedPlatform; readonly now: number } & (
  | { readonly kind: "same" }
  | { readonly kind: "failed"; readonly reason: string }
);

/** A fetch that brought no feed changes no release. */
export const noteFeed = transaction({
  name: "noteFeed",
  reads: ({ platform }: NoteFeedInput) => ({ state: { from: "setting", where: { name: feedSetting(platform) } } }),
  decide(input: NoteFeedInput, seen): { writes: Write[]; result: null } {
    const state = feedStateIn(seen.state[0]);
    const { good } = state;
    if (input.kind === "failed") {
      const failed = { at: input.now, reason: input.reason };
      return { writes: [stateWrite(input.platform, { ...state, failed })], result: null };
    }
    if (good === null) return { writes: [], result: null };
    const takenAt = Math.max(input.now, good.takenAt);
    return {
      writes: [stateWrite(input.platform, { ...state, good: { ...good, takenAt }, failed: null })],
      result: null,
    };
  },
});

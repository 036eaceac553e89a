import { describe, expect, it } from "vitest";
import { type FeedRelease, namedKey, parseSecurityFeed } from "../../catalog/index.ts";
import type { Decision, SecurityReleaseRow, SettingRow } from "../../store/index.ts";
import {
  feedStateIn,
  NO_FEED,
  noteFeed,
  type NoteFeedInput,
  noteSecurity,
  type NoteSecurityInput,
  type NotedSecurity,
} from "./note-security.ts";

const A = "CVE-2026-65400";
const B = "CVE-2026-1000";

/** What is kept, and asked of both transactions as a store would. */
function kept() {
  const rows = new Map<string, SecurityReleaseRow>();
  let setting: SettingRow[] = [];
  function apply<Result>({ writes, result }: Decision<Result>) {
    const put: string[] = [];
    for (const write of writes) {
      if ("put" in write && write.put === "securityRelease") {
        rows.set(write.row.version, write.row);
        put.push(write.row.version);
      } else if ("put" in write && write.put === "setting") setting = [write.row];
      else if ("put" in write && write.put === "sweep") put.push("sweep");
      else throw new Error("nothing else is written");
    }
    return { put, result };
  }
  return {
    rows,
    state: () => feedStateIn(setting[0]),
    take(input: Partial<NoteSecurityInput> & { readonly releases: readonly FeedRelease[]; readonly now: number }) {
      const ask = { platform: "macOS", date: "2026-08-22", dateFrom: "feed", ...input } as const;
      const seen = { known: [...rows.values()], state: setting };
      return apply(noteSecurity.decide(ask, seen) as Decision<NotedSecurity>);
    },
    note: (input: NoteFeedInput) => apply(noteFeed.decide(input, { state: setting }) as Decision<null>),
  };
}

const of = (name: string, cves: readonly string[] = [], exploited: readonly string[] = []): FeedRelease => {
  const [version = "", extra] = name.split(" ");
  return {
    platform: "macOS",
    version,
    ...(extra === undefined ? {} : { extra }),
    postedOn: "2026-08-06",
    cves: [...cves.map((id) => ({ id, exploited: false })), ...exploited.map((id) => ({ id, exploited: true }))],
  };
};

describe("a feed that is taken", () => {
  it("makes a row of each release, and a state of the feed", () => {
    const store = kept();
    const { put, result } = store.take({ releases: [of("26.6.1", [B], [A]), of("26.3.1 (a)")], now: 10 });
    // A new exploited CVE makes all devices be looked at.
    expect(put).toEqual(["26.6.1", "26.3.1 (a)", "sweep"]);
    expect(result).toMatchObject({
      added: ["26.6.1", "26.3.1 (a)"],
      exploited: [{ version: "26.6.1", cve: A }],
      newerBefore: null,
    });
    expect(store.rows.get("26.6.1")).toEqual({
      platform: "macOS",
      version: "26.6.1",
      doc: {
        postedOn: "2026-08-06",
        cves: [
          { id: B, firstSeenAt: 10, exploitedSince: null },
          { id: A, firstSeenAt: 10, exploitedSince: 10 },
        ],
      },
      firstSeenAt: 10,
      lastSeenAt: null,
    });
    const good = { date: "2026-08-22", dateFrom: "feed", takenAt: 10, changedAt: 10 };
    expect(store.state()).toEqual({ good, failed: null, validators: null });
  });

  it("writes the rows only that it changes, and without a change none but its state", () => {
    const store = kept();
    store.take({ releases: [of("26.6.1", [B]), of("26.6", [A])], now: 10 });
    const same = store.take({ releases: [of("26.6", [A]), of("26.6.1.0", [B])], now: 20 });
    expect([same.put, same.result.added]).toEqual([[], []]);
    expect(store.state().good).toMatchObject({ takenAt: 20, changedAt: 10 });
    const marked = store.take({ releases: [of("26.6.1", [B], [A]), of("26.6", [A])], now: 30 });
    expect([marked.put, marked.result.exploited]).toEqual([["26.6.1", "sweep"], [{ version: "26.6.1", cve: A }]]);
    expect(store.rows.get("26.6.1")?.firstSeenAt).toBe(10);
    expect(store.state().good).toMatchObject({ takenAt: 30, changedAt: 30 });
  });

  it("keeps what it lacks: releases, CVEs and marks; and notes when a release was last there", () => {
    const store = kept();
    store.take({ releases: [of("26.6.1", [B], [A]), of("26.6", [A])], now: 10 });
    expect(store.take({ releases: [of("26.6.1")], now: 20 }).put).toEqual(["26.6"]);
    expect(store.rows.get("26.6")).toMatchObject({ lastSeenAt: 10, doc: { cves: [{ id: A }] } });
    expect(store.rows.get("26.6.1")?.doc.cves).toEqual([
      { id: B, firstSeenAt: 10, exploitedSince: null },
      { id: A, firstSeenAt: 10, exploitedSince: 10 },
    ]);
    expect(store.take({ releases: [of("26.6.1")], now: 30 }).put).toEqual([]);
    expect(store.take({ releases: [of("26.6.1"), of("26.6")], now: 40 }).put).toEqual(["26.6"]);
    expect(store.rows.get("26.6")).toMatchObject({ lastSeenAt: null, firstSeenAt: 10 });
  });

  it("that is older adds what it knows, and moves neither the date nor what the newest feed has", () => {
    const store = kept();
    store.take({ releases: [of("26.6.1")], now: 10 });
    const old = { releases: [of("26.6", [], [A])], date: "2026-08-01", now: 20 };
    expect(store.take(old).result).toMatchObject({ newerBefore: "2026-08-22", added: ["26.6"] });
    expect(store.state().good).toMatchObject({ date: "2026-08-22", takenAt: 20 });
    expect(store.rows.get("26.6.1")?.lastSeenAt).toBeNull();
    expect(store.rows.get("26.6")?.lastSeenAt).toBe(20);
    expect(store.take({ ...old, now: 30 }).put).toEqual([]);
  });

  it("has a moment above that of the feed before, whatever the clock says", () => {
    const store = kept();
    store.take({ releases: [of("26.6")], now: 10 });
    store.take({ releases: [of("26.6"), of("26.6.1")], now: 5 });
    expect(store.state().good).toMatchObject({ takenAt: 11, changedAt: 11 });
  });

  it("by a file leaves the next fetch as it was", () => {
    const store = kept();
    const validators = { etag: '"a"', lastModified: null };
    store.take({ releases: [of("26.6")], validators, now: 10 });
    store.note({ platform: "macOS", kind: "failed", reason: "status 503", now: 20 });
    store.take({ releases: [of("26.6")], now: 30 });
    expect(store.state()).toMatchObject({ validators, failed: { at: 20, reason: "status 503" } });
    store.take({ releases: [of("26.6")], validators: null, now: 40 });
    expect(store.state()).toMatchObject({ validators: null, failed: null });
  });
});

describe("a fetch without a feed", () => {
  it("that failed leaves everything, and that found the same says so", () => {
    const store = kept();
    expect(store.note({ platform: "macOS", kind: "same", now: 1 }).put).toEqual([]);
    expect(store.state()).toEqual(NO_FEED);
    store.take({ releases: [of("26.6.1")], validators: null, now: 10 });
    const { good } = store.state();
    store.note({ platform: "macOS", kind: "failed", reason: "status 503", now: 20 });
    expect(store.state()).toEqual({ good, failed: { at: 20, reason: "status 503" }, validators: null });
    store.note({ platform: "macOS", kind: "same", now: 30 });
    expect(store.state()).toEqual({ good: { ...good, takenAt: 30 }, failed: null, validators: null });
    store.note({ platform: "macOS", kind: "same", now: 5 });
    expect(store.state().good?.takenAt).toBe(30);
  });
});

it("a row's name is read as it was parsed", () => {
  const json = {
    OSVersions: [
      {
        SecurityReleases: [
          { ProductName: "macOS", ProductVersion: "26.3.1 (a)", ReleaseDate: "2026-03-17", CVEs: [A] },
        ],
      },
    ],
  };
  const { releases } = parseSecurityFeed(json, Date.UTC(2026, 7, 25));
  const store = kept();
  store.take({ releases, now: 10 });
  expect(store.take({ releases, now: 20 }).put).toEqual([]);
  expect(releases.map(namedKey)).toEqual([...store.rows.keys()]);
});

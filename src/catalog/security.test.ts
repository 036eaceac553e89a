import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Platform } from "../protocol/index.ts";
import {
  exploitedIn,
  exposedBy,
  type FeedRelease,
  fixesExploited,
  mergeSecurity,
  namedKey,
  NO_SECURITY,
  securityOf,
  type SecurityRelease,
  urgentBelow,
} from "./security.ts";
import { compareNamed } from "./named.ts";

const A = "CVE-2026-65400";
const B = "CVE-2026-20643";
/** A release that fixes one CVE. */
const fixes = (name: string, exploited: boolean, more: Partial<SecurityRelease> = {}): SecurityRelease => {
  const [version = "", extra] = name.split(" ");
  return {
    platform: "macOS",
    version,
    ...(extra === undefined ? {} : { extra }),
    postedOn: "2026-08-06",
    cves: [{ id: A, firstSeenAt: 1, exploitedSince: exploited ? 1 : null }],
    ...more,
  };
};
const KNOWN = securityOf([
  fixes("15.7.9", true),
  fixes("26.3", true, { postedOn: "2026-02-11" }),
  fixes("26.3.2 (b)", true),
  fixes("26.6", false),
  fixes("26.6.1", true),
  fixes("26.6.2", false),
  fixes("26.7", true, { platform: "iOS" }),
]);
const names = (releases: readonly SecurityRelease[]): string[] => releases.map(namedKey);

describe("what fixes an exploited CVE", () => {
  it.each([
    ["26.5", "26.6.2", ["26.6.1"]],
    ["26.6", "26.6.2", ["26.6.1"]],
    ["26.6.1", "26.6.2", []],
    ["26.6", "26.6.1", ["26.6.1"]],
    ["26.6", "26.6", []],
    ["26.0", "26.6.2", ["26.6.1", "26.3.2 (b)", "26.3"]],
    ["26.2", "26.3.2", ["26.3"]],
    ["26.3.1", "26.4", ["26.3.2 (b)"]],
    ["15.7", "26.6.2", ["15.7.9"]],
    ["15.7.9", "26.6.2", []],
    ["14.8", "26.6.2", []],
    ["next", "26.6.2", []],
  ])("for %s on its way to %s: %j", (version, upTo, expected) => {
    expect(names(fixesExploited(KNOWN, "macOS", { version }, { version: upTo }))).toEqual(expected);
  });

  it.each([
    ["26.6.2", "26.6.1"],
    ["26.6.1", "26.6.1"],
    ["26.6", "26.3.2 (b)"],
    ["26.3.2 (b)", "26.3.2 (b)"],
    ["26.3.2 (a)", "26.3"],
    ["26.3.2", "26.3"],
    ["26.2", undefined],
    ["27.0", undefined],
  ])("makes a rollout of %s urgent below %s", (name, expected) => {
    const [version = "", extra] = name.split(" ");
    const found = urgentBelow(KNOWN, "macOS", { version, ...(extra === undefined ? {} : { extra }) });
    expect(found === undefined ? undefined : namedKey(found)).toBe(expected);
  });

  it("is asked of the device's own platform", () => {
    expect(exposedBy(KNOWN, "iOS", { version: "26.6.1" })).toMatchObject({ fixedIn: { version: "26.7" } });
    expect(exposedBy(KNOWN, "tvOS", { version: "26.0" })).toBeUndefined();
    expect(exposedBy(NO_SECURITY, "macOS", { version: "26.0" })).toBeUndefined();
  });
});

describe("a device is exposed", () => {
  const by = (version: string, more: object = {}) => exposedBy(KNOWN, "macOS", { version, ...more });

  it("by the newest release above it, with its CVEs and its day", () => {
    expect(by("26.2")).toEqual({ cves: [A], fixedIn: { version: "26.6.1" }, postedOn: "2026-08-06" });
  });

  it("on a beta of the release that fixes it, and not on a beta of the next", () => {
    expect(by("26.6.1", { build: "25G5076a" })).toBeDefined();
    expect(by("26.6.1", { build: "25G76" })).toBeUndefined();
    expect(by("26.6.2", { build: "25G5083a" })).toBeUndefined();
  });

  it("without an improvement that fixes it, or with an earlier letter", () => {
    const improved = securityOf([fixes("26.3.2 (b)", true)]);
    const on = (version: string, supplementalExtra?: string) =>
      exposedBy(improved, "macOS", { version, supplementalExtra }) !== undefined;
    expect([on("26.3.1"), on("26.3.2"), on("26.3.2", "(a)")]).toEqual([true, true, true]);
    expect([on("26.3.2", "(b)"), on("26.3.2", "c"), on("26.4")]).toEqual([false, false, false]);
    expect(exposedBy(improved, "macOS", { version: "26.3" })?.fixedIn).toEqual({ version: "26.3.2", extra: "(b)" });
  });
});

describe("what is learned of a release", () => {
  const said = (more: Partial<FeedRelease> = {}): FeedRelease => ({
    platform: "macOS",
    version: "26.6.1",
    postedOn: "2026-08-06",
    cves: [{ id: A, exploited: false }],
    ...more,
  });
  const known = mergeSecurity(undefined, said(), 10);

  it("is new, then the very same until something is added", () => {
    expect(known.cves).toEqual([{ id: A, firstSeenAt: 10, exploitedSince: null }]);
    expect(mergeSecurity(known, said(), 20)).toBe(known);
    expect(mergeSecurity(known, said({ cves: [], postedOn: "2026-09-01" }), 20)).toBe(known);
  });

  it("has the moment of each CVE and of each mark", () => {
    const marked = mergeSecurity(
      known,
      said({
        cves: [
          { id: B, exploited: false },
          { id: A, exploited: true },
        ],
      }),
      20,
    );
    expect(marked.cves).toEqual([
      { id: B, firstSeenAt: 20, exploitedSince: null },
      { id: A, firstSeenAt: 10, exploitedSince: 20 },
    ]);
    expect(mergeSecurity(marked, said(), 30)).toBe(marked);
  });

  it("has the earliest day and the first name", () => {
    const again = said({ version: "26.6.1.0", postedOn: "2026-08-05" });
    expect(mergeSecurity(known, again, 20)).toEqual({ ...known, postedOn: "2026-08-05" });
  });
});

describe("names of releases", () => {
  it.each([
    ["26.0", "26"],
    ["26.06.0", "26.6"],
    ["10.0.0.0", "10"],
    ["26.10", "26.10"],
  ])("%s is kept as %s", (version, key) => expect(namedKey({ version })).toBe(key));
});

describe("properties", () => {
  const version = fc
    .tuple(fc.constantFrom(15, 26), fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 }))
    .map((parts) => parts.join("."));
  const feedRelease: fc.Arbitrary<FeedRelease> = fc.record({
    platform: fc.constant<Platform>("macOS"),
    version,
    postedOn: fc.constantFrom("2026-07-27", "2026-08-06"),
    cves: fc.array(fc.record({ id: fc.constantFrom(A, B), exploited: fc.boolean() }), { maxLength: 3 }),
  });
  const merged = (said: readonly FeedRelease[]): SecurityRelease[] => {
    const known = new Map<string, SecurityRelease>();
    for (const [at, one] of said.entries()) known.set(namedKey(one), mergeSecurity(known.get(namedKey(one)), one, at));
    return [...known.values()];
  };

  it("more data never makes an exposed device safe and never forgets a CVE, a mark or a moment", () => {
    fc.assert(
      fc.property(fc.array(feedRelease), fc.array(feedRelease), version, (first, then, installed) => {
        const before = merged(first);
        const after = merged([...first, ...then]);
        for (const one of before) {
          const now = after.find((other) => namedKey(other) === namedKey(one));
          expect(exploitedIn(now ?? one)).toEqual(expect.arrayContaining(exploitedIn(one)));
          for (const { id, firstSeenAt } of one.cves)
            expect(now?.cves).toEqual(expect.arrayContaining([expect.objectContaining({ id, firstSeenAt })]));
        }
        const exposed = (releases: readonly SecurityRelease[]) =>
          exposedBy(securityOf(releases), "macOS", { version: installed }) !== undefined;
        expect(!exposed(before) || exposed(after)).toBe(true);
      }),
    );
  });

  it("a device is exposed exactly if some release above it in its major fixes an exploited CVE", () => {
    const extra = fc.constantFrom(undefined, "(a)", "(b)");
    const improved = fc.tuple(feedRelease, extra).map(([one, letter]) => ({
      ...one,
      ...(letter === undefined ? {} : { extra: letter }),
    }));
    const seen = fc.record({
      version,
      supplementalExtra: extra,
      build: fc.constantFrom(undefined, "25G76", "25G5076a"),
    });
    fc.assert(
      fc.property(fc.array(improved), seen, (said, installed) => {
        const security = securityOf(merged(said));
        const above = fixesExploited(security, "macOS", installed, { version: "99" });
        const by = exposedBy(security, "macOS", installed);
        expect(by?.fixedIn).toEqual(
          above[0] && { version: above[0].version, ...(above[0].extra && { extra: above[0].extra }) },
        );
      }),
    );
  });

  it("in a rollout's major, a device has a fix before it exactly if it is below the rollout's bound", () => {
    fc.assert(
      fc.property(fc.array(feedRelease), version, version, (said, installed, upTo) => {
        fc.pre(installed.split(".")[0] === upTo.split(".")[0]);
        const security = securityOf(merged(said));
        const bound = urgentBelow(security, "macOS", { version: upTo });
        const below = bound !== undefined && compareNamed({ version: installed }, bound) < 0;
        expect(fixesExploited(security, "macOS", { version: installed }, { version: upTo }).length > 0).toBe(below);
      }),
    );
  });
});

import { describe, expect, it } from "vitest";
import type { ChallengeRow, EnrollmentLinkRow } from "../../store/index.ts";
import { deathOf, followLink } from "./link.ts";

const MINUTE = 60_000;
const NOW = 1_000 * MINUTE;
const link: EnrollmentLinkRow = {
  id: "l",
  hash: "h",
  note: "",
  uses: 2,
  used: 1,
  createdAt: 0,
  expiresAt: NOW + 24 * 60 * MINUTE,
  revokedAt: null,
  downloads: 0,
  minute: 0,
  inMinute: 0,
  createdBy: "token:first",
};

describe("an enrollment link", () => {
  it.each([
    ["is alive", {}, undefined],
    ["is alive at its last moment", { expiresAt: NOW + 1 }, undefined],
    ["ends at its end", { expiresAt: NOW }, "link-expired"],
    ["is used up by its last use", { used: 2 }, "link-used-up"],
    ["is revoked whatever else it is", { revokedAt: 1, used: 2, expiresAt: 1 }, "link-revoked"],
  ] as const)("%s", (_what, change, death) => expect(deathOf({ ...link, ...change }, NOW)).toBe(death));
});

describe("following a link", () => {
  const follow = (row: EnrollmentLinkRow, now: number, made: ChallengeRow[] = []) =>
    followLink.decide({ hash: "h", challengeHash: "c", accessRights: 1, now }, { link: [row], made });

  /** The link after one more download; undefined where there was none. */
  function next(row: EnrollmentLinkRow, now: number): EnrollmentLinkRow | undefined {
    for (const write of follow(row, now).writes) {
      if ("patch" in write && write.patch === "enrollmentLink") return { ...row, ...write.set };
    }
    return undefined;
  }

  it("is done 30 times in a minute, then again from the next one on", () => {
    let row = link;
    for (let n = 1; n <= 30; n += 1) {
      const after = next(row, NOW + n * 1000);
      expect(after).toMatchObject({ downloads: n, inMinute: n, used: 1 });
      row = after ?? row;
    }
    expect(follow(row, NOW + 40_000)).toEqual({ writes: [], said: { kind: "wait", ms: 20_000 } });
    expect(follow(row, NOW + MINUTE - 1).said).toEqual({ kind: "wait", ms: 1 });
    expect(next(row, NOW + MINUTE)).toMatchObject({ downloads: 31, inMinute: 1 });
    // A clock that was set back.
    expect(next(row, NOW - MINUTE)).toMatchObject({ downloads: 31, inMinute: 1 });
  });

  it("makes nothing where there is no link, or a dead one", () => {
    const nothing = followLink.decide(
      { hash: "h", challengeHash: "c", accessRights: 1, now: NOW },
      { link: [], made: [] },
    );
    expect(nothing).toEqual({ writes: [], said: { kind: "dead", why: "link-unknown" } });
    expect(follow({ ...link, revokedAt: 1 }, NOW)).toEqual({
      writes: [],
      said: { kind: "dead", why: "link-revoked" },
    });
  });
});

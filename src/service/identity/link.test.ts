/** Enrollment links, as a table: a download and the rows → the rows afterwards and what is said. */
import { describe, expect, it } from "vitest";
import type { Rows } from "../../store/index.ts";
import { type MemoryRows, transact } from "../../store/in-memory.suite.ts";
import { challengeRow, linkRow } from "../../store/suite-rows.ts";
import { followLink, revokeLink } from "./link.ts";
import { DAY, HOUR, MINUTE, NOW, only, table } from "../enrollment/one-device.suite.ts";

const link = (more: Partial<Rows["enrollmentLink"]> = {}): Rows["enrollmentLink"] =>
  linkRow("l", { hash: "h", uses: 2, used: 1, note: "class 4b", expiresAt: NOW + DAY, createdBy: "token:t", ...more });
const having = (more: Partial<Rows["enrollmentLink"]> = {}): MemoryRows => ({ enrollmentLink: [link(more)] });
const input = { hash: "h", challengeHash: "c", accessRights: 5, now: NOW };
const followed = { kind: "followed" };
const dead = (why: string) => ({ kind: "dead", why });
const counted = { downloads: 1, minute: NOW / MINUTE, inMinute: 1 };

describe("a download by a link", () => {
  const made = (more: Partial<Rows["challenge"]> = {}) => ({
    "enrollmentLink l": counted,
    "challenge c": { usesLeft: 1, expiresAt: NOW + HOUR, link: "l", purpose: "enrol", enrollmentId: null, ...more },
  });
  const old = (hash: string, expiresAt: number, of = "l") =>
    challengeRow(hash, { link: of, expiresAt, createdAt: expiresAt });
  const kept = NOW - DAY;
  table(followLink, input, [
    [
      "makes a challenge for one use and an hour, and is no use of the link",
      {
        input: {},
        rows: having(),
        changed: made({ accessRights: 5, note: "class 4b", createdBy: "token:t", createdAt: NOW }),
        reply: followed,
      },
    ],
    [
      "that ends within the hour makes one that ends with it",
      {
        input: {},
        rows: having({ expiresAt: NOW + MINUTE }),
        changed: made({ expiresAt: NOW + MINUTE }),
        reply: followed,
      },
    ],
    [
      "that ends in an hour makes one of an hour",
      { input: {}, rows: having({ expiresAt: NOW + HOUR }), changed: made(), reply: followed },
    ],
    [
      "in its last moment",
      { input: {}, rows: having({ expiresAt: NOW + 1 }), changed: made({ expiresAt: NOW + 1 }), reply: followed },
    ],
    ["at its end", { input: {}, rows: having({ expiresAt: NOW }), changed: {}, reply: dead("link-expired") }],
    ["used up by its last use", { input: {}, rows: having({ used: 2 }), changed: {}, reply: dead("link-used-up") }],
    [
      "used more often than it may be",
      { input: {}, rows: having({ used: 3 }), changed: {}, reply: dead("link-used-up") },
    ],
    [
      "revoked, whatever else it is",
      { input: {}, rows: having({ revokedAt: 1, used: 2, expiresAt: 1 }), changed: {}, reply: dead("link-revoked") },
    ],
    ["that is not known", { input: { hash: "another" }, rows: having(), changed: {}, reply: dead("link-unknown") }],
    [
      "clears away four that ended more than a day ago, the oldest",
      {
        input: {},
        rows: { ...having(), challenge: [1, 2, 3, 4, 5].map((n) => old(`o${n}`, kept - 10 + n)).toReversed() },
        changed: { ...made(), ...Object.fromEntries([1, 2, 3, 4].map((n) => [`challenge o${n}`, "gone"])) },
      },
    ],
    [
      "keeps one that ended a day ago, to say that it has",
      {
        input: {},
        rows: { ...having(), challenge: [old("o1", kept - 1), old("o2", kept), old("o3", NOW + 1)] },
        changed: { ...made(), "challenge o1": "gone" },
      },
    ],
    [
      "clears away those of no other link",
      {
        input: {},
        rows: { ...having(), challenge: [old("o1", 1, "m"), challengeRow("o2", { expiresAt: 1 })] },
        changed: made(),
      },
    ],
  ]);

  it("is done 30 times in a minute, then again from the next one on", () => {
    const follow = (rows: MemoryRows, now: number, n: number) =>
      transact(followLink, { ...input, challengeHash: `c${n}`, now }, rows);
    let rows = having();
    for (let n = 1; n <= 30; n += 1) {
      ({ rows } = follow(rows, NOW + n * 1000, n));
      expect(only(rows, "enrollmentLink")).toMatchObject({ downloads: n, inMinute: n, used: 1 });
    }
    for (const [late, ms] of [
      [40_000, 20_000],
      [MINUTE - 1, 1],
    ] as const)
      expect(follow(rows, NOW + late, 31)).toMatchObject({ changed: {}, reply: { kind: "wait", ms } });
    // Later, or by a clock that was set back.
    for (const now of [NOW + MINUTE, NOW - MINUTE])
      expect(only(follow(rows, now, 31).rows, "enrollmentLink")).toMatchObject({ downloads: 31, inMinute: 1 });
  });
});

describe("a link that is revoked", () => {
  table(revokeLink, { id: "l", now: NOW }, [
    [
      "says since when",
      {
        input: {},
        rows: having(),
        changed: { "enrollmentLink l": { revokedAt: NOW } },
        reply: { id: "l", revokedAt: NOW },
      },
    ],
    [
      "stays so since the first time",
      { input: {}, rows: having({ revokedAt: 7 }), changed: {}, reply: { revokedAt: 7 } },
    ],
    ["is one that exists", { input: {}, rows: {}, changed: {} }],
  ]);
});

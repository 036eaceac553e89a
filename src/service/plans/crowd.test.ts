import { describe, expect, it } from "vitest";
import type { Decision } from "../../plans/index.ts";
import { crowdNotes } from "../../words/index.ts";
import { createCrowds, MOST_TOGETHER } from "./crowd.ts";

const job = (more: object = {}): Decision =>
  ({ kind: "job", enrollmentId: "", job: { goal: "installed", zone: "Europe/Berlin", ...more } }) as Decision;
const BY_FRIDAY = { deadline: "2026-08-28T17:00" };
const LATER = { ...BY_FRIDAY, moment: "2026-08-31T17:00" };
const DECLARED = { ...BY_FRIDAY, enforcement: { local: "2026-08-27T22:00:00" } };
type Some = Parameters<ReturnType<typeof createCrowds>["add"]>[0];

/** So many of the first, and one of the second. */
function largest(first: Some, second: Some) {
  const crowds = createCrowds();
  for (let n = 0; n < MOST_TOGETHER; n += 1) crowds.add(first);
  crowds.add(second);
  return crowds.largest();
}

describe("targets L2: devices that share a moment", () => {
  it.each<[string, Some, Some, object | null]>([
    [
      "the deadline",
      { decision: job(BY_FRIDAY) },
      { decision: job(BY_FRIDAY) },
      { at: "2026-08-28T17:00", ring: null },
    ],
    ["a moment after it", { decision: job(LATER) }, { decision: job(LATER) }, { at: "2026-08-31T17:00" }],
    ["what the declaration says", { decision: job(DECLARED) }, { decision: job(DECLARED) }, { at: "2026-08-27T22:00" }],
    ["not in two zones", { decision: job(BY_FRIDAY) }, { decision: job({ ...BY_FRIDAY, zone: "Asia/Tokyo" }) }, null],
    ["not at two moments", { decision: job(BY_FRIDAY) }, { decision: job(LATER) }, null],
    ["not at once", { decision: job() }, { decision: job() }, null],
    [
      "a ring",
      { decision: job(), ring: "Early", slot: 0 },
      { decision: job(), ring: "Early", slot: 0 },
      { ring: "Early", at: null },
    ],
    ["not two rings", { decision: job(), ring: "Early", slot: 0 }, { decision: job(), ring: null, slot: 0 }, null],
    [
      "not two places in the spread",
      { decision: job(), ring: null, slot: 0 },
      { decision: job(), ring: null, slot: 1 },
      null,
    ],
  ])("%s", (_what, first, second, expected) => {
    const found = largest(first, second);
    expect({ found }).toMatchObject({
      found: expected && { devices: MOST_TOGETHER + 1, zone: "Europe/Berlin", ...expected },
    });
  });

  it.each([
    ["2026-08-28T17:00", null, "share one moment, 2026-08-28 17:00:"],
    [null, "Early", "share one moment for each release in the ring Early:"],
    [null, null, "share one moment for each release:"],
  ])("are told of in words: %s, %s", (at, ring, words) =>
    expect(crowdNotes({ devices: 501, zone: "Europe/Berlin", at, ring })).toEqual([expect.stringContaining(words)]),
  );
});

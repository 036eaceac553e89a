/** A device that syncs, fetches what it likes and reports the same each time: within one moment it is told to sync a few times at most. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DeclaredReport } from "./interpret.ts";
import { DAY, newOne, NOON } from "../one-job.suite.ts";
import type { Input } from "../input.ts";
import type { Job } from "../job.ts";
import { MOMENTS, restless } from "../rest.suite.ts";
import { step } from "../step.ts";

const enforcement = {
  local: "2026-08-27T22:00:00",
  at: NOON + 2 * DAY,
  latestAt: NOON + 2 * DAY,
  from: "deadline",
} as const;
const JOB: Job = newOne({ mechanism: "declaration", enforcement });

const inForce = { active: true, valid: "valid", reasons: [] };
const refused = { active: false, valid: "invalid", reasons: [{ code: "Error.NotSupported", detail: "no" }] };
const device = fc.record({
  /** Undefined: it does not fetch the list. */
  listed: fc.constantFrom(undefined, true, false),
  takes: fc.boolean(),
  says: fc.record(
    {
      declaration: fc.constantFrom<DeclaredReport["declaration"]>("untold", "absent", "stale", inForce, refused, {
        ...inForce,
        active: false,
      }),
      ours: fc.boolean(),
      installState: fc.constantFrom("none", "downloading", "prepared", "installing", "failed", "pondering"),
      nothingPending: fc.boolean(),
      failure: fc.constantFrom({ count: 1, reason: "no space" }),
      seen: fc.constantFrom({ version: "26.5", at: NOON }),
    },
    { requiredKeys: ["declaration", "ours"] },
  ),
});
type Device = typeof device extends fc.Arbitrary<infer D> ? D : never;

const MOST = 8;

/** The syncs at `now` until the device is left alone; undefined: it never is. */
function syncs(from: Job, { listed, takes, says }: Device, first: Input, now: number): Job | undefined {
  let [job, isPushed] = [from, false];
  const put = (input: Input): void => {
    const after = step(job, input, now);
    job = after.job;
    isPushed ||= after.effects.some(({ kind }) => kind === "sync");
  };
  put(first);
  for (let n = 0; isPushed; n += 1) {
    if (n === MOST) return undefined;
    isPushed = false;
    if (listed !== undefined) put({ kind: "synced", listed });
    if (takes) put({ kind: "taken" });
    put({ kind: "report", report: says });
  }
  return job;
}

const moment = fc.nat(MOMENTS);

describe("a job by declaration and its device", () => {
  it("come to rest in one moment, whatever the device fetches and reports", () => {
    fc.assert(
      fc.property(fc.tuple(device, device), moment, moment, (ways, changeAt, stopAt) => {
        expect(restless(JOB, ways, { changeAt, stopAt }, syncs)).toEqual([]);
      }),
      { numRuns: 5000 },
    );
  });
});

/** What a job that is told by declaration makes of the choice of mechanism, of reports, and of the version seen. */
import { describe, expect, it } from "vitest";
import type { Enforcement } from "./enforcement.ts";
import type { Job } from "../job.ts";
import type { Mechanism } from "../../decisions/mechanism.ts";
import type { Input } from "../step.ts";
import { verdictOf } from "../../../words/verdict/of-job.suite.ts";
import { HOUR, newOne, NOON, report, walk } from "../one-job.suite.ts";

const moment = (local: string, at: number): Enforcement => ({ local, at, latestAt: at, from: "window" });
const TONIGHT = moment("2026-08-25T22:00:00", NOON + 10 * HOUR);
const DECLARED = {
  mechanism: "declaration",
  because: "declarations-preferred",
  enforcement: TONIGHT,
  window: { from: "22:00", to: "05:00" },
} as const;
const job = (more: Partial<Job> = {}): Job => newOne({ ...DECLARED, ...more });
const TOMORROW = moment("2026-08-26T22:00:00", NOON + 34 * HOUR);

const chosen = (mechanism: Mechanism, enforcement = TOMORROW): Input => ({ kind: "mechanism", mechanism, enforcement });
const seen = (version: string, at: number): Input => ({ kind: "seen", seen: { version, at } });
const declared: Mechanism = { kind: "declaration", because: "declarations-preferred", reported: true };

/** Declared and fetched. */
const taken = walk(job(), [{ kind: "begin" }, NOON], [{ kind: "taken" }, NOON + 1]);

describe("a job whose device has not reported yet", () => {
  const awaiting = walk(job({ unreported: true }), [{ kind: "begin" }, NOON]);

  it("declares the moment that is next when the report comes, not the one that was next when it was made", () => {
    expect([awaiting.state, awaiting.reason]).toEqual(["awaiting", "report-awaited"]);
    const after = walk(awaiting, [chosen(declared), NOON + 18 * HOUR]);
    expect([after.state, after.enforcement]).toEqual(["declaring", TOMORROW]);
  });

  it("gets a command after a day if one exists, and stays with it once it is ordered", () => {
    const able = { ...awaiting, otherwise: "product-version" } as const;
    const moved = walk(able, [{ kind: "due" }, NOON + 25 * HOUR]);
    expect([moved.state, moved.mechanism, moved.because]).toEqual(["asking", undefined, "no-report"]);
    expect(walk(moved, [chosen(declared), NOON + 26 * HOUR]).mechanism).toBe("declaration");
    const ordered = { ...moved, state: "downloading", tries: { ...moved.tries, downloads: 1 } } as const;
    expect(walk(ordered, [chosen(declared), NOON + 26 * HOUR]).mechanism).toBeUndefined();
  });

  it("is blocked after a day where there is no command for it, and asked daily", () => {
    const late = walk(awaiting, [{ kind: "due" }, NOON + 25 * HOUR]);
    expect([late.state, late.reason]).toEqual(["blocked", "never-reported"]);
  });

  it("is refused, with the rule, when the device says that it takes none and no command is allowed either", () => {
    const none = chosen({ kind: "none", reason: "not-supervised" });
    const refused = walk(awaiting, [none, NOON + 1]);
    expect([refused.state, refused.reason, refused.next]).toEqual(["refused", "not-supervised", null]);
    expect(verdictOf(refused, NOON + 1).sentence).toMatch(/^Not possible: it is not supervised/);
    // Also when its day has passed.
    const late = walk(awaiting, [{ kind: "due" }, NOON + 25 * HOUR], [none, NOON + 26 * HOUR]);
    expect([late.state, late.reason]).toEqual(["refused", "not-supervised"]);
  });
});

describe("a job that is told by declaration", () => {
  it.each([
    ["26.6.1", "updated"],
    ["27.0", "updated-by-itself"],
  ])("whose device in force is seen on %s ends as %s", (version, reason) => {
    const done = walk(taken, [report(), NOON + 2], [seen(version, NOON + HOUR), NOON + HOUR]);
    expect([done.state, done.reason]).toEqual(["done", reason]);
  });

  it("says in one sentence what is set, for when, and how often it was pushed", () => {
    const set = walk(job({ enforcement: TONIGHT }), [{ kind: "begin" }, NOON]);
    expect(verdictOf(set, NOON).sentence).toMatch(
      /^Declared: its declaration is set and has not been fetched yet; it must install by 2026-08-25 22:00 on its own clock;/,
    );
    const pushed = walk(set, [{ kind: "due" }, NOON + HOUR]);
    expect(verdictOf(pushed, NOON + HOUR, { pushesAccepted: 1, trouble: null, lastSeenAt: null }).sentence).toContain(
      "has not been fetched, Apple accepted 1 push since; it must install by",
    );
  });

  it("did it, too, where the report that it is in force was lost", () => {
    expect(walk(taken, [seen("26.6.1", NOON + HOUR), NOON + HOUR]).reason).toBe("updated");
  });

  it("did not do it where the device never fetched it, or could not apply it", () => {
    const unfetched = walk(job(), [{ kind: "begin" }, NOON]);
    expect(walk(unfetched, [seen("26.6.1", NOON + 1), NOON + 1]).reason).toBe("already-there");
    const reasons = [{ code: "Error.ConfigurationIsInvalid", detail: "no" }];
    const invalid = report({ declaration: { active: false, valid: "invalid", reasons }, ours: false });
    const end = walk(taken, [invalid, NOON + 2], [seen("26.6.1", NOON + HOUR), NOON + HOUR]);
    expect(end.reason).toBe("updated-by-itself");
  });

  it("keeps one state for a device that repeatedly fails and downloads again", () => {
    const failing = (count: number, installState: string): Input =>
      report({ installState, failure: { count, reason: "No room." } });
    const said = walk(
      taken,
      [report({ installState: "downloading" }), NOON + 2],
      [failing(1, "failed"), NOON + 3],
      [failing(1, "downloading"), NOON + 4],
      [failing(2, "failed"), NOON + 5],
      [failing(2, "downloading"), NOON + 6],
    );
    expect([said.state, said.reason, said.since]).toEqual(["blocked", "failing", NOON + 3]);
    expect(verdictOf(said, NOON + 6).sentence).toContain("it has failed 2 times");
    const further = walk(said, [failing(2, "prepared"), NOON + 7]);
    expect([further.state, further.reason]).toEqual(["ready", "prepared"]);
    // Once the enforcement time has passed it has no reason to wait: prepared is no step forward.
    const past = (further.enforcement?.latestAt ?? 0) + 1;
    const still = walk(said, [failing(3, "prepared"), past]);
    expect([still.state, still.reason, still.since]).toEqual(["blocked", "failing", NOON + 3]);
  });

  it("says that it is overdue, and how often the update failed, once the moment has passed", () => {
    const failed = report({ installState: "failed", failure: { count: 3, reason: "No room." } });
    const ready = walk(taken, [failed, NOON + 2], [report({ installState: "prepared" }), NOON + 3]);
    const late = NOON + 13 * HOUR;
    const overdue = walk(ready, [report({ installState: "prepared" }), late]);
    expect(verdictOf(overdue, late).sentence).toMatch(
      /^Overdue: the enforcement time has passed .* downloaded and has not begun to install; it has failed 3 times since/,
    );
  });
});

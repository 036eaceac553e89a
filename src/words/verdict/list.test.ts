import { describe, expect, it } from "vitest";
import { agedParams } from "../../catalog/index.ts";
import { listText } from "../day.ts";
import { ON_THE_LIST } from "./list.ts";
import { causeOf, remedyOf } from "./reasons.ts";

const LIST = { listDate: "2026-08-22", listDays: 5 };

describe("sentences that rest on Apple's list", () => {
  it.each<[string, Readonly<Record<string, string | number>>, string]>([
    ["not-offered", { version: "26.7" }, "26.7 is not in Apple's list of 22 Aug 2026 (5 days old) for this model"],
    [
      "not-offered",
      { version: "26.7", newest: "26.6" },
      "26.7 is not in Apple's list of 22 Aug 2026 (5 days old) for this model; the newest there is 26.6",
    ],
    [
      "not-offered",
      { version: "26.6", why: "left" },
      "26.6 is no longer in Apple's list of 22 Aug 2026 (5 days old) for this model",
    ],
    [
      "not-offered",
      { version: "26.7", why: "not-posted", postedOn: "2026-09-01" },
      "Apple's list of 22 Aug 2026 (5 days old) has 26.7 for 1 Sep 2026, which is in the future",
    ],
    [
      "not-offered",
      { version: "26.6", why: "no-devices" },
      "Apple's list of 22 Aug 2026 (5 days old) names no device for 26.6",
    ],
    [
      "expired",
      { version: "26.6", until: "2026-08-20" },
      "by Apple's list of 22 Aug 2026 (5 days old), Apple signed 26.6 for this model until 20 Aug 2026 only",
    ],
    [
      "catalog-stale",
      { version: "26.6", until: "2026-08-23" },
      "by Apple's list of 22 Aug 2026 (5 days old), Apple signs 26.6 until 23 Aug 2026; whether it still does is not known",
    ],
    [
      "catalog-stale",
      { version: "26.6" },
      "Apple's list of 22 Aug 2026 (5 days old) is too old to say whether Apple offers 26.6 to this model",
    ],
    ["catalog-stale", {}, "Apple's list of 22 Aug 2026 (5 days old) is too old to say which release is the newest"],
    ["no-release", {}, "Apple's list of 22 Aug 2026 (5 days old) offers no release to this model"],
    [
      "nothing-newer",
      { version: "26.6" },
      "runs 26.6, and nothing newer is in Apple's list of 22 Aug 2026 (5 days old) for its model",
    ],
  ])("name it and its age: %s %j", (code, params, words) => {
    expect(causeOf(code, { ...params, ...LIST })).toBe(words);
  });

  it.each([
    "catalog-empty",
    "catalog-stale",
    "device-id-unknown",
    "expired",
    "not-offered",
    "no-release",
    "needs-major",
  ])("%s has a remedy", (code) => expect(remedyOf(code)).toMatch(/^[A-Z].*\.$/));

  it("name the list without an age on its own day, and count one day as one", () => {
    expect(listText({ ...LIST, listDays: 0 })).toBe("Apple's list of 22 Aug 2026");
    expect(listText({ ...LIST, listDays: 1 })).toBe("Apple's list of 22 Aug 2026 (1 day old)");
  });

  it("are as old as the list is when they are read", () => {
    expect(agedParams({ ...LIST, version: "26.6" }, Date.UTC(2026, 8, 22, 9))).toEqual({
      ...LIST,
      version: "26.6",
      listDays: 31,
    });
    expect(agedParams({ version: "26.6" }, 0)).toEqual({ version: "26.6" });
  });

  it("that were kept before a list had a date promise nothing of today", () => {
    expect(causeOf("nothing-newer", { version: "26.6" })).toContain("when the plan was made");
    expect(causeOf("expired", { cause: "silent" })).toBe("the job's last day passed");
    expect(Object.keys(ON_THE_LIST)).toContain("release-expired");
  });
});

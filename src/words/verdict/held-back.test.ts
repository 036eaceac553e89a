import { describe, expect, it } from "vitest";
import { heldBackClauses } from "./held-back.ts";

const ENDED = { endedMajor: "iOS 18", endedNewer: "26.6.1" };

describe("what is said of newer releases that a target does not pick", () => {
  it.each<[string, Readonly<Record<string, string>>, string[]]>([
    ["nothing where there is none", {}, []],
    [
      "targets T13: other models alone get updates of the major",
      { ...ENDED, endedWhy: "other-models" },
      ["Apple updates iOS 18 only on models that cannot run 26; this one gets fixes only by 26.6.1"],
    ],
    [
      "targets T13: the major has had none for long",
      { ...ENDED, endedWhy: "none-posted" },
      ["Apple has posted no update of iOS 18 for this model for 90 days; this one gets fixes only by 26.6.1"],
    ],
    [
      "the newer release first, then that the major has ended",
      { heldMajor: "26.6.1", ...ENDED, endedWhy: "other-models" },
      [
        "26.6.1 is available, and this plan does not cross majors",
        "Apple updates iOS 18 only on models that cannot run 26; this one gets fixes only by 26.6.1",
      ],
    ],
  ])("%s", (_what, params, clauses) => {
    expect(heldBackClauses(params)).toEqual(clauses);
  });
});

import { describe, expect, it } from "vitest";
import { type RingsEnd, ringsEndOf, ringsRight, ringsSummary } from "./ends.ts";
import { BEFORE, MAC_COUNT, RELEASE } from "./macs.ts";
import { COURSE, detailOf, MACS, macIn, ROLES, withRecord } from "./right-end.suite.ts";

const ended = (macs = MACS, course = COURSE): RingsEnd =>
  ringsEndOf(
    macs.map(detailOf),
    macs.map(({ record }) => record),
    ROLES,
    course,
  );
const lines = (end: RingsEnd): string[] => ringsSummary(end, 80).split("\n");
const wrongRelease = { finalVersion: RELEASE.version, finalBuild: RELEASE.build };

describe("the ends of the Macs in rings", () => {
  it("are right where each Mac is where it must be, and say for each ring how many are on what, and why", () => {
    const end = ended();
    expect(ringsRight(end)).toBe(true);
    expect(end.macs.filter(({ blocked }) => blocked === "it fails")).toHaveLength(8);
    expect(lines(end).slice(-5)).toEqual([
      "ok    Pilot     4 Macs on 26.7",
      "ok    Early     5 Macs on 26.7; 3 stay on 26.6.2: blocked",
      "ok    Everyone  7 Macs on 26.7; 5 stay on 26.6.2: blocked",
      `${MAC_COUNT} of ${MAC_COUNT} Macs of the standing plan ended where they must.`,
      "",
    ]);
  });

  it("tell the story in lines that a terminal of 80 columns does not break", () => {
    const long = lines(ended()).filter((line) => line.length > 80);
    expect(long).toEqual([]);
    expect(lines(ended())).toContain("Mon 31 Aug 18:00  Apple posts macOS 26.7.");
  });

  it("are wrong where one blocked Mac has the release, and say which and why", () => {
    const one = macIn(1, true);
    const end = ended(MACS.map((mac) => (mac === one ? withRecord(mac, wrongRelease) : mac)));
    expect(ringsRight(end)).toBe(false);
    expect(lines(end).slice(-6)).toEqual([
      "ok    Pilot     4 Macs on 26.7",
      "WRONG Early     6 Macs on 26.7; 2 stay on 26.6.2: blocked",
      `      ${one.record.serial}, ${one.role.model.name}: runs 26.7: its model is blocked, and must stay on ${BEFORE.version}`,
      "ok    Everyone  7 Macs on 26.7; 5 stay on 26.6.2: blocked",
      `${MAC_COUNT - 1} of ${MAC_COUNT} Macs of the standing plan ended where they must.`,
      "",
    ]);
  });

  it("are wrong where only the story as a whole is", () => {
    const end = ended(MACS, { ...COURSE, pausedBy: "token:ops" });
    expect(ringsRight(end)).toBe(false);
    expect(lines(end)).toContain("WRONG the rollout was paused by token:ops, not by the gate");
  });

  it("count a Mac that the server never saw", () => {
    const end = ringsEndOf([], [macIn(0, false).record], ROLES, COURSE);
    expect([ringsRight(end), end.macs[0]?.problems]).toEqual([false, ["never enrolled"]]);
  });
});

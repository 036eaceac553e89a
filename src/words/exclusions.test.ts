/** What an admin reads of an exclusion: as a class, as a job's cause, and on the timeline. */
import { describe, expect, it } from "vitest";
import { causeOf, complianceWords, timelineText } from "./index.ts";

describe("an exclusion in words", () => {
  it("is the label of its class: until when, why and by whom", () => {
    const params = { until: "2026-12-03", why: "trade fair", by: "token:ops" };
    expect(complianceWords("no-plan", "excluded", params)).toBe("Exempt until 3 Dec 2026: trade fair (token:ops).");
    expect(complianceWords("no-plan", "excluded", {})).toBe("Exempt until a later date.");
    expect(causeOf("withdrawn", { cause: "excluded" })).toBe(
      "the device was excluded before any install order had left",
    );
  });

  it.each([
    ["device-excluded", "Excluded by token:ops until 3 Dec 2026: trade fair"],
    ["exclusion-ends-soon", "Its exclusion ends on 3 Dec 2026: plans then continue with it"],
    ["exclusion-ended", "token:ops ended its exclusion"],
  ] as const)("is an entry of the timeline: %s", (kind, text) =>
    expect(timelineText(kind, { until: "2026-12-03", reason: "trade fair", by: "token:ops" })).toBe(text),
  );

  it("ends by time on the timeline too, and says why a deadline has moved", () => {
    expect(timelineText("exclusion-ended", { until: "2026-12-03", by: null })).toBe(
      "Its exclusion until 3 Dec 2026 has ended",
    );
    const moved = { from: "2026-12-01T17:00", to: "2026-12-04T17:00", cause: "device-excluded", by: "token:ops" };
    expect(timelineText("deadline-moved", moved)).toBe(
      "The deadline moves from 2026-12-01 17:00 to 2026-12-04 17:00: the device was excluded (token:ops)",
    );
    expect(timelineText("deadline-moved", { ...moved, to: null, cause: "rollout-paused" })).toMatch(
      /^The deadline [-0-9]+ [:0-9]+ no longer counts: the rollout was paused \(/,
    );
    expect(timelineText("deadline-moved", { ...moved, cause: "halt-ended" })).toMatch(/: the halt has ended \(/);
    expect(timelineText("deadline-moved", { ...moved, cause: "plan-resumed" })).toMatch(/: the plan was resumed \(/);
  });
});

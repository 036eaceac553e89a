import { describe, expect, it } from "vitest";
import type { GateDecisionView } from "../../contract/index.ts";
import { dayAndTime, nextAt } from "./local-time.ts";
import { blockNews, blockReason, decisionNews, failingNews, POSTED_NEWS, type RingSeen } from "./news.ts";

const early: RingSeen = {
  ...{ name: "Early", state: "open", macs: 8, on: 5, failing: 3, blocked: 0, when: "due Wed  9 Sep 17:00" },
};
const decision = (what: GateDecisionView["decision"], by = "gate"): GateDecisionView => ({
  ...{ ring: 2, name: "Early", urgent: false, decidedAt: "2026-09-09T23:00:00.000Z", reason: "failures", params: {} },
  ...{ decision: what, decidedBy: by, sentence: "The server's sentence." },
});

describe("the news of the rings", () => {
  it.each<[string, GateDecisionView, Partial<RingSeen>]>([
    ["Early opens for 8 Macs, due Wed  9 Sep 17:00.", decision("open"), {}],
    ["Early opens for 5 Macs, and 3 are blocked, due Wed  9 Sep 17:00.", decision("open"), { blocked: 3 }],
    ["Early passes: 5 of 8 Macs run 26.7.", decision("pass"), {}],
    ["Early passes: 5 of 5 Macs run 26.7, and 3 are blocked.", decision("pass"), { blocked: 3 }],
    ["Early: The server's sentence.", decision("pause"), {}],
    ["The server's sentence.", decision("pause", "token:ops"), {}],
    ["The server's sentence.", decision("ask"), {}],
  ])("%s", (text, one, more) => expect(decisionNews(one, { ...early, ...more })).toBe(text));

  it("say on which models it failed", () =>
    expect(failingNews(["Air", "Pro", "Air"])).toBe("The admin looks where it failed: 2 Air, 1 Pro."));

  it("say what is posted, and what a block covers, also besides the plan", () => {
    expect(POSTED_NEWS).toBe("Apple posts macOS 26.7. The 24 Macs of the plan run 26.6.2.");
    const blocks = "The admin blocks 26.7 for model = X, 8 Macs of the plan";
    expect(blockNews("model = X", 8, 9, "VPN")).toBe(`${blocks} and 9 more: "VPN".`);
    expect(blockNews("model = X", 8, 0, "VPN")).toBe(`${blocks}: "VPN".`);
    expect(blockReason(["Air", "Pro", "Air"])).toBe("26.7 fails to install on the Air and the Pro");
  });
});

describe("moments on the clock of the plan's zone", () => {
  it.each([
    [Date.UTC(2026, 8, 8, 13), "Tue  8 Sep 09:00"],
    [Date.UTC(2026, 10, 30, 4, 59), "Sun 29 Nov 23:59"],
  ])("%i is %s", (at, text) => expect(dayAndTime(at, "America/New_York")).toBe(text));

  it.each([
    ["the same moment", Date.UTC(2026, 7, 31, 22), Date.UTC(2026, 7, 31, 22)],
    ["one minute later the next week", Date.UTC(2026, 7, 31, 22, 1), Date.UTC(2026, 8, 7, 22)],
    ["in winter an hour later", Date.UTC(2026, 9, 27), Date.UTC(2026, 10, 2, 23)],
  ])("the next Monday at 18:00: %s", (_what, from, at) =>
    expect(nextAt(from, "America/New_York", 18, ["Mon"])).toBe(at),
  );
});

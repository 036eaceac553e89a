/** Which jobs' orders may still bring a device to a version, and how the end of a later job says so. */
import { describe, expect, it } from "vitest";
import type { Ended, Over } from "../jobs/ended.ts";
import { broughtBy, stillOrdered } from "./brought.ts";
import type { JobV1 } from "../jobs/job-v1.ts";
import { step } from "../jobs/step.ts";
import { begun, newOne, NOON } from "../jobs/one-job.suite.ts";

const TARGET = { version: "26.6.1", major: false };
const over: Over & { planId: string } = {
  planId: "q",
  state: "done",
  reason: "already-there",
  params: {},
  since: NOON,
  wanted: TARGET,
};

describe("an order that has left", () => {
  it.each<[string, string | undefined, readonly Ended[]]>([
    ["of a job that was given up", "p", [newOne({ state: "failed", installs: 1 })]],
    ["of a job that was stopped", "p", [newOne({ state: "stopped", installs: 1 })]],
    ["of a declaration in force", "p", [newOne({ state: "stopped", mechanism: "declaration", inForceAt: NOON })]],
    ["of a declaration that was fetched", "p", [newOne({ state: "stopped", mechanism: "declaration", takenAt: NOON })]],
    [
      "of the newest",
      "n",
      [newOne({ state: "failed", installs: 1 }), newOne({ planId: "n", state: "failed", installs: 1 })],
    ],
    [
      "before a job that ordered nothing",
      "p",
      [newOne({ state: "failed", installs: 1 }), newOne({ state: "stopped" }), over],
    ],
    [
      "written otherwise",
      "p",
      [newOne({ state: "failed", installs: 1, target: { version: "26.6.1.0", major: false } })],
    ],
  ])("may still be carried out: %s", (_what, plan, past) => {
    expect(stillOrdered(past, TARGET)).toBe(plan);
  });

  it.each<[string, Ended]>([
    ["no install was ordered", newOne({ state: "failed", tries: { ...newOne().tries, downloads: 1 } })],
    ["the device saw no update", newOne({ state: "failed", installs: 1, noUpdate: "12048" })],
    [
      "it led to an improvement on it",
      newOne({
        state: "failed",
        installs: 1,
        target: { ...TARGET, supplemental: { extra: "(a)", build: "23G771330a" } },
      }),
    ],
    ["it led elsewhere", newOne({ state: "failed", installs: 1, target: { version: "26.6", major: false } })],
    [
      "it was for updates besides the OS",
      newOne({ state: "failed", installs: 1, target: { ...TARGET, others: true } }),
    ],
    ["it has been carried out", newOne({ state: "done", reason: "updated", installs: 1 })],
    ["the device was erased since", newOne({ state: "unenrolled" as JobV1["state"], installs: 1 })],
    ["the plan found it there", over],
  ])("may not: %s", (_what, past) => {
    expect(stillOrdered([past], TARGET)).toBeUndefined();
  });
});

describe("the end of a job", () => {
  const seen = (version: string) => ({ kind: "seen", seen: { version, at: NOON } }) as const;

  it.each<[string, string, string, Partial<JobV1>]>([
    ["its own order", "updated", "26.6.1", { installs: 1 }],
    ["its own order, after another's", "updated", "26.6.1", { installs: 1, earlier: "q" }],
    ["the order of a plan before it", "brought-before", "26.6.1", { earlier: "q" }],
    [
      "the same, its own having found no update",
      "brought-before",
      "26.6.1",
      { earlier: "q", installs: 1, noUpdate: "x" },
    ],
    ["nobody's: it is beyond what was ordered", "already-there", "26.6.2", { earlier: "q" }],
    ["nobody's", "already-there", "26.6.1", {}],
    ["its user, after a download", "updated-by-itself", "26.6.1", { tries: { ...newOne().tries, downloads: 1 } }],
    [
      "its user: it had refused the declaration",
      "updated-by-itself",
      "26.6.1",
      { mechanism: "declaration", state: "blocked", reason: "refused-by-device", takenAt: NOON },
    ],
  ])("names what brought the device there: %s", (_what, reason, version, more) => {
    const ended = step(begun(more), seen(version), NOON).job;
    expect([ended.state, ended.reason]).toEqual(["done", reason]);
    expect(ended.params["plan"]).toBe(reason === "brought-before" ? "q" : undefined);
    expect(broughtBy(ended).plan).toBe(reason === "brought-before" ? "q" : "p");
  });
});

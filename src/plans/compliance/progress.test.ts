import { describe, expect, it } from "vitest";
import type { Ended } from "../jobs/ended.ts";
import { NOON, newOne } from "../jobs/one-job.suite.ts";
import { progressOf } from "./progress.ts";

const live = (more: object): Ended => ({ ...newOne(), ...more }) as Ended;
const over = (state: string, reason: string): Ended =>
  ({ ...newOne(), state, reason, next: null, end: { at: NOON } }) as unknown as Ended;

describe("what a job is for the compliance of its device", () => {
  it.each<[string, Ended, object]>([
    ["just made", live({}), { reason: "begun", over: false }],
    ["blocked by space", live({ state: "blocked", reason: "insufficient-space" }), { person: "insufficient-space" }],
    ["declined by its user", live({ state: "blocked", reason: "user-rejected" }), { person: "user-rejected" }],
    [
      "failing for want of a passcode",
      live({ state: "blocked", reason: "failing-passcode" }),
      { person: "failing-passcode" },
    ],
    ["waiting for its user", live({ state: "ready", reason: "waiting-for-user" }), { person: "waiting-for-user" }],
    [
      "ready on a Mac without its bootstrap token",
      live({ state: "ready", reason: "waiting-for-window", bootstrapToken: "missing" }),
      { person: "bootstrap-token-missing" },
    ],
    [
      "downloading on such a Mac",
      live({ state: "downloading", reason: "downloading", bootstrapToken: "missing" }),
      { reason: "downloading", over: false },
    ],
    ["blocked by power", live({ state: "blocked", reason: "insufficient-power" }), { reason: "insufficient-power" }],
    ["stopping", live({ state: "too-late", reason: "waiting-for-user" }), { reason: "waiting-for-user", over: false }],
    ["failed for want of a person", over("failed", "user-rejected"), { reason: "user-rejected", over: true }],
    ["downloaded only", over("downloaded", "downloaded"), { person: "downloaded", over: true }],
    ["notified only", over("notified", "notified"), { person: "notified", over: true }],
  ])("%s", (_what, job, expected) => {
    const { person, ...rest } = progressOf(job) as { person?: string; reason: string };
    const wanted = expected as { person?: string };
    expect(person).toBe(wanted.person);
    expect(rest).toMatchObject(Object.fromEntries(Object.entries(expected).filter(([key]) => key !== "person")));
  });
});

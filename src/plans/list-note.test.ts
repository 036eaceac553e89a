import { describe, expect, it } from "vitest";
import type { Catalog, KnownRelease } from "../catalog/index.ts";
import { released } from "../catalog/listed.suite.ts";
import type { Job, JobTarget } from "./jobs/job.ts";
import { type ListNoteCode, listNoteOf } from "./list-note.ts";
import { newJob } from "./jobs/new-job.ts";
import { verdictOf } from "../words/verdict/of-job.suite.ts";

const NOW = Date.UTC(2026, 7, 25, 12);
const PHONE = { platform: "iOS" as const, lookupIds: ["iPhone14,2"] };
const TARGET: JobTarget = { version: "26.6", major: false };
const catalogOf = (date: string, ...releases: KnownRelease[]): Catalog => ({ list: { date }, releases });
const TODAY = "2026-08-25";

describe("what the list says of a job's release", () => {
  it.each<[string, Catalog, ListNoteCode | undefined, Partial<JobTarget>]>([
    ["nothing while it is offered", catalogOf(TODAY, released("26.6")), undefined, {}],
    ["nothing by a list of 7 days", catalogOf("2026-08-18", released("26.6")), undefined, {}],
    ["the age of one of 8 days", catalogOf("2026-08-17", released("26.6")), "list-old", {}],
    ["that there is none", { list: null, releases: [] }, "list-empty", {}],
    ["that it left", catalogOf(TODAY, released("26.6", { absent: 1 })), "list-left", {}],
    ["that it was withdrawn", catalogOf(TODAY, released("26.6", { absent: 2 })), "list-withdrawn", {}],
    [
      "that it was replaced",
      catalogOf(TODAY, released("26.6", { absent: 2 }), released("26.6.1")),
      "list-replaced",
      {},
    ],
    [
      "nothing where one build left and its twin is offered",
      catalogOf(TODAY, released("26.6", { absent: 1 }), released("26.6", { build: "C" })),
      undefined,
      {},
    ],
    [
      "that the build which the admin named left",
      catalogOf(TODAY, released("26.6", { absent: 1, build: "B" }), released("26.6", { build: "C" })),
      "list-left",
      { named: "B" },
    ],
    [
      "that it may have expired",
      catalogOf("2026-08-20", released("26.6", { expirationDate: "2026-08-20" })),
      "list-maybe-expired",
      {},
    ],
    ["that it expired", catalogOf(TODAY, released("26.6", { expirationDate: "2026-08-20" })), "list-expired", {}],
    [
      "that it is still to come",
      catalogOf(TODAY, released("26.6", { postingDate: "2026-09-01" })),
      "list-not-posted",
      {},
    ],
    ["that it is for no device", catalogOf(TODAY, released("26.6", { devices: [] })), "list-no-devices", {}],
    ["that it is not for this one", catalogOf(TODAY, released("26.6", { devices: ["iPad1,1"] })), "list-lacks", {}],
    ["nothing of a target without a version", { list: null, releases: [] }, undefined, { others: true }],
    [
      "that an improvement is not there, though its base is",
      catalogOf(TODAY, released("26.6")),
      "list-lacks",
      { supplemental: { extra: "a", build: "X" } },
    ],
  ])("%s", (_what, catalog, code, more) => {
    expect(listNoteOf({ ...TARGET, ...more }, PHONE, catalog, NOW)?.code).toBe(code);
  });

  it("that it can't be known of a device which has not said its model", () => {
    const catalog = catalogOf(TODAY, released("26.6"));
    expect(listNoteOf(TARGET, { ...PHONE, lookupIds: [] }, catalog, NOW)?.code).toBe("device-id-unknown");
  });
});

describe("the verdict of a job whose release left the list", () => {
  const job = newJob(
    {
      enrollmentId: "e",
      platform: "iOS",
      from: { version: "26.5" },
      target: TARGET,
      goal: "installed",
      action: "InstallASAP",
      twoSteps: true,
      identify: "product-version",
      zone: "UTC",
      zoneKnown: true,
    },
    { id: "j", planId: "p" },
    NOW,
  );
  const left = catalogOf("2026-08-24", released("26.6", { absent: 1 }));
  const old = catalogOf("2026-08-10", released("26.6"));
  const said = (more: object, catalog: Catalog) => {
    const given: Job = { ...job, ...more };
    return verdictOf(given, NOW, undefined, listNoteOf(TARGET, PHONE, catalog, NOW));
  };

  it("says so, with the list's date, and keeps the cause, its code and its next step", () => {
    const verdict = said({ state: "downloading", reason: "downloading" }, left);
    expect(verdict.reason).toBe("downloading");
    expect(verdict.params).toMatchObject({ listed: "list-left", listDate: "2026-08-24" });
    expect(verdict.sentence).toMatch(
      /^Downloading: downloading; 26\.6 is no longer in Apple's list of 24 Aug 2026 \(1 day old\) for this model; next, /,
    );
    expect(verdict.remedy).toContain("uptick catalog list");
  });

  it("has the list's remedy instead of a guess, and its own remedy otherwise", () => {
    expect(said({ state: "declared", reason: "past-not-begun" }, left).remedy).toContain("stop the plan");
    expect(said({ state: "blocked", reason: "insufficient-space" }, left).remedy).toBe(
      "Free some space on the device.",
    );
  });

  it("names an old list only where the update does not come", () => {
    expect(said({ state: "downloading", reason: "downloading" }, old).sentence).not.toContain("list");
    expect(said({ state: "declared", reason: "past-not-begun" }, old).sentence).toContain(
      "Apple offered 26.6 to this model in Apple's list of 10 Aug 2026 (15 days old), which may have changed since",
    );
  });

  it("says nothing of a job that has ended", () => {
    const ended = { state: "done", reason: "updated", next: null, end: { at: NOW } } as const;
    expect(said(ended, left)).toMatchObject({ params: {}, sentence: expect.not.stringContaining("list") });
  });
});

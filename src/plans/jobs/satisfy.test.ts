import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  chooseRelease,
  type Observation,
  parseLookupService,
  positionOf,
  type Release,
  type Target,
} from "../../catalog/index.ts";
import { listOf } from "../../catalog/listed.suite.ts";
import { stepAfterEnd } from "./after-end.ts";
import type { Ended, Over } from "./ended.ts";
import type { SeenVersion } from "./job.ts";
import { decide } from "../decisions/resolve.ts";
import { newJob } from "./new-job.ts";
import type { PlannedDevice } from "../decisions/decision.ts";
import { satisfies } from "./satisfy.ts";
import type { PlanSpec } from "../decisions/spec.ts";
import { step } from "./step.ts";
import { verdictOf } from "../../words/verdict/of-job.suite.ts";

type Seen = Omit<SeenVersion, "at">;

const NOW = Date.UTC(2026, 7, 25, 12);
const DAY = 86_400_000;

const entry = (version: string, build: string, more: object = {}): object => ({
  ProductVersion: version,
  Build: build,
  PostingDate: "2026-08-01",
  SupportedDevices: ["iPhone15,2", "J314sAP"],
  ...more,
});
const IMPROVED = entry("26.6.1", "23G771330a", { ProductVersionExtra: "(a)", PrerequisiteBuild: "23G83" });
const { releases: LISTED } = parseLookupService({
  AssetSets: { iOS: [entry("26.5", "23F77"), entry("26.6.1", "23G83"), entry("26.6.1", "23G6083")] },
  PublicBackgroundSecurityImprovements: { iOS: [IMPROVED] },
});

const CATALOG = listOf(LISTED);

const device = (seen: Observation, more: Partial<PlannedDevice> = {}): PlannedDevice => ({
  enrollmentId: "e",
  enrolled: true,
  enrollment: "device",
  platform: "iOS",
  productName: "iPhone15,2",
  softwareUpdateDeviceId: null,
  osVersion: seen.version,
  buildVersion: seen.build ?? null,
  supplementalBuild: seen.supplementalBuild ?? null,
  supplementalExtra: seen.supplementalExtra ?? null,
  supervised: true,
  timeZone: "Europe/Berlin",
  enforces: true,
  accessRights: 8191,
  bootstrapToken: null,
  oddVersion: null,
  busyWith: null,
  ...more,
});
const spec = (iOS: Target): PlanSpec => ({
  targets: { iOS, macOS: iOS },
  action: "install",
  zone: "UTC",
  allowMajor: false,
  allowPastDeadline: false,
  allowDataLoss: false,
  replace: false,
});
const exact = (version: string, more: { build?: string; extra?: string } = {}): Target => ({
  kind: "exact",
  version,
  ...more,
});
const decided = (seen: Observation, target: Target, releases: readonly Release[] = LISTED) =>
  decide(device(seen), spec(target), listOf(releases), NOW);
const said = (seen: Observation, target: Target, releases?: readonly Release[]): string => {
  const decision = decided(seen, target, releases);
  return decision.kind === "job" ? "job" : `${decision.kind} ${decision.reason}`;
};

describe("a build of the version asked for", () => {
  it.each<[string, string, Target, string]>([
    // The catalog has 23G83 and 23G6083; 23G5075b is of beta shape, and no improvement's build is.
    ["a beta", "23G5075b", exact("26.6.1"), "job"],
    ["a beta", "23G5075b", { kind: "latest" }, "job"],
    ["a beta", "23G5075b", { kind: "latest-minor" }, "job"],
    ["a build of the factory, in no catalog", "23G9999", exact("26.6.1"), "compliant already-there"],
    ["a build of the factory, in no catalog", "23G9999", { kind: "latest" }, "compliant nothing-newer"],
    ["the twin", "23G6083", exact("26.6.1"), "compliant already-there"],
    ["a small letter on a number below those of betas", "23G499b", exact("26.6.1"), "compliant already-there"],
    ["a small letter on a number above those of betas", "23G771330a", exact("26.6.1"), "compliant already-there"],
    ["another build than the admin named", "23G6083", exact("26.6.1", { build: "23G83" }), "job"],
    ["the build that the admin named", "23G83", exact("26.6.1", { build: "23G83" }), "compliant already-there"],
  ])("%s (%s), asked for %o: %s", (_what, build, target, expected) => {
    expect(said({ version: "26.6.1", build }, target)).toBe(expected);
  });

  it("is a release where Apple's own list has it, in whatever shape", () => {
    const listed = parseLookupService({ AssetSets: { iOS: [entry("26.6.1", "23G5075b")] } }).releases;
    expect(said({ version: "26.6.1", build: "23G5075b" }, exact("26.6.1"), listed)).toBe("compliant already-there");
  });

  it("is said to be a beta where nothing of the version is offered", () => {
    const beta = { version: "26.7", build: "23H5011c" };
    expect(said(beta, exact("26.7"))).toBe("refused runs-beta");
    expect(said({ version: "26.7", build: "23H11" }, exact("26.7"))).toBe("compliant already-there");
    expect(said(beta, { kind: "latest" })).toBe("compliant on-newer-beta");
    expect(said({ version: "27.0", build: "24A5331f" }, { kind: "latest" })).toBe("compliant on-newer-beta");
    expect(said(beta, exact("26.6.1"))).toBe("compliant on-newer-beta");
  });
});

describe("an improvement as a target", () => {
  const a = exact("26.6.1", { extra: "a" });
  const base = { version: "26.6.1", build: "23G83", supplementalBuild: "23G83", supplementalExtra: "" };

  it.each<[string, Observation, Target, string]>([
    ["on its base", base, a, "job"],
    ["by its build", base, exact("26.6.1", { build: "23G771330a" }), "job"],
    ["with it", { ...base, supplementalBuild: "23G771330a", supplementalExtra: "(a)" }, a, "compliant already-there"],
    ["with a later one", { ...base, supplementalExtra: "b" }, a, "compliant already-there"],
    ["on a newer version", { version: "26.6.2", build: "23G90" }, a, "compliant already-newer"],
    ["on another build of its base", { ...base, build: "23G6083" }, a, "refused base-needed"],
    ["on a beta of its base", { ...base, build: "23G5075b" }, a, "refused base-needed"],
    ["below its base", { version: "26.5", build: "23F77" }, a, "refused base-needed"],
    ["one that Apple does not list", base, exact("26.6.1", { extra: "c" }), "refused not-offered"],
    ["only when it is named", base, { kind: "latest" }, "compliant nothing-newer"],
  ])("%s", (_what, seen, target, expected) => {
    expect(said(seen, target)).toBe(expected);
  });

  it("is told by declaration, at once too: the base version, and its own build", () => {
    const decision = decided(base, a);
    expect(decision).toMatchObject({
      kind: "job",
      job: {
        mechanism: "declaration",
        because: "improvement-by-declaration",
        target: { version: "26.6.1", supplemental: { extra: "a", build: "23G771330a" } },
        enforcement: { build: "23G771330a" },
      },
    });
    expect(decide(device(base, { enforces: false }), spec(a), CATALOG, NOW)).toMatchObject({
      kind: "refused",
      reason: "declarations-not-listed",
    });
  });

  it("is refused when Apple's listing has ended", () => {
    const ended = LISTED.map((one) => (one.extra === undefined ? one : { ...one, expirationDate: "2026-08-24" }));
    expect(said(base, a, ended)).toBe("refused expired");
  });
});

describe("what is said of a job that ended on 26.6.1", () => {
  const at = (version: string, build?: string): Seen => ({ version, ...(build === undefined ? {} : { build }) });
  const seed = decided(at("26.5", "23F77"), exact("26.6.1"));
  if (seed.kind !== "job") throw new Error("no job");
  const begun = newJob(seed.job, { id: "j", planId: "p" }, NOW);
  const done = step(
    { ...begun, state: "installing", orders: { installs: 1 } },
    { kind: "seen", seen: { ...at("26.6.1"), at: NOW } },
    NOW,
  );

  it.each<[string, readonly Seen[], string, string]>([
    ["seen there again", [at("26.6.1", "23G83")], "done", "Up to date: seen on 26.6.1 after the update."],
    ["seen on a factory build", [at("26.6.1", "23G9999")], "done", "Up to date: seen on 26.6.1 after the update."],
    ["seen above", [at("26.7", "23H11")], "done", "Up to date: seen on 26.6.1 after the update."],
    [
      "seen below",
      [at("26.5", "23F77")],
      "fell-back",
      "Fell back: was brought to 26.6.1 on 2026-08-25 14:00, now on 26.5.",
    ],
    [
      "seen below, then further below",
      [at("26.5"), at("26.4")],
      "fell-back",
      "Fell back: was brought to 26.6.1 on 2026-08-25 14:00, now on 26.4.",
    ],
    [
      "seen on a beta of it",
      [at("26.6.1", "23G5075b")],
      "fell-back",
      "Fell back: was brought to 26.6.1 on 2026-08-25 14:00, now on 26.6.1 (23G5075b).",
    ],
    ["seen below, then there", [at("26.5"), at("26.6.1")], "done", "Up to date: seen on 26.6.1 after the update."],
    ["seen below, then above", [at("26.5"), at("26.7")], "done", "Up to date: seen on 26.7 after the update."],
    [
      "there, below, there, below",
      [at("26.6.1"), at("26.5"), at("26.6.1"), at("26.5")],
      "fell-back",
      "Fell back: was brought to 26.6.1 on 2026-08-25 14:00, now on 26.5.",
    ],
  ])("%s", (_what, sightings, state, sentence) => {
    let job: Ended = done.job;
    for (const [n, seen] of sightings.entries()) {
      const moment = NOW + (n + 1) * DAY;
      job = stepAfterEnd(job, { ...seen, at: moment }, moment)?.job ?? job;
    }
    expect(job.state).toBe(state);
    expect(verdictOf(job as typeof done.job, NOW + 9 * DAY).sentence).toBe(sentence);
    // It stays finished, whatever is seen.
    expect(job).toMatchObject({ next: null, end: { at: NOW }, out: {} });
  });

  it("is said too where the device was there before the plan", () => {
    const over: Over = {
      state: "done",
      reason: "already-there",
      params: { version: "26.6.1" },
      since: NOW,
      finishedAt: NOW,
      wanted: { version: "26.6.1", major: false },
    };
    const fallen = stepAfterEnd(over, { version: "26.5", at: NOW + DAY }, NOW + DAY)?.job;
    expect(fallen).toMatchObject({ state: "fell-back", params: { how: "seen", version: "26.5" } });
    expect(stepAfterEnd(fallen as Ended, { version: "26.6.1", at: NOW }, NOW + DAY)?.job).toMatchObject({
      state: "done",
      reason: "already-there",
    });
    // Of one that an earlier release of this server kept, what was wanted is not known.
    const { wanted: _wanted, ...old } = over;
    expect(stepAfterEnd(old, { version: "26.5", at: NOW }, NOW)).toBeUndefined();
  });
});

const aVersion = fc.constantFrom("26.5", "26.6", "26.6.1", "26.6.2", "27.0");
const aBuild = fc.constantFrom("23F77", "23G83", "23G6083", "23G5075b", "23G9999", "23G771330a", "24A5331f");
const aLetter = fc.constantFrom("a", "b");
const anObservation = fc.record(
  {
    version: aVersion,
    build: aBuild,
    supplementalBuild: aBuild,
    supplementalExtra: fc.constantFrom("", "a", "(a)", "(b)"),
  },
  { requiredKeys: ["version"] },
);
const aRelease: fc.Arbitrary<Release> = fc.record(
  {
    platform: fc.constant("iOS" as const),
    version: aVersion,
    build: aBuild,
    extra: aLetter.map((letter) => `(${letter})`),
    prerequisiteBuild: aBuild,
    postingDate: fc.constant("2026-08-01"),
    expirationDate: fc.constantFrom("2026-08-20", "2027-01-01"),
    devices: fc.constantFrom(["iPhone15,2"], ["iPhone14,2"]),
    isPublic: fc.boolean(),
  },
  { requiredKeys: ["platform", "version", "build", "postingDate", "devices", "isPublic"] },
);
const aTarget: fc.Arbitrary<Target> = fc.oneof(
  fc.constantFrom<Target>({ kind: "latest" }, { kind: "latest-minor" }, { kind: "n-1" }),
  aVersion.map((version) => exact(version)),
  fc.tuple(aVersion, aBuild).map(([version, build]) => exact(version, { build })),
  fc.tuple(aVersion, aLetter).map(([version, extra]) => exact(version, { extra })),
);

describe("dry run, job and view", () => {
  it("targets T9: agree on whether a device is there, whatever it runs and whatever is asked of it", () => {
    const seenKinds = new Set<string>();
    fc.assert(
      fc.property(
        fc.array(aRelease, { maxLength: 8 }),
        aTarget,
        anObservation,
        anObservation,
        fc.boolean(),
        (releases, target, seen, later, allowMajor) => {
          const given = { ...spec(target), allowMajor };
          const decision = decide(device(seen), given, listOf(releases), NOW);
          seenKinds.add(decision.kind);
          if (decision.kind === "refused") return;
          const goal = decision.kind === "job" ? decision.job.target : decision.wanted;
          const there = decision.kind === "compliant";
          expect(satisfies(goal, seen)).toBe(there);
          // A job that is told the same observation thinks the same of it.
          const ended: Ended = there
            ? { state: "done", reason: decision.reason, params: decision.params, since: NOW, wanted: goal }
            : step(
                newJob(decision.job, { id: "j", planId: "p" }, NOW),
                { kind: "seen", seen: { ...seen, at: NOW } },
                NOW,
              ).job;
          expect(ended.state === "done").toBe(there);
          // So does one that has ended, of that and of any later one; the plan made again then says the same.
          const end: Ended = { ...ended, state: "done" } as Ended;
          const view = stepAfterEnd(end, { ...later, at: NOW }, NOW)?.job.state ?? end.state;
          expect(view).toBe(satisfies(goal, later) ? "done" : "fell-back");
          if (target.kind !== "exact") return;
          const again = decide(device(later), given, listOf(releases), NOW);
          expect(again.kind === "compliant").toBe(view === "done");
        },
      ),
      { numRuns: 4000 },
    );
    expect(seenKinds).toEqual(new Set(["job", "compliant", "refused"]));
  });

  it("targets T9: say of an exact version what T9 says, as a second and plain reading of it does", () => {
    fc.assert(
      fc.property(aVersion, anObservation, fc.option(aBuild), fc.option(aLetter), (version, seen, build, extra) => {
        const rank = (text: string): number => ["26.5", "26.6", "26.6.1", "26.6.2", "27.0"].indexOf(text);
        const beta = ["23G5075b", "24A5331f"].includes(seen.build ?? "");
        const letter = (seen.supplementalExtra ?? "").replace(/[()]/g, "");
        const plain =
          rank(seen.version) > rank(version) ||
          (seen.version === version &&
            !beta &&
            (build === null || seen.build === build) &&
            (extra === null || letter >= extra));
        const wanted =
          extra === null
            ? { version, ...(build === null ? {} : { named: build }) }
            : { version, supplemental: { extra, build: "none" } };
        if (build !== null && extra !== null) return;
        expect(["there", "newer", "newer-beta"].includes(positionOf(wanted, seen))).toBe(plain);
      }),
      { numRuns: 2000 },
    );
  });
});

it("a plan for an unlisted device uses the admin's version, and its beta still counts as a beta", () => {
  const unlisted = { platform: "iOS", lookupIds: ["iPhone99,1"], version: "26.6.1", build: "23G5075b" } as const;
  const given = {
    target: exact("26.6.1"),
    device: unlisted,
    catalog: CATALOG,
    now: NOW,
    allowMajor: false,
    allowUnlisted: true,
  };
  expect(chooseRelease(given)).toMatchObject({ kind: "release", state: "unlisted" });
  // Without that word nothing is ordered that Apple does not list, and the beta is said.
  expect(chooseRelease({ ...given, allowUnlisted: false })).toMatchObject({ kind: "refused", code: "runs-beta" });
});

/** Plans, policies, and Apple's list of releases. */
import { sampleLookupService } from "../../src/catalog/index.ts";
import type { Blackout, Block, PlanView, PolicyView } from "../../src/contract/index.ts";
import { expect } from "vitest";
import { makePlan, makePolicy, START } from "../support/index.ts";
import { insertRollout, insertStandingPlan } from "../support/rollouts.ts";
import { forgetFetches, listOf, SMALL_LIST } from "../support/lookup-service.ts";
import type { Place } from "./place.ts";
import { asStranger, type Rows } from "./row.ts";

const plansOf = async ({ uptick }: Place): Promise<readonly PlanView[]> =>
  (await uptick.web.get<{ rows: PlanView[] }>("/api/v1/plans")).rows;
const policiesOf = async ({ uptick }: Place): Promise<readonly PolicyView[]> =>
  (await uptick.web.get<{ rows: PolicyView[] }>("/api/v1/policies")).rows;

/** One plan for all rows that look at one. */
async function aPlan(place: Place): Promise<string> {
  const [known] = (await plansOf(place)).filter(({ name }) => name === "shown");
  return (known ?? (await makePlan(place.uptick, ["ONE"], { name: "shown", action: "download", replace: true }))).id;
}

const RINGED = "0198c000-0000-7000-8000-00000000a000";
const ROLLOUTS = {
  running: "0198c000-0000-7000-8000-00000000a001",
  paused: "0198c000-0000-7000-8000-00000000a002",
  urgent: "0198c000-0000-7000-8000-00000000a003",
  over: "0198c000-0000-7000-8000-00000000a004",
} as const;

/** A standing plan with rollouts in several states, for all rows that look at one. */
async function ringed({ uptick }: Place): Promise<string> {
  if ((await uptick.web.request("GET", `/api/v1/plans/${RINGED}`)).status === 200) return RINGED;
  const opened = { openedAt: START, countFrom: START, since: START };
  const asks = { state: "asks", asked: "approval", askedAt: START, ...opened } as const;
  await uptick.restart({
    between(database) {
      insertStandingPlan(database, RINGED);
      const runs = [
        { ring: 0, state: "passed", ...opened },
        { ring: 1, state: "open", ...opened },
      ] as const;
      insertRollout(database, ROLLOUTS.over, RINGED, { version: "26.6.1", state: "superseded" });
      insertRollout(database, ROLLOUTS.running, RINGED, { version: "26.6.2", beganAt: 1, runs });
      // What is given already needs no exploited CVE.
      const given = { state: "paused", instead: "26.6.1" } as const;
      insertRollout(database, ROLLOUTS.paused, RINGED, { version: "26.6.3", beganAt: 2, ...given });
      const asking = [{ ring: 0, ...asks }, { ring: 1, ...asks }, { ring: 0, urgent: 1 } as const];
      insertRollout(database, ROLLOUTS.urgent, RINGED, { version: "26.6.4", beganAt: 3, runs: asking });
    },
  });
  return RINGED;
}

async function rolloutIn(place: Place, which: keyof typeof ROLLOUTS): Promise<string> {
  await ringed(place);
  return ROLLOUTS[which].slice(-8);
}

/** One standing plan, which opens nothing to anybody while these tests run. */
async function aStanding(place: Place): Promise<PlanView> {
  const [known] = (await plansOf(place)).filter(({ name }) => name === "followed");
  const terms = { to: "latest-minor", deadline: "+300d 17:00", include: "serial = SCRAP" };
  const request = { name: "followed", standing: true, action: "install", ...terms };
  return known ?? place.uptick.web.post<PlanView>("/api/v1/plans", request);
}

async function aPolicy(place: Place): Promise<string> {
  const [known] = (await policiesOf(place)).filter(({ name }) => name === "kept");
  return (known ?? (await makePolicy(place.uptick, ["ONE"], { Notifications: false }, "kept"))).id;
}

const blocksOf = async ({ uptick }: Place): Promise<readonly Block[]> =>
  (await uptick.web.get<{ rows: Block[] }>("/api/v1/blocks")).rows;

/** A block of a release that no other row looks at. */
const aBlock = async ({ uptick }: Place): Promise<string> =>
  (await uptick.web.post<Block>("/api/v1/blocks", { version: "26.6", platform: "tvOS", reason: "rows" })).id;

const blackoutsOf = async ({ uptick }: Place): Promise<readonly string[]> =>
  (await uptick.web.get<{ rows: Blackout[] }>("/api/v1/blackouts")).rows.map(({ name }) => name);

const aBlackout = ({ uptick }: Place): Promise<unknown> =>
  uptick.web.post("/api/v1/blackouts", { name: "Holidays", from: "2026-12-21", to: "2027-01-03", rule: "tag = shop" });

/** The end of an id, as the lists show it. */
const short = (id: string): string => id.slice(-8);

/** A feed of CVEs with one release. */
const CVES = {
  LastCheck: "2026-08-22T18:45:03Z",
  OSVersions: [
    {
      SecurityReleases: [
        {
          ProductName: "macOS",
          ProductVersion: "26.6.1",
          ReleaseDate: "2026-08-06T00:00:00Z",
          CVEs: { "CVE-2026-65400": {}, "CVE-2026-1000": {} },
          ActivelyExploitedCVEs: ["CVE-2026-65400"],
        },
      ],
    },
  ],
};

/** A standing plan as a file. */
const FILED = "name: filed\nstanding: true\nto: latest-minor\naction: install\ndeadline: +300d 17:00\n";

export const PLANS: Rows = {
  plan: "group",
  "plan create-standing": {
    happy: {
      line: [
        ...["plan", "create-standing", "--to", "latest-minor", "--name", "ringed", "--include", "serial = ONE"],
        ...["--rings", "three", "--zone", "Europe/Berlin", "--dry-run"],
      ],
      says: [/^DEVICE +SERIAL/, "Nothing has been done: this was a dry run."],
    },
    sad: { line: ["plan", "create-standing", "--to", "latest", "--in", "soon"], code: "usage-invalid" },
  },
  "plan create": {
    happy: {
      line: [
        ...["plan", "create", "--to", "26.6.1", "--devices", "ONE", "--name", "August", "--action", "download"],
        ...["--by", "2026-12-04T17:00", "--notice-hours", "4", "--skip-weekdays", "sun,sat", "--spread-hours", "2"],
      ],
      says: [
        /^August \([0-9a-f-]{36}\)/,
        "deadline 2026-12-04T17:00, 4 h notice, not sat, sun, spread over 2 h",
        "1 device: 1 to update, 0 there already, 0 refused",
        "uptick plan show",
      ],
      then: async (place) =>
        expect(await plansOf(place)).toContainEqual(expect.objectContaining({ name: "August", state: "active" })),
    },
    sad: { line: ["plan", "create", "--to", "the newest", "--devices", "ONE"], code: "target-invalid" },
  },
  update: {
    happy: {
      line: ["update", "--to", "26.6.1", "--devices", "ONE", "--name", "Again", "--replace"],
      says: [/^Again \(/, "1 to update"],
      then: async (place) =>
        expect(await plansOf(place)).toContainEqual(expect.objectContaining({ name: "Again", action: "install" })),
    },
    sad: { line: ["update", "--to", "latest", "--devices", "ONE,nobody"], code: "device-unknown" },
  },
  "plan list": {
    happy: {
      line: async (place) => (await aPlan(place), ["plan", "list"]),
      says: [/^ID +NAME +STATE +TO +MADE +BY +DEVICES\n/, /\n[0-9a-f]{8} +shown +active +26\.6\.1 +.*token:first/],
    },
    sad: { line: asStranger("plan", "list"), code: "unauthorized" },
  },
  "plan show": {
    happy: {
      line: async (place) => ["plan", "show", short(await aPlan(place))],
      says: ["shown (", ", active", /ONE +iOS 26\.5 +26\.6\.1/],
    },
    sad: { line: ["plan", "show", "none"], code: "plan-unknown" },
  },
  "plan jobs": {
    happy: {
      line: async (place) => ["plan", "jobs", await aPlan(place), "--json"],
      says: [],
      then: (_place, { out }) => expect(JSON.parse(out)).toMatchObject({ rows: [{ device: { serial: "ONE" } }] }),
    },
    sad: { line: ["plan", "jobs", "none"], code: "plan-unknown" },
  },
  "plan pause": {
    happy: {
      line: async (place) => ["plan", "pause", await aPlan(place), "--why", "too many fail"],
      says: [/^shown \(.*, paused just now/, "paused because: too many fail", "uptick plan resume"],
      then: async (place) =>
        expect(await plansOf(place)).toContainEqual(expect.objectContaining({ name: "shown", state: "paused" })),
    },
    sad: { line: ["plan", "pause", "none", "--why", "x"], code: "plan-unknown" },
  },
  "plan resume": {
    happy: {
      line: async (place) => ["plan", "resume", await aPlan(place)],
      says: [/^shown \(.*, active/],
      then: async (place) =>
        expect(await plansOf(place)).toContainEqual(expect.objectContaining({ name: "shown", state: "active" })),
    },
    sad: { line: ["plan", "resume", "none"], code: "plan-unknown" },
  },
  "plan export": {
    happy: {
      line: async (place) => ["plan", "export", short((await aStanding(place)).id)],
      says: [/^---\nname: followed\nto: latest-minor\n/, "standing: true", /order: \d+/, "rings: []"],
    },
    sad: { line: ["plan", "export", "none"], code: "plan-unknown" },
  },
  "plan apply": {
    happy: {
      line: ({ file }) => ["plan", "apply", "--dry-run", file("plans.yaml", `${FILED}exclude: tag=lab\n`)],
      says: [/^filed: would be created: \d+ devices?, /, "Nothing has been done"],
      then: async (place) => expect((await plansOf(place)).map(({ name }) => name)).not.toContain("filed"),
    },
    sad: {
      line: ({ file }) => ["plan", "apply", file("bad.yaml", `${FILED}colour: red\n`)],
      code: "plan-file-invalid",
    },
  },
  "plan edit": {
    happy: {
      line: async (place) => [
        "plan",
        "edit",
        short((await aStanding(place)).id),
        "--at",
        "18:30",
        "--skip-weekdays",
        "sat,sun",
      ],
      says: [/^followed \(/, "The plan has the revision 2."],
      then: async (place) =>
        expect(await aStanding(place)).toMatchObject({
          ...{ revision: 2, deadline: "+300d 18:30", standing: { skipWeekdays: ["sat", "sun"] } },
        }),
    },
    sad: {
      line: async (place) => ["plan", "edit", (await aStanding(place)).id, "--revision", "99", "--notice-hours", "30"],
      code: "revision-stale",
    },
  },
  "plan try-again": {
    happy: {
      line: async (place) => ["plan", "try-again", (await aStanding(place)).id],
      says: [/^0 failed jobs will be tried again\.\n$/],
    },
    sad: {
      line: async (place) => ["plan", "try-again", (await aStanding(place)).id, "nobody"],
      code: "device-unknown",
    },
  },
  "plan hold-major": {
    happy: {
      line: async (place) => ["plan", "hold-major", short((await aStanding(place)).id), "tvOS", "27"],
      says: ["held back: tvOS 27"],
      then: async (place) => expect(await aStanding(place)).toMatchObject({ standing: { heldMajors: { tvOS: [27] } } }),
    },
    sad: { line: ["plan", "hold-major", "none", "tvOS", "27"], code: "plan-unknown" },
  },
  "plan release-major": {
    happy: {
      line: async (place) => ["plan", "release-major", (await aStanding(place)).id, "tvOS", "27"],
      says: [/^followed \(/],
      then: async (place) => expect(await aStanding(place)).toMatchObject({ standing: { heldMajors: {} } }),
    },
    sad: { line: ["plan", "release-major", "none", "tvOS", "27"], code: "plan-unknown" },
  },
  "plan order": {
    happy: {
      line: async (place) => ["plan", "order", short((await aStanding(place)).id)],
      says: [/^0 {2}followed \([0-9a-f-]{36}\)/],
    },
    sad: {
      line: async (place) => ["plan", "order", (await aStanding(place)).id, "none"],
      code: "plan-order-differs",
    },
  },
  "plan stop": {
    happy: {
      line: async (place) => ["plan", "stop", await aPlan(place)],
      says: [/^shown \(.*, stopped just now/, "1 device: withdrawn and confirmed"],
      then: async (place) =>
        expect(await plansOf(place)).toContainEqual(expect.objectContaining({ name: "shown", state: "stopped" })),
    },
    sad: { line: ["plan", "stop", "none"], code: "plan-unknown" },
  },
  rollouts: {
    happy: {
      line: async (place) => ["rollouts", await ringed(place)],
      says: [
        /^ID +PLATFORM +VERSION +STATE +RINGS\n/,
        /macOS +26\.6\.2 +running +Pilot passed, Early open, Everyone waiting/,
      ],
    },
    sad: { line: ["rollouts", "none"], code: "plan-unknown" },
  },
  rollout: "group",
  "rollout show": {
    happy: {
      line: async (place) => ["rollout", "show", await rolloutIn(place, "running")],
      says: [
        /^macOS 26\.6\.2 \(0198c000-.*\), running/,
        "Under way.",
        /1 +Pilot +passed/,
        /from 2026-09-01 07:00 +2026-09-03 17:00/,
      ],
    },
    sad: { line: ["rollout", "show", "none"], code: "rollout-unknown" },
  },
  "rollout hold": {
    happy: {
      line: async (place) => ["rollout", "hold", await rolloutIn(place, "running"), "--why", "wait", "--dry-run"],
      says: [
        "The hold would keep the release from 0 devices; nothing has changed.",
        "0 devices: has a job, and continues",
      ],
    },
    sad: {
      line: async (place) => ["rollout", "hold", await rolloutIn(place, "paused"), "--why", "x"],
      code: "rollout-state",
    },
  },
  "rollout pause": {
    happy: {
      line: async (place) => ["rollout", "pause", await rolloutIn(place, "urgent"), "--why", "two do not start"],
      says: [
        /^macOS 26\.6\.4 .*, paused just now\n/,
        /Paused by token:first: two do not start\. Its devices receive nothing/,
      ],
    },
    sad: { line: ["rollout", "pause", "none", "--why", "x"], code: "rollout-unknown" },
  },
  "rollout resume": {
    happy: {
      line: async (place) => ["rollout", "resume", await rolloutIn(place, "urgent"), "--why", "mended"],
      says: [/, running just now\n/, "Resumed by token:first: mended.", "token:first resumed the rollout: mended."],
    },
    sad: {
      line: async (place) => ["rollout", "resume", await rolloutIn(place, "over"), "--why", "x"],
      code: "rollout-state",
    },
  },
  "rollout abort": {
    happy: {
      line: async (place) => ["rollout", "abort", await rolloutIn(place, "running"), "--why", "no", "--dry-run"],
      says: [/^The abort would hold back 0 devices; nothing has changed\.\n/],
    },
    sad: {
      line: async (place) => ["rollout", "abort", await rolloutIn(place, "over"), "--why", "x"],
      code: "rollout-state",
    },
  },
  "rollout promote": {
    happy: {
      line: async (place) => ["rollout", "promote", await rolloutIn(place, "urgent"), "Pilot", "--why", "seen on both"],
      says: [/1 +Pilot +passed/, "token:first promoted ring Pilot: seen on both."],
    },
    sad: {
      line: async (place) => ["rollout", "promote", await rolloutIn(place, "running"), "3", "--why", "x"],
      code: "ring-state",
    },
  },
  "rollout wait": {
    happy: {
      line: async (place) => ["rollout", "wait", await rolloutIn(place, "urgent"), "2", "--why", "on leave"],
      says: [/2 +Early +open/, "token:first waits 5 more days for ring Early: on leave."],
    },
    sad: {
      line: async (place) => ["rollout", "wait", await rolloutIn(place, "running"), "Last", "--why", "x"],
      code: "ring-unknown",
    },
  },
  "rollout instead": {
    happy: {
      line: async (place) => ["rollout", "instead", await rolloutIn(place, "paused"), "26.6.1", "--why", "CVE"],
      says: ["Its devices receive 26.6.1 until a person resumes the rollout."],
    },
    sad: {
      line: async (place) => ["rollout", "instead", await rolloutIn(place, "paused"), "26.6", "--why", "x"],
      code: "older-not-offered",
    },
  },
  "rollout lift-blackout": {
    happy: {
      line: async (place) => ["rollout", "lift-blackout", await rolloutIn(place, "urgent"), "--why", "a CVE"],
      says: ["token:first lifted blackouts for the urgent devices: a CVE."],
    },
    sad: {
      line: async (place) => ["rollout", "lift-blackout", await rolloutIn(place, "running"), "--why", "x"],
      code: "rollout-not-urgent",
    },
  },
  halt: {
    happy: {
      line: ["halt", "--dry-run"],
      says: [/^The halt would hold back \d+ devices?; nothing has changed\.\n/],
      then: async ({ uptick }) => expect(await uptick.web.get("/api/v1/halt")).toMatchObject({ on: false }),
    },
    sad: { line: asStranger("halt"), code: "unauthorized" },
  },
  policy: "group",
  "policy create": {
    happy: {
      line: ["policy", "create", "--defer", "14", "--name", "Two weeks", "--devices", "STRAY"],
      says: [/^Two weeks \([0-9a-f-]{36}\) is made\.\n/],
      then: async (place) =>
        expect(await policiesOf(place)).toContainEqual(
          expect.objectContaining({ name: "Two weeks", settings: { Deferrals: { CombinedPeriodInDays: 14 } } }),
        ),
    },
    sad: {
      line: ({ file }) => ["policy", "create", "--devices", "ONE", "--settings", file("s.json", '{"Nonsense":1}')],
      code: "settings-invalid",
    },
  },
  "policy list": {
    happy: {
      line: async (place) => (await aPolicy(place), ["policy", "list"]),
      says: [/^ID +NAME +STATE +FOR +MADE +BY +DEVICES\n/, /\n[0-9a-f]{8} +kept +active +named .*token:first/],
    },
    sad: { line: ["policy", "list"], io: { env: {} }, code: "token-missing" },
  },
  "policy show": {
    happy: {
      line: async (place) => ["policy", "show", short(await aPolicy(place))],
      says: [/^kept \([0-9a-f-]{36}\), .*\nNotifications false\n/, /ONE +iOS 26\.5/],
    },
    sad: { line: ["policy", "show", "none"], code: "policy-unknown" },
  },
  "policy remove": {
    happy: {
      line: async (place) => ["policy", "remove", await aPolicy(place)],
      says: [/^kept \(.*removed just now\n/, "uptick policy show"],
      then: async (place) =>
        expect(await policiesOf(place)).toContainEqual(expect.objectContaining({ name: "kept", state: "removed" })),
    },
    sad: { line: ["policy", "remove", "none"], code: "policy-unknown" },
  },
  catalog: "group",
  "catalog list": {
    happy: {
      line: ["catalog", "list", "26.6.1", "--device", "iPhone14,2"],
      says: ["Apple's list of 22 Aug 2026 (3 days old)", /\niOS +26\.6\.1 +23G83 +2026-08-17 +2026-11-20 +offered/],
      then: (_place, { out }) => expect(out).not.toContain("macOS"),
    },
    sad: { line: ["catalog", "list", "--platform", "Windows"], code: "request-invalid" },
  },
  "catalog show": {
    happy: { line: ["catalog", "show", "23G83"], says: ["iOS 26.6.1 (23G83): offered\n", "iPhone14,2 iPhone15,2"] },
    sad: { line: ["catalog", "show", "99Z99"], code: "release-unknown" },
  },
  "catalog block": {
    happy: {
      line: ["catalog", "block", "26.5.2", "--platform", "iOS", "--rule", "model = iPhone15,2", "--why", "VPN"],
      says: [
        /^iOS 26\.5\.2 for model = iPhone15,2: \d devices?\.\n/,
        "jobs to withdraw",
        /unblock [0-9a-f-]{36} --why/,
      ],
      then: async (place) =>
        expect(await blocksOf(place)).toContainEqual(expect.objectContaining({ version: "26.5.2" })),
    },
    sad: { line: ["catalog", "block", "26.6", "--why", "VPN"], code: "release-ambiguous" },
  },
  "catalog blocks": {
    happy: {
      line: async (place) => (await aBlock(place), ["catalog", "blocks"]),
      says: [/^ID +PLATFORM +VERSION +STATE +UNTIL +FOR +BECAUSE\n/, /tvOS +26\.6 +active/],
    },
    sad: { line: asStranger("catalog", "blocks"), code: "unauthorized" },
  },
  "catalog unblock": {
    happy: {
      line: async (place) => ["catalog", "unblock", short(await aBlock(place)), "--why", "mended"],
      says: [/^tvOS 26\.6 for all: ended\n/],
      then: async (place) => expect(await blocksOf(place)).toContainEqual(expect.objectContaining({ state: "ended" })),
    },
    sad: { line: ["catalog", "unblock", "none", "--why", "mended"], code: "block-unknown" },
  },
  "catalog fetch": {
    happy: {
      line: ["catalog", "fetch"],
      says: ["Nothing has changed.\nApple's list of 25 Aug 2026, fetched at 2026-08-25 1"],
      then: async ({ uptick }) =>
        expect(await uptick.web.get("/api/v1/catalog?limit=1")).toMatchObject({
          list: { listDate: "2026-08-25", listDateFrom: "fetch" },
          fetch: { automatic: false, failure: null, sentence: expect.stringMatching(/^The last good fetch was at /) },
        }),
    },
    sad: { line: asStranger("catalog", "fetch"), code: "unauthorized" },
  },
  "catalog accept": {
    happy: {
      async line({ uptick, lookup }) {
        await forgetFetches(uptick);
        lookup.answer = listOf(SMALL_LIST);
        const { admin, system } = uptick.server;
        await expect(admin.server.fetchCatalog(system)).rejects.toMatchObject({ code: "catalog-smaller" });
        return ["catalog", "accept"];
      },
      says: [
        /^will leave the list: iOS 12\.5\.8 \(16H88\)\n/,
        /\n3 releases read, 0 new\.\n/,
        "Apple's list of 25 Aug 2026",
      ],
    },
    sad: { line: ["catalog", "accept"], code: "catalog-not-waiting" },
  },
  blackout: "group",
  "blackout add": {
    happy: {
      line: ["blackout", "add", "Exams", "--from", "2026-12-01", "--to", "2026-12-04", "--rule", "tag = exam"],
      says: [
        /^Exams, 2026-12-01 to 2026-12-04, for tag = exam: 0 devices\.\n/,
        "deadlines that move: 0",
        'uptick blackout remove "Exams"',
      ],
      then: async (place) => expect(await blackoutsOf(place)).toContain("Exams"),
    },
    sad: { line: ["blackout", "add", "Exams", "--from", "2026-12-04", "--to", "2026-12-01"], code: "blackout-invalid" },
  },
  "blackout list": {
    happy: {
      line: async (place) => (await aBlackout(place), ["blackout", "list"]),
      says: [/^NAME +FROM +TO +BY +FOR\n/, /Holidays +2026-12-21 +2027-01-03 +token:first +tag = shop/],
    },
    sad: { line: asStranger("blackout", "list"), code: "unauthorized" },
  },
  "blackout remove": {
    happy: {
      line: async (place) => (await aBlackout(place), ["blackout", "remove", "HOLIDAYS"]),
      says: ["HOLIDAYS is removed."],
      then: async (place) => expect(await blackoutsOf(place)).not.toContain("Holidays"),
    },
    sad: { line: ["blackout", "remove", "none"], code: "blackout-unknown" },
  },
  "catalog import": {
    happy: {
      line: ({ file }) => ["catalog", "import", file("pmv.json", JSON.stringify(sampleLookupService()))],
      io: { modifiedAt: async () => Date.UTC(2026, 7, 24) },
      says: [/^\d\d releases read, 0 new\.\n/, "Apple's list of 24 Aug 2026"],
      then: async ({ uptick }) =>
        expect(await uptick.web.get("/api/v1/catalog?limit=1")).toMatchObject({ list: { listDate: "2026-08-24" } }),
    },
    sad: { line: ({ file }) => ["catalog", "import", file("none.json", "[]")], code: "catalog-invalid" },
  },
  "catalog import-cves": {
    happy: {
      line: ({ file }) => ["catalog", "import-cves", file("macos_data_feed.json", JSON.stringify(CVES))],
      says: [
        "1 release read, 1 new; 2 CVEs, 1 exploited.\n",
        "SOFA's CVE feed of macOS of 22 Aug 2026, taken on ",
        "  exploited: macOS 26.6.1: CVE-2026-65400\n",
      ],
      then: async ({ uptick }) =>
        expect(await uptick.web.get("/api/v1/catalog?platform=macOS&version=26.6.1")).toMatchObject({
          rows: [{ fixes: { cves: 2, exploited: ["CVE-2026-65400"], feedDate: "2026-08-22" } }],
        }),
    },
    sad: {
      line: ({ file }) => ["catalog", "import-cves", file("pmv.json", JSON.stringify(sampleLookupService()))],
      code: "cve-feed-invalid",
    },
  },
};

/** The rollouts of a standing plan by the API: what is shown of them, and what can be decided. */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { sofaEntry, sofaFeed } from "../../src/catalog/security-feed.suite.ts";
import type { Page, RolloutDetail, RolloutView } from "../../src/contract/index.ts";
import { enrollmentRow } from "../../src/store/suite-rows.ts";
import { insertRollout, insertStored, insertStandingPlan, type RolloutGiven } from "../support/rollouts.ts";
import { SOON, startUptick, type Uptick } from "../support/index.ts";

const PLAN = "0198c000-0000-7000-8000-00000000b000";
const idOf = (n: number): string => `0198c000-0000-7000-8000-00000000b00${n}`;
const [OLD, RUNS, FAILED, URGENT, ASKS] = [1, 2, 3, 4, 5].map(idOf) as [string, string, string, string, string];
const CVE = "CVE-2026-65400";
const at = (text: string): number => Date.parse(text);

/** The Mondays to Thursdays of a release of Mon 17 Aug, in Berlin. */
const PILOT = at("2026-08-18T07:00:00Z");
const EARLY = at("2026-08-25T07:00:00Z");
const opened = (openedAt: number) => ({ openedAt, countFrom: openedAt, since: openedAt });

const GIVEN: readonly (readonly [id: string, given: RolloutGiven])[] = [
  [OLD, { version: "26.6.1", state: "superseded", beganAt: 1 }],
  [
    RUNS,
    {
      version: "26.6.2",
      beganAt: 2,
      knownAt: at("2026-08-17T18:10:00Z"),
      runs: [
        { ring: 0, state: "passed", ...opened(PILOT), decisions: 2 },
        { ring: 1, state: "asks", asked: "less-than-half", askedAt: EARLY, ...opened(EARLY), decisions: 1 },
      ],
      decisions: [
        { ring: 0, n: 0, what: "open", at: PILOT },
        { ring: 1, n: 0, what: "ask", reason: "less-than-half", numbers: { settled: 5, members: 12 }, at: EARLY + 1 },
      ],
    },
  ],
  [
    FAILED,
    {
      version: "26.6.3",
      state: "paused",
      stateBy: "gate",
      reason: "failures",
      beganAt: 3,
      runs: [{ ring: 0, state: "open", ...opened(EARLY), decisions: 1 }],
      decisions: [
        {
          what: "pause",
          reason: "failures",
          numbers: { started: 41, failures: 6, chance: 0.0156, maxFailurePercent: 5 },
          at: EARLY,
        },
      ],
    },
  ],
  [
    URGENT,
    {
      version: "26.6.4",
      beganAt: 4,
      urgentBelow: "26.6.4",
      urgentAt: at("2026-08-22T10:00:00Z"),
      base: "2026-08-22",
      runs: [{ ring: 0, urgent: 1, asked: "blackout", askedAt: 0 }],
    },
  ],
  [ASKS, { version: "26.6.5", beganAt: 5, runs: [{ ring: 0, state: "asks", asked: "approval", ...opened(EARLY) }] }],
];

let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
  const feed = sofaFeed([sofaEntry({ version: "26.6.1", exploited: [CVE] })]);
  await uptick.web.request("PUT", "/api/v1/catalog/cves", {
    body: JSON.stringify(feed),
    headers: { "content-type": "application/json" },
  });
  // What the feed has set off is over before the devices are there.
  await vi.waitFor(() => {
    const [sweep] = uptick.rows<{ due_at: number }>("SELECT due_at FROM sweep WHERE name = 'compliance'");
    if (Number(sweep?.due_at ?? 0) <= uptick.now()) throw new Error("the sweep is under way");
  }, SOON);
  await uptick.restart({
    between(database) {
      insertStandingPlan(database, PLAN);
      for (const [id, given] of GIVEN) insertRollout(database, id, PLAN, given);
      const rings = [[0, 3, "26.6.2"] as const, [1, 12, "26.6"] as const, [2, 20, "26.6"] as const];
      for (const [ring, devices, osVersion] of rings)
        for (let n = 0; n < devices; n += 1) {
          // What is offered to it is known, so that its class is left alone.
          const governed = { governedBy: PLAN, ring, aim: "26.6.2", osVersion, platform: "macOS", offer: '{"for":""}' };
          insertStored(database, "enrollment", enrollmentRow(`mac-${ring}-${n}`, governed));
        }
    },
  });
});
afterAll(() => uptick.close());

const show = (id: string): Promise<RolloutDetail> => uptick.web.get(`/api/v1/rollouts/${id}`);
const list = (query = ""): Promise<Page<RolloutView>> => uptick.web.get(`/api/v1/plans/${PLAN}/rollouts${query}`);
const say = (id: string, verb: string, body: object = {}) =>
  uptick.web.request("POST", `/api/v1/rollouts/${id}/${verb}`, {
    body: JSON.stringify({ reason: "seen on both", ...body }),
    headers: { "content-type": "application/json" },
  });
const refused = async (asked: ReturnType<typeof say>) => {
  const reply = await asked;
  return [reply.status, reply.problem().code];
};

describe("the rollouts of a plan", () => {
  it("are listed, the newest first, page by page", async () => {
    const { rows, next } = await list();
    expect([rows.map(({ id }) => id), next]).toEqual([[ASKS, URGENT, FAILED, RUNS, OLD], null]);
    const first = await list("?limit=3");
    const second = await list(`?limit=3&after=${first.next ?? ""}`);
    expect([first.rows.length, second.rows.map(({ id }) => id), second.next]).toEqual([3, [RUNS, OLD], null]);
  });

  it.each(["?after=damaged", "?limit=0", "?state=paused"])("refuse a query that does not fit: %s", async (query) =>
    expect((await uptick.web.request("GET", `/api/v1/plans/${PLAN}/rollouts${query}`)).status).toBe(400),
  );

  it("are those of a plan that there is", async () =>
    expect((await uptick.web.request("GET", "/api/v1/plans/none/rollouts")).problem().code).toBe("plan-unknown"));
});

describe("a rollout", () => {
  it("targets L3: shows its rings: dates, devices, what each can prove, and what it asks", async () => {
    const { rings, ...rollout } = await show(RUNS);
    expect(rollout).toMatchObject({
      ...{ platform: "macOS", version: "26.6.2", state: "running", sentence: "Under way.", startsOn: "2026-08-17" },
      ...{ atRisk: 12, withdrawal: null, older: [] },
    });
    expect(rings).toMatchObject([
      {
        ...{ ring: 1, name: "Pilot", state: "passed", devices: 3, notGiven: 0, asks: null },
        ...{ openedAt: "2026-08-18T07:00:00.000Z", dueLocal: "2026-08-19T17:00" },
      },
      {
        ...{ ring: 2, name: "Early", state: "asks", devices: 12, notGiven: 12, dueLocal: "2026-08-26T17:00" },
        power: { percent: 17, sentence: "12 devices without a failure rule out only failure rates above 17 %." },
        asks: {
          ...{ reason: "less-than-half", devices: 20, sinceAt: "2026-08-25T07:00:00.001Z" },
          sentence:
            "Asks a person: 5 of 12 devices are good, which is less than half. 20 devices wait; planned 2026-09-01.",
        },
      },
      {
        ...{ ring: 3, name: "Everyone", state: "waiting", devices: 20, notGiven: 20, openedAt: null },
        ...{ plannedAt: "2026-09-01T07:00:00.000Z", dueLocal: "2026-09-03T17:00" },
      },
    ]);
    expect(rings.map(({ counts, devices }) => counts?.members === devices)).toEqual(rings.map(() => true));
  });

  it("shows what was decided, the newest first", async () => {
    expect((await show(RUNS)).decisions.map(({ decision: what, name, sentence }) => [what, name, sentence])).toEqual([
      ["ask", "Early", "The gate asks about ring Early: 5 of 12 devices are good, which is less than half."],
      ["open", "Pilot", "The gate opened ring Pilot: its day has come, and the ring before it has passed."],
    ]);
  });

  it("shows the urgent run of a ring by its own dates", async () => {
    const { rings } = await show(URGENT);
    expect(rings.map(({ ring, urgent }) => [ring, urgent])).toEqual([
      [1, false],
      [1, true],
      [2, false],
      [3, false],
    ]);
    // A Saturday: urgent runs open on any day.
    expect(rings[1]).toMatchObject({ plannedAt: "2026-08-23T07:00:00.000Z", dueLocal: "2026-08-23T17:00" });
  });

  it("is named by the end of its id, and not by what several end with", async () => {
    expect((await show(RUNS.slice(-8))).id).toBe(RUNS);
    expect((await uptick.web.request("GET", "/api/v1/rollouts/0198c000")).problem().code).toBe("rollout-ambiguous");
    expect((await uptick.web.request("GET", "/api/v1/rollouts/none")).problem().code).toBe("rollout-unknown");
  });
});

describe("a rollout that the gate has paused", () => {
  it("says on which numbers, and offers the older releases that fix an exploited CVE of its devices", async () => {
    const { sentence, older, atRisk } = await show(FAILED);
    expect(sentence).toBe(
      "Paused by the gate: 6 of 41 devices that started failed; if 5 % failed, so many would fail in 1.6 % of cases. Its devices receive nothing until a person resumes the rollout.",
    );
    const fixes = { cves: [CVE], devices: 32 };
    expect(older).toEqual([
      { version: "26.6.2", ...fixes },
      { version: "26.6.1", ...fixes },
    ]);
    expect(atRisk).toBe(0);
  });

  it("can be tried: for how many devices each verb would be, and nothing changes (api A12)", async () => {
    const tried = async (id: string, verb: string, body: object = {}) =>
      (await say(id, `${verb}?dryRun=true`, body)).json<{ devices: number }>().devices;
    const before = [await show(RUNS), await show(FAILED), await show(URGENT)];
    expect([await tried(RUNS, "rings/Early/promote"), await tried(RUNS, "rings/2/wait")]).toEqual([20, 20]);
    expect(await tried(FAILED, "give-older", { version: "26.6.1" })).toBe(32);
    const urgent = before[2]?.rings.filter((one) => one.urgent) ?? [];
    const devices = urgent.reduce((sum, one) => sum + one.devices, 0);
    expect([await tried(URGENT, "lift-blackout"), urgent.length]).toEqual([devices, 1]);
    expect([await show(RUNS), await show(FAILED), await show(URGENT)]).toEqual(before);
  });

  it("gives one of them instead, and none that is not offered", async () => {
    expect(await refused(say(FAILED, "give-older", { version: "26.6" }))).toEqual([409, "older-not-offered"]);
    expect((await say(RUNS, "give-older", { version: "26.6.1" })).problem().code).toBe("rollout-state");
    const given = await say(FAILED, "give-older", { version: "26.6.1" });
    expect(given.json<RolloutDetail>()).toMatchObject({
      ...{ state: "paused", instead: "26.6.1" },
      sentence: expect.stringContaining("Its devices receive 26.6.1 until") as string,
    });
    expect(given.json<RolloutDetail>().decisions[0]).toMatchObject({
      decision: "instead",
      decidedBy: "token:first",
      ring: 1,
    });
  });
});

describe("what a person says", () => {
  it("wakes the gate, the devices and the plan's work, and once only", async () => {
    const gate = () => uptick.rows<{ lease_until: number }>("SELECT * FROM sweep WHERE name = 'gate'");
    const before = gate();
    const held = (await say(URGENT, "hold")).json<RolloutDetail>();
    expect(held).toMatchObject({ state: "held", stateBy: "token:first", atRisk: 0 });
    expect(gate()).not.toEqual(before);
    const again = (await say(URGENT, "hold", { reason: "another" })).json<RolloutDetail>();
    expect([again.sentence, again.decisions.length]).toEqual([held.sentence, 1]);
  });

  it("lifts a blackout for urgent devices, and is refused where there are none", async () => {
    expect((await say(URGENT, "lift-blackout")).json<RolloutDetail>().blackoutLifted).toBe(true);
    expect(await refused(say(RUNS, "lift-blackout"))).toEqual([409, "rollout-not-urgent"]);
  });

  it("opens an urgent ring that waits", async () => {
    const { rings } = (await say(URGENT, "rings/Pilot/promote", { urgent: true })).json<RolloutDetail>();
    expect(rings[1]).toMatchObject({ urgent: true, state: "open", asks: null });
  });

  it.each<readonly [string, string, string, readonly [number, string], object]>([
    ["an unknown ring", RUNS, "rings/4/promote", [404, "ring-unknown"], {}],
    ["a ring without urgent devices", RUNS, "rings/1/promote", [404, "ring-unknown"], { urgent: true }],
    ["a ring that asks nothing", RUNS, "rings/Everyone/promote", [409, "ring-state"], {}],
    ["a ring of a paused rollout", FAILED, "rings/1/promote", [409, "rollout-state"], {}],
    ["a hold of what is paused", FAILED, "hold", [409, "rollout-state"], {}],
    ["an abort of what was superseded", OLD, "abort", [409, "rollout-state"], {}],
    ["no reason", RUNS, "pause", [400, "request-invalid"], { reason: " " }],
    ["an unknown rollout", "none", "pause", [404, "rollout-unknown"], {}],
  ])("is refused for %s", async (_what, id, verb, expected, body) =>
    expect(await refused(say(id, verb, body))).toEqual(expected),
  );

  it.each(["hold", "abort", "pause", "resume"])("a dry run of %s is refused where the verb is", async (verb) =>
    expect(await refused(say(OLD, `${verb}?dryRun=true`))).toEqual([409, "rollout-state"]),
  );

  it.each<readonly [string, string, object, string]>([
    [RUNS, "rings/4/promote", {}, "ring-unknown"],
    [RUNS, "rings/Everyone/wait", {}, "ring-state"],
    [RUNS, "lift-blackout", {}, "rollout-not-urgent"],
    [RUNS, "give-older", { version: "26.6.1" }, "rollout-state"],
    [FAILED, "give-older", { version: "26.6" }, "older-not-offered"],
  ])("a dry run is refused where the verb is: %s %s", async (id, verb, body, code) =>
    expect((await refused(say(id, `${verb}?dryRun=true`, body)))[1]).toBe(code),
  );

  it("one of two who decide about a ring at once wins, and the other is told so", async () => {
    const replies = await Promise.all([say(ASKS, "rings/1/promote"), say(ASKS, "rings/1/wait")]);
    const { decisions, rings } = await show(ASKS);
    expect(decisions).toHaveLength(1);
    const [promoted, waited] = replies.map(({ status }) => status);
    // After the promotion there is nothing left to wait for; after the wait nothing to promote.
    expect([promoted, waited, rings[0]?.state, decisions[0]?.decision]).toEqual(
      promoted === 200 ? [200, 409, "passed", "promote"] : [409, 200, "open", "wait"],
    );
  });

  it("is refused once the plan was stopped", async () => {
    await uptick.web.post(`/api/v1/plans/${PLAN}/stop`, undefined);
    expect(await refused(say(RUNS, "pause"))).toEqual([409, "plan-over"]);
    expect(await refused(say(RUNS, "pause?dryRun=true"))).toEqual([409, "plan-over"]);
    expect(await refused(say(RUNS, "rings/2/promote"))).toEqual([409, "plan-over"]);
  });
});

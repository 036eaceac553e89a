/** Every job always has a reason and a next action with a time, or is finished: seen here in every state there is. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JobView, PlanRequest } from "../../src/contract/index.ts";
import { isFinal, STATES } from "../../src/plans/jobs/state.ts";
import {
  msOf,
  SOON,
  ableDevice,
  BY_FRIDAY,
  declarative,
  type Device,
  DOWNLOADED,
  enrolDevice,
  inForce,
  IPHONE,
  makePlan,
  NOTHING_IN_PROGRESS,
  planJob,
  pendingBy,
  result,
  START,
  startUptick,
  stopPlan,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
/** Every job that was looked at, by state. */
const seen = new Map<string, JobView[]>();

beforeAll(async () => {
  uptick = await startUptick();
});
afterAll(() => uptick.close());

const MAC = {
  OSVersion: "26.5",
  BuildVersion: "25F70",
  ProductName: "MacBookPro18,3",
  SoftwareUpdateDeviceID: "J314sAP",
  IsSupervised: true,
};

interface Scene {
  readonly facts?: Device["facts"];
  /** It takes declarations, or (silent) acknowledges the command and never syncs. */
  readonly declarations?: "able" | "silent";
  readonly plan?: Partial<PlanRequest>;
  play?(device: Device, planId: string): Promise<unknown>;
}

const failing = (Status: string) => (device: Device) =>
  device.session({ OSUpdateStatus: NOTHING_IN_PROGRESS, ScheduleOSUpdate: result("DownloadOnly", Status) });
const installLeft = (device: Device) => device.session({ OSUpdateStatus: DOWNLOADED, ScheduleOSUpdate: undefined });

/** At least one scene for each state. */
const SCENES: Readonly<Record<string, Scene>> = {
  "asking, just begun": {},
  "asking, after NotNow": { play: (device) => device.session({ DeviceInformation: { Status: "NotNow" } }) },
  "asking what it is doing": { play: (device) => device.session({ OSUpdateStatus: undefined }) },
  "scanning, told to": {
    facts: MAC,
    plan: { to: "26.6.2" },
    play: (device) => device.session({ OSUpdateStatus: NOTHING_IN_PROGRESS, ScheduleOSUpdateScan: undefined }),
  },
  "scanning, under way": {
    facts: MAC,
    plan: { to: "26.6.2" },
    play: (device) =>
      device.session({ OSUpdateStatus: NOTHING_IN_PROGRESS, ScheduleOSUpdateScan: { ScanInitiated: true } }),
  },
  "downloading, told to": {
    play: (device) => device.session({ OSUpdateStatus: NOTHING_IN_PROGRESS, ScheduleOSUpdate: undefined }),
  },
  "downloading, accepted": { play: failing("Idle") },
  "downloading, under way": { play: failing("Downloading") },
  "ready, waiting for its window": {
    plan: { window: "22:00-05:00" },
    play: (device) => device.session({ OSUpdateStatus: DOWNLOADED }),
  },
  "ready, waiting for its deadline": {
    facts: { ...IPHONE, OSVersion: "16.7.10", BuildVersion: "20H350", ProductName: "iPhone10,1" },
    plan: { to: "16.7.11", allowUnlisted: true, ...BY_FRIDAY },
    play: (device) => device.session({ OSUpdateStatus: DOWNLOADED }),
  },
  "installing, told to": { play: installLeft },
  "installing, it says": {
    play: (device) =>
      device.session({ OSUpdateStatus: DOWNLOADED, ScheduleOSUpdate: result("InstallASAP", "Installing") }),
  },
  "installing, answer missing": {
    play: async (device) => {
      await installLeft(device);
      await device.poll();
    },
  },
  "blocked, too little space": { play: failing("DownloadInsufficientSpace") },
  "blocked, no power": { play: failing("DownloadInsufficientPower") },
  "blocked, something we do not know": {
    play: (device) =>
      device.session({
        OSUpdateStatus: NOTHING_IN_PROGRESS,
        ScheduleOSUpdate: { Status: "Error", ErrorChain: [{ ErrorCode: 99, ErrorDomain: "New" }] },
      }),
  },
  stopping: {
    play: async (device, planId) => {
      await installLeft(device);
      await stopPlan(uptick, planId);
      await expect.poll(async () => (await planJob(uptick, planId, device.udid)).job.state, SOON).toBe("stopping");
    },
  },
  "done, seen there": {
    play: async (device) => {
      device.facts = { ...IPHONE, OSVersion: "26.6.1", BuildVersion: "23G83" };
      await device.session();
    },
  },
  "fell-back, seen below again": {
    play: async (device) => {
      const answers = async (OSVersion: string, BuildVersion: string, state: string) => {
        device.facts = { ...IPHONE, OSVersion, BuildVersion };
        const now = async () => (await device.session(), (await uptick.device(device.udid)).job?.state);
        await expect.poll(now, SOON).toBe(state);
      };
      await answers("26.6.1", "23G83", "done");
      await answers("26.5", "23F77", "fell-back");
    },
  },
  "done, there already": { plan: { to: "26.4" } },
  downloaded: {
    plan: { action: "download" },
    play: (device) => device.session({ OSUpdateStatus: DOWNLOADED }),
  },
  notified: {
    facts: MAC,
    plan: { to: "26.6.2", action: "notify" },
    play: async (device) => {
      const answers = {
        OSUpdateStatus: NOTHING_IN_PROGRESS,
        ScheduleOSUpdateScan: { ScanInitiated: true },
        AvailableOSUpdates: {
          AvailableOSUpdates: [{ ProductKey: "MSU", HumanReadableName: "macOS", Version: "26.6.2", Build: "25G83" }],
        },
        ScheduleOSUpdate: result("NotifyOnly", "Idle", { ProductKey: "MSU" }),
      };
      await device.session(answers);
      // The list is read when the scan has had its time.
      await uptick.restart({ later: 6 * 60_000 });
      await expect.poll(async () => (await uptick.device(device.udid)).outstanding.length, SOON).toBe(1);
      await device.session(answers);
    },
  },
  stopped: {
    play: async (device, planId) => {
      await stopPlan(uptick, planId);
      await expect.poll(async () => (await planJob(uptick, planId, device.udid)).job.state, SOON).toBe("stopped");
    },
  },
  paused: {
    play: async (device, planId) => {
      await pausePlan(planId);
      await expect.poll(async () => (await planJob(uptick, planId, device.udid)).job.state, SOON).toBe("paused");
    },
  },
  "pausing, an install order has left": {
    play: async (device, planId) => {
      await installLeft(device);
      await pausePlan(planId);
      await expect.poll(async () => (await planJob(uptick, planId, device.udid)).job.state, SOON).toBe("pausing");
    },
  },
  ...declaredScenes(),
  "failed, it left": { play: (device) => device.checkIn({ MessageType: "CheckOut" }) },
  "failed, only a computer can do it": { play: failing("DownloadRequiresComputer") },
  "refused, not supervised": { facts: { ...IPHONE, IsSupervised: false } },
  "refused, the commands are gone": { facts: { ...IPHONE, OSVersion: "27.0" }, plan: { to: "27.1" } },
};

/** The same states where a declaration tells the device, and those that only it has. */
function declaredScenes(): Record<string, Scene> {
  const says = (items: (its: ReturnType<typeof declarative>) => Record<string, unknown>): Scene => ({
    declarations: "able",
    plan: BY_FRIDAY,
    async play(device) {
      const its = declarative(device);
      await its.sync();
      await its.report({}, { declarations: true });
      await its.report(items(its));
    },
  });
  const state = (name: string) => says((its) => ({ ...pendingBy(its), "softwareupdate.install-state": name }));
  return {
    "awaiting, its first report": { declarations: "silent", plan: BY_FRIDAY },
    "declaring, set": { declarations: "able", plan: BY_FRIDAY },
    "declaring, fetched": {
      declarations: "able",
      plan: BY_FRIDAY,
      play: (device) => declarative(device).sync(),
    },
    "declaring, in a window": { declarations: "able", plan: { window: "22:00-05:00" } },
    "declared, in force": says(() => ({})),
    "declared, in a state that we do not know": state("meditating"),
    "downloading, by its declaration": state("downloading"),
    "ready, by its declaration": state("prepared"),
    "installing, by its declaration": state("installing"),
    "blocked, it fails and tries again": says((its) => ({
      ...pendingBy(its),
      "softwareupdate.install-state": "failed",
      "softwareupdate.failure-reason": { count: 3, reason: "no power" },
    })),
    "blocked, it can't apply the declaration": says((its) => ({
      "management.declarations": {
        configurations: [
          {
            identifier: its.update()?.Identifier,
            "server-token": its.update()?.ServerToken,
            active: false,
            valid: "invalid",
            reasons: [{ code: "Error.NobodyKnows", description: "not today" }],
          },
        ],
      },
    })),
    "stopping, by its declaration": {
      declarations: "able",
      plan: BY_FRIDAY,
      async play(device, planId) {
        await declarative(device).sync();
        await stopPlan(uptick, planId);
        await expect.poll(async () => (await planJob(uptick, planId, device.udid)).job.state, SOON).toBe("stopping");
      },
    },
  };
}

const pausePlan = (planId: string) => uptick.web.post(`/api/v1/plans/${planId}/pause`, { reason: "wait" });

/** What breaks the promise, in words; empty when it is kept. */
function brokenBy(job: JobView): string[] {
  const { state, reason, verdict, sinceAt: since, next, finishedAt } = job;
  const final = isFinal(state as (typeof STATES)[number]);
  const rules: readonly (readonly [string, boolean])[] = [
    ["it has a reason", /^[a-z][a-z-]+$/.test(reason)],
    ["its verdict is about that reason", verdict.reason === reason],
    ["its sentence is one", /^[A-Z].*: .+\.$/.test(verdict.sentence)],
    ["nothing is missing in the sentence", !/undefined|\?|NaN|\[object/.test(verdict.sentence)],
    ["its state has begun", Date.parse(since) >= START],
    ["it is finished exactly when its state is final", (finishedAt !== null) === final],
    ["it has a next action exactly when it is not finished", (next !== null) === !final],
    [
      "the next action has a name and a time to come",
      next === null || (/^[a-z-]+$/.test(next.action) && next.dueAt >= since),
    ],
    ["the sentence says what is next", next === null || verdict.sentence.includes("next, ")],
  ];
  return rules.filter(([, kept]) => !kept).map(([rule]) => rule);
}

describe("guarantee 8: every job has a reason and a next action with a time, or is finished", () => {
  it.each(Object.entries(SCENES))("%s", async (title, { facts, declarations, plan, play }) => {
    const device = await enrolDevice(uptick, {
      ...(facts === undefined ? {} : { facts }),
      refusesDeclarations: declarations === undefined,
    });
    if (declarations === "able") await declarative(device).settle();
    const { id } = await makePlan(uptick, [device.udid], plan);
    await play?.(device, id);
    const { job } = await planJob(uptick, id, device.udid);
    expect(job.state).toBe(/^[\w-]+/.exec(title)?.[0]);
    expect(brokenBy(job)).toEqual([]);
    expect((await uptick.device(device.udid)).job).toEqual(job);
    seen.set(job.state, [...(seen.get(job.state) ?? []), job]);
  });

  it("is looked for with rules that find what breaks it", () => {
    const [job] = seen.get("asking") ?? [];
    const broken = { ...job, reason: "", next: null, finishedAt: null } as JobView;
    expect(brokenBy(broken)).toHaveLength(3);
    expect(brokenBy({ ...job, state: "done" } as JobView)).toHaveLength(2);
  });

  it("was looked at in every state there is", () => {
    expect([...seen.keys()].toSorted()).toEqual([...STATES].toSorted());
  });

  it("still holds for all of them after a day of silence", async () => {
    await uptick.restart({ later: 24 * 3_600_000 });
    const live = (): unknown[] =>
      uptick.rows("SELECT id FROM job WHERE live = 1 AND due_at <= ?", START + 24 * 3_600_000);
    await expect.poll(live, SOON).toEqual([]);
    const { rows } = await uptick.web.get<{ rows: { job: JobView | null }[] }>("/api/v1/devices?limit=1000");
    const jobs = rows.map(({ job }) => job).filter((job) => job !== null);
    expect(jobs.length).toBe(Object.keys(SCENES).length);
    expect(jobs.flatMap(brokenBy)).toEqual([]);
    const soon = START + 24 * 3_600_000;
    expect(jobs.filter(({ next }) => next !== null && Date.parse(next.dueAt) <= soon)).toEqual([]);
  });

  it("holds for what only a person can finish, which ends 14 days after its moment", async () => {
    const able = await ableDevice(uptick);
    const { device, its } = able;
    const id = await inForce(uptick, able, { deadline: "2026-09-01T17:00" });
    const failure = { count: 3, reason: "Not enough free space." };
    await its.report({
      ...pendingBy(its),
      "softwareupdate.install-state": "failed",
      "softwareupdate.failure-reason": failure,
    });
    const job = async (): Promise<JobView> => (await planJob(uptick, id, device.udid)).job;
    expect(await job()).toMatchObject({ state: "blocked", reason: "failing-space" });
    await uptick.restart({ later: Date.parse("2026-09-15T17:00Z") - (await now()) });
    await expect.poll(async () => (await job()).reason, SOON).toBe("nobody-helped");
    expect(brokenBy(await job())).toEqual([]);
    expect((await job()).verdict.remedy).toMatch(/^Free some space/);
  });

  it("says how often it pushed a device that keeps silent, less and less often", async () => {
    const device = await enrolDevice(uptick);
    const { id } = await makePlan(uptick, [device.udid]);
    const gaps: number[] = [];
    const job = async (): Promise<JobView> => (await planJob(uptick, id, device.udid)).job;
    for (let nth = 0; nth < 4; nth += 1) {
      const before = await job();
      await uptick.restart({ later: msOf(before.next?.dueAt) - (await now()) + 1000 });
      await expect.poll(async () => msOf((await job()).next?.dueAt), SOON).toBeGreaterThan(msOf(before.next?.dueAt));
      gaps.push(Math.round(msOf((await job()).next?.dueAt) / 60_000 - (await now()) / 60_000));
    }
    expect(gaps).toEqual([60, 240, 1440, 1440]);
    expect(await job()).toMatchObject({ reason: "silent", verdict: { remedy: expect.stringMatching(/\w/) } });
  });
});

/** What the server's clock shows: the moment of the last thing it wrote down. */
async function now(): Promise<number> {
  const probe = await enrolDevice(uptick);
  return msOf((await uptick.timeline(probe.udid)).at(-1)?.recordedAt);
}

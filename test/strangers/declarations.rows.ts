/** Strangers that are told by declaration, and what they report. */
import { expect } from "vitest";
import { type Facts, MAC, PHONE } from "./facts.ts";
import type { Dict } from "./plist.ts";
import { kindsOf, type Place, type Row, until, type Visit } from "./place.ts";
import { CAPABILITIES, type Says, type Stranger } from "./stranger.ts";

const TAKES: Says = { DeclarativeManagement: {} };
const os = (version: string, build: string) => ({
  device: { "operating-system": { version, "build-version": build } },
});
const capable = (facts: Facts, more: object = {}) => ({
  management: { "client-capabilities": CAPABILITIES },
  ...os(facts.OSVersion, facts.BuildVersion),
  ...more,
});

/** Enrolled, and it has reported that it takes declarations. */
async function able(place: Place, facts: Facts = PHONE, more: object = {}): Promise<Stranger> {
  const stranger = await place.enrolled(facts, {}, TAKES);
  await stranger.sync();
  await stranger.status(capable(facts, more), { FullReport: true });
  await stranger.talk(TAKES);
  return stranger;
}

/** It holds the declaration of a plan, and has not said a word of it. */
async function declared(place: Place, facts: Facts = PHONE, to = "26.6.1"): Promise<Stranger> {
  const stranger = await able(place, facts);
  await place.plan(stranger, to, { deadline: "2026-08-28T17:00" });
  await until("the declaration", async () => {
    await stranger.talk(TAKES);
    await stranger.sync();
    return stranger.held.find(({ Type }) => Type.endsWith("enforcement.specific"));
  });
  return stranger;
}

/** The declaration is in force, and then come these reports. */
const reporting = (name: string, reports: readonly object[], expected: object): Row => ({
  name,
  async play(place): Promise<Visit> {
    const stranger = await declared(place);
    await stranger.status({ management: { declarations: stranger.declarations() } });
    for (const report of reports) await stranger.status(report);
    return { seen: () => place.shown(stranger), expected };
  },
});

const PREPARED = {
  softwareupdate: {
    "install-state": "prepared",
    "install-reason": { reason: ["declaration", "notification"] },
    "pending-version": {
      "os-version": "26.6.1",
      "build-version": "23G83",
      "softwareupdate.target-local-date-time": "2026-08-28 17:00:00 +0000",
    },
  },
};
/** iOS leaves version and build out when nothing is pending; the date of the declaration stays. */
const PURGED = {
  softwareupdate: {
    "install-state": "none",
    "install-reason": { reason: ["declaration"] },
    "pending-version": { "softwareupdate.target-local-date-time": "2026-08-28 17:00:00 +0000" },
  },
};

export const DECLARATIONS: readonly Row[] = [
  {
    name: "an iPhone that reports its board as device id keeps its place in the catalog",
    async play(place): Promise<Visit> {
      const stranger = await able(place, PHONE, { softwareupdate: { "device-id": "D73AP" } });
      return {
        seen: async () => ({ decision: await place.dryRun(stranger, "latest-minor") }),
        expected: { decision: { kind: "job", release: "26.6.1" } },
      };
    },
  },
  reporting(
    "without a declaration id, by an odd key and a date in UTC: it is the plan's update that is prepared",
    [PREPARED],
    {
      job: { state: "ready", reason: "prepared" },
    },
  ),
  reporting("prepared falls when nothing is pending any more", [PREPARED, PURGED], {
    job: { state: "declared", reason: "in-force" },
  }),
  reporting(
    "a version that is none in a report: said and kept, and the job goes on",
    [
      { device: { "operating-system": { version: "Sunrise Beta" } } },
      { device: { "operating-system": { version: "Sunrise Beta" } } },
    ],
    {
      device: { osVersion: "Sunrise Beta" },
      job: { state: "declared", reason: "in-force" },
      texts: expect.arrayContaining(["Reports OS version 'Sunrise Beta', which is not a version number"]) as string[],
    },
  ),
  {
    name: "9100: the cause in details.Error is shown, not the general words",
    async play(place): Promise<Visit> {
      const stranger = await declared(place);
      const reason = {
        code: "Error.ConfigurationCannotBeApplied",
        description: "The configuration could not be applied.",
        details: { Error: "invalid enforced OS version (SUCoreError 9100)" },
      };
      const update = { active: false, valid: "invalid", reasons: [reason] };
      await stranger.status({ management: { declarations: stranger.declarations(update) } });
      return {
        seen: () => place.shown(stranger),
        expected: {
          job: {
            state: "blocked",
            reason: "refused-by-device",
            sentence: expect.stringContaining("invalid enforced OS version (SUCoreError 9100)") as string,
          },
        },
      };
    },
  },
  {
    name: "entries of a list of declarations that lack their identifier take nothing away from the others",
    async play(place): Promise<Visit> {
      const stranger = await declared(place);
      await stranger.status({ management: { declarations: stranger.declarations() } });
      const { Identifier: identifier, ServerToken } =
        stranger.held.find(({ Type }) => Type.endsWith("status-subscriptions")) ?? stranger.update;
      const one = { identifier, "server-token": ServerToken, active: true, valid: "valid" };
      const configurations = [{ active: true, valid: "valid" }, { identifier: 7 }, "odd", one];
      await stranger.status({ management: { declarations: { configurations } } });
      return { seen: () => place.shown(stranger), expected: { job: { state: "declared", reason: "in-force" } } };
    },
  },
  {
    name: "the same full report again and again is counted, not kept",
    async play(place): Promise<Visit> {
      const stranger = await declared(place);
      const same = {
        ...capable(PHONE),
        softwareupdate: { "install-state": "waiting", "failure-reason": { count: 0 } },
      };
      for (let nth = 0; nth < 10; nth += 1) await stranger.status(same, { FullReport: true });
      return {
        seen: async () => ({ reports: (await place.shown(stranger)).kinds.filter((kind) => kind === "status").length }),
        // What it said at its enrollment, and this.
        expected: { reports: 2 },
      };
    },
  },
  {
    name: "a device that is there and is seen below again has fallen back, and is not told again",
    async play(place): Promise<Visit> {
      const stranger = await declared(place);
      const { OSVersion, BuildVersion } = PHONE;
      const arrive = async (version: string, build: string): Promise<void> => {
        stranger.facts = { ...PHONE, OSVersion: version, BuildVersion: build };
        await stranger.status(os(version, build), { FullReport: true });
        await stranger.talk(TAKES);
      };
      await arrive("26.6.1", "23G83");
      const reached = (await place.shown(stranger)).job?.state;
      return {
        // A device that says so again and again is not asked each time.
        later: () => arrive(OSVersion, BuildVersion),
        seen: async () => ({ reached, ...(await place.shown(stranger)) }),
        expected: { reached: "done", device: { osVersion: "26.5" }, job: { state: "fell-back" } },
      };
    },
  },
  {
    name: "a Mac under a declaration is handed orders for other products, and none for its OS",
    async play(place): Promise<Visit> {
      const stranger = await declared(place, MAC, "26.6.2");
      await stranger.status({ management: { declarations: stranger.declarations() } });
      const order = (item: Dict): Dict => ({
        RequestType: "ScheduleOSUpdate",
        Updates: [{ ...item, InstallAction: "InstallASAP" }],
      });
      const taken = [
        await place.raw(stranger, "for-the-os", order({ ProductVersion: "26.6.1" })),
        await place.raw(stranger, "for-safari", order({ ProductKey: "062-01946" })),
      ];
      const heard = await stranger.talk({ ...TAKES, ScheduleOSUpdate: { UpdateResults: [] } });
      return {
        seen: async () => ({ taken, orders: heard.filter((command) => kindsOf([command])[0] === "ScheduleOSUpdate") }),
        expected: { taken: [409, 202], orders: [expect.stringContaining("for-safari") as string] },
      };
    },
  },
];

/** What a status report says that we don't know is kept and shown; it disturbs nothing. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Able,
  ableDevice,
  ARRIVED,
  inForce,
  jobOf,
  pendingBy,
  startUptick,
  storyOf,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
});
afterAll(() => uptick.close());

const MARK = "a-mark-in-the-report";

type Items = (able: Able) => Record<string, unknown>;
const entry = ({ its }: Able, more: object) => ({
  "management.declarations": {
    configurations: [
      {
        identifier: its.update()?.Identifier,
        "server-token": its.update()?.ServerToken,
        active: true,
        valid: "valid",
        ...more,
      },
    ],
  },
});

/** Where the job stands afterwards. */
const CASES: Readonly<Record<string, readonly [Items, string]>> = {
  "an item of tomorrow": [() => ({ "softwareupdate.mood": MARK }), "declared"],
  "a namespace of tomorrow": [() => ({ "weather.sky": { colour: MARK, clouds: [1, null, true] } }), "declared"],
  "an install-state of tomorrow": [
    ({ its }) => ({ ...pendingBy(its), "softwareupdate.install-state": MARK }),
    "declared",
  ],
  "an install-reason of tomorrow": [
    ({ its }) => ({
      "softwareupdate.install-state": "downloading",
      "softwareupdate.install-reason": { reason: [MARK], "declaration-id": its.update()?.Identifier },
    }),
    "downloading",
  ],
  "a reason code of tomorrow": [
    (able) => entry(able, { valid: "invalid", reasons: [{ code: "Error.Tomorrow", description: MARK }] }),
    "blocked",
  ],
  "a validity of tomorrow": [(able) => entry(able, { valid: MARK }), "declaring"],
  "a reason that is no failure": [
    (able) => entry(able, { reasons: [{ code: "Info.Tomorrow", description: MARK }] }),
    "declared",
  ],
  // A list in which its declaration can't be found: what it said before is not what it says now.
  "declarations in a form of tomorrow": [
    () => ({ "management.declarations": { configurations: [MARK] } }),
    "declaring",
  ],
  "keys of tomorrow beside its declaration": [(able) => entry(able, { mood: MARK }), "declared"],
  "capabilities of tomorrow": [
    () => ({ "management.client-capabilities": { "supported-versions": ["9.9"], new: MARK } }),
    "declared",
  ],
};

/** Types that are none of Apple's. */
const ODD: Readonly<Record<string, Record<string, unknown>>> = {
  "install-state as a number": { "softwareupdate.install-state": 7 },
  "install-reason as text": { "softwareupdate.install-reason": "declaration" },
  "pending-version as a list": { "softwareupdate.pending-version": ["26.6.1"] },
  "failure-reason with a count as text": { "softwareupdate.failure-reason": { count: "many" } },
  "a failure count below nothing": { "softwareupdate.failure-reason": { count: -1 } },
  "a version as a number": { "device.operating-system.version": 26.6 },
  "a version as an object": { "device.operating-system.version": { major: 26 } },
  "declarations as text": { "management.declarations": "all of them" },
  "declarations as a list": { "management.declarations": [] },
  "capabilities as null": { "management.client-capabilities": null },
  "status items as an object": {
    "management.client-capabilities": { "supported-payloads": { declarations: {}, "status-items": {} } },
  },
  "a serial as a list": { "device.identifier.serial-number": ["X"] },
};

describe("guarantee 9 by declaration: the unknown", () => {
  it.each(Object.entries(CASES))("is kept and shown, and the job goes its way: %s", async (_title, [items, state]) => {
    const able = await ableDevice(uptick);
    const { device, its } = able;
    await inForce(uptick, able);
    expect((await its.report(items(able))).status).toBe(200);
    const last = (await storyOf(uptick, device.udid)).findLast(({ kind }) => kind === "status");
    expect(await uptick.message(device.udid, last)).toContain(MARK);
    const doc = uptick.rows<{ doc: string }>(
      "SELECT doc FROM device_status WHERE enrollment_id = (SELECT id FROM enrollment WHERE apple_id = ?)",
      device.udid,
    );
    expect(doc[0]?.doc).toContain(MARK);
    expect(await jobOf(uptick, device.udid)).toMatchObject({ state, next: { dueAt: expect.any(String) } });
    await its.arrive(ARRIVED);
    expect(await jobOf(uptick, device.udid)).toMatchObject({ state: "done" });
  });

  it("is in the sentence, where the device gives it as its reason", async () => {
    const able = await ableDevice(uptick);
    await inForce(uptick, able);
    await able.its.report(
      entry(able, { valid: "invalid", reasons: [{ code: "Error.Tomorrow", details: { why: MARK } }] }),
    );
    const { verdict } = await jobOf(uptick, able.device.udid);
    expect(verdict.sentence).toContain("Error.Tomorrow");
    expect(verdict.sentence).toContain(MARK);
  });

  it("is no reason to lose an error of an item", async () => {
    const able = await ableDevice(uptick);
    const Errors = [{ StatusItem: "softwareupdate.tomorrow", Reasons: [{ Code: "Error.New", Description: MARK }] }];
    expect((await able.its.ask("status", { StatusItems: {}, Errors, Extra: 1 })).status).toBe(200);
    const last = (await storyOf(uptick, able.device.udid)).findLast(({ kind }) => kind === "status");
    expect(await uptick.message(able.device.udid, last)).toContain(MARK);
  });
});

describe("guarantee 9 by declaration: a type that is none of Apple's", () => {
  it.each(Object.entries(ODD))("is kept and says nothing: %s", async (_title, items) => {
    const able = await ableDevice(uptick);
    const { device, its } = able;
    await inForce(uptick, able);
    expect((await its.report(items)).status).toBe(200);
    expect(await jobOf(uptick, device.udid)).toMatchObject({ state: "declared", reason: "in-force" });
    expect(await uptick.device(device.udid)).toMatchObject({ osVersion: "26.5", serial: device.serial });
    const last = (await storyOf(uptick, device.udid)).findLast(({ kind }) => kind === "status");
    expect(await uptick.message(device.udid, last)).toContain(JSON.stringify(Object.values(items)[0]));
    await its.report({ ...pendingBy(its), "softwareupdate.install-state": "prepared" }, { declarations: true });
    expect(await jobOf(uptick, device.udid)).toMatchObject({ state: "ready" });
  });
});

/** What a device says again is counted, not kept again. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Able,
  ableDevice,
  inForce,
  jobOf,
  kindsOf,
  rawCommand,
  commandBytes,
  startUptick,
  storyOf,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
let able: Able;
beforeAll(async () => {
  uptick = await startUptick();
  able = await ableDevice(uptick);
  await inForce(uptick, able);
});
afterAll(() => uptick.close());

const statusRow = () =>
  uptick.rows<{ count: number; at: number; since: number }>(
    "SELECT count, at, since FROM device_status WHERE enrollment_id = (SELECT id FROM enrollment WHERE apple_id = ?)",
    able.device.udid,
  )[0];

const FULL = {
  "softwareupdate.install-state": "waiting",
  "softwareupdate.failure-reason": { count: 0 },
  "device.operating-system.version": "26.5",
  "device.operating-system.build-version": "23F77",
};
const report = (items: Readonly<Record<string, unknown>> = FULL) =>
  able.its.report(items, { full: true, declarations: true });

describe("a status report that says what is known", () => {
  it("is no entry of the timeline and no step of the job; it is counted with its last time", async () => {
    await report();
    const [kinds, job, first] = [
      await kindsOf(uptick, able.device.udid),
      await jobOf(uptick, able.device.udid),
      statusRow(),
    ];
    for (let nth = 0; nth < 20; nth += 1) expect((await report()).status).toBe(200);
    expect(await kindsOf(uptick, able.device.udid)).toEqual(kinds);
    expect(await jobOf(uptick, able.device.udid)).toMatchObject({ state: job.state, reason: job.reason });
    const last = statusRow();
    expect([first?.count, last?.count, last?.since]).toEqual([1, 21, first?.since]);
    expect(last?.at).toBeGreaterThanOrEqual(first?.at ?? Number.POSITIVE_INFINITY);
  });

  it("is an entry again once anything in it differs, and so is a step that changes the job", async () => {
    await report();
    const before = (await kindsOf(uptick, able.device.udid)).length;
    await report({ ...FULL, "softwareupdate.install-state": "none" });
    expect((await kindsOf(uptick, able.device.udid)).slice(before)).toEqual(["status"]);
    expect(statusRow()?.count).toBe(1);
    const id = able.its.update()?.Identifier;
    await report({
      ...FULL,
      "softwareupdate.install-state": "downloading",
      "softwareupdate.pending-version": { "os-version": "26.6.1", "build-version": "23G83" },
      "softwareupdate.install-reason": { reason: ["declaration"], "declaration-id": id },
    });
    expect((await kindsOf(uptick, able.device.udid)).slice(before)).toEqual(["status", "status", "job-step"]);
    expect((await jobOf(uptick, able.device.udid)).state).toBe("downloading");
  });

  it("is counted where it can't be read, too", async () => {
    const unreadable = async () =>
      (await kindsOf(uptick, able.device.udid)).filter((kind) => kind === "status-unreadable").length;
    for (let nth = 0; nth < 5; nth += 1) await able.its.ask("status", "{");
    expect(await unreadable()).toBe(1);
    await able.its.ask("status", "{{");
    expect(await unreadable()).toBe(2);
  });
});

describe("NotNow again and again", () => {
  it("is an entry at the first, second, fourth and eighth time", async () => {
    await rawCommand(uptick, able.device.udid, commandBytes("busy", { RequestType: "ProfileList" }));
    for (let nth = 0; nth < 9; nth += 1) await able.device.session({ ProfileList: { Status: "NotNow" } });
    const said = (await storyOf(uptick, able.device.udid)).filter(({ kind }) => kind === "not-now");
    expect(said.map(({ sentence: text }) => text)).toEqual([
      "Says NotNow to ProfileList",
      ...[2, 4, 8].map((times) => `Says NotNow to ProfileList, ${times} times so far`),
    ]);
  });
});

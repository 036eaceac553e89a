/** The class of compliance of real devices: it follows what they say, what plans and Apple's list make of them, and time. */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { sampleLookupService } from "../../src/catalog/index.ts";
import {
  type Device,
  enrolDevice,
  IPHONE,
  makePlan,
  SOON,
  startUptick,
  stopPlan,
  type Uptick,
} from "../support/index.ts";

const DAY = 86_400_000;
let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
});
afterAll(() => uptick.close());

/** "under-way asking-version", and the flags. */
function classOf({ udid }: Device): string {
  const [row] = uptick.rows<{ compliance: string; reason: string; flags: string }>(
    "SELECT compliance, compliance_reason AS reason, flags FROM enrollment WHERE apple_id = ?",
    udid,
  );
  return `${row?.compliance} ${row?.reason}${row?.flags.trimEnd()}`;
}
/** Enrolled and asked for all it knows. */
async function known(facts: Device["facts"] = {}): Promise<Device> {
  const device = await enrolDevice(uptick, { facts: { ...IPHONE, ...facts } });
  await device.session();
  return device;
}

/** It is on this version from now on, and says so at the next question. */
async function updates(device: Device, OSVersion: string, BuildVersion: string): Promise<void> {
  device.facts = { ...device.facts, OSVersion, BuildVersion };
  await vi.waitFor(async () => {
    await device.session();
    expect((await uptick.device(device.udid)).osVersion).toBe(OSVersion);
  }, SOON);
}

const importList = (json: unknown, modifiedAt: number) =>
  uptick.server.admin.server.importCatalog(uptick.server.system, json, { modifiedAt });

describe("the class of a device", () => {
  it("without a plan is whether anything newer in its major is offered", async () => {
    const device = await known();
    await expect.poll(() => classOf(device), SOON).toMatch(/^no-plan nothing-governs$/);
  });

  it("follows its job to the end, and stays with the plan until that is stopped", async () => {
    const device = await known();
    const { id } = await makePlan(uptick, [device.udid], { to: "latest-minor" });
    await expect.poll(() => classOf(device), SOON).toMatch(/^under-way /);
    await updates(device, "26.6.1", "23G83");
    await expect.poll(() => classOf(device), SOON).toMatch(/^on-target target-reached newest$/);
    await stopPlan(uptick, id);
    await expect.poll(() => classOf(device), SOON).toMatch(/^on-target newest-of-major newest$/);
  });

  it("targets T5: has the flag below-floor where its once plan can't bring it to the floor, before and after the update", async () => {
    const device = await known();
    await makePlan(uptick, [device.udid], { to: "latest-minor floor 26.7" });
    await expect.poll(() => classOf(device), SOON).toMatch(/^under-way .* below-floor$/);
    const { rows } = await uptick.web.get<{ rows: { udid: string }[] }>("/api/v1/devices?flag=below-floor");
    expect(rows).toHaveLength(1);
    await updates(device, "26.6.1", "23G83");
    await expect.poll(() => classOf(device), SOON).toMatch(/^on-target target-reached newest below-floor$/);
    const { flags } = await uptick.web.get<{ flags: Record<string, number> }>("/api/v1/compliance");
    expect(flags["below-floor"]).toBe(1);
  });

  it("is that of a refusal, until the plan that refuses it is stopped", async () => {
    const device = await known();
    const { id } = await makePlan(uptick, [device.udid], { to: "27.0" });
    await expect.poll(() => classOf(device), SOON).toMatch(/^cannot needs-major$/);
    await stopPlan(uptick, id);
    await expect.poll(() => classOf(device), SOON).toMatch(/^no-plan nothing-governs$/);
  });

  it("is no refusal while it has a job of another plan", async () => {
    const device = await known();
    await makePlan(uptick, [device.udid], { to: "26.6.1" });
    await makePlan(uptick, [device.udid], { to: "26.6.1" });
    await expect.poll(() => classOf(device), SOON).toMatch(/^under-way /);
  });

  it("is unknown by silence, and known again by the first Idle", async () => {
    const device = await known();
    await expect.poll(() => classOf(device), SOON).toMatch(/^no-plan nothing-governs$/);
    await uptick.restart({ later: 6 * DAY });
    expect(classOf(device)).toBe("no-plan nothing-governs");
    await uptick.restart({ later: 2 * DAY });
    await expect.poll(() => classOf(device), SOON).toMatch(/^unknown not-heard silent$/);
    await device.poll();
    expect(classOf(device)).toBe("no-plan nothing-governs");
  });

  it("is unknown where the list is older than 30 days", async () => {
    const device = await known({ OSVersion: "26.6.1", BuildVersion: "23G83" });
    await expect.poll(() => classOf(device), SOON).toMatch(/^on-target /);
    await uptick.restart({ later: 40 * DAY });
    await device.poll();
    await expect.poll(() => classOf(device), SOON).toMatch(/^unknown catalog-stale$/);
  });

  it("changes with Apple's list: a device of whose model something newer is offered is not up to date any more", async () => {
    await importList(sampleLookupService(), uptick.now());
    const device = await known({ OSVersion: "26.6.1", BuildVersion: "23G83" });
    await expect.poll(() => classOf(device), SOON).toMatch(/^on-target newest-of-major newest$/);
    const list = JSON.parse(JSON.stringify(sampleLookupService()).replaceAll('"26.6.1"', '"26.6.9"')) as unknown;
    await importList(list, uptick.now());
    await expect.poll(() => classOf(device), SOON).toMatch(/^no-plan nothing-governs$/);
  });
});

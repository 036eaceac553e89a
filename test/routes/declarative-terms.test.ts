/** What a plan's terms mean for devices that are told by declaration: zones, absolute moments, windows, who authorises. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DryRun, DeviceDetail } from "../../src/contract/index.ts";
import {
  declarative,
  type Device,
  enrolDevice,
  IPHONE,
  makePlan,
  planJob,
  SOON,
  startUptick,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
});
afterAll(() => uptick.close());

const MAC = {
  OSVersion: "26.5",
  BuildVersion: "25F70",
  ProductName: "Mac14,2",
  ModelName: "MacBook Air",
  SoftwareUpdateDeviceID: "J413AP",
  IsSupervised: true,
  IsAppleSilicon: true,
};

async function able(facts: Device["facts"], SecurityInfo = {}) {
  const device = await enrolDevice(uptick, { facts, refusesDeclarations: false });
  const its = declarative(device);
  await its.settle({ "device.operating-system.version": facts["OSVersion"] });
  await its.settle();
  return { device, its, SecurityInfo };
}

const decisionOf = async (udid: string, terms: Record<string, unknown>) => {
  const { rows: decisions } = await uptick.web.post<DryRun>("/api/v1/plans?dryRun=true", {
    to: "latest-minor",
    action: "install",
    devices: [udid],
    ...terms,
  });
  return decisions[0];
};

describe("a dry run for a device that takes declarations", () => {
  it("names the mechanism, the moment, and a zone that is unknown", async () => {
    const { device } = await able(MAC);
    const decision = await decisionOf(device.udid, { deadline: "2026-08-28T17:00" });
    expect(decision?.sentence).toContain("by declaration: it downloads, and installs from 2026-08-28 17:00");
    expect(decision?.sentence).toContain("zone unknown");
  });

  it("takes an absolute moment only where the zone is known, or an admin has said it", async () => {
    const { device } = await able(MAC);
    const terms = { deadline: "2026-08-28T17:00Z" };
    expect(await decisionOf(device.udid, terms)).toMatchObject({ kind: "refused", reason: "zone-unknown" });
    const said = await uptick.web.request("PUT", `/api/v1/devices/${device.udid}/zone`, {
      body: JSON.stringify({ zone: "America/New_York" }),
      headers: { "content-type": "application/json" },
    });
    expect(said.status).toBe(200);
    expect(await uptick.device(device.udid)).toMatchObject({ timeZone: "America/New_York", zoneFrom: "admin" });
    expect((await decisionOf(device.udid, terms))?.sentence).toContain("from 2026-08-28 13:00 (America/New_York)");
  });

  it("refuses a zone that does not exist", async () => {
    const { device } = await able(MAC);
    const said = await uptick.web.request("PUT", `/api/v1/devices/${device.udid}/zone`, {
      body: JSON.stringify({ zone: "Middle/Earth" }),
      headers: { "content-type": "application/json" },
    });
    expect([said.status, said.problem().code]).toEqual([400, "zone-invalid"]);
  });

  it("keeps to the window: the declared moment lies in it", async () => {
    const { device } = await able({ ...IPHONE, TimeZone: "Asia/Tokyo" });
    const decision = await decisionOf(device.udid, { window: "01:00-04:00" });
    expect(decision?.sentence).toMatch(
      /from 2026-08-\d\d 0[1-3]:\d\d \(Asia\/Tokyo\), when its window 01:00-04:00 is open/,
    );
  });

  it.each(["2026-02-30T10:00", "2026-08-28T25:00Z", "tomorrow", "2026-08-28"])(
    "refuses %s as a deadline",
    async (deadline) => {
      const said = await uptick.web.request("POST", "/api/v1/plans?dryRun=true", {
        body: JSON.stringify({ to: "latest-minor", action: "install", devices: ["all"], deadline }),
        headers: { "content-type": "application/json" },
      });
      expect([said.status, said.problem().code]).toEqual([400, "deadline-invalid"]);
    },
  );
});

describe("a Mac that needs a bootstrap token and has none escrowed", () => {
  it("is a warning with its remedy from the moment that is known, until it escrows one", async () => {
    const device = await enrolDevice(uptick, { facts: MAC, refusesDeclarations: false });
    const its = declarative(device);
    await its.settle({ "device.operating-system.version": "26.5" });
    const { id } = await makePlan(uptick, [device.udid], { to: "latest-minor", deadline: "2026-08-28T17:00" });
    await expect.poll(async () => (await planJob(uptick, id, device.udid)).job.state, SOON).toBe("declaring");
    const warned = async () =>
      (await uptick.web.get<{ warnings: { reason: string }[] }>("/api/v1/status")).warnings.some(
        ({ reason }) => reason === "macs-need-help",
      );
    expect(await warned()).toBe(false);
    // It says so a day later only.
    await uptick.restart({ later: 25 * 3_600_000 });
    const says = {
      DeclarativeManagement: {},
      SecurityInfo: {
        SecurityInfo: {
          BootstrapTokenRequiredForSoftwareUpdate: true,
          BootstrapTokenAllowedForAuthentication: "allowed",
        },
      },
    };
    await expect
      .poll(async () => {
        await device.session(says);
        await its.sync();
        return warned();
      }, SOON)
      .toBe(true);
    const { job } = await planJob(uptick, id, device.udid);
    expect(job.verdict.sentence).toContain("the Mac needs a bootstrap token");
    expect(job.verdict.remedy).toContain("log in once");
    await device.checkIn({ MessageType: "SetBootstrapToken", BootstrapToken: Buffer.from("token") });
    expect(await warned()).toBe(false);
    const detail: DeviceDetail = await uptick.device(device.udid);
    expect(detail.job?.verdict.sentence).not.toContain("bootstrap");
  });
});

/** Apple withdraws a release (targets C5): while jobs go to it, the system blocks it for the models that lost it, until it is back. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sampleLookupService } from "../../src/catalog/index.ts";
import type { Block } from "../../src/contract/index.ts";
import { type Device, enrolDevice, IPHONE, makePlan, SOON, startUptick, type Uptick } from "../support/index.ts";

let uptick: Uptick;
let phone: Device;
let other: Device;
beforeEach(async () => {
  uptick = await startUptick();
  phone = await enrolDevice(uptick, { facts: { ...IPHONE }, serial: "PHONE" });
  other = await enrolDevice(uptick, { facts: { ...IPHONE, ProductName: "iPhone14,2" }, serial: "OTHER" });
});
afterEach(() => uptick.close());

interface Entry {
  readonly ProductVersion: string;
  readonly Build: string;
  readonly SupportedDevices: readonly string[];
}

/** The sample as it is after Apple has taken 26.6.1 from these models. */
function without(models: readonly string[], more: readonly object[] = []) {
  const { PublicAssetSets, AssetSets } = sampleLookupService();
  const cut = (sets: typeof AssetSets) => ({
    ...sets,
    iOS: [
      ...(sets.iOS as readonly Entry[]).map((one) => ({
        ...one,
        SupportedDevices: one.SupportedDevices.filter((id) => one.ProductVersion !== "26.6.1" || !models.includes(id)),
      })),
      ...more,
    ],
  });
  return { PublicAssetSets: cut(PublicAssetSets), AssetSets: cut(AssetSets) };
}

/** What replaces it. */
const newer = {
  ProductVersion: "26.6.2",
  Build: "23G90",
  PostingDate: "2026-08-22",
  ExpirationDate: "2026-11-20",
  SupportedDevices: ["iPhone15,2"],
};

const take = (day: string, feed: object) =>
  uptick.server.admin.server.importCatalog(uptick.server.system, feed, { modifiedAt: Date.parse(`${day}T12:00:00Z`) });
const blocks = async () => (await uptick.web.get<{ rows: Block[] }>("/api/v1/blocks")).rows;
const stateOf = async ({ udid }: Device) => (await uptick.device(udid)).job?.state;
const waits = async (device: Device) => expect.poll(() => stateOf(device), SOON).toBe("asking");

describe("a release that Apple has withdrawn", () => {
  it("is blocked by the system for the models that lost it, when the second list lacks it", async () => {
    await makePlan(uptick, [phone.udid, other.udid]);
    await waits(phone);
    await take("2026-08-23", without(["iPhone15,2"]));
    expect(await blocks()).toEqual([]);
    await take("2026-08-24", without(["iPhone15,2"]));
    expect(await blocks()).toMatchObject([
      {
        platform: "iOS",
        version: "26.6.1",
        rule: "model = iPhone15,2",
        reason: "Apple withdrew it.",
        createdBy: "system",
        until: null,
      },
    ]);
    await expect.poll(() => stateOf(phone), SOON).toBe("stopped");
    expect(await stateOf(other)).toBe("asking");
    // Looked at once: no other list makes it again.
    await take("2026-08-25", without(["iPhone15,2"]));
    expect(await blocks()).toHaveLength(1);
  });

  it("is free again when Apple offers it again", async () => {
    await makePlan(uptick, [phone.udid]);
    await waits(phone);
    for (const day of ["2026-08-23", "2026-08-24"]) await take(day, without(["iPhone15,2", "iPhone17,1"]));
    expect(await blocks()).toMatchObject([{ rule: "model in (iPhone15,2, iPhone17,1)", state: "active" }]);
    await take("2026-08-25", sampleLookupService());
    expect(await blocks()).toMatchObject([{ state: "ended", endedBy: "system", endReason: "Apple offers it again." }]);
  });

  it("stays blocked by an admin, whatever Apple offers", async () => {
    const reason = "VPN fails";
    await uptick.web.post("/api/v1/blocks", { version: "26.6.1", platform: "iOS", reason });
    await take("2026-08-23", sampleLookupService());
    expect(await blocks()).toMatchObject([{ state: "active", reason }]);
  });

  it("is not blocked where no live job goes to it", async () => {
    await makePlan(uptick, [other.udid]);
    await waits(other);
    for (const day of ["2026-08-23", "2026-08-24"]) await take(day, without(["iPhone15,2"]));
    expect(await blocks()).toEqual([]);
  });

  it("is not blocked where Apple has replaced it", async () => {
    await makePlan(uptick, [phone.udid]);
    await waits(phone);
    await take("2026-08-23", without(["iPhone15,2"], [newer]));
    await take("2026-08-24", without(["iPhone15,2"], [newer]));
    expect(await blocks()).toEqual([]);
    expect(await stateOf(phone)).toBe("asking");
  });

  it("is blocked once two lists lack what had replaced it, and not by one bad list", async () => {
    await makePlan(uptick, [phone.udid]);
    await waits(phone);
    await take("2026-08-23", without(["iPhone15,2"], [newer]));
    await take("2026-08-24", without(["iPhone15,2"]));
    expect(await blocks()).toEqual([]);
    await take("2026-08-25", without(["iPhone15,2"]));
    expect(await blocks()).toMatchObject([{ version: "26.6.1", rule: "model = iPhone15,2" }]);
  });
});

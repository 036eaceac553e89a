/** A block bans a release for some devices (targets C9): plans refuse it, and jobs that are under way are withdrawn. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Block, BlockTrial, DryRun, NewBlock, PlanRequest, ServerStatus } from "../../src/contract/index.ts";
import {
  ableDevice,
  type Device,
  enrolDevice,
  inForce,
  IPHONE,
  makePlan,
  SOON,
  startUptick,
  typesOf,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
let phone: Device;
let other: Device;
beforeAll(async () => {
  uptick = await startUptick();
  phone = await enrolDevice(uptick, { facts: { ...IPHONE }, serial: "PHONE" });
  other = await enrolDevice(uptick, { facts: { ...IPHONE, ProductName: "iPhone14,2" }, serial: "OTHER" });
});
afterAll(() => uptick.close());

const MODEL = { version: "26.6.1", platform: "iOS", rule: "model = iPhone15,2", reason: "restarts again and again" };
const block = (more: object = {}) => uptick.web.post<NewBlock>("/api/v1/blocks", { ...MODEL, ...more });
const json = (body: object) => ({
  body: JSON.stringify(body),
  headers: { "content-type": "application/json" },
});
const end = (id: string) => uptick.web.post<Block>(`/api/v1/blocks/${id}/end`, { reason: "mended" });
const verdict = async (udid: string) => (await uptick.device(udid)).job;

async function decisions(request: Partial<PlanRequest> = {}) {
  const body = { to: "26.6.1", action: "install", devices: ["PHONE", "OTHER"], replace: true, ...request };
  const { rows } = await uptick.web.post<DryRun>("/api/v1/plans?dryRun=true", body);
  return rows.map(({ device, kind, release: target, reason }) => `${device.serial} ${kind} ${target ?? reason ?? ""}`);
}

describe("a block", () => {
  it("keeps plans from its release, for the devices that it covers and no others", async () => {
    const { id } = await block();
    expect(await decisions()).toEqual(["PHONE refused release-blocked", "OTHER job 26.6.1"]);
    // A target in words goes to the next older one, and says what is newer.
    expect(await decisions({ to: "latest-minor" })).toEqual(["PHONE job 26.6", "OTHER job 26.6.1"]);
    const { rows } = await uptick.web.post<DryRun>("/api/v1/plans?dryRun=true", {
      ...{ to: "latest-minor", action: "install", devices: ["PHONE"] },
    });
    expect(rows[0]?.sentence).toContain("26.6.1 is available, and is blocked for this device.");
    await end(id);
    expect(await decisions()).toEqual(["PHONE job 26.6.1", "OTHER job 26.6.1"]);
  });

  it("withdraws what is still in the queue, and nothing of it leaves", async () => {
    await makePlan(uptick, [phone.udid, other.udid]);
    await expect.poll(async () => (await verdict(phone.udid))?.state, SOON).toBe("asking");
    const { id, trial } = await block();
    expect(trial).toMatchObject({ devices: 1, running: 0, jobs: { open: 1, declared: 0, ordered: 0 } });
    await expect.poll(async () => (await verdict(phone.udid))?.state, SOON).toBe("stopped");
    expect((await verdict(phone.udid))?.verdict.sentence).toContain("the release was blocked for this device");
    expect(typesOf(await phone.session())).not.toContain("ScheduleOSUpdate");
    expect((await verdict(other.udid))?.state).toBe("asking");
    await expect
      .poll(async () => (await uptick.web.get<{ rows: Block[] }>("/api/v1/blocks")).rows[0], SOON)
      .toMatchObject({ id, state: "active", working: false });
    await end(id);
  });

  it("takes the declaration off the list of a device that has fetched it", async () => {
    const able = await ableDevice(uptick, { serial: "ABLE" });
    await inForce(uptick, able);
    const { id, trial } = await block();
    expect(trial.jobs).toMatchObject({ declared: 1 });
    await expect.poll(async () => (await verdict(able.device.udid))?.state, SOON).toBe("stopping");
    await end(id);
  });

  it("looks at jobs again when a tag brings a device under it, and keeps its group from being removed", async () => {
    await makePlan(uptick, [other.udid], { replace: true });
    const group = { rule: "tag = lab" };
    await uptick.web.request("PUT", "/api/v1/groups/lab", json(group));
    const { id } = await block({ rule: "group = lab" });
    await expect.poll(async () => (await verdict(other.udid))?.state, SOON).toBe("asking");
    await uptick.web.post("/api/v1/devices/tag", { devices: ["OTHER"], add: ["lab"] });
    await expect.poll(async () => (await verdict(other.udid))?.state, SOON).toBe("stopped");
    const removal = await uptick.web.request("DELETE", "/api/v1/groups/lab");
    expect(removal.json()).toMatchObject({ code: "group-used" });
    await end(id);
  });

  it("is the same block when it is made again, and asks from its day on", async () => {
    const first = await block({ until: "2026-08-20" });
    expect(first.state).toBe("asks");
    expect((await block({ until: "2026-08-20" })).id).toBe(first.id);
    const { warnings } = await uptick.web.get<ServerStatus>("/api/v1/status");
    expect(warnings.find(({ reason: code }) => code === "blocks-ask")?.sentence).toContain("iOS 26.6.1");
    // It holds nevertheless.
    expect(await decisions()).toContain("PHONE refused release-blocked");
    expect(await end(first.id)).toMatchObject({ state: "ended", endedBy: "token:first", endReason: "mended" });
  });

  it.each<[string, object, string]>([
    ["a target in words", { version: "latest" }, "block-invalid"],
    ["a build", { version: "26.6.1 (23G83)" }, "block-invalid"],
    ["no version", { version: "next" }, "target-invalid"],
    ["a version of several platforms, without one", { platform: undefined }, "release-ambiguous"],
    ["a version that no list had, without a platform", { version: "99.1", platform: undefined }, "release-unknown"],
    ["iPads as a platform", { platform: "iPadOS" }, "block-invalid"],
    ["a rule that can't be read", { rule: "model = " }, "rule-invalid"],
    ["a group that is not there", { rule: "group = nowhere" }, "group-unknown"],
  ])("is refused with %s", async (_what, more, code) => {
    const reply = await uptick.web.request("POST", "/api/v1/blocks?dryRun=true", json({ ...MODEL, ...more }));
    expect(reply.json()).toMatchObject({ code });
  });

  it("says what it would do, and does nothing, in a dry run", async () => {
    const trial = await uptick.web.post<BlockTrial>("/api/v1/blocks?dryRun=true", { ...MODEL, version: "26.5" });
    expect(trial).toMatchObject({ platform: "iOS", version: "26.5", rule: "model = iPhone15,2", running: 2 });
    expect(trial.firstRunning).toContain("PHONE");
    expect(
      (await uptick.web.get<{ rows: Block[] }>("/api/v1/blocks")).rows.every(({ state }) => state === "ended"),
    ).toBe(true);
  });
});

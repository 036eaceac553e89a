/** "Up to date" is said in the present tense: a device may run a beta, go back after the end, come again, or say what is not so. */
import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PlistDict, readPlist } from "../../simulator/index.ts";
import { SAMPLE_SERVED_AT, sampleLookupService } from "../../src/catalog/index.ts";
import type { DryRun, PlanView, ServerStatus } from "../../src/contract/index.ts";
import {
  ableDevice,
  ARRIVED,
  declaredPlan,
  enrolDevice,
  inForce,
  IPHONE,
  jobOf,
  makePlan,
  NOTHING_IN_PROGRESS,
  planJob,
  result,
  SOON,
  startUptick,
  typesOf,
  type Uptick,
} from "../support/index.ts";

const IMPROVED = {
  ProductVersion: "26.6.1",
  ProductVersionExtra: "(a)",
  PrerequisiteBuild: "23G83",
  Build: "23G771330a",
  PostingDate: "2026-08-20",
  ExpirationDate: "2026-11-20",
  SupportedDevices: ["iPhone15,2"],
};

let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
  const feed = { ...sampleLookupService(), PublicBackgroundSecurityImprovements: { iOS: [IMPROVED] } };
  await uptick.server.admin.server.importCatalog(uptick.server.system, feed, { modifiedAt: SAMPLE_SERVED_AT });
});
afterAll(() => uptick.close());

/** The clock of this file goes on from test to test. */
const IN_OCTOBER = { deadline: "2026-10-30T17:00" };
const DAY = 24 * 3_600_000;
const plan = (id: string) => uptick.web.get<PlanView>(`/api/v1/plans/${id}`);
const dryRun = (udid: string, to: string) =>
  uptick.web.post<DryRun>("/api/v1/plans?dryRun=true", { to, action: "install", devices: [udid] });
const fallen = async () => {
  const { warnings } = await uptick.web.get<ServerStatus>("/api/v1/status");
  return warnings.find(({ reason: code }) => code === "fell-back")?.sentence;
};
const listed = async () =>
  (await uptick.web.get<{ rows: { udid: string }[] }>("/api/v1/devices?jobState=fell-back")).rows.map(
    ({ udid }) => udid,
  );
const on = (OSVersion: string, BuildVersion: string): PlistDict => ({ ...IPHONE, OSVersion, BuildVersion });
const items = (version: string, build: string) => ({
  "device.operating-system.version": version,
  "device.operating-system.build-version": build,
});
const ORDERS = ["ScheduleOSUpdate", "DeclarativeManagement"];

const CASE_09 = new URL("../../../shared/cases/09-beta-is-up-to-date/device-information.plist", import.meta.url);
const CASE_11 = new URL("../../../shared/cases/11-goes-back-after-done/status.json", import.meta.url);

describe("a device on a beta of the version asked for", () => {
  it.each(["26.6.1", "latest", "latest-minor"])("is not there by --to %s: dry run, plan and job agree", async (to) => {
    const device = await enrolDevice(uptick, { facts: on("26.6.1", "23G5075b") });
    const { rows: decisions } = await dryRun(device.udid, to);
    expect(decisions).toMatchObject([{ kind: "job", release: "26.6.1", reason: "runs-beta" }]);
    expect(decisions[0]?.sentence).toContain("it runs a beta of 26.6.1 (23G5075b)");
    const { id } = await makePlan(uptick, [device.udid], { to });
    const says = { OSUpdateStatus: NOTHING_IN_PROGRESS, ScheduleOSUpdate: result("DownloadOnly", "Downloading") };
    await device.session(says);
    const job = await jobOf(uptick, device.udid);
    expect(job).toMatchObject({ finishedAt: null });
    expect(job.verdict.sentence).toContain("it runs a beta of 26.6.1 (23G5075b)");
    expect(await plan(id)).toMatchObject({ finished: false });
    // Its release comes: the same version, and the job is at its end.
    device.facts = on("26.6.1", "23G83");
    await uptick.restart({ later: DAY });
    await expect
      .poll(async () => (await device.session(says), (await jobOf(uptick, device.udid)).state), SOON)
      .toBe("done");
  });

  it("is left alone where the beta is of a newer version, with a reason of its own", async () => {
    const device = await enrolDevice(uptick, { facts: on("26.7", "23H5011c") });
    for (const to of ["26.6.1", "latest"])
      expect((await dryRun(device.udid, to)).rows).toMatchObject([{ kind: "compliant", reason: "on-newer-beta" }]);
  });

  it.skipIf(!existsSync(CASE_09))("is so by the answer of the case (needs ../shared/cases)", async () => {
    const answer = readPlist(readFileSync(CASE_09));
    const facts = (answer as { QueryResponses: PlistDict }).QueryResponses;
    const device = await enrolDevice(uptick, { facts });
    for (const to of ["26.6.1", "latest", "latest-minor", "26.6.1 (23G83)"])
      expect((await dryRun(device.udid, to)).rows).toMatchObject([{ kind: "job" }]);
  });
});

describe("a device that is seen below its target after the end", () => {
  it("has fallen back in list, plan and warnings, is ordered nothing, and is done when it is back", async () => {
    const able = await ableDevice(uptick);
    const { device, its } = able;
    const id = await inForce(uptick, able, IN_OCTOBER);
    await its.arrive(ARRIVED);
    await its.settle();
    const end = await jobOf(uptick, device.udid);
    expect(end).toMatchObject({ state: "done", reason: "updated" });
    expect(await fallen()).toBeUndefined();
    await uptick.restart({ later: 3 * DAY });
    await device.session();

    // Restored: a report of it is asked after, its answer is believed.
    const report = existsSync(CASE_11) ? readFileSync(CASE_11, "utf8") : undefined;
    await (report === undefined ? its.report(items("26.5", "23F77"), { full: true }) : its.ask("status", report));
    expect(await jobOf(uptick, device.udid)).toMatchObject({ state: "done" });
    device.facts = on("26.5", "23F77");
    await uptick.restart({ later: DAY });
    await expect
      .poll(async () => (await device.session(), (await jobOf(uptick, device.udid)).state), SOON)
      .toBe("fell-back");

    const job = await jobOf(uptick, device.udid);
    expect(job).toMatchObject({ reason: "fell-back", finishedAt: end.finishedAt, next: null, planId: id });
    expect(job.verdict.sentence).toMatch(
      /^Fell back: was brought to 26\.6\.1 on 2026-08-\d\d \d\d:\d\d, now on 26\.5\.$/,
    );
    expect(job.verdict.remedy).toMatch(/new plan/);
    expect(await plan(id)).toMatchObject({ states: { "fell-back": 1 }, finished: true });
    expect((await planJob(uptick, id, device.udid)).job.state).toBe("fell-back");
    expect(await listed()).toEqual([device.udid]);
    expect(await fallen()).toMatch(/^1 device runs an older OS than/);
    // Nothing is ordered from a job that has ended.
    await uptick.restart({ later: DAY });
    expect(typesOf(await device.session()).filter((type) => ORDERS.includes(type))).toEqual([]);
    expect(await its.sync()).toBe(false);

    await its.arrive(ARRIVED);
    expect(await jobOf(uptick, device.udid)).toMatchObject({ state: "done", reason: "updated" });
    expect([await fallen(), await listed()]).toEqual([undefined, []]);
  });

  it("is warned of until a newer plan is at work, and has fallen back where it had been there before its plan", async () => {
    const device = await enrolDevice(uptick, { facts: on("26.6.1", "23G83") });
    const { id } = await makePlan(uptick, [device.udid]);
    expect(await plan(id)).toMatchObject({ states: { done: 1 } });
    device.facts = on("26.5", "23F77");
    await uptick.restart({ later: DAY });
    await expect.poll(async () => (await device.session(), (await plan(id)).states), SOON).toEqual({ "fell-back": 1 });
    expect((await jobOf(uptick, device.udid)).verdict.sentence).toMatch(
      /^Fell back: was seen on 26\.6\.1 on .*, now on 26\.5\.$/,
    );
    expect(await fallen()).toMatch(/^1 device runs an older OS than/);
    await makePlan(uptick, [device.udid]);
    expect(await fallen()).toBeUndefined();
    expect(await plan(id)).toMatchObject({ states: { "fell-back": 1 } });
  });

  it("is not believed to be back by a report alone, as often as it says so", async () => {
    const able = await ableDevice(uptick);
    const { device, its } = able;
    await inForce(uptick, able, IN_OCTOBER);
    // It claims to be there in every report, and answers that it is not.
    for (let nth = 0; nth < 4; nth += 1) {
      await its.report(ARRIVED, { declarations: true });
      await device.session({ DeclarativeManagement: {} });
      await uptick.restart({ later: DAY / 4 });
    }
    expect(await jobOf(uptick, device.udid)).toMatchObject({ finishedAt: null });
    // It answers once that it is there, and from then on that it is not: what it says last holds.
    await its.arrive(ARRIVED);
    await its.settle();
    expect(await jobOf(uptick, device.udid)).toMatchObject({ state: "done" });
    device.facts = on("26.5", "23F77");
    await uptick.restart({ later: DAY });
    await expect
      .poll(async () => (await device.session(), (await jobOf(uptick, device.udid)).state), SOON)
      .toBe("fell-back");
    await its.report(ARRIVED, { declarations: true });
    await device.session();
    expect((await jobOf(uptick, device.udid)).state).toBe("fell-back");
  });
});

describe("a Background Security Improvement", () => {
  it("is declared by its base's version and its own build, and reached when the device answers its letter", async () => {
    const facts = on("26.6.1", "23G83");
    const able = await ableDevice(uptick, { facts });
    const { device, its } = able;
    const id = await declaredPlan(uptick, able, { to: "26.6.1 (a)", ...IN_OCTOBER });
    expect(await plan(id)).toMatchObject({ to: "26.6.1 (a)" });
    await its.sync();
    expect(its.update()?.Payload).toMatchObject({ TargetOSVersion: "26.6.1", TargetBuildVersion: "23G771330a" });
    // As an iPhone shows it while it loads: without the identifier of the declaration.
    const pending = { "os-version": "26.6.1 (a)", "build-version": "23G771330a" };
    const says = { "softwareupdate.pending-version": pending, "softwareupdate.install-state": "prepared" };
    await its.report(says, { declarations: true });
    expect(await jobOf(uptick, device.udid)).toMatchObject({ state: "ready", release: "26.6.1 (a)" });
    // The version alone is no success.
    await its.arrive(items("26.6.1", "23G83"));
    expect(await jobOf(uptick, device.udid)).toMatchObject({ state: "ready" });
    const letter = { "device.operating-system.supplemental.extra-version": "a" };
    await its.report({ ...letter, "device.operating-system.supplemental.build-version": "23G771330a" });
    expect(await jobOf(uptick, device.udid)).toMatchObject({ state: "ready" });
    device.facts = { ...facts, SupplementalOSVersionExtra: "(a)", SupplementalBuildVersion: "23G771330a" };
    await device.session({ DeclarativeManagement: {} });
    const done = await jobOf(uptick, device.udid);
    expect(done).toMatchObject({ state: "done", reason: "updated" });
    expect(done.verdict.sentence).toBe("Up to date: seen on 26.6.1 (a) after the update.");
    expect((await dryRun(device.udid, "26.6.1 (a)")).rows).toMatchObject([{ reason: "brought-before" }]);
    expect((await dryRun(device.udid, "26.6.1")).rows).toMatchObject([{ reason: "already-there" }]);
    // A device that is late with its sync is asked an hour later than one that is not.
    await its.settle();
    // Taken off again by its user.
    device.facts = facts;
    await uptick.restart({ later: DAY });
    await expect
      .poll(
        async () => (await device.session({ DeclarativeManagement: {} }), (await jobOf(uptick, device.udid)).state),
        SOON,
      )
      .toBe("fell-back");
  });

  it("is refused with its reason where its base is not installed, or no declaration is taken", async () => {
    const below = await ableDevice(uptick);
    expect((await dryRun(below.device.udid, "26.6.1 (a)")).rows).toMatchObject([
      { kind: "refused", reason: "base-needed", remedy: expect.any(String) },
    ]);
    const deaf = await enrolDevice(uptick, { facts: on("26.6.1", "23G83") });
    expect((await dryRun(deaf.udid, "26.6.1 (a)")).rows).toMatchObject([
      { kind: "refused", reason: "declarations-not-listed" },
    ]);
  });
});

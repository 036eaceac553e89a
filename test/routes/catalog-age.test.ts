/**
 * What is said with an old or a changed list of Apple's releases: by the commands, the dry run, the verdict and the status, of
 * one server whose clock goes on from test to test.
 */
import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sampleLookupService } from "../../src/catalog/index.ts";
import { runCli } from "../../src/cli/index.ts";
import { world } from "../../src/cli/world.suite.ts";
import type { DryRun, JobView, PlanRequest, ServerStatus } from "../../src/contract/index.ts";
import {
  type Able,
  ableDevice,
  enrolDevice,
  inForce,
  IPHONE,
  jobOf,
  SOON,
  START,
  startUptick,
  type Uptick,
} from "../support/index.ts";

const CASE_14 = new URL("../../../shared/cases/14-release-left-the-feed/feed-2.json", import.meta.url);
const CASE_37 = new URL("../../../shared/cases/37-stale-catalog/feed.json", import.meta.url);
const DAY = 24 * 3_600_000;

let uptick: Uptick;
let able: Able;
let other: string;
let there: string;
let now = START;
beforeAll(async () => {
  uptick = await startUptick();
  able = await ableDevice(uptick);
  other = (await enrolDevice(uptick, { serial: "OTHER" })).udid;
  const facts = { ...IPHONE, OSVersion: "26.6.1", BuildVersion: "23G83" };
  there = (await enrolDevice(uptick, { facts, serial: "THERE" })).udid;
});
afterAll(() => uptick.close());

async function later(days: number): Promise<void> {
  now += days * DAY;
  await uptick.restart({ later: days * DAY });
}

interface Entry {
  readonly ProductVersion: string;
  readonly ExpirationDate?: string;
}
type Sets = { readonly iOS: readonly Entry[] };

/** The entries of a case in the place of the sample's iPhones and iPads: a list is taken only whole. */
function whole(file: URL, change: (entry: Entry) => Entry = (entry) => entry): string {
  const { PublicAssetSets } = JSON.parse(readFileSync(file, "utf8")) as { PublicAssetSets: Sets };
  const sample = sampleLookupService();
  const iOS = PublicAssetSets.iOS.map(change);
  const tv = sample.AssetSets.iOS.filter((entry) => JSON.stringify(entry).includes("AppleTV"));
  return JSON.stringify({
    PublicAssetSets: { ...sample.PublicAssetSets, iOS },
    AssetSets: { ...sample.AssetSets, iOS: [...iOS, ...tv] },
  });
}

async function cli(argv: readonly string[], files: Record<string, string> = {}, modifiedAt = now) {
  const url = `http://127.0.0.1:${uptick.server.web.port}`;
  const more = { env: { UPTICK_TOKEN: uptick.token }, files, modifiedAt: async () => modifiedAt };
  const made = world([...argv, "--url", url], { ...more, size: () => ({ columns: 80, rows: 24 }) });
  const code = await runCli(made.io);
  return { code, out: made.out(), err: made.err() };
}

const imported = (text: string, ...options: string[]) =>
  cli(["catalog", "import", "pmv.json", ...options], { "pmv.json": text });

async function decision(request: Partial<PlanRequest>): Promise<DryRun["rows"][number]> {
  const body = { to: "26.6.1", action: "install", devices: [other], ...request };
  const { rows: decisions } = await uptick.web.post<DryRun>("/api/v1/plans?dryRun=true", body);
  if (decisions[0] === undefined) throw new Error("the dry run decides nothing");
  return decisions[0];
}

const warnings = async (): Promise<string[]> =>
  (await uptick.web.get<ServerStatus>("/api/v1/status")).warnings.map(({ reason: code }) => code);

describe.skipIf(!existsSync(CASE_14))("a release that left the list (needs ../shared/cases)", () => {
  it("is refused to new jobs, and its jobs go on, both saying so", async () => {
    await inForce(uptick, able);
    expect((await jobOf(uptick, able.device.udid)).verdict.sentence).not.toContain("list");
    const taken = await imported(whole(CASE_14), "--accept-smaller");
    expect([taken.code, taken.err]).toEqual([0, ""]);
    expect(taken.out).toContain("  no longer listed: iOS 26.6.1 (23G83)\n");

    const refused = await decision({});
    expect(refused).toMatchObject({ kind: "refused", reason: "not-offered" });
    expect(refused.sentence).toBe("Not possible: 26.6.1 is no longer in Apple's list of 25 Aug 2026 for this model.");
    expect(refused.remedy).toContain("uptick catalog list");
    const dry = await cli(["update", "--to", "26.6.1", "--devices", "OTHER", "--dry-run"]);
    expect(dry.out).toContain("26.6.1 is no longer in Apple's list of 25 Aug 2026 for this model");
    // Posted on the 26th, which it is at UTC+14 already.
    expect(await decision({ to: "latest" })).toMatchObject({ kind: "job", release: "26.6.2" });

    const job = await jobOf(uptick, able.device.udid);
    expect(job).toMatchObject({ state: "declared", reason: "in-force" });
    expect(job.verdict.sentence).toContain("; 26.6.1 is no longer in Apple's list of 25 Aug 2026 for this model; ");
    expect(job.verdict.params).toMatchObject({ listed: "list-left", listDate: "2026-08-25" });
  });

  it("goes to a device at an admin's word, which the dry run repeats", async () => {
    const taken = await decision({ allowUnlisted: true });
    expect(taken).toMatchObject({ kind: "job", release: "26.6.1" });
    expect(taken.sentence).toContain(" Not sure: 26.6.1 is no longer in Apple's list of 25 Aug 2026 for this model.");
    const dry = await cli(["update", "--to", "26.6.1", "--devices", "OTHER", "--allow-unlisted", "--dry-run"]);
    expect(dry.out).toContain("1 to update");
    // A word is no version that could be meant.
    expect(await decision({ to: "latest", devices: [there], allowUnlisted: true })).toMatchObject({
      release: "26.6.2",
    });
  });

  it("is the likely cause once the job's moment has passed: the remedy is another plan", async () => {
    await later(4);
    const overdue = (): Promise<JobView> => jobOf(uptick, able.device.udid);
    // It is asked whether it has installed, and says that it runs what it ran.
    const asked = async (): Promise<string> => {
      await able.device.session();
      return (await overdue()).reason;
    };
    await expect.poll(asked, SOON).toBe("past-not-begun");
    const { verdict } = await overdue();
    expect(verdict.sentence).toMatch(
      /^Overdue: .*; 26\.6\.1 is no longer in Apple's list of 25 Aug 2026 \(4 days old\) for this model; /,
    );
    expect(verdict.remedy).toContain("stop the plan and make one to a release that uptick catalog list shows");
  });

  it("is no longer said to have left when a list has it again", async () => {
    const back = await imported(JSON.stringify(sampleLookupService()));
    expect(back.code).toBe(0);
    expect((await jobOf(uptick, able.device.udid)).verdict.sentence).not.toContain("list");
    expect(await decision({})).toMatchObject({ kind: "job", release: "26.6.1" });
  });
});

describe.skipIf(!existsSync(CASE_37))("an old list (needs ../shared/cases)", () => {
  let imports = 0;

  it("targets C6: is named with its age from the eighth day on, in sentences and as a warning", async () => {
    // The next day: a list of the same day would count as the same one, by which 26.6.2 left only today.
    await later(1);
    expect((await imported(whole(CASE_37), "--accept-smaller")).code).toBe(0);
    imports = now;
    await later(7);
    expect(await warnings()).not.toContain("catalog-old");
    const young = await decision({ to: "latest-minor", devices: [there] });
    expect(young).toMatchObject({ kind: "compliant", reason: "nothing-newer" });
    expect(young.sentence).toContain("nothing newer is in Apple's list of 30 Aug 2026 (7 days old) for its model");
    expect((await decision({})).sentence).not.toContain("list");
    await later(1);
    expect(await warnings()).toContain("catalog-old");
    expect((await decision({})).sentence).toContain(
      " Not sure: Apple offered 26.6.1 to this model in Apple's list of 30 Aug 2026 (8 days old), which may have changed since.",
    );
    const { out } = await cli(["status"]);
    expect(out).toContain("Apple's list of 30 Aug 2026 (8 days old), imported on 30 Aug 2026.\n");
    expect(out).toContain("warning: Apple's list of 30 Aug 2026 (8 days old) is older than 7 days.");
  });

  it("targets C6: decides nothing about the newest after 30 days, and keeps to what it says of a version", async () => {
    await later(23);
    expect((now - imports) / DAY).toBe(31);
    for (const devices of [[other], [there]]) {
      const word = await decision({ to: "latest", devices });
      expect(word).toMatchObject({ kind: "refused", reason: "catalog-stale" });
      expect(word.sentence).toBe(
        "Not possible: Apple's list of 30 Aug 2026 (31 days old) is too old to say which release is the newest.",
      );
      expect(word.remedy).toContain("uptick catalog import");
    }
    expect(await decision({})).toMatchObject({ kind: "job", release: "26.6.1" });
    expect(await decision({ devices: [there] })).toMatchObject({ kind: "compliant", reason: "already-there" });
    expect(await decision({ to: "26.6.9" })).toMatchObject({ kind: "refused", reason: "catalog-stale" });
  });

  it("does not speak for Apple a hundred days later, when the last day of its releases has gone by", async () => {
    await later(69);
    const refused = await decision({});
    expect(refused).toMatchObject({ kind: "refused", reason: "catalog-stale" });
    expect(refused.sentence).toBe(
      "Not possible: by Apple's list of 30 Aug 2026 (100 days old), Apple signs 26.6.1 until 20 Nov 2026; whether it still does is not known.",
    );
    expect(await decision({ to: "latest" })).toMatchObject({ kind: "refused", reason: "catalog-stale" });
    expect(await decision({ allowUnlisted: true })).toMatchObject({ kind: "job", release: "26.6.1" });
    const { out } = await cli(["catalog", "list", "26.6.1", "--platform", "ios"]);
    expect(out).toMatch(/^Apple's list of 30 Aug 2026 \(100 days old\)/);
    expect(out).toMatch(/\niOS +26\.6\.1 +23G83 +2026-08-17 +2026-11-20 +maybe-expired\n/);
  });

  it("does not call a device up to date 200 days later, however far its releases reach", async () => {
    const far = whole(CASE_37, (entry) => ({ ...entry, ExpirationDate: "2029-01-01" }));
    expect((await imported(far)).code).toBe(0);
    await later(200);
    const word = await decision({ to: "latest-minor", devices: [there] });
    expect(word).toMatchObject({ kind: "refused", reason: "catalog-stale" });
    expect(word.sentence).toContain("(200 days old)");
    expect((await uptick.web.get<ServerStatus>("/api/v1/status")).catalog).toMatchObject({
      ageDays: 200,
      listDateFrom: "file",
    });
  });
});

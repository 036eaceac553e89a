/** Policies, whole: by declaration, by profile, moved from one to the other, replaced, removed, over a new enrollment. */
import type { PolicyRemoval } from "../../src/contract/index.ts";
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PlistDict } from "../../simulator/index.ts";
import {
  commandBytes,
  type Declarative,
  declarative,
  type Device,
  enrolDevice,
  IPHONE,
  makePolicy,
  newDevice,
  newProfile,
  policyDevice,
  profiles,
  type Profiles,
  rawCommand,
  removePolicy,
  settledPolicy,
  startUptick,
  typesOf,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
});
afterAll(() => uptick.close());

const PROFILE = "uptick.restrictions";
const SETTINGS = {
  Deferrals: { CombinedPeriodInDays: 14, MajorPeriodInDays: 60, MinorPeriodInDays: 7 },
  AutomaticActions: { Download: "AlwaysOn" },
  Notifications: false,
};
const OLD_IPHONE: PlistDict = { ...IPHONE, OSVersion: "16.7.8", BuildVersion: "20H343", ProductName: "iPhone10,3" };
const MAC: PlistDict = {
  OSVersion: "13.6.9",
  BuildVersion: "22G931",
  ProductName: "Mac14,2",
  ModelName: "MacBook Air",
  IsSupervised: true,
};

interface ByHand {
  readonly device: Device;
  readonly its: Declarative;
  readonly kept: Profiles;
  /** Answers all commands, syncs and reports until nothing is left to do. */
  rest(): Promise<string[]>;
  /** The OS is another now, and the server hears of it. */
  runs(facts: PlistDict): Promise<string[]>;
}

/** An admin's question stands for the one that the server asks once a day. */
async function askFacts(device: Device): Promise<void> {
  const command = { RequestType: "DeviceInformation", Queries: ["OSVersion", "IsSupervised"] };
  await rawCommand(uptick, device.udid, commandBytes(randomUUID(), command));
}

async function byHand(facts: PlistDict, refusesDeclarations = false): Promise<ByHand> {
  const device = await enrolDevice(uptick, { facts, refusesDeclarations });
  const its = declarative(device);
  const kept = profiles();
  const seen: string[] = [];
  const rest = async (): Promise<string[]> => {
    for (let nth = 0; nth < 6; nth += 1) {
      const before = seen.length;
      seen.push(...typesOf(await device.session(kept.says)));
      // One that refuses declarative management does not ask for its declarations either.
      const told = refusesDeclarations ? false : await its.sync();
      if (told) await its.report({}, { full: true, declarations: true });
      if (!told && seen.length === before) break;
    }
    return seen.splice(0);
  };
  return {
    device,
    its,
    kept,
    rest,
    async runs(other) {
      device.facts = { ...device.facts, ...other };
      await askFacts(device);
      return rest();
    },
  };
}

const settingsOf = ({ its }: ByHand) => its.held.get("configuration/uptick.settings")?.Payload;
const stateOf = async (id: string, { device }: ByHand) => {
  const row = await policyDevice(uptick, id, device.udid);
  return row && { way: row.way, state: row.state, profile: row.profile };
};

describe("a policy", () => {
  it("reaches a device with iOS 26 by declaration, and is applied once the device says so", async () => {
    const phone = await byHand(IPHONE);
    await phone.rest();
    const { id } = await makePolicy(uptick, [phone.device.udid], SETTINGS);
    expect(await stateOf(id, phone)).toEqual({ way: "declaration", state: "pending", profile: false });
    await phone.device.session(phone.kept.says);
    await phone.its.sync();
    expect(settingsOf(phone)).toEqual({
      Notifications: false,
      Deferrals: { CombinedPeriodInDays: 14 },
      AutomaticActions: { Download: "AlwaysOn" },
    });
    expect(await stateOf(id, phone)).toMatchObject({ state: "pending" });
    await phone.its.report({}, { declarations: true });
    const row = await policyDevice(uptick, id, phone.device.udid);
    expect(row).toMatchObject({ way: "declaration", state: "applied", profile: false });
    const told = (await uptick.timeline(phone.device.udid)).filter(({ kind }) => kind.startsWith("policy-"));
    expect(told.map(({ sentence: text }) => text)).toEqual([
      'The policy "Update settings" now applies to it',
      'The policy "Update settings" is pending (by declaration)',
      'The policy "Update settings" is applied (by declaration)',
    ]);
    expect(row?.leftOut.map(({ path }) => path)).toEqual([
      "Deferrals.MajorPeriodInDays",
      "Deferrals.MinorPeriodInDays",
    ]);
    expect(await phone.rest()).toEqual([]);
  });

  it("is not applied where the device reports the declaration as invalid, and its words are shown", async () => {
    const phone = await byHand(IPHONE);
    await phone.rest();
    const { id } = await makePolicy(uptick, [phone.device.udid], { Notifications: false });
    await phone.device.session();
    await phone.its.sync();
    const { ServerToken } = phone.its.held.get("configuration/uptick.settings") ?? {};
    const reasons = [{ code: "Error.ConfigurationIsInvalid", description: "no such thing" }];
    const listed = {
      identifier: "uptick.settings",
      "server-token": ServerToken,
      active: false,
      valid: "invalid",
      reasons,
    };
    await phone.its.report({ "management.declarations": { configurations: [listed] } });
    const row = await policyDevice(uptick, id, phone.device.udid);
    expect(row?.state).toBe("failed");
    expect(row?.sentence).toContain("Error.ConfigurationIsInvalid (no such thing)");
  });

  it("reaches a device with iOS 16 by a profile of its own", async () => {
    const phone = await byHand(OLD_IPHONE);
    await phone.rest();
    const { id } = await makePolicy(uptick, [phone.device.udid], SETTINGS);
    expect(await stateOf(id, phone)).toEqual({ way: "profile", state: "pending", profile: false });
    expect(await phone.rest()).toEqual(["InstallProfile"]);
    expect(phone.kept.held.get(PROFILE)).toEqual({
      "com.apple.applicationaccess": { forceDelayedSoftwareUpdates: true, enforcedSoftwareUpdateDelay: 14 },
    });
    expect(await stateOf(id, phone)).toEqual({ way: "profile", state: "applied", profile: true });
    expect(settingsOf(phone)).toBeUndefined();
    expect((await uptick.device(phone.device.udid)).policy).toMatchObject({
      id,
      name: "Update settings",
      way: "profile",
    });
    expect(await phone.runs({})).toEqual(["DeviceInformation"]);
  });

  it("reaches a Mac with macOS 13 by restrictions and by what it does by itself", async () => {
    const mac = await byHand(MAC);
    await mac.rest();
    const { id } = await makePolicy(uptick, [mac.device.udid], SETTINGS);
    expect(await mac.rest()).toEqual(["InstallProfile"]);
    expect(mac.kept.held.get(PROFILE)).toEqual({
      "com.apple.applicationaccess": {
        forceDelayedMajorSoftwareUpdates: true,
        enforcedSoftwareUpdateMajorOSDeferredInstallDelay: 60,
        forceDelayedSoftwareUpdates: true,
        enforcedSoftwareUpdateMinorOSDeferredInstallDelay: 7,
      },
      "com.apple.SoftwareUpdate": { AutomaticDownload: true, AutomaticCheckEnabled: true },
    });
    const row = await policyDevice(uptick, id, mac.device.udid);
    expect(row).toMatchObject({ way: "profile", state: "applied" });
    expect(row?.leftOut.map(({ path }) => path)).toEqual(["Notifications", "Deferrals.CombinedPeriodInDays"]);
  });

  it("moves from the profile to the declaration when the OS goes from 17 to 18, the profile last", async () => {
    const phone = await byHand({ ...OLD_IPHONE, OSVersion: "17.6" });
    await phone.rest();
    const { id } = await makePolicy(uptick, [phone.device.udid], SETTINGS);
    await phone.rest();
    expect(phone.kept.held.size).toBe(1);
    phone.device.facts = { ...phone.device.facts, OSVersion: "18.6" };
    await askFacts(phone.device);
    expect(typesOf(await phone.device.session(phone.kept.says))).not.toContain("RemoveProfile");
    expect(await stateOf(id, phone)).toEqual({ way: "declaration", state: "pending", profile: true });
    await phone.its.sync();
    expect(typesOf(await phone.device.session(phone.kept.says))).not.toContain("RemoveProfile");
    await phone.its.report({}, { declarations: true });
    expect(await stateOf(id, phone)).toEqual({ way: "declaration", state: "applied", profile: true });
    expect(await phone.rest()).toContain("RemoveProfile");
    expect(phone.kept.held.size).toBe(0);
    expect(await stateOf(id, phone)).toEqual({ way: "declaration", state: "applied", profile: false });
  });

  it("moves to the declaration at OS 27, where restrictions are gone, even if the device had none before", async () => {
    const phone = await byHand({ ...IPHONE, OSVersion: "26.6.1" }, true);
    await phone.rest();
    const { id } = await makePolicy(uptick, [phone.device.udid], SETTINGS);
    await phone.rest();
    expect(await stateOf(id, phone)).toEqual({ way: "profile", state: "applied", profile: true });
    // The new OS takes declarations.
    const says = { ...phone.kept.says, DeclarativeManagement: {} };
    phone.device.facts = { ...phone.device.facts, OSVersion: "27.0" };
    await askFacts(phone.device);
    await phone.device.session(says);
    expect(await stateOf(id, phone)).toMatchObject({ way: "declaration", state: "pending", profile: true });
    await expect
      .poll(async () => {
        await phone.device.session(says);
        await phone.its.sync().catch(() => false);
        return settingsOf(phone);
      })
      .toBeDefined();
    expect(phone.kept.held.size).toBe(1);
    await phone.its.report({}, { full: true, declarations: true });
    await phone.device.session(says);
    expect(phone.kept.held.size).toBe(0);
    expect(await stateOf(id, phone)).toEqual({ way: "declaration", state: "applied", profile: false });
  });

  it("takes the profile of a Mac without supervision away at OS 27, and says that nothing is left", async () => {
    const mac = await byHand({ ...MAC, OSVersion: "26.6", IsSupervised: false });
    await mac.rest();
    const { id } = await makePolicy(uptick, [mac.device.udid], SETTINGS);
    await mac.rest();
    expect(await stateOf(id, mac)).toEqual({ way: "profile", state: "applied", profile: true });
    expect(await mac.runs({ OSVersion: "27.0" })).toContain("RemoveProfile");
    expect(await stateOf(id, mac)).toEqual({ way: "nothing", state: "nothing", profile: false });
  });

  it("gives way to another for the same device, in the declaration and in the profile", async () => {
    const phone = await byHand(IPHONE);
    const old = await byHand(OLD_IPHONE);
    const both = [phone.device.udid, old.device.udid];
    const first = await makePolicy(uptick, both, { Deferrals: { CombinedPeriodInDays: 5 } }, "five days");
    for (const one of [phone, old]) await one.rest();
    const dry = await uptick.web.post<{ rows: { replaces: string | null; sentence: string }[] }>(
      "/api/v1/policies?dryRun=true",
      { devices: both, settings: { Deferrals: { CombinedPeriodInDays: 9 } } },
    );
    expect(dry.rows.map(({ replaces }) => replaces)).toEqual(["five days", "five days"]);
    expect(dry.rows[1]?.sentence).toContain('Replaces the policy "five days"');
    const second = await makePolicy(uptick, both, { Deferrals: { CombinedPeriodInDays: 9 } });
    for (const one of [phone, old]) await one.rest();
    expect(settingsOf(phone)).toEqual({ Deferrals: { CombinedPeriodInDays: 9 } });
    expect(old.kept.held.get(PROFILE)?.["com.apple.applicationaccess"]).toMatchObject({
      enforcedSoftwareUpdateDelay: 9,
    });
    expect(await stateOf(first.id, phone)).toBeUndefined();
    expect(await stateOf(second.id, old)).toMatchObject({ state: "applied" });
    expect((await uptick.web.get<{ devices: number }>(`/api/v1/policies/${first.id}`)).devices).toBe(0);
  });

  it("is taken from its devices when it is removed: declaration and profile go", async () => {
    const phone = await byHand(IPHONE);
    const old = await byHand(OLD_IPHONE);
    const { id } = await makePolicy(uptick, [phone.device.udid, old.device.udid], SETTINGS);
    for (const one of [phone, old]) await one.rest();
    expect(await removePolicy(uptick, id)).toMatchObject({ state: "removed" });
    expect(await stateOf(id, phone)).toBeUndefined();
    expect(await stateOf(id, old)).toMatchObject({ state: "removing", profile: true });
    for (const one of [phone, old]) await one.rest();
    expect(settingsOf(phone)).toBeUndefined();
    expect(old.kept.held.size).toBe(0);
    expect(await stateOf(id, old)).toBeUndefined();
    expect(await removePolicy(uptick, id)).toMatchObject({ state: "removed", devices: 0 });
  });

  it("withdraws a profile that has not left yet when it is removed, and the device hears of nothing", async () => {
    const old = await byHand(OLD_IPHONE);
    await old.rest();
    const { id } = await makePolicy(uptick, [old.device.udid], SETTINGS);
    await removePolicy(uptick, id);
    expect(await old.rest()).toEqual([]);
    expect(await stateOf(id, old)).toBeUndefined();
  });

  it("repeats a profile whose answer got lost, and gives one up that the device refuses five times", async () => {
    const old = await byHand(OLD_IPHONE);
    await old.rest();
    const { id } = await makePolicy(uptick, [old.device.udid], SETTINGS);
    expect(typesOf(await old.device.session({ InstallProfile: undefined }))).toEqual(["InstallProfile"]);
    const refuses = {
      InstallProfile: {
        Status: "Error",
        ErrorChain: [{ ErrorCode: 4001, ErrorDomain: "MCInstallationErrorDomain", USEnglishDescription: "no" }],
      },
    };
    let sent = 0;
    for (let day = 0; day < 7; day += 1) {
      await expect
        .poll(async () => {
          const types = typesOf(await old.device.session(refuses));
          sent += types.filter((type) => type === "InstallProfile").length;
          return types.includes("DeviceInformation") || day === 0;
        })
        .toBe(true);
      await uptick.restart({ later: 25 * 3_600_000 });
    }
    expect(sent).toBe(5);
    const row = await policyDevice(uptick, id, old.device.udid);
    expect(row?.state).toBe("failed");
    expect(row?.sentence).toContain("InstallProfile: no");
    expect(row?.profile).toBe(true);
  });
});

describe("a policy over enrollments", () => {
  it("stays with a device that enrolls anew, which is told it from the beginning", async () => {
    const old = await byHand(OLD_IPHONE);
    await old.rest();
    const { id } = await makePolicy(uptick, [old.device.udid], SETTINGS);
    await old.rest();
    const again = await newDevice(uptick, {
      udid: old.device.udid,
      serial: old.device.serial,
      facts: IPHONE,
      refusesDeclarations: false,
      profile: await newProfile(uptick),
    });
    await again.authenticate();
    await again.tokenUpdate();
    const its = declarative(again);
    await its.settle();
    expect(its.held.get("configuration/uptick.settings")?.Payload).toMatchObject({ Notifications: false });
    const row = await policyDevice(uptick, id, again.udid);
    expect(row).toMatchObject({ way: "declaration", state: "applied", profile: false });
  });

  it("for named devices does not reach one that enrolls later; one for all does, and gives way to one by name", async () => {
    const named = await byHand(IPHONE);
    await named.rest();
    await makePolicy(uptick, [named.device.udid], { Notifications: false });
    const before = await byHand(IPHONE);
    await before.rest();
    expect(settingsOf(before)).toBeUndefined();
    const all = await makePolicy(uptick, ["all"], { Deferrals: { CombinedPeriodInDays: 3 } }, "everyone");
    expect(all.everyone).toBe(true);
    const later = await byHand(IPHONE);
    for (const one of [named, before, later]) {
      await one.rest();
      expect(settingsOf(one)).toEqual({ Deferrals: { CombinedPeriodInDays: 3 } });
    }
    const own = await makePolicy(uptick, [later.device.udid], { Deferrals: { CombinedPeriodInDays: 8 } });
    await later.rest();
    expect(settingsOf(later)).toEqual({ Deferrals: { CombinedPeriodInDays: 8 } });
    // Without its own it has again what everyone has.
    await removePolicy(uptick, own.id);
    await later.rest();
    expect(settingsOf(later)).toEqual({ Deferrals: { CombinedPeriodInDays: 3 } });
    const newer = await makePolicy(uptick, ["all"], { Deferrals: { CombinedPeriodInDays: 4 } });
    expect((await uptick.web.get<{ everyone: boolean }>(`/api/v1/policies/${all.id}`)).everyone).toBe(false);
    await removePolicy(uptick, newer.id);
    await later.rest();
    expect(settingsOf(later)).toBeUndefined();
  });

  it("is finished by the next server where one stopped in between", async () => {
    const phones = [await byHand(IPHONE), await byHand(IPHONE), await byHand(IPHONE)];
    const { id } = await uptick.web.post<{ id: string }>("/api/v1/policies", {
      devices: phones.map(({ device }) => device.udid),
      settings: { Notifications: false },
    });
    await uptick.restart({ later: 120_000 });
    expect((await settledPolicy(uptick, id)).devices).toBe(3);
  });
});

describe("settings of a policy that can't be", () => {
  const refusal = async (settings: unknown) => {
    const body = JSON.stringify({ devices: ["all"], settings });
    const headers = { "content-type": "application/json" };
    const reply = await uptick.web.request("POST", "/api/v1/policies", { body, headers });
    return reply.problem();
  };

  it.each([
    ["an unknown key", { Deferals: {} }, "Deferals is no setting"],
    ["a value out of its range", { Deferrals: { MajorPeriodInDays: 91 } }, "Deferrals.MajorPeriodInDays is 91"],
    [
      "a contradiction",
      { AutomaticActions: { Download: "AlwaysOff", InstallOSUpdates: "AlwaysOn" } },
      "AutomaticActions.InstallOSUpdates AlwaysOn has no effect beside Download AlwaysOff",
    ],
    ["nothing", {}, "settings say nothing"],
    ["nothing in a group", { Deferrals: {} }, "settings say nothing"],
    [
      "a beta program",
      { Beta: { OfferPrograms: [{ Description: "x", Token: "t" }] } },
      "Beta.OfferPrograms needs a token",
    ],
  ])("are refused with their path: %s", async (_what, settings, said) => {
    const problem = await refusal(settings);
    expect(problem).toMatchObject({ status: 400, code: "settings-invalid", detail: expect.stringContaining(said) });
  });

  it("are told all at once", async () => {
    const { detail } = await refusal({ Notifications: 1, RecommendedCadence: "Never" });
    expect(detail).toMatch(/Notifications .*RecommendedCadence /s);
  });

  it("say before a removal how many devices would lose a policy, and in which way (api A12)", async () => {
    const device = await enrolDevice(uptick);
    const { id } = await makePolicy(uptick, [device.udid], { Notifications: true });
    const tried = await uptick.web.post<PolicyRemoval>(`/api/v1/policies/${id}/remove?dryRun=true`, undefined);
    const { devices, declaration, profile, nothing, unknown } = tried;
    expect([devices, declaration + profile + nothing + unknown]).toEqual([1, 1]);
    expect(await uptick.web.get(`/api/v1/policies/${id}`)).toMatchObject({ state: "active", removedAt: null });
  });

  it("leave no policy behind, and a policy that does not exist is said", async () => {
    const reply = await uptick.web.request("POST", "/api/v1/policies/none/remove");
    expect(reply.problem().code).toBe("policy-unknown");
    const { rows } = await uptick.web.get<{ rows: { settings: object }[] }>("/api/v1/policies");
    expect(rows.every(({ settings }) => Object.keys(settings).length > 0)).toBe(true);
  });
});

/** Tags, groups and rules say which devices are meant: in lists, plans and time zones. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type {
  DeviceDetail,
  DryRun,
  GroupDetail,
  GroupTrial,
  GroupView,
  NewPlan,
  PlanRequest,
  Tagging,
  ZoneRules,
} from "../../src/contract/index.ts";
import { enrolDevice, IPHONE, startUptick, type Uptick, type WebReply } from "../support/index.ts";

let uptick: Uptick;
const MAC = {
  OSVersion: "15.7",
  BuildVersion: "24G222",
  ProductName: "Mac14,2",
  SoftwareUpdateDeviceID: "J413AP",
  IsSupervised: true,
};
const IPAD = { ...IPHONE, ProductName: "iPad13,4", ModelName: "iPad", IsSupervised: false };

beforeAll(async () => {
  uptick = await startUptick();
  for (const [serial, facts] of [
    ["MAC1", MAC],
    ["MAC2", { ...MAC, OSVersion: "26.5", BuildVersion: "25F70" }],
    ["PAD1", IPAD],
    ["PHONE1", IPHONE],
  ] as const)
    await enrolDevice(uptick, { serial, facts: { ...facts } });
});
afterAll(() => uptick.close());

const ask = (method: string, path: string, body?: unknown): Promise<WebReply> =>
  uptick.web.request(method, `/api/v1${path}`, {
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
const tag = (body: unknown, query = ""): Promise<WebReply> => ask("POST", `/devices/tag${query}`, body);
const tagged = async (body: unknown): Promise<Tagging> => (await tag(body)).json<Tagging>();
const setGroup = (name: string, body: unknown, query = ""): Promise<WebReply> =>
  ask("PUT", `/groups/${encodeURIComponent(name)}${query}`, body);
const refused = (reply: WebReply): string[] => {
  const { code, detail } = reply.problem();
  return [`${reply.status}`, code, detail];
};
const tagsOf = async (serial: string): Promise<readonly string[]> => (await uptick.device(serial)).tags;

/** Serial numbers of the list of devices with these filters, page by page. */
async function listed(filters: Record<string, string>, limit = 100): Promise<string[]> {
  const serials: string[] = [];
  let after: string | null = null;
  do {
    const query = new URLSearchParams({ ...filters, limit: String(limit), ...(after === null ? {} : { after }) });
    const page: { rows: { serial: string }[]; next: string | null } = await uptick.web.get(
      `/api/v1/devices?${query.toString()}`,
    );
    serials.push(...page.rows.map(({ serial }) => serial));
    expect(page.rows.length).toBeLessThanOrEqual(limit);
    after = page.next;
  } while (after !== null);
  return serials;
}

async function dryRun(request: Partial<PlanRequest>): Promise<DryRun> {
  const body = { to: "iOS=26.6.1,macOS=26.6.2", action: "install", allowMajor: true, ...request };
  return uptick.web.post<DryRun>("/api/v1/plans?dryRun=true", body);
}
const serialsOf = ({ rows: decisions }: DryRun): (string | null)[] => decisions.map(({ device }) => device.serial);

describe("tags", () => {
  it("are added and removed, and the timeline says by whom", async () => {
    const devices = ["MAC1", "MAC1", "PAD1"];
    expect(await tagged({ devices, add: ["lab", "pilot", "lab"] })).toEqual({ dryRun: false, devices: 2, changed: 2 });
    expect(await tagged({ devices, add: ["pilot"], remove: ["lab", "none"] })).toMatchObject({ changed: 2 });
    expect(await tagged({ devices, add: ["pilot"] })).toEqual({ dryRun: false, devices: 2, changed: 0 });
    expect(await tagsOf("MAC1")).toEqual(["pilot"]);
    const said = (await uptick.timeline("MAC1")).filter(({ kind }) => kind === "tags-changed");
    expect(said.map(({ sentence: text }) => text)).toEqual([
      "token:first added the tags lab, pilot",
      "token:first removed the tag lab",
    ]);
    expect(await uptick.web.get("/api/v1/tags")).toEqual({ rows: [{ tag: "pilot", devices: 2 }], next: null });
  });

  it("are given by a rule, and a dry run says to how many", async () => {
    const body = { rule: "platform = macOS", add: ["mac", "pilot"] };
    expect((await tag(body, "?dryRun=true")).json()).toEqual({ dryRun: true, devices: 2, changed: 2 });
    expect(await tagsOf("MAC2")).toEqual([]);
    expect(await tagged(body)).toEqual({ dryRun: false, devices: 2, changed: 2 });
    expect(await listed({ tag: "MAC" })).toEqual(["MAC1", "MAC2"]);
    const audit = await uptick.web.get<{ rows: unknown[] }>("/api/v1/audit?object=device&limit=1");
    expect(audit.rows).toMatchObject([
      { route: "tagDevices", object: { id: null }, detail: "add mac pilot: 2 devices", count: 1 },
    ]);
    // A rule that means nobody is no mistake.
    expect(await tagged({ rule: "tag = none", add: ["x"] })).toEqual({ dryRun: false, devices: 0, changed: 0 });
  });

  it.each<[string, object, string, string]>([
    ["a capital", { devices: ["MAC1"], add: ["Pilot"] }, "tag-invalid", 'Write "pilot"'],
    ["a blank", { devices: ["MAC1"], remove: ["a b"] }, "tag-invalid", '"a b" is no tag'],
    ["41 characters", { devices: ["MAC1"], add: ["a".repeat(41)] }, "tag-invalid", "1 to 40"],
    ["no tag", { devices: ["MAC1"] }, "tag-invalid", "names no tag"],
    ["one tag twice", { devices: ["MAC1"], add: ["a"], remove: ["a"] }, "tag-invalid", "added and removed"],
    ["an unknown device", { devices: ["MAC1", "=MAC2"], add: ["a"] }, "device-unknown", '"=MAC2"'],
    ["an unknown group", { group: "none", add: ["a"] }, "group-unknown", '"none"'],
    ["a wrong rule", { rule: "tagg = a", add: ["a"] }, "rule-invalid", 'did you mean "tag"?'],
    ["no devices", { add: ["a"] }, "request-invalid", "in 0 ways"],
    [
      "more devices than a request can have",
      { devices: Array.from({ length: 200_001 }, () => "A"), add: ["a"] },
      "request-invalid",
      "<=200000 items",
    ],
    ["two ways to name devices", { devices: ["MAC1"], rule: "all", add: ["a"] }, "request-invalid", "in 2 ways"],
  ])("are refused with %s, and nothing changes", async (_what, body, code, words) => {
    const before = uptick.rows("SELECT * FROM device_tag ORDER BY 1, 2");
    const [, said, detail] = refused(await tag(body));
    expect([said, detail]).toEqual([code, expect.stringContaining(words)]);
    expect(uptick.rows("SELECT * FROM device_tag ORDER BY 1, 2")).toEqual(before);
  });

  it("targets S2: are fifty at most, for all devices of a request or for none", async () => {
    const many = Array.from({ length: 50 }, (_value, n) => `t-${n}`);
    await tagged({ devices: ["PHONE1"], add: many });
    expect(refused(await tag({ devices: ["MAC1", "PHONE1"], add: ["one-more"] }))).toEqual([
      "409",
      "tags-too-many",
      "More than 50 tags: PHONE1.",
    ]);
    expect(await tagsOf("MAC1")).toEqual(["mac", "pilot"]);
    // One goes, and another comes.
    expect(await tagged({ devices: ["PHONE1"], add: ["one-more"], remove: ["t-0"] })).toMatchObject({ changed: 1 });
    expect(await tagsOf("PHONE1")).toHaveLength(50);
    expect(await tagged({ devices: ["PHONE1"], remove: [...many, "one-more"] })).toMatchObject({ changed: 1 });
  });

  it("are fifty at most where two admins add some at once, and the second is told", async () => {
    const some = (name: string, count: number) => Array.from({ length: count }, (_value, n) => `${name}-${n}`);
    await tagged({ devices: ["PHONE1"], add: some("t", 45) });
    const both = ["a", "b"].map((name) => tag({ devices: ["PHONE1", "MAC1"], add: some(name, 5) }));
    const replies = await Promise.all(both);
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200, 409]));
    const second = replies.find(({ status }) => status === 409);
    expect(refused(second as WebReply)).toEqual([
      "409",
      "tags-too-many",
      expect.stringMatching(/^More than 50 tags: PHONE1\./),
    ]);
    expect(await tagsOf("PHONE1")).toHaveLength(50);
    await tagged({ devices: ["PHONE1", "MAC1"], remove: [...some("t", 45), ...some("a", 5), ...some("b", 5)] });
  });

  it("stay with a device that leaves and enrolls again, and with one that is removed and taken back", async () => {
    const device = await enrolDevice(uptick, { serial: "GUEST", facts: { ...IPHONE } });
    await tagged({ devices: ["GUEST"], add: ["guest"] });
    await device.checkIn({ MessageType: "CheckOut" });
    expect(await tagsOf("GUEST")).toEqual(["guest"]);
    await device.authenticate();
    await device.tokenUpdate();
    expect(await uptick.device("GUEST")).toMatchObject({ enrollment: "enrolled", tags: ["guest"] });
    await ask("POST", "/devices/GUEST/remove");
    expect((await uptick.web.get<{ rows: { tag: string }[] }>("/api/v1/tags")).rows.map((row) => row.tag)).toEqual([
      "mac",
      "pilot",
    ]);
    await ask("POST", "/devices/GUEST/adopt");
    expect(await uptick.device("GUEST")).toMatchObject({ enrollment: "enrolled", tags: ["guest"] });
    await ask("POST", "/devices/GUEST/remove");
  });
});

describe("a rule", () => {
  it.each<[string, string[]]>([
    ["all", ["MAC1", "MAC2", "PAD1", "PHONE1"]],
    ["not all", []],
    ["platform = macOS and not tag = lab", ["MAC1", "MAC2"]],
    ["platform = iPadOS", ["PAD1"]],
    ["model = j413ap and major = 15", ["MAC1"]],
    ["model = iP*", ["PAD1", "PHONE1"]],
    ["supervised = false or serial = PHONE1", ["PAD1", "PHONE1"]],
    ["tag in (mac, pilot) and platform != macOS", ["PAD1"]],
  ])("%s filters the list, in pages", async (rule, serials) => {
    expect(await listed({ rule })).toEqual(serials);
    expect(await listed({ rule }, 1)).toEqual(serials);
  });

  it("filters together with other filters", async () => {
    expect(await listed({ rule: "tag = pilot", platform: "ios" })).toEqual(["PAD1"]);
    expect(await listed({ rule: "tag = pilot", tag: "mac", search: "mac2" })).toEqual(["MAC2"]);
    expect(await listed({ rule: "all", enrollment: "removed" })).toEqual(["GUEST"]);
  });

  it("that is wrong is refused with its place", async () => {
    const reply = await ask("GET", "/devices?rule=platform%20=%20macOS%20and%20tagg%20=%20lab");
    expect(refused(reply)).toEqual([
      "400",
      "rule-invalid",
      'The rule is wrong at character 22: expected a field (platform, model, major, supervised, tag, group, serial), found "tagg" (did you mean "tag"?).\n' +
        "    platform = macOS and tagg = lab\n" +
        "                         ^",
    ]);
    expect(refused(await ask("GET", "/devices?tag=La_b")).slice(0, 2)).toEqual(["400", "tag-invalid"]);
    expect(refused(await ask("GET", "/devices?group=none")).slice(0, 2)).toEqual(["404", "group-unknown"]);
  });

  it("says which devices a plan is for", async () => {
    expect(serialsOf(await dryRun({ rule: "platform = macOS" }))).toEqual(["MAC1", "MAC2"]);
    const body = { to: "macOS=26.6.2", action: "download", rule: "tag = mac and major = 26" };
    const plan = await uptick.web.post<NewPlan>("/api/v1/plans", body);
    expect([plan.devices, plan.decided?.jobs, plan.rule]).toEqual([1, 1, body.rule]);
    await ask("POST", `/plans/${plan.id}/stop`);
  });

  it("is not kept of a plan whose devices were named one by one", async () => {
    const body = { to: "macOS=26.6.2", action: "download", devices: ["PAD1"] };
    expect((await uptick.web.post<NewPlan>("/api/v1/plans", body)).rule).toBeNull();
  });

  it.each<[Partial<PlanRequest>, string, string]>([
    [{ rule: "tag = none" }, "plan-empty", "The rule matches no enrolled device."],
    [{ rule: "tag =" }, "rule-invalid", "at character 6"],
    [{ group: "none" }, "group-unknown", "none"],
    [{}, "request-invalid", "in 0 ways"],
    [{ rule: "all", devices: ["all"] }, "request-invalid", "in 2 ways"],
  ])("of a plan is refused: %j", async (request, code, words) => {
    const body = { to: "26.6.1", action: "install", ...request };
    for (const query of ["", "?dryRun=true"]) {
      const [, said, detail] = refused(await ask("POST", `/plans${query}`, body));
      expect([said, detail]).toEqual([code, expect.stringContaining(words)]);
    }
  });
});

describe("a group", () => {
  it("is made, shown, changed with its revision, and removed", async () => {
    const made = await setGroup("Tokyo lab", { rule: "(Platform=macOS)" });
    expect([made.status, made.headers["location"]]).toEqual([201, "/api/v1/groups/Tokyo%20lab"]);
    expect(made.json<GroupView>()).toMatchObject({
      name: "Tokyo lab",
      rule: "platform = macOS",
      revision: 1,
      createdBy: "token:first",
    });
    const shown = await uptick.web.get<GroupDetail>("/api/v1/groups/TOKYO%20LAB");
    expect([shown.devices, shown.first.map(({ serial }) => serial)]).toEqual([2, ["MAC1", "MAC2"]]);
    expect(await listed({ group: "tokyo LAB" })).toEqual(["MAC1", "MAC2"]);
    expect(await listed({ rule: 'not group = "Tokyo lab" and not tag = none' })).toEqual(["PAD1", "PHONE1"]);
    expect(serialsOf(await dryRun({ group: "Tokyo lab" }))).toEqual(["MAC1", "MAC2"]);
    expect(await uptick.device("MAC1")).toMatchObject({ groups: ["Tokyo lab"] });
    expect(await uptick.device("PAD1")).toMatchObject({ groups: [] });

    const next = { rule: "platform = iOS or serial = MAC1" };
    expect((await setGroup("Tokyo lab", next, "?dryRun=true")).json<GroupTrial>()).toEqual({
      rule: next.rule,
      before: 2,
      after: 3,
      joins: 2,
      leaves: 1,
    });
    expect((await setGroup("new one", next, "?dryRun=true")).json()).toMatchObject({
      before: null,
      after: 3,
      joins: 3,
    });
    expect((await setGroup("tokyo Lab", { ...next, revision: 1 })).json()).toMatchObject({
      name: "tokyo Lab",
      revision: 2,
    });
    expect((await ask("DELETE", "/groups/tokyo%20lab")).status).toBe(204);
    expect(refused(await ask("DELETE", "/groups/tokyo%20lab"))[1]).toBe("group-unknown");
    expect(refused(await ask("GET", "/groups/tokyo%20lab"))[1]).toBe("group-unknown");
    expect(await uptick.web.get("/api/v1/groups")).toEqual({ rows: [], next: null });
  });

  it("that two admins set is changed by the first, and the second is told", async () => {
    const outcomes = await Promise.all(
      ["tag = a", "tag = b"].map(async (rule) => (await setGroup("Both", { rule })).status),
    );
    expect(new Set(outcomes)).toEqual(new Set([201, 412]));
    const [status, code, detail] = refused(await setGroup("both", { rule: "tag = c", revision: 9 }));
    expect([status, code]).toEqual(["412", "revision-stale"]);
    expect(detail).toMatch(
      /^The group "Both" has the revision 1, made by token:first, and the request names 9\. Its rule is: tag = /,
    );
    expect(refused(await setGroup("absent", { rule: "all", revision: 1 }))[1]).toBe("revision-stale");
    // The same again changes nothing.
    const { rule, revision } = (await ask("GET", "/groups/both")).json<GroupDetail>();
    expect((await setGroup("Both", { rule, revision })).json()).toMatchObject({ revision: 1 });
    await ask("DELETE", "/groups/both");
  });

  it.each<[string, string, string, string]>([
    ["", "all", "request-invalid", "path"],
    [" lab", "all", "group-invalid", "can't be the name"],
    ["a/b", "all", "group-invalid", "can't be the name"],
    ["x".repeat(61), "all", "group-invalid", "1 to 60"],
    ["lab", "group = other", "group-invalid", 'names "other"'],
    ["lab", 'tag = "lab', "rule-invalid", "closing double quote"],
    ["lab", "", "request-invalid", "rule"],
  ])("%j with the rule %j is refused: %s", async (name, rule, code, words) => {
    const [, said, detail] = refused(await setGroup(name, { rule }));
    expect([said, detail]).toEqual([code, expect.stringContaining(words)]);
  });
});

describe("a zone rule", () => {
  const DEADLINE = "2026-08-26T12:00+09:00";
  const zones = (): Promise<ZoneRules> => uptick.web.get<ZoneRules>("/api/v1/zone-rules");
  async function setZones(...rules: readonly (readonly [rule: string, zone: string])[]): Promise<WebReply> {
    const { revision } = await zones();
    return ask("PUT", "/zone-rules", { rules: rules.map(([rule, zone]) => ({ rule, zone })), revision });
  }
  const zoneOf = async (serial: string): Promise<Pick<DeviceDetail, "timeZone" | "zoneFrom" | "zoneBy">> => {
    const { timeZone, zoneFrom, zoneBy } = await uptick.device(serial);
    return { timeZone, zoneFrom, zoneBy };
  };

  it("targets D10: counts where neither an admin nor the device names a zone: the first that matches", async () => {
    await setGroup("Tokyo", { rule: "serial = MAC1" });
    const set = await setZones(["group=tokyo", "asia/tokyo"], ["all", "Europe/Zurich"]);
    expect(set.json<ZoneRules>().rules).toMatchObject([
      { rule: "group = tokyo", zone: "Asia/Tokyo", createdBy: "token:first" },
      { rule: "all", zone: "Europe/Zurich" },
    ]);
    expect(await zoneOf("MAC1")).toEqual({ timeZone: "Asia/Tokyo", zoneFrom: "rule", zoneBy: "token:first" });
    expect(await zoneOf("MAC2")).toMatchObject({ timeZone: "Europe/Zurich", zoneFrom: "rule" });
    expect(await zoneOf("PHONE1")).toEqual({ timeZone: "UTC", zoneFrom: "device", zoneBy: null });
    await ask("PUT", "/devices/MAC1/zone", { zone: "America/New_York" });
    expect(await zoneOf("MAC1")).toMatchObject({ timeZone: "America/New_York", zoneFrom: "admin" });
    await ask("PUT", "/devices/MAC1/zone", { zone: null });
  });

  it("names the zone in which a plan's deadline is judged, before the zone of the plan", async () => {
    const tokyo = await dryRun({ devices: ["MAC1"], deadline: DEADLINE });
    expect(tokyo.rows[0]).toMatchObject({ kind: "job" });
    // 15:00 has passed in Tokyo and in Zurich, and not in New York.
    const past = { deadline: "2026-08-25T15:00", to: "macOS=26.6.2", zone: "Europe/Zurich" };
    const both = await dryRun({ ...past, rule: "platform = macOS" });
    expect(both.rows.map(({ device, reason }) => [device.serial, reason])).toEqual([
      ["MAC1", "deadline-past"],
      ["MAC2", "deadline-past"],
    ]);
    await setZones(["serial = MAC1", "Asia/Tokyo"], ["serial = MAC2", "America/New_York"]);
    const after = await dryRun({ ...past, rule: "platform = macOS" });
    expect(after.rows.map(({ device, kind }) => [device.serial, kind])).toEqual([
      ["MAC1", "refused"],
      ["MAC2", "job"],
    ]);
    await setZones();
    const none = await dryRun({ devices: ["MAC1"], deadline: DEADLINE });
    expect(none.rows[0]).toMatchObject({ reason: "zone-unknown" });
  });

  it("keeps its group from being removed", async () => {
    await setZones(["all", "UTC"], ['platform = macOS and group = "Tokyo"', "Asia/Tokyo"]);
    expect(refused(await ask("DELETE", "/groups/tokyo"))).toEqual([
      "409",
      "group-used",
      'The group "tokyo" is used by zone rule 2 (Asia/Tokyo).',
    ]);
    expect((await uptick.web.get<GroupDetail>("/api/v1/groups/tokyo")).usedBy).toEqual(["zone rule 2 (Asia/Tokyo)"]);
    await setZones();
    expect((await ask("DELETE", "/groups/tokyo")).status).toBe(204);
  });

  it.each<[string, string, string]>([
    ["all", "Mars/Base", "zone-invalid"],
    ["group = none", "UTC", "group-unknown"],
    ["tag", "UTC", "rule-invalid"],
  ])("%s with %s is refused: %s", async (rule, zone, code) => {
    const before = await zones();
    expect(refused(await setZones([rule, zone]))[1]).toBe(code);
    expect(await zones()).toEqual(before);
  });

  it("twice in the list is refused, and so is a list that another admin has changed", async () => {
    expect(refused(await setZones(["tag = a", "UTC"], ["TAG = A", "Asia/Tokyo"]))).toEqual([
      "400",
      "request-invalid",
      "The rule tag = a is in the list twice; the second would never count.",
    ]);
    const { revision } = await zones();
    const body = { rules: [{ rule: "all", zone: "UTC" }], revision };
    const outcomes = await Promise.all([1, 2].map(async () => (await ask("PUT", "/zone-rules", body)).status));
    expect(new Set(outcomes)).toEqual(new Set([200, 412]));
    expect(await zones()).toMatchObject({ revision: revision + 1 });
    await setZones();
  });
});

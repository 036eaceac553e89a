/** What a device, an admin or chance can do to a sync: a clear error where one is due, nothing lost, others untouched. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Able,
  ableDevice,
  ARRIVED,
  BY_FRIDAY,
  CAPABLE,
  declaredPlan,
  inForce,
  jobOf,
  kindsOf,
  makePlan,
  pendingBy,
  SOON,
  startUptick,
  stopPlan,
  storyOf,
  type Uptick,
} from "../support/index.ts";

let uptick: Uptick;
let other: Able;
let others: string;
beforeAll(async () => {
  uptick = await startUptick();
  other = await ableDevice(uptick);
  await inForce(uptick, other);
  others = await state(other);
});
afterAll(() => uptick.close());

/** Everything that is remembered of a device's declarations. */
async function state({ device }: Able): Promise<string> {
  const id = "(SELECT id FROM enrollment WHERE apple_id = ?)";
  const rows = ["declarative", "declaration", "device_status", "job"].map((table) =>
    uptick.rows(`SELECT * FROM ${table} WHERE enrollment_id = ${id}`, device.udid),
  );
  return JSON.stringify([rows, await kindsOf(uptick, device.udid)]);
}

const deep = (n: number): string => `{"StatusItems":${'{"a":'.repeat(n)}1${"}".repeat(n)},"Errors":[]}`;

/** Reports that can't be read; each is told what is wrong on the timeline. */
const REPORTS: Readonly<Record<string, readonly [string, RegExp]>> = {
  "that is no JSON": ["<plist/>", /not JSON/],
  "that is cut off": ['{"StatusItems":{"softwareupdate":{"install-state":"down', /not JSON/],
  "that is empty": ["", /not JSON/],
  "of two documents": ['{"StatusItems":{}}{"StatusItems":{}}', /not JSON/],
  "that is a list": ["[1,2]", /not an object/],
  "without StatusItems": ['{"Errors":[]}', /StatusItems/],
  "that nests a thousand deep": [deep(1000), /nests deeper/],
  "that nests a hundred thousand deep": [deep(100_000), /nests deeper/],
};

describe("a status report", () => {
  it.each(Object.entries(REPORTS))(
    "%s is taken, said on the timeline, and changes nothing",
    async (_title, [text, why]) => {
      const able = await ableDevice(uptick);
      const { device, its } = able;
      await inForce(uptick, able);
      const reply = await its.ask("status", text);
      expect([reply.status, reply.body.length]).toEqual([200, 0]);
      const last = (await storyOf(uptick, device.udid)).at(-1);
      expect(last).toMatchObject({ kind: "status-unreadable", sentence: expect.stringMatching(why) });
      expect(await jobOf(uptick, device.udid)).toMatchObject({ state: "declared", reason: "in-force" });
      // The next one is read as if nothing had been.
      await its.arrive(ARRIVED);
      expect(await jobOf(uptick, device.udid)).toMatchObject({ state: "done" });
    },
  );

  it("without Data, or with Data that is no data, is an error of its own and nothing more", async () => {
    const { device } = await ableDevice(uptick);
    for (const more of [{}, { Data: "text" }, { Data: 7 }, { Data: [Buffer.from("{}")] }]) {
      const reply = await device.checkIn({ MessageType: "DeclarativeManagement", Endpoint: "status", ...more });
      expect([200, 400]).toContain(reply.status);
      expect(reply.body.length).toBe(0);
    }
    expect((await device.poll()).status).toBe(200);
  });

  it("of 10 MB is refused before it is read: 413, or the connection is closed", async () => {
    const able = await ableDevice(uptick);
    await inForce(uptick, able);
    const before = JSON.parse(await state(able)) as [unknown, string[]];
    const text = JSON.stringify({ StatusItems: { a: "x".repeat(10_000_000) }, Errors: [] });
    const told = await able.its.ask("status", text).then(
      ({ status }) => status,
      () => "closed",
    );
    expect([413, "closed"]).toContain(told);
    // The refusal is noted where the admin sees it; nothing else is other than before.
    await expect
      .poll(async () => JSON.parse(await state(able)) as unknown, SOON)
      .toEqual([before[0], [...before[1], "message-rejected"]]);
    expect((await able.its.report({}, { declarations: true })).status).toBe(200);
  });

  it("that names declarations we never sent is kept, and ours is looked for among them", async () => {
    const able = await ableDevice(uptick);
    const { device, its } = able;
    await declaredPlan(uptick, able);
    await its.sync();
    const stranger = (n: number) => ({
      identifier: `of.somebody.${n}`,
      "server-token": randomUUID(),
      active: true,
      valid: "invalid",
      reasons: [{ code: "Error.ConfigurationCannotBeApplied" }],
    });
    const strangers = Array.from({ length: 500 }, (_, n) => stranger(n));
    await its.report({ "management.declarations": { configurations: strangers, activations: [stranger(1)] } });
    expect(await jobOf(uptick, device.udid)).toMatchObject({ state: "declaring" });
    // An update that somebody else declared is not ours.
    await its.report({
      "softwareupdate.install-state": "installing",
      "softwareupdate.pending-version": { "os-version": "26.6.1", "build-version": "23G83" },
      "softwareupdate.install-reason": { reason: ["declaration"], "declaration-id": "of.somebody.1" },
    });
    expect((await jobOf(uptick, device.udid)).state).not.toBe("installing");
    await its.report({}, { declarations: true });
    expect(await jobOf(uptick, device.udid)).toMatchObject({ state: "declared" });
  });

  it("that has an older edition of ours does not count as having it", async () => {
    const able = await ableDevice(uptick);
    const { device, its } = able;
    await inForce(uptick, able);
    const Identifier = its.update()?.Identifier;
    const entry = { identifier: Identifier, "server-token": "an-older-one", active: true, valid: "valid" };
    await its.report({ "management.declarations": { configurations: [entry] } });
    expect(await jobOf(uptick, device.udid)).toMatchObject({ state: "declaring" });
  });

  it("with capabilities that come and go changes the list each time, and the job stays the device's", async () => {
    const able = await ableDevice(uptick);
    const { device, its } = able;
    const id = await inForce(uptick, able);
    const without = structuredClone(CAPABLE);
    without["supported-payloads"]["status-items"] = ["device.operating-system.version"];
    for (let nth = 0; nth < 3; nth += 1) {
      await its.report({ "management.client-capabilities": without });
      expect(await its.sync()).toBe(true);
      await its.report({ "management.client-capabilities": CAPABLE });
      expect(await its.sync()).toBe(true);
    }
    expect(await jobOf(uptick, device.udid)).toMatchObject({ planId: id, finishedAt: null });
    expect(its.update()).toBeDefined();
  });
});

describe("a sync", () => {
  const list = async ({ its }: Able) =>
    JSON.parse((await its.ask("declaration-items")).body.toString()) as {
      Declarations: { Configurations: { Identifier: string; ServerToken: string }[] };
      DeclarationsToken: string;
    };
  const tokens = async ({ its }: Able) =>
    (JSON.parse((await its.ask("tokens")).body.toString()) as { SyncTokens: { DeclarationsToken: string } }).SyncTokens
      .DeclarationsToken;

  it("in the middle of a change gets the former declaration as gone, and comes to the new list by itself", async () => {
    const able = await ableDevice(uptick);
    const { device, its } = able;
    await declaredPlan(uptick, able);
    const before = await list(able);
    const former = before.Declarations.Configurations.find(({ Identifier }) => Identifier.includes("update"));
    // Between the list and the declaration the admin wants something else.
    await declaredPlan(uptick, able, { deadline: "2026-08-29T17:00", replace: true });
    expect((await its.ask(`declaration/configuration/${former?.Identifier}`)).status).toBe(404);
    expect(await tokens(able)).not.toBe(before.DeclarationsToken);
    await device.session();
    await its.sync();
    expect(its.update()?.Payload).toMatchObject({ TargetLocalDateTime: "2026-08-29T17:00:00" });
  });

  it("whose declaration is withdrawn while it is fetched ends without it, and nothing else is lost", async () => {
    const able = await ableDevice(uptick);
    const { device, its } = able;
    const held = [...its.held.keys()];
    const id = await declaredPlan(uptick, able);
    // Whichever comes first: it gets the declaration and then a list without it, or is told that it is gone.
    await Promise.all([its.sync(), stopPlan(uptick, id)]);
    await expect.poll(async () => (await jobOf(uptick, device.udid)).state, SOON).toMatch(/stop/);
    await device.session();
    await its.sync();
    await its.report({}, { full: true, declarations: true });
    expect([...its.held.keys()].toSorted()).toEqual(held.toSorted());
    expect((await jobOf(uptick, device.udid)).state).toBe("stopped");
  });

  it("has tokens and list of one mind, however fast the plans change beside it", async () => {
    const able = await ableDevice(uptick);
    const changes = (async () => {
      for (let day = 10; day < 16; day += 1)
        await makePlan(uptick, [able.device.udid], { deadline: `2026-09-${day}T17:00`, replace: true });
    })();
    const statuses = new Set<number>();
    let done = false;
    void changes.finally(() => (done = true));
    while (!done) {
      const { Declarations } = await list(able);
      for (const { Identifier, ServerToken } of Declarations.Configurations) {
        const reply = await able.its.ask(`declaration/configuration/${Identifier}`);
        statuses.add(reply.status);
        // What is listed is what is served, or it is gone.
        if (reply.status !== 200) continue;
        const body = JSON.parse(reply.body.toString()) as { Identifier: string; ServerToken: string };
        // An activation may have changed meanwhile; what is wanted of an update is in its name.
        const token = Identifier.includes("update") ? ServerToken : body.ServerToken;
        expect(body).toMatchObject({ Identifier, ServerToken: token });
      }
    }
    await changes;
    expect([...statuses].filter((status) => ![200, 404].includes(status))).toEqual([]);
    const { DeclarationsToken } = await list(able);
    expect(await tokens(able)).toBe(DeclarationsToken);
    await able.its.sync();
    expect(able.its.update()?.Payload).toMatchObject({ TargetLocalDateTime: "2026-09-15T17:00:00" });
  });

  it("of many at once, of one device, is answered alike", async () => {
    const able = await ableDevice(uptick);
    await inForce(uptick, able);
    const asks = Array.from({ length: 30 }, (_, nth) =>
      nth % 3 === 0
        ? able.its.report({ ...pendingBy(able.its), "softwareupdate.install-state": "downloading" })
        : able.its.ask(nth % 3 === 1 ? "tokens" : "declaration-items"),
    );
    const replies = await Promise.all(asks);
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(replies.filter((_, nth) => nth % 3 === 1).map(({ body }) => body.toString())).size).toBe(1);
  });

  it("by the wrong enrollment is refused with an empty 403", async () => {
    const able = await ableDevice(uptick);
    for (const Endpoint of [
      "tokens",
      "declaration-items",
      `declaration/configuration/${other.its.update()?.Identifier}`,
    ]) {
      const UDID = other.device.udid;
      const reply = await able.device.checkIn({ MessageType: "DeclarativeManagement", UDID, Endpoint });
      expect([Endpoint, reply.status, reply.body.length]).toEqual([Endpoint, 403, 0]);
    }
  });
});

describe("an admin's plan", () => {
  it.each([
    ["a deadline that is no date", { deadline: "Friday" }],
    ["a deadline that does not exist", { deadline: "2026-02-30T10:00" }],
    ["an hour that does not exist", { deadline: "2026-08-28T25:00" }],
    ["an address that is none", { ...BY_FRIDAY, detailsUrl: "javascript:alert(1)" }],
    ["a zone that is none", { ...BY_FRIDAY, zone: "Mars/Olympus" }],
    ["a build that is none", { ...BY_FRIDAY, to: "26.6.1 (<b>)" }],
  ])("with %s is refused in words, and declares nothing", async (_title, more) => {
    const able = await ableDevice(uptick);
    const before = await state(able);
    const body = JSON.stringify({ to: "26.6.1", action: "install", devices: [able.device.udid], ...more });
    const reply = await uptick.web.request("POST", "/api/v1/plans", {
      body,
      headers: { "content-type": "application/json" },
    });
    expect(reply.status).toBe(400);
    expect(reply.problem()).toMatchObject({ code: expect.stringMatching(/\w/), remedy: expect.stringMatching(/\w/) });
    expect(await state(able)).toBe(before);
  });
});

describe("all of that", () => {
  it("has touched no other device", async () => {
    expect(await state(other)).toBe(others);
    expect(await other.its.sync()).toBe(false);
  });
});

/** A rule that can't be computed is left out and shown; the device gets the rest of its declarations all the same. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RULES } from "../../src/service/enrollment/declare.ts";
import {
  type Able,
  ableDevice,
  commandBytes,
  declaredPlan,
  inForce,
  jobOf,
  kindsOf,
  rawCommand,
  startUptick,
  stopPlan,
  storyOf,
  type Uptick,
} from "../support/index.ts";
import type { TestDatabase } from "../support/database.ts";

/** How the cause of each rule is broken in the database: the server finds it so when it computes the list anew. */
const BREAK: Readonly<Record<string, (database: TestDatabase, id: string) => void>> = {
  subscriptions: (database, id) =>
    void database.prepare("UPDATE declarative SET knows = ? WHERE enrollment_id = ?").run('{"length":1}', id),
  update: (database, id) => {
    const { doc } = database.prepare("SELECT doc FROM job WHERE enrollment_id = ? AND live = 1").get(id) as {
      doc: string;
    };
    const job = JSON.parse(doc) as { declared: { enforcement: object } };
    const enforcement = { ...job.declared.enforcement, local: "tomorrow, perhaps" };
    const broken = JSON.stringify({ ...job, declared: { ...job.declared, enforcement } });
    database.prepare("UPDATE job SET doc = ? WHERE enrollment_id = ? AND live = 1").run(broken, id);
  },
  settings: (database, id) => standing(database, id, { settings: { Notifications: "loud" } }),
  organization: (database, id) => standing(database, id, { organization: { name: 7 } }),
};

/** What the declarations of each rule are called. */
const NAMES: Readonly<Record<string, RegExp>> = {
  subscriptions: /uptick\.subscriptions$/,
  update: /uptick\.update\./,
  settings: /uptick\.settings$/,
  organization: /uptick\.organization$/,
};

const WHOLE = { organization: { name: "Uptick" }, settings: { Notifications: true } };

function standing(database: TestDatabase, id: string, change: object): void {
  const text = JSON.stringify({ ...WHOLE, ...change });
  database.prepare("UPDATE declarative SET standing = ? WHERE enrollment_id = ?").run(text, id);
}

let uptick: Uptick;
const devices = new Map<string, Able & { readonly id: string }>();

/** What the configuration says of the organization, as the server remembers it: it is taken over from there again and again. */
function configured(name: unknown): void {
  const database = uptick.backend.change();
  try {
    database.prepare("UPDATE setting SET value = ? WHERE name = 'organization'").run(JSON.stringify({ name }));
  } finally {
    database.close();
  }
}

/** An answer that names another OS version makes the server compute the list anew. */
let asked = 0;
async function recompute({ device, its }: Able): Promise<void> {
  const question = { RequestType: "DeviceInformation", Queries: ["OSVersion"] };
  const OSVersion = device.facts["OSVersion"] === "26.5" ? "26.5.1" : "26.5";
  device.facts = { ...device.facts, OSVersion };
  await rawCommand(uptick, device.udid, commandBytes(`again-${(asked += 1)}`, question));
  await device.session();
  await its.sync();
}

beforeAll(async () => {
  uptick = await startUptick();
  for (const rule of Object.keys(RULES)) {
    const able = await ableDevice(uptick);
    await inForce(uptick, able);
    devices.set(rule, { ...able, id: (await uptick.device(able.device.udid)).id });
  }
  await uptick.restart({
    between: (database) => {
      for (const { id } of devices.values()) standing(database, id, {});
    },
  });
  for (const able of devices.values()) await recompute(able);
});
afterAll(() => uptick.close());

const has = ({ its }: Able, rule: string): boolean =>
  [...its.held.keys()].some((path) => NAMES[rule]?.test(path) === true);

describe("guarantee 5 by declaration: a rule that can't be computed", () => {
  it("is none, as long as every cause is whole", () => {
    for (const able of devices.values())
      for (const rule of Object.keys(RULES)) expect([rule, has(able, rule)]).toEqual([rule, true]);
    expect(Object.keys(BREAK).toSorted()).toEqual(Object.keys(RULES).toSorted());
  });

  it.each(Object.keys(RULES))(
    "is left out alone, with the fault on the device's page and timeline: %s",
    async (rule) => {
      const able = devices.get(rule) as Able & { id: string };
      await uptick.restart({ between: (database) => BREAK[rule]?.(database, able.id) });
      if (rule === "organization") configured(7);
      await recompute(able);
      expect(has(able, rule)).toBe(false);
      const others = Object.keys(RULES).filter((other) => other !== rule);
      expect(others.filter((other) => has(able, other))).toEqual(others);
      expect(able.its.held.has("activation/uptick.activation")).toBe(true);
      for (const endpoint of ["tokens", "declaration-items"]) expect((await able.its.ask(endpoint)).status).toBe(200);
      const entry = (await storyOf(uptick, able.device.udid)).findLast(({ kind }) => kind === "declarations-changed");
      expect(entry).toMatchObject({
        sentence: expect.stringContaining(`left out: ${rule}`),
        data: { leftOut: [{ rule, code: expect.stringMatching(/\w/), detail: expect.stringMatching(/\w/) }] },
      });
      const shown = (await uptick.device(able.device.udid)).declarative;
      expect(shown?.leftOut).toMatchObject([{ rule }]);
      if (rule === "organization") configured(WHOLE.organization.name);
      expect(uptick.takeErrors()).toEqual([]);
    },
  );

  it("marks the job where the rule is its own, with a next action and what to do", async () => {
    const { device } = devices.get("update") as Able;
    const job = await jobOf(uptick, device.udid);
    expect(job).toMatchObject({
      state: "blocked",
      reason: "declaration-not-made",
      next: { dueAt: expect.any(String) },
    });
    expect(job.verdict.remedy).toMatch(/\w/);
  });

  it("is noted once, however often the list is computed, and again when it is whole", async () => {
    const able = devices.get("settings") as Able & { id: string };
    const notes = async () =>
      (await kindsOf(uptick, able.device.udid)).filter((kind) => kind === "declarations-changed");
    const before = (await notes()).length;
    for (let nth = 0; nth < 3; nth += 1) await recompute(able);
    expect(await notes()).toHaveLength(before);
    await uptick.restart({ between: (database) => standing(database, able.id, {}) });
    await recompute(able);
    expect(await notes()).toHaveLength(before + 1);
    expect(has(able, "settings")).toBe(true);
  });

  it("touches no other device", async () => {
    const other = await ableDevice(uptick);
    await inForce(uptick, other);
    expect(other.its.update()).toBeDefined();
  });
});

describe("guarantee 5 by declaration: trouble of ours", () => {
  it("is a 503 for what must be written, and the last good list is served afterwards", async () => {
    const able = await ableDevice(uptick);
    const id = await declaredPlan(uptick, able);
    const tokens = (await able.its.ask("tokens")).body.toString();
    const mend = await uptick.fail("write");
    try {
      // The list is noted when it is fetched, and so is a report.
      const replies = [
        await able.its.ask("declaration-items"),
        await able.its.report({ "softwareupdate.install-state": "none" }),
        await able.its.ask("declaration/configuration/uptick.nothing"),
      ];
      expect(replies.map(({ status, body }) => [status, body.length])).toEqual(Array(3).fill([503, 0]));
      // What was computed before is read, not written.
      expect((await able.its.ask("tokens")).body.toString()).toBe(tokens);
    } finally {
      await mend();
    }
    expect(uptick.takeErrors().length).toBeGreaterThan(0);
    expect((await able.its.ask("tokens")).body.toString()).toBe(tokens);
    await able.its.sync();
    expect(able.its.update()).toBeDefined();
    await stopPlan(uptick, id);
  });
});

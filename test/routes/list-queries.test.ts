/** Every query of the route table: what does not exist is refused by name of what does, and a cursor is what it was or nothing. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type PlanView, type Route, ROUTES } from "../../src/contract/index.ts";
import { insertRollout, insertStandingPlan } from "../support/rollouts.ts";
import {
  enrolDevice,
  IPHONE,
  makePlan,
  makePolicy,
  newDevice,
  newLink,
  startUptick,
  type Uptick,
} from "../support/index.ts";

const RINGED = "0198c000-0000-7000-8000-00000000c000";
let uptick: Uptick;
/** What stands in the paths of routes. */
let params: Record<string, string>;
let plan: PlanView;
beforeAll(async () => {
  uptick = await startUptick({ flags: { "webhook-allow": "127.0.0.0/8" } });
  const devices = [
    await enrolDevice(uptick),
    await enrolDevice(uptick, { facts: { ...IPHONE, ProductName: "iPad14,1", ModelName: "iPad" } }),
    await enrolDevice(uptick, { facts: { ...IPHONE, ProductName: "Mac14,2", ModelName: "Mac" } }),
  ];
  plan = await makePlan(uptick, ["all"]);
  await makePolicy(uptick, [devices[0]?.udid ?? ""], { Notifications: true });
  const policy = await makePolicy(uptick, ["all"], { Notifications: false });
  for (const n of [1, 2]) {
    await newLink(uptick, {});
    await uptick.web.post("/api/v1/tokens", { name: `script ${n}` });
    await uptick.web.post("/api/v1/accounts", {
      name: `anna ${n}`,
      role: "viewer",
      password: "a long enough password",
    });
    // Nobody listens there.
    const hook = { name: `hook ${n}`, url: "http://127.0.0.1:9/", events: ["halt.*"] };
    await uptick.web.post("/api/v1/webhooks", hook);
    await uptick.web.post("/api/v1/webhooks/hook%201/test", undefined);
    await uptick.web.post("/api/v1/blocks", { version: `26.9.${n}`, platform: "iOS", reason: "restarts" });
  }
  await uptick.web.post("/api/v1/devices/tag", { devices: ["all"], add: ["lab", "pilot"] });
  for (const name of ["Christmas", "Easter", "Exams"])
    await uptick.web.post("/api/v1/blackouts", { name, from: "2026-12-21", to: "2026-12-22" });
  const { server } = uptick;
  for (const name of ["Osaka", "Tokyo"]) await server.admin.scopes.setGroup(server.system, name, { rule: "tag = lab" });
  await uptick.restart({
    between(database) {
      insertStandingPlan(database, RINGED);
      for (const n of [1, 2])
        insertRollout(database, RINGED.replace(/.$/, String(n)), RINGED, { version: `26.6.${n}` });
    },
  });
  // Two that wait for an admin.
  for (let nth = 0; nth < 2; nth += 1) {
    const device = await enrolDevice(uptick, { facts: { ...IPHONE, ProductName: "RealityDevice14,1" } });
    await uptick.server.admin.devices.remove(uptick.server.system, device.udid);
    await device.poll();
  }
  // Two refusals: without a certificate, and with another device's.
  const stranger = await newDevice(uptick, { identity: "none" });
  await stranger.poll();
  await devices[0]?.poll("Idle", { UDID: devices[1]?.udid });
  const ids = { id: plan.id, policy: policy.id, ringed: RINGED };
  params = {
    ref: devices[0]?.udid ?? "",
    uuid: "none",
    seq: "1",
    name: "none",
    ring: "1",
    webhook: "hook 1",
    delivery: "none",
    ...ids,
  };
});
afterAll(() => uptick.close());

const routes: readonly (readonly [string, Route])[] = Object.entries(ROUTES);
const closed = routes.filter(([, route]) => route.open !== true);

/** What `:id` is in paths with these parts; in all others it is the plan's. */
const IDS = [
  ["/policies/", "policy"],
  ["/:id/rollouts", "ringed"],
  ["/webhooks/", "webhook"],
] as const;

function pathOf({ path }: Route): string {
  const id = IDS.find(([part]) => path.includes(part))?.[1] ?? "id";
  return path.replaceAll(/:([a-z]+)/g, (_whole, name: string) =>
    encodeURIComponent(params[name === "id" ? id : name] ?? ""),
  );
}

const ask = async (route: Route, query: string) => {
  const media = route.body === undefined ? {} : { "content-type": route.body.media };
  const reply = await uptick.web.request(route.method, `${pathOf(route)}?${query}`, { headers: media });
  return { status: reply.status, reply };
};

const keysOf = (route: Route): string[] => Object.keys(route.query?.shape ?? {});

/** The words that a key takes, as the contract's own JSON Schema says; undefined: it takes any text. */
function wordsOf(route: Route, key: string): readonly string[] | undefined {
  const schema = route.query === undefined ? {} : z.toJSONSchema(route.query, { io: "input" });
  const field = (schema as { properties?: Record<string, { enum?: string[]; words?: string[] }> }).properties?.[key];
  return field?.words ?? field?.enum;
}

const worded = closed.flatMap(([name, route]) =>
  keysOf(route)
    .filter((key) => wordsOf(route, key) !== undefined)
    .map((key) => [name, key] as const),
);
const paged = closed.filter(([, route]) => keysOf(route).includes("after"));
const routeOf = (name: string): Route => ROUTES[name as keyof typeof ROUTES];

describe("a query key that does not exist", () => {
  it.each(closed)("of %s is refused, and those that exist are named", async (_name, route) => {
    const { status, reply } = await ask(route, "serch=x");
    const { code, detail } = reply.problem();
    expect([status, code]).toEqual([400, "request-invalid"]);
    for (const key of ["serch", ...keysOf(route)]) expect(detail).toContain(key);
  });
});

describe("a value that does not exist", () => {
  it("is looked for where the contract has words", () => {
    expect(worded).toEqual(
      expect.arrayContaining([
        ["listDevices", "platform"],
        ["listDevices", "enrollment"],
        ["listDevices", "jobState"],
        ["planJobs", "state"],
        ["createPlan", "dryRun"],
        ["removeDevice", "dryRun"],
      ]),
    );
  });

  it.each(worded)("of %s, %s is refused, and those that exist are named", async (name, key) => {
    const route = routeOf(name);
    for (const value of ["blokced", ""]) {
      const { status, reply } = await ask(route, `${key}=${value}`);
      const { code, detail } = reply.problem();
      expect([status, code]).toEqual([400, "request-invalid"]);
      for (const word of [key, ...(wordsOf(route, key) ?? [])]) expect(detail).toContain(word);
    }
  });

  it.each(paged)("of %s, limit is refused, and its bounds are named", async (_name, route) => {
    for (const [limit, bound] of [
      ["0", "1"],
      ["1001", "1000"],
      ["ten", "whole number"],
    ]) {
      const { status, reply } = await ask(route, `limit=${limit}`);
      expect([status, reply.problem().detail]).toEqual([400, expect.stringContaining(bound ?? "")]);
    }
  });
});

describe("a cursor", () => {
  it("is what every list with pages has", () => {
    expect(paged.map(([name]) => name)).toEqual(
      expect.arrayContaining(["listDevices", "timeline", "planJobs", "policyDevices"]),
    );
  });

  it.each(paged)("of %s leads through all rows, each once, to null", async (_name, route) => {
    const whole = (await ask(route, "limit=1000")).reply.json<{ rows: unknown[]; next: null }>();
    expect(whole.rows.length).toBeGreaterThan(1);
    expect(whole.next).toBeNull();
    const rows: unknown[] = [];
    let query = "limit=1";
    for (;;) {
      const page = (await ask(route, query)).reply.json<{ rows: unknown[]; next: string | null }>();
      rows.push(...page.rows);
      if (page.next === null) break;
      query = `limit=1&after=${encodeURIComponent(page.next)}`;
    }
    expect(rows).toEqual(whole.rows);
  });

  it.each(paged)("of %s that is damaged, made up, empty or of another list is refused", async (name, route) => {
    const { next } = (await ask(route, "limit=1")).reply.json<{ next: string }>();
    const others = paged.filter(([other]) => other !== name);
    const foreign = await Promise.all(
      others.map(async ([, other]) => (await ask(other, "limit=1")).reply.json<{ next: string }>().next),
    );
    const last = next.endsWith("A") ? "B" : "A";
    const damaged = [next.slice(0, -1), `${next.slice(0, -1)}${last}`, `${next}A`, next.toLowerCase(), next.slice(4)];
    for (const junk of [...damaged, ...foreign, "7", "junk", "", "%F0%9F%98%80", plan.id]) {
      const { status, reply } = await ask(route, `after=${junk}`);
      const { code, detail, remedy } = reply.problem();
      expect([junk, status, code]).toEqual([junk, 400, "request-invalid"]);
      expect(`${detail} ${remedy}`).toMatch(/after.*cursor.*next/s);
    }
  });
});

describe("filters of devices", () => {
  const platforms = async (platform: string): Promise<string[]> =>
    (await uptick.web.get<{ rows: { productName: string | null }[] }>(`/api/v1/devices?platform=${platform}`)).rows.map(
      ({ productName }) => productName ?? "",
    );

  it.each([
    ["ios", ["iPad14,1", "iPhone15,2"]],
    ["iOS", ["iPad14,1", "iPhone15,2"]],
    ["mac", ["Mac14,2"]],
    ["MACOS", ["Mac14,2"]],
    ["iPadOS", ["iPad14,1"]],
    ["ipados", ["iPad14,1"]],
    ["tvos", []],
  ])("take the platform %s", async (platform, expected) => {
    expect((await platforms(platform)).toSorted((a, b) => a.localeCompare(b))).toEqual(expected);
  });
});

describe("the platforms of a target", () => {
  const tried = (to: string) =>
    uptick.web.request("POST", "/api/v1/plans?dryRun=true", {
      body: JSON.stringify({ to, devices: ["all"], action: "install" }),
      headers: { "content-type": "application/json" },
    });

  it.each(["mac=26.6.1", "MACOS=26.6.1, ios=26.6.1", "tvos=26.6"])("are read in any case: %s", async (to) => {
    expect((await tried(to)).status).toBe(200);
  });

  it("are not iPadOS, which would be every iPhone too: the error names those that exist", async () => {
    const { code, detail } = (await tried("ipados=26.6.1")).problem();
    expect(code).toBe("target-invalid");
    expect(detail).toMatch(/iOS, macOS, tvOS, visionOS.*iPads are of the platform iOS/);
  });
});

describe("a part of a plan's id", () => {
  const shown = (text: string) => uptick.web.request("GET", `/api/v1/plans/${text}`);

  it("names it by its end or its beginning, in any case, on every route, as long as it is the only one", async () => {
    const end = plan.id.slice(-8);
    for (const text of [end, end.toUpperCase(), plan.id.slice(0, 23), plan.id.toUpperCase()])
      expect((await shown(text)).json<PlanView>().id).toBe(plan.id);
    expect((await uptick.web.request("GET", `/api/v1/plans/${end}/jobs`)).status).toBe(200);
    expect((await shown(plan.id.slice(-5))).problem().code).toBe("plan-unknown");
    expect((await shown("%25%25%25%25%25%25")).problem().code).toBe("plan-unknown");
  });

  it("that several plans have is refused, and they are named", async () => {
    const other = await makePlan(uptick, ["all"], { name: "The other" });
    let same = 0;
    while (plan.id[same] === other.id[same]) same += 1;
    expect(same).toBeGreaterThanOrEqual(6);
    const reply = await shown(plan.id.slice(0, same));
    const { code, detail } = reply.problem();
    expect([reply.status, code]).toEqual([409, "plan-ambiguous"]);
    for (const text of [plan.id, other.id, "The other"]) expect(detail).toContain(text);
  });

  it("stops only the plan that it names", async () => {
    const other = await makePlan(uptick, ["all"]);
    const stopped = await uptick.web.post<PlanView>(`/api/v1/plans/${other.id.slice(-8)}/stop`, undefined);
    expect([stopped.id, stopped.state]).toEqual([other.id, "stopped"]);
  });

  it("of a policy is read the same way", async () => {
    const id = params["policy"] ?? "";
    expect(await uptick.web.get(`/api/v1/policies/${id.slice(-8)}`)).toMatchObject({ id });
  });
});

describe("the jobs of a plan", () => {
  it("are filtered by their state", async () => {
    const of = async (state: string) =>
      (await uptick.web.get<{ rows: { job: { state: string } }[] }>(`/api/v1/plans/${plan.id}/jobs?state=${state}`))
        .rows;
    const all = (await uptick.web.get<{ rows: { job: { state: string } }[] }>(`/api/v1/plans/${plan.id}/jobs`)).rows;
    const states = new Set(all.map(({ job }) => job.state));
    for (const state of states) expect((await of(state)).map(({ job }) => job.state)).toContain(state);
    expect(await of("downloaded")).toEqual([]);
  });
});

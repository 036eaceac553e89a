import Fastify, { type FastifyInstance } from "fastify";
import { afterEach, describe, expect, it } from "vitest";
import { problem, type Route, ROUTES } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import { createBodyBudget } from "../body/index.ts";
import type { AdminService } from "../../service/index.ts";
import { type Call, device, fakeService, made, NOW, TOKEN } from "./fake-service.suite.ts";
import { adminServerOptions, registerAdmin } from "./index.ts";

const open: FastifyInstance[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((app) => app.close()));
});

interface Face {
  readonly app: FastifyInstance;
  readonly calls: Call[];
  readonly logged: { event: string; fields: object }[];
}

function face(changes: Partial<AdminService> = {}): Face {
  const { service, calls } = fakeService(changes);
  const logged: Face["logged"] = [];
  const log = (event: string, fields: object): void => void logged.push({ event, fields });
  const app = Fastify(adminServerOptions(log));
  registerAdmin(app, {
    service,
    log,
    audit: log,
    bodies: createBodyBudget({ total: 2 ** 25, claimed: 0, stranger: 0 }),
  });
  open.push(app);
  return { app, calls, logged };
}

const authorization = `Bearer ${TOKEN}`;
type Method = "GET" | "POST" | "PUT" | "DELETE" | "PATCH";

function ask(app: FastifyInstance, method: Method, url: string, headers: Record<string, string> = {}, body?: string) {
  return app.inject({
    method,
    url,
    headers: { authorization, ...headers },
    ...(body === undefined ? {} : { payload: body }),
  });
}
const askJson = (app: FastifyInstance, method: Method, url: string, body: unknown) =>
  ask(app, method, url, { "content-type": "application/json" }, JSON.stringify(body));

/** A request that fits for each route, so that one table exercises all. */
const FITTING: Record<keyof typeof ROUTES, { url: string; media?: string; body?: string; accept?: string }> = {
  health: { url: "/healthz" },
  ready: { url: "/readyz" },
  status: { url: "/api/v1/status" },
  showClock: { url: "/api/v1/clock" },
  acceptClock: { url: "/api/v1/clock/accept" },
  listRefusals: { url: "/api/v1/refusals" },
  listDevices: { url: "/api/v1/devices?search=room&limit=5" },
  showDevice: { url: `/api/v1/devices/${device.serial}` },
  timeline: { url: `/api/v1/devices/${device.serial}/timeline` },
  timelineRaw: { url: `/api/v1/devices/${device.serial}/timeline/6/raw` },
  withdrawCommand: { url: `/api/v1/devices/${device.serial}/commands/cmd-1` },
  showCommand: { url: `/api/v1/devices/${device.serial}/commands/cmd-1`, accept: "application/json" },
  setZone: {
    url: `/api/v1/devices/${device.serial}/zone`,
    media: "application/json",
    body: JSON.stringify({ zone: "Europe/Paris" }),
  },
  adoptDevice: { url: `/api/v1/devices/${device.serial}/adopt` },
  adoptDevices: {
    url: "/api/v1/devices/adopt",
    media: "application/json",
    body: JSON.stringify({ devices: [{ ref: device.serial }] }),
  },
  listWaiting: { url: "/api/v1/waiting-devices" },
  removeDevice: { url: `/api/v1/devices/${device.serial}/remove?dryRun=true` },
  createPlan: {
    url: "/api/v1/plans",
    media: "application/json",
    body: JSON.stringify({ to: "26.6.2", devices: ["all"], action: "install" }),
  },
  listPlans: { url: "/api/v1/plans" },
  showPlan: { url: "/api/v1/plans/plan-1" },
  planJobs: { url: "/api/v1/plans/plan-1/jobs" },
  stopPlan: { url: "/api/v1/plans/plan-1/stop" },
  createPolicy: {
    url: "/api/v1/policies",
    media: "application/json",
    body: JSON.stringify({ devices: ["all"], settings: { Notifications: false } }),
  },
  listPolicies: { url: "/api/v1/policies" },
  showPolicy: { url: "/api/v1/policies/policy-1" },
  policyDevices: { url: "/api/v1/policies/policy-1/devices" },
  removePolicy: { url: "/api/v1/policies/policy-1" },
  enroll: { url: "/api/v1/enrollments", accept: "application/json" },
  createLink: { url: "/api/v1/enrollment-links", media: "application/json", body: '{"uses":30}' },
  listLinks: { url: "/api/v1/enrollment-links" },
  revokeLink: { url: "/api/v1/enrollment-links/link-1" },
  pushRequest: { url: "/api/v1/push-certificate/request", media: "application/json", body: "{}" },
  importPush: { url: "/api/v1/push-certificate", media: "application/x-pem-file", body: "-----BEGIN" },
  importCatalog: { url: "/api/v1/catalog", media: "application/json", body: "{}" },
  listCatalog: { url: "/api/v1/catalog?platform=ipados&version=26.6.1&device=iPad13,4&limit=5" },
  showRelease: { url: "/api/v1/catalog/iOS-26.6.1-23G83" },
  createToken: { url: "/api/v1/tokens", media: "application/json", body: '{"name":"ci"}' },
  listTokens: { url: "/api/v1/tokens" },
  revokeToken: { url: "/api/v1/tokens/ci" },
  listAudit: { url: "/api/v1/audit?actor=token:tests&object=plan:plan-1&since=2026-08-21T00:00:00Z&limit=5" },
  rawCommand: { url: `/mdm?device=${device.serial}`, media: "application/x-apple-aspen-mdm", body: "<plist/>" },
};

const ROWS = Object.entries(ROUTES).map(([name, route]): [string, Route, (typeof FITTING)[keyof typeof ROUTES]] => [
  name,
  route,
  FITTING[name as keyof typeof ROUTES],
]);

describe("every route", () => {
  it.each(ROWS)("%s answers as its contract says", async (_name, route, { url, media, body, accept }) => {
    const headers = { ...(media === undefined ? {} : { "content-type": media }), ...(accept ? { accept } : {}) };
    const reply = await ask(face().app, route.method, url, headers, body);
    const said = route.replies.find(({ status, media: type, schema }) => {
      if (status !== reply.statusCode) return false;
      if (type === null) return reply.body === "";
      return (
        String(reply.headers["content-type"]).split(";")[0] === type &&
        (schema === undefined || schema.safeParse(reply.json()).success)
      );
    });
    expect(said, `${reply.statusCode} ${reply.body}`).toBeDefined();
    expect(reply.headers["cache-control"]).toBe("no-store");
    expect(reply.headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each(ROWS.filter(([, route]) => route.open !== true))(
    "%s answers 401 without a token and asks nothing of the service",
    async (_name, route, { url, media, body }) => {
      const { app, calls } = face();
      const headers = media === undefined ? {} : { "content-type": media };
      for (const authorization of [undefined, "Bearer wrong", `Basic ${TOKEN}`, `Bearer ${TOKEN} more`]) {
        const reply = await app.inject({
          method: route.method,
          url,
          headers: { ...headers, ...(authorization === undefined ? {} : { authorization }) },
          ...(body === undefined ? {} : { payload: body }),
        });
        expect(reply.statusCode).toBe(401);
        expect(reply.headers["www-authenticate"]).toBe("Bearer");
        expect(reply.json()).toMatchObject({ code: "unauthorized" });
      }
      expect(calls.filter(({ method }) => method !== "authenticate")).toEqual([]);
    },
  );

  it.each(ROWS.filter(([, route]) => route.body !== undefined))(
    "%s answers 415 to another media type and names the right one",
    async (_name, route, { url }) => {
      const { app, calls } = face();
      for (const type of ["text/plain", "application/jsonx", "multipart/form-data; boundary=x"]) {
        const reply = await ask(app, route.method, url, { "content-type": type }, "{}");
        expect(reply.statusCode).toBe(415);
        expect(reply.json()).toMatchObject({
          code: "media-type-invalid",
          detail: expect.stringContaining(route.body?.media ?? "?"),
        });
      }
      expect(calls.filter(({ method }) => method !== "authenticate")).toEqual([]);
    },
  );

  it.each(ROWS.filter(([, route]) => route.body !== undefined))(
    "%s answers 413 to a body over its limit",
    async (_name, route, { url }) => {
      const body = " ".repeat((route.body?.maxBytes ?? 0) + 1);
      const reply = await ask(face().app, route.method, url, { "content-type": route.body?.media ?? "" }, body);
      expect(reply.statusCode).toBe(413);
      expect(reply.json()).toMatchObject({ code: "request-too-large" });
    },
  );
});

describe("errors on the web face", () => {
  it("are problems with code, cause and remedy", async () => {
    const reply = await ask(face().app, "GET", "/api/v1/plans/7");
    expect(reply.statusCode).toBe(404);
    expect(reply.headers["content-type"]).toBe("application/problem+json");
    expect(problem.parse(reply.json())).toEqual({
      type: "urn:uptick:error:plan-unknown",
      title: "No plan has this id.",
      status: 404,
      detail: "No plan has the id 7.",
      code: "plan-unknown",
      remedy: "List the plans with uptick plan list.",
      requestId: reply.headers["x-request-id"],
    });
  });

  it("do not show a fault of ours, and log it once", async () => {
    const fault = new Error("SELECT secret FROM vault failed");
    const { app, logged } = face({ status: () => Promise.reject(fault) });
    const reply = await ask(app, "GET", "/api/v1/status");
    expect(reply.statusCode).toBe(500);
    expect(reply.json()).toMatchObject({ code: "internal", requestId: reply.headers["x-request-id"] });
    expect(reply.body).not.toContain("vault");
    expect(logged).toEqual([
      {
        event: "request-failed",
        fields: { requestId: reply.headers["x-request-id"], method: "GET", route: "/api/v1/status", error: fault },
      },
    ]);
  });

  it("are not logged when they are the asker's", async () => {
    const { app, logged } = face();
    await ask(app, "GET", "/api/v1/plans/7");
    expect(logged).toEqual([]);
  });

  it.each([
    ["GET", "/nowhere"],
    ["GET", "/api/v1/nothing"],
    ["PATCH", "/api/v1/plans"],
    ["POST", "/mdm"],
  ] as const)("say not-found for %s %s", async (method, url) => {
    const reply = await ask(face().app, method, url);
    expect(reply.statusCode).toBe(404);
    expect(reply.json()).toMatchObject({ code: "not-found", detail: expect.stringContaining(url) });
  });

  it("answer a path that can't be decoded as request-invalid", async () => {
    const reply = await ask(face().app, "GET", "/api/v1/devices/%zz");
    expect(reply.statusCode).toBe(400);
    expect(reply.json()).toMatchObject({ code: "request-invalid" });
  });

  it.each([
    ["limit", "/api/v1/devices?limit=0"],
    ["limit", "/api/v1/devices?limit=1001"],
    ["limit", "/api/v1/devices?limit=ten"],
    ["enrollment", "/api/v1/devices?enrollment=gone"],
    ["serch", "/api/v1/devices?serch=x"],
    ["wait", "/api/v1/devices?wait=3"],
    ["search", "/api/v1/devices?search=a&search=b"],
    ["before", "/api/v1/devices/x/timeline?before=-1"],
  ])("name the query parameter %s of %s", async (field, url) => {
    const { app, calls } = face();
    const reply = await ask(app, "GET", url);
    expect(reply.statusCode).toBe(400);
    expect(reply.json()).toMatchObject({ code: "request-invalid", detail: expect.stringContaining(field) });
    expect(calls.map(({ method }) => method)).toEqual(["authenticate"]);
  });

  it("name the field of a body and do not repeat its value", async () => {
    const reply = await askJson(face().app, "POST", "/api/v1/plans", {
      to: "26.6.2",
      devices: ["a", { hidden: "swordfish" }],
      action: "swordfish",
    });
    expect(reply.json()).toMatchObject({ code: "request-invalid", status: 400 });
    expect(reply.json().detail).toMatch(/devices\[1\].*action/);
    expect(reply.body).not.toContain("swordfish");
  });

  it.each([
    ["no JSON", '{"name": swordfish}', "is not JSON"],
    ["no UTF-8", Buffer.from([0x22, 0xff, 0x22]), "is not UTF-8"],
  ])("say that a body is %s without repeating it", async (_what, payload, words) => {
    const headers = { authorization, "content-type": "application/json; charset=utf-8" };
    const reply = await face().app.inject({ method: "POST", url: "/api/v1/tokens", headers, payload });
    expect(reply.json()).toMatchObject({ code: "request-invalid", detail: expect.stringContaining(words) });
    expect(reply.body).not.toContain("swordfish");
  });
});

describe("devices on the web face", () => {
  it("passes a list's query on and no default it was not given", async () => {
    const { app, calls } = face();
    await ask(app, "GET", "/api/v1/devices?platform=macOS&jobState=blocked&after=x");
    expect(calls[1]).toEqual({
      method: "devices",
      args: [{ platform: "macOS", jobState: "blocked", after: "x", limit: 100 }],
    });
  });

  it("takes a name with a slash and one that is long", async () => {
    const { app, calls } = face();
    const reply = await ask(app, "GET", `/api/v1/devices/${encodeURIComponent("Room 4 / left")}`);
    expect(reply.statusCode).toBe(200);
    expect(calls[1]?.args).toEqual(["Room 4 / left"]);
    const long = "x".repeat(500);
    expect((await ask(app, "GET", `/api/v1/devices/${long}`)).json()).toMatchObject({ code: "device-unknown" });
  });

  it("passes a timeline's cursor and limit on", async () => {
    const { app, calls } = face();
    const reply = await ask(app, "GET", `/api/v1/devices/${device.serial}/timeline?limit=3&after=opaque`);
    expect(reply.json()).toMatchObject({ rows: [{ seq: 7 }, { seq: 6 }], next: null });
    expect(calls.at(-1)?.args).toEqual([device.serial, "opaque", 3]);
  });

  it("takes the names of platforms in any case", async () => {
    const { app, calls } = face();
    for (const platform of ["IOS", "mac", "ipados"]) await ask(app, "GET", `/api/v1/devices?platform=${platform}`);
    const asked = calls.filter(({ method }) => method === "devices").map(({ args }) => args[0]);
    expect(asked).toEqual(["iOS", "macOS", "iPadOS"].map((platform) => ({ platform, limit: 100 })));
  });

  it("writes a bigint as a number", async () => {
    const big = { ...device, lastSeenAt: BigInt(NOW) as unknown as number };
    const { app } = face({ devices: async () => ({ rows: [big], next: null }) });
    const reply = await ask(app, "GET", "/api/v1/devices");
    expect(reply.json().rows[0].lastSeenAt).toBe(NOW);
  });
});

describe("plans on the web face", () => {
  const request = { to: "26.6.2", devices: ["SERIAL1"], action: "install", window: "22:00-05:00", allowMajor: true };

  it("makes a plan and says where it is", async () => {
    const { app, calls, logged } = face();
    const reply = await askJson(app, "POST", "/api/v1/plans", request);
    expect(reply.statusCode).toBe(201);
    expect(reply.headers["location"]).toBe("/api/v1/plans/plan-1");
    expect(reply.json()).toEqual(made);
    expect(calls.slice(1)).toEqual([{ method: "createPlan", args: [request] }]);
    expect(logged).toEqual([
      {
        event: "admin-request",
        fields: {
          requestId: reply.headers["x-request-id"],
          actor: "token:tests",
          address: "127.0.0.1",
          method: "POST",
          route: "/api/v1/plans",
          status: 201,
        },
      },
    ]);
  });

  it("does nothing with dryRun=true but say what would be done", async () => {
    const { app, calls } = face();
    const reply = await askJson(app, "POST", "/api/v1/plans?dryRun=true", request);
    expect(reply.statusCode).toBe(200);
    expect(reply.json()).toMatchObject({ jobs: 1, refused: 1 });
    expect(calls.slice(1)).toEqual([{ method: "dryRun", args: [request] }]);
  });
});

describe("enrolment on the web face", () => {
  it("hands out the profile's bytes with their terms", async () => {
    const { app, calls } = face();
    const reply = await askJson(app, "POST", "/api/v1/enrollments", { uses: 3, hours: 1 });
    expect(reply.statusCode).toBe(201);
    expect(reply.headers["content-type"]).toBe("application/x-apple-aspen-config");
    expect(reply.headers["uptick-uses"]).toBe("3");
    expect(Number(reply.headers["uptick-expires-at"])).toBe(NOW + 3_600_000);
    expect([...reply.rawPayload]).toEqual([0x30, 0x82, 0xff, 0x00]);
    expect(calls[1]?.args).toEqual([{ uses: 3, hours: 1 }]);
  });

  it("hands out the same bytes as base64 to who wants JSON", async () => {
    const reply = await ask(face().app, "POST", "/api/v1/enrollments", { accept: "application/json" });
    expect(reply.json()).toMatchObject({
      profile: "MIL/AA==",
      uses: 1,
      publiclyTrusted: true,
      expiresAt: NOW + 168 * 3_600_000,
    });
  });

  it.each([
    ["application/json", true],
    ["Application/JSON;q=0.001", true],
    ["text/plain, application/json;q=0.5", true],
    ["application/json;q=0", false],
    ["application/json; q=0.000", false],
    ["application/json;q=0, */*", false],
    ["*/*", false],
    ["", false],
  ])("takes Accept %j for a wish for JSON: %s", async (accept, isJson) => {
    const reply = await ask(face().app, "POST", "/api/v1/enrollments", { accept });
    expect(String(reply.headers["content-type"]).startsWith("application/json")).toBe(isJson);
  });

  it("says what is missing while devices can't enrol", async () => {
    const { app } = face({
      enroll: () => Promise.reject(new UptickError("not-ready", "No push certificate.", { remedy: "Import one." })),
    });
    const reply = await askJson(app, "POST", "/api/v1/enrollments", {});
    expect(reply.json()).toMatchObject({ status: 409, code: "not-ready", remedy: "Import one." });
  });
});

describe("raw door", () => {
  const media = { "content-type": "application/x-apple-aspen-mdm" };
  const door = (app: FastifyInstance, query: string) => ask(app, "PUT", `/mdm?${query}`, media, "<plist>ü</plist>");

  it("sends the bytes as they are and waits 30 seconds unless told otherwise", async () => {
    const { app, calls } = face();
    await door(app, "device=SERIAL1");
    await door(app, "device=SERIAL1&wait=0");
    await door(app, "device=SERIAL1&wait=300&allow=EraseDevice");
    const raw = calls.filter(({ method }) => method === "rawCommand").map(({ args }) => args);
    expect(raw.map(([ref, bytes, wait]) => [ref, Buffer.from(bytes as Uint8Array).toString(), wait])).toEqual([
      ["SERIAL1", "<plist>ü</plist>", { waitMs: 30_000, allow: undefined }],
      ["SERIAL1", "<plist>ü</plist>", { waitMs: 0, allow: undefined }],
      ["SERIAL1", "<plist>ü</plist>", { waitMs: 300_000, allow: "EraseDevice" }],
    ]);
  });

  it("refuses a longer wait and a missing device", async () => {
    const { app } = face();
    expect((await door(app, "device=SERIAL1&wait=301")).json()).toMatchObject({ code: "request-invalid" });
    expect((await door(app, "wait=1")).json().detail).toContain("device");
  });

  it("answers with the device's own bytes", async () => {
    const answer = Uint8Array.from([0x3c, 0xc3, 0x28, 0x3e]);
    const outcome = { kind: "answered", commandUuid: "cmd-1", status: "Acknowledged", answer } as const;
    const reply = await door(face({ rawCommand: async () => outcome }).app, "device=SERIAL1");
    expect(reply.statusCode).toBe(200);
    expect(reply.headers["content-type"]).toBe("application/xml");
    expect(reply.headers["uptick-status"]).toBe("Acknowledged");
    expect([...reply.rawPayload]).toEqual([...answer]);
  });

  it("names the place to look while there is no answer, and that place answers as the door does", async () => {
    let answered = false;
    const pending = { kind: "pending", commandUuid: "a/b", state: "offered", resent: true } as const;
    const { app, calls } = face({
      rawCommand: async () => pending,
      command: async () => ({
        requestType: "OSUpdateStatus",
        createdBy: null,
        ...(answered
          ? { kind: "answered", commandUuid: "a/b", status: "Acknowledged", answer: Buffer.from("<plist/>") }
          : pending),
      }),
    });
    const reply = await door(app, `device=${encodeURIComponent("Room 4 / left")}`);
    expect(reply.statusCode).toBe(202);
    expect(reply.json()).toEqual(pending);
    const place = String(reply.headers["location"]);
    expect((await ask(app, "GET", place)).statusCode).toBe(202);
    answered = true;
    const later = await ask(app, "GET", place, { accept: "*/*" });
    expect([later.statusCode, later.headers["content-type"], later.body]).toEqual([200, "application/xml", "<plist/>"]);
    const asJson = await ask(app, "GET", place, { accept: "application/json" });
    expect(asJson.json()).toMatchObject({ kind: "answered", answer: "<plist/>", requestType: "OSUpdateStatus" });
    expect(calls.at(-1)?.args).toEqual(["Room 4 / left", "a/b"]);
  });

  it("says that a withdrawn command will have no answer", async () => {
    const closed = { kind: "closed", commandUuid: "cmd-1", outcome: "withdrawn" } as const;
    const { app } = face({
      rawCommand: async () => closed,
      command: async () => ({ ...closed, requestType: "X", createdBy: null }),
    });
    const reply = await door(app, "device=SERIAL1");
    expect(reply.statusCode).toBe(410);
    expect(reply.json()).toMatchObject({ code: "command-closed", detail: expect.stringContaining("withdrawn") });
    const place = "/api/v1/devices/SERIAL1/commands/cmd-1";
    expect((await ask(app, "GET", place)).statusCode).toBe(410);
    expect((await ask(app, "GET", place, { accept: "application/json" })).json()).toMatchObject({ kind: "closed" });
  });
});

describe("secrets", () => {
  it("are in no log line", async () => {
    const { app, logged } = face({ importPush: () => Promise.reject(new Error("no")) });
    await askJson(app, "POST", "/api/v1/tokens", { name: "ci" });
    await ask(app, "PUT", "/api/v1/push-certificate", { "content-type": "application/x-pem-file" }, "KEY-MATERIAL");
    const text = JSON.stringify(logged);
    expect(logged.length).toBeGreaterThan(2);
    for (const secret of [TOKEN, "made-once", "KEY-MATERIAL"]) expect(text).not.toContain(secret);
  });
});

import { describe, expect, it } from "vitest";
import { problem } from "../../contract/index.ts";
import { ask, askJson, authorization, fakeApi } from "./fake-api.suite.ts";
import { device, isoAt, made, NOW, TOKEN } from "./fake-rows.suite.ts";

describe("errors on the admin API", () => {
  it("are problems with code, cause and remedy", async () => {
    const reply = await ask(fakeApi().app, "GET", "/api/v1/plans/7");
    expect(reply.statusCode).toBe(404);
    expect(reply.headers["content-type"]).toBe("application/problem+json");
    expect(problem.parse(reply.json())).toEqual({
      type: "urn:uptick:error:plan-unknown",
      title: "No plan has this id.",
      status: 404,
      detail: "No plan has the id 7.",
      code: "plan-unknown",
      remedy: "Use an id from GET /api/v1/plans.",
      requestId: reply.headers["x-request-id"],
    });
  });

  it("do not show an internal fault, and log it once", async () => {
    const fault = new Error("SELECT secret FROM vault failed");
    const { app, logged } = fakeApi({ "server.status": () => Promise.reject(fault) });
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
    const { app, logged } = fakeApi();
    await ask(app, "GET", "/api/v1/plans/7");
    expect(logged).toEqual([]);
  });

  it.each([
    ["GET", "/nowhere"],
    ["GET", "/api/v1/nothing"],
    ["PATCH", "/api/v2/plans"],
  ] as const)("say not-found for %s %s", async (method, url) => {
    const reply = await ask(fakeApi().app, method, url);
    expect(reply.statusCode).toBe(404);
    expect(reply.json()).toMatchObject({ code: "not-found", detail: expect.stringContaining(url) });
  });

  it("answer a path that can't be decoded as request-invalid", async () => {
    const reply = await ask(fakeApi().app, "GET", "/api/v1/devices/%zz");
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
    const { app, calls } = fakeApi();
    const reply = await ask(app, "GET", url);
    expect(reply.statusCode).toBe(400);
    expect(reply.json()).toMatchObject({ code: "request-invalid", detail: expect.stringContaining(field) });
    expect(calls.map(({ method }) => method)).toEqual(["server.authenticate"]);
  });

  it("name the field of a body and do not repeat its value", async () => {
    const reply = await askJson(fakeApi().app, "POST", "/api/v1/plans", {
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
    const reply = await fakeApi().app.inject({ method: "POST", url: "/api/v1/tokens", headers, payload });
    expect(reply.json()).toMatchObject({ code: "request-invalid", detail: expect.stringContaining(words) });
    expect(reply.body).not.toContain("swordfish");
  });
});

describe("devices on the admin API", () => {
  it("passes a list's query on and no default it was not given", async () => {
    const { app, calls } = fakeApi();
    await ask(app, "GET", "/api/v1/devices?platform=macOS&jobState=blocked&after=x");
    expect(calls[1]).toEqual({
      method: "devices.list",
      args: [{ platform: "macOS", jobState: "blocked", after: "x", limit: 100 }],
    });
  });

  it("takes a name with a slash and one that is long", async () => {
    const { app, calls } = fakeApi();
    const reply = await ask(app, "GET", `/api/v1/devices/${encodeURIComponent("Room 4 / left")}`);
    expect(reply.statusCode).toBe(200);
    expect(calls[1]?.args).toEqual(["Room 4 / left"]);
    const long = "x".repeat(500);
    expect((await ask(app, "GET", `/api/v1/devices/${long}`)).json()).toMatchObject({ code: "device-unknown" });
  });

  it("passes a timeline's cursor and limit on", async () => {
    const { app, calls } = fakeApi();
    const reply = await ask(app, "GET", `/api/v1/devices/${device.serial}/timeline?limit=3&after=opaque`);
    expect(reply.json()).toMatchObject({ rows: [{ seq: 7 }, { seq: 6 }], next: null });
    expect(calls.at(-1)?.args).toEqual([device.serial, "opaque", 3]);
  });

  it("takes the names of platforms in any case", async () => {
    const { app, calls } = fakeApi();
    for (const platform of ["IOS", "mac", "ipados"]) await ask(app, "GET", `/api/v1/devices?platform=${platform}`);
    const asked = calls.filter(({ method }) => method === "devices.list").map(({ args }) => args[0]);
    expect(asked).toEqual(["iOS", "macOS", "iPadOS"].map((platform) => ({ platform, limit: 100 })));
  });

  it("writes a bigint as a number", async () => {
    const big = { ...device, pendingCertificates: BigInt(NOW) as unknown as number };
    const { app } = fakeApi({ "devices.list": async () => ({ rows: [big], next: null }) });
    const reply = await ask(app, "GET", "/api/v1/devices");
    expect(reply.json().rows[0].pendingCertificates).toBe(NOW);
  });
});

describe("plans on the admin API", () => {
  const request = { to: "26.6.2", devices: ["SERIAL1"], action: "install", window: "22:00-05:00", allowMajor: true };

  it("makes a plan and says where it is", async () => {
    const { app, calls, logged } = fakeApi();
    const reply = await askJson(app, "POST", "/api/v1/plans", request);
    expect(reply.statusCode).toBe(201);
    expect(reply.headers["location"]).toBe("/api/v1/plans/plan-1");
    expect(reply.json()).toEqual(made);
    expect(calls.slice(1)).toEqual([{ method: "plans.create", args: [request] }]);
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
    const { app, calls } = fakeApi();
    const reply = await askJson(app, "POST", "/api/v1/plans?dryRun=true", request);
    expect(reply.statusCode).toBe(200);
    expect(reply.json()).toMatchObject({ jobs: 1, refused: 1 });
    expect(calls.slice(1)).toEqual([{ method: "plans.dryRun", args: [request] }]);
  });
});

describe("enrollment on the admin API", () => {
  it("returns the profile's bytes with their terms", async () => {
    const { app, calls } = fakeApi();
    const reply = await askJson(app, "POST", "/api/v1/enrollments", { uses: 3, hours: 1 });
    expect(reply.statusCode).toBe(200);
    expect(reply.headers["content-type"]).toBe("application/x-apple-aspen-config");
    expect(reply.headers["uptick-uses"]).toBe("3");
    expect(reply.headers["uptick-expires-at"]).toBe(isoAt(3_600_000));
    expect([...reply.rawPayload]).toEqual([0x30, 0x82, 0xff, 0x00]);
    expect(calls[1]?.args).toEqual([{ uses: 3, hours: 1 }]);
  });

  it("returns the same bytes as base64 for Accept: application/json", async () => {
    const reply = await ask(fakeApi().app, "POST", "/api/v1/enrollments", { accept: "application/json" });
    expect(reply.json()).toMatchObject({
      profile: "MIL/AA==",
      uses: 1,
      publiclyTrusted: true,
      expiresAt: isoAt(168 * 3_600_000),
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
    const reply = await ask(fakeApi().app, "POST", "/api/v1/enrollments", { accept });
    expect(String(reply.headers["content-type"]).startsWith("application/json")).toBe(isJson);
  });
});

describe("secrets", () => {
  it("are in no log line", async () => {
    const { app, logged } = fakeApi({ "server.importPush": () => Promise.reject(new Error("no")) });
    await askJson(app, "POST", "/api/v1/tokens", { name: "ci" });
    await ask(app, "PUT", "/api/v1/push-certificate", { "content-type": "application/x-pem-file" }, "KEY-MATERIAL");
    const text = JSON.stringify(logged);
    expect(logged.length).toBeGreaterThan(2);
    for (const secret of [TOKEN, "made-once", "KEY-MATERIAL"]) expect(text).not.toContain(secret);
  });
});

/** What a route has made is found at the address that its reply names. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startUptick, type Uptick } from "../support/index.ts";

let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick({ flags: { "webhook-allow": "127.0.0.0/8" } });
});
afterAll(() => uptick.close());

describe("the Location of what was made", () => {
  it.each<[string, object]>([
    ["/api/v1/tokens", { name: "a script", role: "viewer" }],
    ["/api/v1/accounts", { name: "anna", role: "viewer", password: "a long enough password" }],
    ["/api/v1/blackouts", { name: "Long weekend", from: "2026-12-21", to: "2027-01-03" }],
    ["/api/v1/blocks", { version: "26.6.1", platform: "macOS", reason: "a test" }],
    ["/api/v1/enrollment-links", {}],
    ["/api/v1/webhooks", { name: "hook", url: "http://127.0.0.1:9/", events: ["halt.*"] }],
  ])("of %s shows it as it was made", async (path, made) => {
    const reply = await uptick.web.request("POST", path, {
      body: JSON.stringify(made),
      headers: { "content-type": "application/json" },
    });
    expect([reply.status, reply.headers.location]).toEqual([201, expect.stringContaining(`${path}/`)]);
    const shown = await uptick.web.get<Record<string, unknown>>(String(reply.headers.location));
    const answered = reply.json<Record<string, unknown>>();
    for (const key of ["id", "name"]) expect(shown[key]).toEqual(answered[key]);
    for (const [key, value] of Object.entries(made).filter(([name]) => name !== "password"))
      expect([key, shown[key]]).toEqual([key, value]);
  });
});

describe("who watches", () => {
  it.each(["/healthz", "/readyz"])("is answered at %s without a token", async (path) => {
    expect((await uptick.web.request("GET", path, { token: null })).status).toBe(200);
  });
});

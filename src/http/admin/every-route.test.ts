/** Every route of the table, by one request that fits. That its reply is the contract's holds the face itself. */
import type { FastifyInstance } from "fastify";
import { describe, expect, it } from "vitest";
import { type Route, ROUTES } from "../../contract/index.ts";
import { COOKIE, CSRF } from "./fake-access.suite.ts";
import { ask, fakeApi } from "./fake-api.suite.ts";
import { device, TOKEN } from "./fake-rows.suite.ts";

interface Fitting {
  readonly url: string;
  readonly media?: string;
  readonly body?: string;
  readonly accept?: string;
  /** A token has none: it is asked by a browser. */
  readonly session?: true;
}

const json = (url: string, body: object) => ({ url, media: "application/json", body: JSON.stringify(body) });

/** A request that fits for each route, so that one table exercises all. */
const FITTING: Record<keyof typeof ROUTES, Fitting> = {
  createAccount: json("/api/v1/accounts", { name: "ben", role: "viewer", password: "long enough, is it not" }),
  listAccounts: { url: "/api/v1/accounts?limit=5" },
  showAccount: { url: "/api/v1/accounts/anna" },
  editAccount: json("/api/v1/accounts/anna", { revision: 3, state: "disabled" }),
  removeAccount: { url: "/api/v1/accounts/anna" },
  setPassword: json("/api/v1/accounts/anna/password", { password: "long enough, is it not" }),
  endSessions: { url: "/api/v1/accounts/anna/end-sessions" },
  signIn: json("/api/v1/session", { name: "anna", password: "right" }),
  showSession: { url: "/api/v1/session" },
  signOut: { url: "/api/v1/session", session: true },
  changeOwnPassword: {
    ...json("/api/v1/session/password", { currentPassword: "right", password: "long enough, is it not" }),
    session: true,
  },
  setUp: json("/api/v1/setup", { secret: "s", name: "anna", password: "long enough, is it not" }),
  beginOidc: { url: "/api/v1/session/oidc" },
  finishOidc: { url: "/api/v1/session/oidc/callback?code=c&state=s&iss=https%3A%2F%2Flogin.example.org" },
  health: { url: "/healthz" },
  ready: { url: "/readyz" },
  openApi: { url: "/api/v1/openapi.json" },
  status: { url: "/api/v1/status" },
  metrics: { url: "/metrics" },
  showClock: { url: "/api/v1/clock" },
  acceptClock: { url: "/api/v1/clock/accept" },
  listRefusals: { url: "/api/v1/refusals" },
  listDevices: { url: "/api/v1/devices?search=room&limit=5" },
  deviceAggregate: { url: "/api/v1/devices/aggregate?by=class&platform=macOS" },
  devicesCsv: { url: "/api/v1/devices.csv?sort=name" },
  devicesJson: { url: "/api/v1/devices.json?os=%3C26.1" },
  showDevice: { url: `/api/v1/devices/${device.serial}` },
  timeline: { url: `/api/v1/devices/${device.serial}/timeline` },
  timelineRaw: { url: `/api/v1/devices/${device.serial}/timeline/6/raw` },
  withdrawCommand: { url: `/api/v1/devices/${device.serial}/commands/cmd-1/withdraw` },
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
  removeDevice: { url: `/api/v1/devices/${device.serial}/remove` },
  tagDevices: {
    url: "/api/v1/devices/tag",
    media: "application/json",
    body: JSON.stringify({ rule: "platform = macOS", add: ["pilot"], remove: ["lab"] }),
  },
  excludeDevices: {
    url: "/api/v1/devices/exclude",
    media: "application/json",
    body: JSON.stringify({ rule: "platform = macOS", until: "2026-09-14", reason: "trade fair" }),
  },
  endExclusions: {
    url: "/api/v1/devices/end-exclusion",
    media: "application/json",
    body: JSON.stringify({ devices: [device.serial] }),
  },
  listTags: { url: "/api/v1/tags?limit=5" },
  listGroups: { url: "/api/v1/groups" },
  showGroup: { url: "/api/v1/groups/tokyo%20lab" },
  setGroup: {
    url: "/api/v1/groups/Osaka",
    media: "application/json",
    body: JSON.stringify({ rule: "tag = osaka" }),
  },
  removeGroup: { url: "/api/v1/groups/Tokyo%20lab" },
  showZoneRules: { url: "/api/v1/zone-rules" },
  setZoneRules: {
    url: "/api/v1/zone-rules",
    media: "application/json",
    body: JSON.stringify({ rules: [{ rule: "tag = osaka", zone: "Asia/Tokyo" }], revision: 0 }),
  },
  createPlan: {
    url: "/api/v1/plans",
    media: "application/json",
    body: JSON.stringify({ to: "26.6.2", devices: ["all"], action: "install" }),
  },
  listPlans: { url: "/api/v1/plans" },
  showPlan: { url: "/api/v1/plans/plan-1" },
  editPlan: {
    url: "/api/v1/plans/plan-1",
    media: "application/json",
    body: JSON.stringify({ revision: 1, name: "September" }),
  },
  orderPlans: { url: "/api/v1/plans/order", media: "application/json", body: JSON.stringify({ plans: ["plan-1"] }) },
  tryAgain: { url: "/api/v1/plans/plan-1/try-again", media: "application/json", body: "{}" },
  holdMajor: {
    url: "/api/v1/plans/plan-1/hold-major",
    media: "application/json",
    body: '{"platform":"macOS","major":27}',
  },
  releaseMajor: {
    url: "/api/v1/plans/plan-1/release-major",
    media: "application/json",
    body: '{"platform":"macOS","major":27}',
  },
  planJobs: { url: "/api/v1/plans/plan-1/jobs" },
  stopPlan: { url: "/api/v1/plans/plan-1/stop" },
  pausePlan: { url: "/api/v1/plans/plan-1/pause", media: "application/json", body: '{"reason":"why"}' },
  resumePlan: { url: "/api/v1/plans/plan-1/resume" },
  listRollouts: { url: "/api/v1/plans/plan-1/rollouts?limit=5" },
  showRollout: { url: "/api/v1/rollouts/rollout-1" },
  holdRollout: { url: "/api/v1/rollouts/rollout-1/hold", media: "application/json", body: '{"reason":"why"}' },
  pauseRollout: { url: "/api/v1/rollouts/rollout-1/pause", media: "application/json", body: '{"reason":"why"}' },
  resumeRollout: { url: "/api/v1/rollouts/rollout-1/resume", media: "application/json", body: '{"reason":"why"}' },
  abortRollout: { url: "/api/v1/rollouts/rollout-1/abort", media: "application/json", body: '{"reason":"why"}' },
  liftBlackout: {
    url: "/api/v1/rollouts/rollout-1/lift-blackout",
    media: "application/json",
    body: '{"reason":"why"}',
  },
  promoteRing: {
    url: "/api/v1/rollouts/rollout-1/rings/1/promote",
    media: "application/json",
    body: '{"reason":"why"}',
  },
  waitForRing: {
    url: "/api/v1/rollouts/rollout-1/rings/Pilot/wait",
    media: "application/json",
    body: '{"reason":"why"}',
  },
  giveInstead: {
    url: "/api/v1/rollouts/rollout-1/give-older",
    media: "application/json",
    body: '{"version":"26.6.1","reason":"why"}',
  },
  showHalt: { url: "/api/v1/halt" },
  startHalt: { url: "/api/v1/halt/start", media: "application/json", body: '{"reason":"why"}' },
  endHalt: { url: "/api/v1/halt/end", media: "application/json", body: '{"devices":3}' },
  createPolicy: {
    url: "/api/v1/policies",
    media: "application/json",
    body: JSON.stringify({ devices: ["all"], settings: { Notifications: false } }),
  },
  listPolicies: { url: "/api/v1/policies" },
  showPolicy: { url: "/api/v1/policies/policy-1" },
  policyDevices: { url: "/api/v1/policies/policy-1/devices" },
  removePolicy: { url: "/api/v1/policies/policy-1/remove" },
  enroll: { url: "/api/v1/enrollments", accept: "application/json" },
  createLink: { url: "/api/v1/enrollment-links", media: "application/json", body: '{"uses":30}' },
  listLinks: { url: "/api/v1/enrollment-links" },
  showLink: { url: "/api/v1/enrollment-links/link-1" },
  revokeLink: { url: "/api/v1/enrollment-links/link-1/revoke" },
  pushRequest: { url: "/api/v1/push-certificate/request", media: "application/json", body: "{}" },
  importPush: { url: "/api/v1/push-certificate", media: "application/x-pem-file", body: "-----BEGIN" },
  importCatalog: { url: "/api/v1/catalog", media: "application/json", body: "{}" },
  importCves: { url: "/api/v1/catalog/cves", media: "application/json", body: "{}" },
  fetchCatalog: { url: "/api/v1/catalog/fetch" },
  acceptCatalog: { url: "/api/v1/catalog/accept" },
  listCatalog: { url: "/api/v1/catalog?platform=ipados&version=26.6.1&device=iPad13,4&limit=5" },
  createBlock: {
    url: "/api/v1/blocks",
    media: "application/json",
    body: '{"version":"26.6.1","platform":"iOS","reason":"restarts again and again"}',
  },
  listBlocks: { url: "/api/v1/blocks" },
  showBlock: { url: "/api/v1/blocks/0198e000-0000-7000-8000-00000000b10c" },
  endBlock: { url: "/api/v1/blocks/block-1/end", media: "application/json", body: '{"reason":"Apple mended it"}' },
  createBlackout: {
    url: "/api/v1/blackouts",
    media: "application/json",
    body: '{"name":"Christmas","from":"2026-12-21","to":"2027-01-03"}',
  },
  listBlackouts: { url: "/api/v1/blackouts?limit=5" },
  showBlackout: { url: "/api/v1/blackouts/Christmas" },
  removeBlackout: { url: "/api/v1/blackouts/christmas" },
  showRelease: { url: "/api/v1/catalog/iOS-26.6.1-23G83" },
  createToken: { url: "/api/v1/tokens", media: "application/json", body: '{"name":"ci"}' },
  listTokens: { url: "/api/v1/tokens" },
  showToken: { url: "/api/v1/tokens/tests" },
  revokeToken: { url: "/api/v1/tokens/ci" },
  compliance: { url: "/api/v1/compliance" },
  report: { url: "/api/v1/report?at=2026-08-21T00:00:00Z", accept: "application/x-ndjson" },
  exportAudit: { url: "/api/v1/audit.ndjson" },
  exportAuditCsv: { url: "/api/v1/audit.csv" },
  listAudit: { url: "/api/v1/audit?actor=token:tests&object=plan:plan-1&since=2026-08-21T00:00:00Z&limit=5" },
  followEvents: { url: "/api/v1/events?topics=halt,overview" },
  listWebhooks: { url: "/api/v1/webhooks?limit=5" },
  createWebhook: {
    url: "/api/v1/webhooks",
    media: "application/json",
    body: '{"name":"chat","url":"https://chat.example/hooks/7","events":["rollout.*"]}',
  },
  showWebhook: { url: "/api/v1/webhooks/chat" },
  editWebhook: { url: "/api/v1/webhooks/chat", media: "application/json", body: '{"revision":1,"events":["*"]}' },
  deleteWebhook: { url: "/api/v1/webhooks/chat" },
  rotateWebhookSecret: { url: "/api/v1/webhooks/chat/rotate-secret" },
  testWebhook: { url: "/api/v1/webhooks/chat/test" },
  listDeliveries: { url: "/api/v1/webhooks/chat/deliveries?state=waiting&limit=5" },
  retryDelivery: { url: "/api/v1/webhooks/chat/deliveries/0198e000-0000-7000-8000-0000000000d1/retry" },
  rawCommand: { url: `/mdm?device=${device.serial}`, media: "application/x-apple-aspen-mdm", body: "<plist/>" },
};

const ROWS = Object.entries(ROUTES).map(([name, route]): [string, Route, (typeof FITTING)[keyof typeof ROUTES]] => [
  name,
  route,
  FITTING[name as keyof typeof ROUTES],
]);

/** As its caller asks it: with a token, or with a session's cookie. */
function askAs(app: FastifyInstance, { method }: Route, { url, media, body, accept, session }: Fitting) {
  const headers = { ...(media === undefined ? {} : { "content-type": media }), ...(accept ? { accept } : {}) };
  if (session === undefined) return ask(app, method, url, headers, body);
  const cookie = { cookie: `uptick-session=${COOKIE}`, "x-csrf-token": CSRF };
  return app.inject({
    method,
    url,
    headers: { ...headers, ...cookie },
    ...(body === undefined ? {} : { payload: body }),
  });
}

describe("every route", () => {
  it.each(ROWS)("%s answers as its contract says", async (_name, route, fitting) => {
    const reply = await askAs(fakeApi().app, route, fitting);
    expect([reply.statusCode, reply.body]).toEqual([expect.toSatisfy((status) => status < 400), expect.anything()]);
    expect(reply.headers["cache-control"]).toBe("no-store");
    expect(reply.headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each(ROWS)(
    "%s that changes something does it once, in the name of whoever asks",
    async (_name, route, fitting) => {
      const { app, actors } = fakeApi();
      await askAs(app, route, fitting);
      const asker = fitting.session === true ? "account:account-1" : "token:tests";
      expect(actors).toEqual(route.method === "GET" || route.open === true ? [] : [asker]);
    },
  );

  it.each(ROWS.filter(([, route]) => route.query !== undefined && "dryRun" in route.query.shape))(
    "%s changes nothing in a dry run",
    async (_name, route, { url, media, body }) => {
      const { app, actors, calls } = fakeApi();
      const headers = media === undefined ? {} : { "content-type": media };
      const reply = await ask(app, route.method, `${url}?dryRun=true`, headers, body);
      expect([reply.statusCode, actors, calls.length]).toEqual([200, [], 2]);
    },
  );

  it.each(ROWS.filter(([, route]) => route.open !== true))(
    "%s answers 401 without a token and asks nothing of the service",
    async (_name, route, { url, media, body }) => {
      const { app, calls } = fakeApi();
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
      expect(calls.filter(({ method }) => method !== "server.authenticate")).toEqual([]);
    },
  );

  it.each(ROWS.filter(([, route]) => route.body !== undefined))(
    "%s answers 415 to another media type and names the right one",
    async (_name, route, { url }) => {
      const { app, calls } = fakeApi();
      for (const type of ["text/plain", "application/jsonx", "multipart/form-data; boundary=x"]) {
        const reply = await ask(app, route.method, url, { "content-type": type }, "{}");
        expect(reply.statusCode).toBe(415);
        expect(reply.json()).toMatchObject({
          code: "media-type-invalid",
          detail: expect.stringContaining(route.body?.media ?? "?"),
        });
      }
      expect(calls.filter(({ method }) => method !== "server.authenticate")).toEqual([]);
    },
  );

  it.each(ROWS.filter(([, route]) => route.body !== undefined))(
    "%s answers 413 to a body over its limit",
    async (_name, route, { url }) => {
      const body = " ".repeat((route.body?.maxBytes ?? 0) + 1);
      const reply = await ask(fakeApi().app, route.method, url, { "content-type": route.body?.media ?? "" }, body);
      expect(reply.statusCode).toBe(413);
      expect(reply.json()).toMatchObject({ code: "request-too-large" });
    },
  );
});

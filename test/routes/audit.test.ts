/** Every write of an admin leaves one row in the audit, whatever became of it. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pushCertificate, type PlistDict } from "../../simulator/index.ts";
import { sampleLookupService } from "../../src/catalog/index.ts";
import {
  type AuditEntry,
  type Block,
  type EnrollmentLink,
  type HaltView,
  type NewToken,
  type DeliveryView,
  type PlanView,
  type PolicyView,
  type Route,
  ROUTES,
  type WebhookView,
} from "../../src/contract/index.ts";
import {
  type FakeLookupService,
  forgetFetches,
  listOf,
  SMALL_LIST,
  startLookupService,
} from "../support/lookup-service.ts";
import { CHANGES, type OfSessions, type WriteName } from "./audited-changes.ts";
import { insertRollout, insertStandingPlan } from "../support/rollouts.ts";
import {
  ASPEN,
  commandBytes,
  type Device,
  enrolDevice,
  IPHONE,
  startUptick,
  type Uptick,
  type WebReply,
} from "../support/index.ts";

let uptick: Uptick;
let lookup: FakeLookupService;
let device: Device;
let stray: Device;
let deviceId: string;
let strayId: string;
let other: Device;
let otherId: string;
/** The token that makes the requests, apart from the first. */
let token: string;
const ACTOR = "token:nightly report";

beforeAll(async () => {
  lookup = await startLookupService();
  uptick = await startUptick({ flags: { "web-proxies": "127.0.0.1" }, lookupService: lookup });
  device = await enrolDevice(uptick, { facts: { ...IPHONE }, serial: "AUDITED" });
  stray = await enrolDevice(uptick, { facts: { ...IPHONE }, serial: "STRAY" });
  other = await enrolDevice(uptick, { facts: { ...IPHONE }, serial: "OTHER" });
  deviceId = (await uptick.device(device.udid)).id;
  otherId = (await uptick.device(other.udid)).id;
  strayId = (await uptick.device(stray.udid)).id;
  await uptick.restart({
    between(database) {
      database.prepare("UPDATE enrollment SET state = 'quarantined' WHERE id IN (?, ?)").run(strayId, otherId);
      insertStandingPlan(database, "plan-rings");
      insertRollout(database, "rollout-old", "plan-rings", { version: "26.6.1", state: "superseded" });
      insertRollout(database, "rollout-a", "plan-rings", { version: "26.6.2" });
      const paused = { state: "paused", instead: "26.6.1" } as const;
      insertRollout(database, "rollout-paused", "plan-rings", { version: "26.6.3", ...paused });
      const asks = { state: "asks", asked: "approval", askedAt: 1, openedAt: 1, countFrom: 1 } as const;
      const runs = [{ ring: 0, ...asks }, { ring: 1, ...asks }, { ring: 0, urgent: 1 } as const];
      insertRollout(database, "rollout-urgent", "plan-rings", { version: "26.6.4", runs });
    },
  });
  token = (await uptick.web.post<NewToken>("/api/v1/tokens", { name: "nightly report" })).token;
});
afterAll(async () => {
  await uptick.close();
  await lookup.close();
});

const latest = async (query = ""): Promise<AuditEntry[]> =>
  (await uptick.web.get<{ rows: AuditEntry[] }>(`/api/v1/audit?limit=1000${query}`)).rows;

interface Asked {
  readonly path: string;
  readonly body?: unknown;
  readonly status: number;
  readonly outcome: string;
  /** Of the object, once the request is answered. */
  readonly id: string | null | ((reply: WebReply) => string);
  readonly detail?: string;
  readonly media?: string;
}

const json = <T extends { id: string }>(reply: WebReply): string => reply.json<T>().id;
const raw = (uuid: string, command: PlistDict): Uint8Array => commandBytes(uuid, command);
const QUESTION = { RequestType: "DeviceInformation", Queries: ["OSVersion"] };

/** Of a session alone, or of nobody yet: test/routes/sessions.test.ts looks at their rows. */
const OF_SESSIONS: ReadonlySet<string> = new Set<OfSessions>(["signIn", "signOut", "changeOwnPassword", "setUp"]);

const IOS_27 = { platform: "iOS", major: 27 };
/** A standing plan that is stopped by nobody, and gives nothing while these tests run. */
async function standing(name: string): Promise<string> {
  const terms = {
    to: "tvOS=latest-minor,iOS=latest-minor",
    deadline: "+300d 17:00",
    action: "install",
    standing: true,
  };
  return (await uptick.web.post<PlanView>("/api/v1/plans", { ...terms, name })).id;
}

/** Nothing answers under its name. */
const HOOK = { name: "audited", url: "https://hook.invalid/", events: ["job.failed"] };
let hooks = 0;
async function hook(): Promise<string> {
  hooks += 1;
  return (await uptick.web.post<WebhookView>("/api/v1/webhooks", { ...HOOK, name: `hook ${hooks}` })).id;
}

/** A new route that writes does not compile without its line here: what is done, and what is refused. */
const WRITES: Readonly<Record<WriteName, { done(): Promise<Asked> | Asked; refused: Asked }>> = {
  createToken: {
    done: () => ({ path: "/api/v1/tokens", body: { name: "ci" }, status: 201, outcome: "ok", id: "ci" }),
    refused: { path: "/api/v1/tokens", body: { name: "first" }, status: 409, outcome: "token-exists", id: "first" },
  },
  revokeToken: {
    done: () => ({ path: "/api/v1/tokens/ci", status: 204, outcome: "ok", id: "ci" }),
    refused: { path: "/api/v1/tokens/nobody", status: 404, outcome: "token-unknown", id: "nobody" },
  },
  createAccount: {
    done: () => ({
      path: "/api/v1/accounts",
      body: { name: "Anna", role: "operator", password: "a long sentence" },
      status: 201,
      outcome: "ok",
      id: json,
      detail: "Anna, operator",
    }),
    refused: {
      path: "/api/v1/accounts",
      body: { name: "Ben", role: "operator", password: "short" },
      status: 400,
      outcome: "password-invalid",
      id: null,
    },
  },
  editAccount: {
    done: () => ({
      path: "/api/v1/accounts/ANNA",
      body: { revision: 1, role: "viewer" },
      status: 200,
      outcome: "ok",
      id: json,
      detail: "viewer",
    }),
    refused: {
      path: "/api/v1/accounts/nobody",
      body: { revision: 1, role: "viewer" },
      status: 404,
      outcome: "account-unknown",
      id: "nobody",
    },
  },
  setPassword: {
    done: () => ({
      path: "/api/v1/accounts/anna/password",
      body: { password: "another sentence" },
      status: 200,
      outcome: "ok",
      id: json,
    }),
    refused: {
      path: "/api/v1/accounts/anna/password",
      body: { password: "short" },
      status: 400,
      outcome: "password-invalid",
      id: "anna",
    },
  },
  endSessions: {
    done: () => ({ path: "/api/v1/accounts/anna/end-sessions", status: 200, outcome: "ok", id: json }),
    refused: { path: "/api/v1/accounts/nobody/end-sessions", status: 404, outcome: "account-unknown", id: "nobody" },
  },
  removeAccount: {
    async done() {
      const body = { name: "Gone", role: "viewer", password: "a long sentence" };
      const { id } = await uptick.web.post<{ id: string }>("/api/v1/accounts", body);
      return { path: "/api/v1/accounts/gone", status: 204, outcome: "ok", id };
    },
    refused: { path: "/api/v1/accounts/nobody", status: 404, outcome: "account-unknown", id: "nobody" },
  },
  createWebhook: {
    done: () => ({
      path: "/api/v1/webhooks",
      body: HOOK,
      status: 201,
      outcome: "ok",
      id: json,
      detail: HOOK.name,
    }),
    refused: {
      path: "/api/v1/webhooks",
      body: { ...HOOK, url: "http://10.0.0.1/" },
      status: 400,
      outcome: "webhook-invalid",
      id: null,
    },
  },
  editWebhook: {
    done: async () => ({
      path: `/api/v1/webhooks/${await hook()}`,
      body: { revision: 1, events: ["job.*"] },
      status: 200,
      outcome: "ok",
      id: json,
    }),
    refused: {
      path: "/api/v1/webhooks/nowhere",
      body: { revision: 1, events: ["job.*"] },
      status: 404,
      outcome: "webhook-unknown",
      id: "nowhere",
    },
  },
  rotateWebhookSecret: {
    done: async () => ({
      path: `/api/v1/webhooks/${await hook()}/rotate-secret`,
      status: 200,
      outcome: "ok",
      id: json,
    }),
    refused: { path: "/api/v1/webhooks/nowhere/rotate-secret", status: 404, outcome: "webhook-unknown", id: "nowhere" },
  },
  testWebhook: {
    done: async () => {
      const id = await hook();
      return { path: `/api/v1/webhooks/${id}/test`, status: 200, outcome: "ok", id };
    },
    refused: { path: "/api/v1/webhooks/nowhere/test", status: 404, outcome: "webhook-unknown", id: "nowhere" },
  },
  retryDelivery: {
    done: async () => {
      const id = await hook();
      const { id: delivery } = await uptick.web.post<DeliveryView>(`/api/v1/webhooks/${id}/test`, undefined);
      const path = `/api/v1/webhooks/${id}/deliveries/${delivery}/retry`;
      return { path, status: 200, outcome: "ok", id, detail: delivery };
    },
    refused: {
      path: "/api/v1/webhooks/nowhere/deliveries/x/retry",
      status: 404,
      outcome: "webhook-unknown",
      id: "nowhere",
    },
  },
  deleteWebhook: {
    done: async () => {
      const id = await hook();
      return { path: `/api/v1/webhooks/${id}`, status: 204, outcome: "ok", id };
    },
    refused: { path: "/api/v1/webhooks/nowhere", status: 404, outcome: "webhook-unknown", id: "nowhere" },
  },
  setZone: {
    done: () => ({
      path: "/api/v1/devices/AUDITED/zone",
      body: { zone: "Europe/Zurich" },
      status: 200,
      outcome: "ok",
      id: deviceId,
      detail: "Europe/Zurich",
    }),
    refused: {
      path: "/api/v1/devices/x/zone",
      body: { zone: "Nowhere" },
      status: 400,
      outcome: "zone-invalid",
      id: "x",
    },
  },
  tagDevices: {
    done: () => ({
      path: "/api/v1/devices/tag",
      body: { devices: ["AUDITED"], add: ["pilot"], remove: ["lab"] },
      status: 200,
      outcome: "ok",
      id: deviceId,
      detail: "add pilot, remove lab",
    }),
    refused: {
      path: "/api/v1/devices/tag",
      body: { devices: ["AUDITED"], add: ["Pilot"] },
      status: 400,
      outcome: "tag-invalid",
      id: null,
    },
  },
  excludeDevices: {
    done: () => ({
      path: "/api/v1/devices/exclude",
      body: { devices: ["AUDITED"], until: "2026-09-14", reason: "trade fair" },
      status: 200,
      outcome: "ok",
      id: deviceId,
      detail: "until 2026-09-14: trade fair",
    }),
    refused: {
      path: "/api/v1/devices/exclude",
      body: { devices: ["AUDITED"], until: "2026-01-14", reason: "trade fair" },
      status: 400,
      outcome: "exclusion-invalid",
      id: null,
    },
  },
  endExclusions: {
    done: () => ({
      path: "/api/v1/devices/end-exclusion",
      body: { devices: ["AUDITED"] },
      status: 200,
      outcome: "ok",
      id: deviceId,
    }),
    refused: {
      path: "/api/v1/devices/end-exclusion",
      body: { devices: ["nobody"] },
      status: 404,
      outcome: "device-unknown",
      id: null,
    },
  },
  setGroup: {
    done: () => ({
      path: "/api/v1/groups/Tokyo%20lab",
      body: { rule: "tag=tokyo" },
      status: 201,
      outcome: "ok",
      id: "Tokyo lab",
      detail: "tag = tokyo",
    }),
    refused: {
      path: "/api/v1/groups/Tokyo%20lab",
      body: { rule: "tag=tokyo", revision: 7 },
      status: 412,
      outcome: "revision-stale",
      id: "Tokyo lab",
      detail: "tag = tokyo",
    },
  },
  setZoneRules: {
    done: () => ({
      path: "/api/v1/zone-rules",
      body: { rules: [{ rule: "tag = tokyo", zone: "Asia/Tokyo" }], revision: 0 },
      status: 200,
      outcome: "ok",
      id: null,
      detail: "1 rule",
    }),
    refused: {
      path: "/api/v1/zone-rules",
      body: { rules: [{ rule: "all", zone: "Nowhere" }], revision: 1 },
      status: 400,
      outcome: "zone-invalid",
      id: null,
    },
  },
  removeGroup: {
    done: () => ({ path: "/api/v1/groups/TOKYO%20LAB", status: 204, outcome: "ok", id: "TOKYO LAB" }),
    refused: { path: "/api/v1/groups/none", status: 404, outcome: "group-unknown", id: "none" },
  },
  adoptDevice: {
    done: () => ({
      path: "/api/v1/devices/STRAY/adopt",
      status: 200,
      outcome: "ok",
      id: strayId,
      detail: stray.fingerprint,
    }),
    refused: { path: "/api/v1/devices/nobody/adopt", status: 404, outcome: "device-unknown", id: "nobody" },
  },
  adoptDevices: {
    done: () => ({
      path: "/api/v1/devices/adopt",
      body: { devices: [{ ref: "OTHER" }] },
      status: 200,
      outcome: "ok",
      id: otherId,
      detail: other.fingerprint,
    }),
    refused: { path: "/api/v1/devices/adopt", body: {}, status: 400, outcome: "request-invalid", id: null },
  },
  removeDevice: {
    async done() {
      const { udid } = await enrolDevice(uptick);
      const { id } = await uptick.device(udid);
      return { path: `/api/v1/devices/${udid}/remove`, status: 200, outcome: "ok", id };
    },
    refused: { path: "/api/v1/devices/nobody/remove", status: 404, outcome: "device-unknown", id: "nobody" },
  },
  createBlackout: {
    done: () => ({
      path: "/api/v1/blackouts",
      body: { name: "Audited", from: "2026-12-21", to: "2026-12-22", rule: "tag=x" },
      status: 201,
      outcome: "ok",
      id: "Audited",
      detail: "2026-12-21 to 2026-12-22, tag = x",
    }),
    refused: {
      path: "/api/v1/blackouts",
      body: { name: "Audited", from: "2026-12-22", to: "2026-12-21" },
      status: 400,
      outcome: "blackout-invalid",
      id: null,
    },
  },
  removeBlackout: {
    async done() {
      await uptick.web.post("/api/v1/blackouts", { name: "Gone", from: "2026-12-21", to: "2026-12-22" });
      return { path: "/api/v1/blackouts/GONE", status: 204, outcome: "ok", id: "GONE" };
    },
    refused: { path: "/api/v1/blackouts/none", status: 404, outcome: "blackout-unknown", id: "none" },
  },
  createBlock: {
    done: () => ({
      path: "/api/v1/blocks",
      body: { version: "26.6", platform: "macOS", reason: "audited" },
      status: 201,
      outcome: "ok",
      id: json<Block>,
      detail: "audited",
    }),
    refused: { path: "/api/v1/blocks", body: { version: "26.6" }, status: 400, outcome: "request-invalid", id: null },
  },
  endBlock: {
    async done() {
      const body = { version: "26.5", platform: "tvOS", reason: "audited" };
      const { id } = await uptick.web.post<Block>("/api/v1/blocks", body);
      const path = `/api/v1/blocks/${id}/end`;
      return { path, body: { reason: "mended" }, status: 200, outcome: "ok", id, detail: "mended" };
    },
    refused: {
      path: "/api/v1/blocks/none/end",
      body: { reason: "mended" },
      status: 404,
      outcome: "block-unknown",
      id: "none",
    },
  },
  createPlan: {
    done: () => ({
      path: "/api/v1/plans",
      body: { to: "26.6.1", action: "download", devices: ["AUDITED"] },
      status: 201,
      outcome: "ok",
      id: json<PlanView>,
    }),
    refused: { path: "/api/v1/plans", body: { to: "26.6.1" }, status: 400, outcome: "request-invalid", id: null },
  },
  editPlan: {
    async done() {
      const plan = { to: "26.6.1", action: "download", devices: ["AUDITED"] };
      const { id } = await uptick.web.post<PlanView>("/api/v1/plans", plan);
      const body = { revision: 1, name: "another" };
      return { path: `/api/v1/plans/${id}`, body, status: 200, outcome: "ok", id, detail: "name" };
    },
    refused: {
      path: "/api/v1/plans/none",
      body: { revision: 1, name: "another" },
      status: 404,
      outcome: "plan-unknown",
      id: "none",
    },
  },
  tryAgain: {
    async done() {
      const id = await standing("failed");
      return { path: `/api/v1/plans/${id}/try-again`, body: {}, status: 200, outcome: "ok", id };
    },
    refused: { path: "/api/v1/plans/none/try-again", body: {}, status: 404, outcome: "plan-unknown", id: "none" },
  },
  holdMajor: {
    async done() {
      const path = `/api/v1/plans/${await standing("held")}/hold-major`;
      const detail = "hold iOS 27";
      return { path, body: IOS_27, status: 200, outcome: "ok", id: path.split("/")[4] ?? "", detail };
    },
    refused: {
      path: "/api/v1/plans/none/hold-major",
      body: IOS_27,
      status: 404,
      outcome: "plan-unknown",
      id: "none",
    },
  },
  releaseMajor: {
    async done() {
      const id = await standing("released");
      await uptick.web.post(`/api/v1/plans/${id}/hold-major`, IOS_27);
      const path = `/api/v1/plans/${id}/release-major`;
      return { path, body: IOS_27, status: 200, outcome: "ok", id, detail: "release iOS 27" };
    },
    refused: {
      path: "/api/v1/plans/none/release-major",
      body: IOS_27,
      status: 404,
      outcome: "plan-unknown",
      id: "none",
    },
  },
  orderPlans: {
    async done() {
      const { rows } = await uptick.web.get<{ rows: PlanView[] }>("/api/v1/plans");
      const plans = rows.filter(({ kind, state }) => kind === "standing" && state !== "stopped").map(({ id }) => id);
      return { path: "/api/v1/plans/order", body: { plans }, status: 200, outcome: "ok", id: null };
    },
    refused: {
      path: "/api/v1/plans/order",
      body: { plans: ["none"] },
      status: 409,
      outcome: "plan-order-differs",
      id: null,
    },
  },
  stopPlan: {
    async done() {
      const plan = { to: "26.6.1", action: "download", devices: ["AUDITED"] };
      const { id } = await uptick.web.post<PlanView>("/api/v1/plans", plan);
      return { path: `/api/v1/plans/${id}/stop`, status: 200, outcome: "ok", id };
    },
    refused: { path: "/api/v1/plans/none/stop", status: 404, outcome: "plan-unknown", id: "none" },
  },
  pausePlan: {
    async done() {
      const plan = { to: "26.6.1", action: "download", devices: ["AUDITED"] };
      const { id } = await uptick.web.post<PlanView>("/api/v1/plans", plan);
      const path = `/api/v1/plans/${id}/pause`;
      return { path, body: { reason: "too many" }, status: 200, outcome: "ok", id, detail: "too many" };
    },
    refused: { path: "/api/v1/plans/none/pause", body: {}, status: 400, outcome: "request-invalid", id: "none" },
  },
  resumePlan: {
    async done() {
      const plan = { to: "26.6.1", action: "download", devices: ["AUDITED"] };
      const { id } = await uptick.web.post<PlanView>("/api/v1/plans", plan);
      return { path: `/api/v1/plans/${id}/resume`, status: 200, outcome: "ok", id };
    },
    refused: { path: "/api/v1/plans/none/resume", status: 404, outcome: "plan-unknown", id: "none" },
  },
  holdRollout: {
    done: () => ({
      path: "/api/v1/rollouts/rollout-a/hold",
      ...{ body: { reason: "a bad update" }, status: 200, outcome: "ok", id: "rollout-a", detail: "a bad update" },
    }),
    refused: {
      path: "/api/v1/rollouts/none/hold",
      ...{ body: { reason: "why" }, status: 404, outcome: "rollout-unknown", id: "none" },
    },
  },
  pauseRollout: {
    done: () => ({
      path: "/api/v1/rollouts/rollout-a/pause",
      ...{ body: { reason: "a bad update" }, status: 200, outcome: "ok", id: "rollout-a", detail: "a bad update" },
    }),
    refused: {
      path: "/api/v1/rollouts/none/pause",
      ...{ body: { reason: "why" }, status: 404, outcome: "rollout-unknown", id: "none" },
    },
  },
  resumeRollout: {
    done: () => ({
      path: "/api/v1/rollouts/rollout-a/resume",
      ...{ body: { reason: "a bad update" }, status: 200, outcome: "ok", id: "rollout-a", detail: "a bad update" },
    }),
    refused: {
      path: "/api/v1/rollouts/none/resume",
      ...{ body: { reason: "why" }, status: 404, outcome: "rollout-unknown", id: "none" },
    },
  },
  abortRollout: {
    done: () => ({
      path: "/api/v1/rollouts/rollout-a/abort",
      ...{ body: { reason: "a bad update" }, status: 200, outcome: "ok", id: "rollout-a", detail: "a bad update" },
    }),
    refused: {
      path: "/api/v1/rollouts/none/abort",
      ...{ body: { reason: "why" }, status: 404, outcome: "rollout-unknown", id: "none" },
    },
  },
  liftBlackout: {
    done: () => ({
      path: "/api/v1/rollouts/rollout-urgent/lift-blackout",
      ...{ body: { reason: "a bad update" }, status: 200, outcome: "ok", id: "rollout-urgent", detail: "a bad update" },
    }),
    refused: {
      path: "/api/v1/rollouts/none/lift-blackout",
      ...{ body: { reason: "why" }, status: 404, outcome: "rollout-unknown", id: "none" },
    },
  },
  giveInstead: {
    // What is given already needs no offer: it stays so.
    done: () => ({
      path: "/api/v1/rollouts/rollout-paused/give-older",
      ...{ body: { version: "26.6.1", reason: "a CVE" }, status: 200, outcome: "ok", id: "rollout-paused" },
      detail: "26.6.1: a CVE",
    }),
    refused: {
      path: "/api/v1/rollouts/rollout-paused/give-older",
      ...{ body: { version: "26.5", reason: "why" }, status: 409, outcome: "older-not-offered", id: "rollout-paused" },
    },
  },
  promoteRing: {
    done: () => ({
      path: "/api/v1/rollouts/rollout-urgent/rings/1/promote",
      ...{ body: { reason: "seen" }, status: 200, outcome: "ok", id: "rollout-urgent", detail: "ring 1: seen" },
    }),
    refused: {
      path: "/api/v1/rollouts/rollout-urgent/rings/9/promote",
      ...{ body: { reason: "seen" }, status: 404, outcome: "ring-unknown", id: "rollout-urgent" },
      detail: "ring 9: seen",
    },
  },
  waitForRing: {
    done: () => ({
      path: "/api/v1/rollouts/rollout-urgent/rings/2/wait",
      ...{ body: { reason: "seen" }, status: 200, outcome: "ok", id: "rollout-urgent", detail: "ring 2: seen" },
    }),
    refused: {
      path: "/api/v1/rollouts/rollout-urgent/rings/9/wait",
      ...{ body: { reason: "seen" }, status: 404, outcome: "ring-unknown", id: "rollout-urgent" },
      detail: "ring 9: seen",
    },
  },
  startHalt: {
    done: () => {
      const body = { reason: "a bad update" };
      return { path: "/api/v1/halt/start", body, status: 200, outcome: "ok", id: null, detail: "a bad update" };
    },
    refused: { path: "/api/v1/halt/start", body: { reason: " " }, status: 400, outcome: "request-invalid", id: null },
  },
  endHalt: {
    async done() {
      const { devices } = await uptick.web.get<HaltView>("/api/v1/halt");
      const path = "/api/v1/halt/end";
      return { path, body: { devices }, status: 200, outcome: "ok", id: null, detail: "ended" };
    },
    refused: { path: "/api/v1/halt/end", body: { devices: -1 }, status: 400, outcome: "request-invalid", id: null },
  },
  createPolicy: {
    done: () => ({
      path: "/api/v1/policies",
      body: { devices: ["AUDITED"], settings: { Notifications: false } },
      status: 201,
      outcome: "ok",
      id: json<PolicyView>,
    }),
    refused: {
      path: "/api/v1/policies",
      body: { devices: ["AUDITED"], settings: { Nonsense: 1 } },
      status: 400,
      outcome: "settings-invalid",
      id: null,
    },
  },
  removePolicy: {
    async done() {
      const policy = { devices: ["AUDITED"], settings: { Notifications: true } };
      const { id } = await uptick.web.post<PolicyView>("/api/v1/policies", policy);
      return { path: `/api/v1/policies/${id}/remove`, status: 200, outcome: "ok", id };
    },
    refused: { path: "/api/v1/policies/none/remove", status: 404, outcome: "policy-unknown", id: "none" },
  },
  enroll: {
    done: () => ({
      path: "/api/v1/enrollments",
      body: {},
      status: 200,
      outcome: "ok",
      id: () => uptick.rows<{ hash: string }>("SELECT hash FROM challenge ORDER BY created_at DESC")[0]?.hash ?? "",
    }),
    refused: { path: "/api/v1/enrollments", body: { uses: 0 }, status: 400, outcome: "request-invalid", id: null },
  },
  createLink: {
    done: () => ({ path: "/api/v1/enrollment-links", body: {}, status: 201, outcome: "ok", id: json<EnrollmentLink> }),
    refused: { path: "/api/v1/enrollment-links", body: [], status: 400, outcome: "request-invalid", id: null },
  },
  revokeLink: {
    async done() {
      const { id } = await uptick.web.post<EnrollmentLink>("/api/v1/enrollment-links", {});
      return { path: `/api/v1/enrollment-links/${id}/revoke`, status: 200, outcome: "ok", id };
    },
    refused: { path: "/api/v1/enrollment-links/none/revoke", status: 404, outcome: "link-unknown", id: "none" },
  },
  pushRequest: {
    done: () => ({ path: "/api/v1/push-certificate/request", body: {}, status: 200, outcome: "ok", id: null }),
    refused: {
      path: "/api/v1/push-certificate/request",
      body: { vendor: "none" },
      status: 400,
      outcome: "certificate-invalid",
      id: null,
    },
  },
  importPush: {
    done: () => ({
      path: "/api/v1/push-certificate",
      media: "application/x-pem-file",
      body: Buffer.from(pushCertificate("com.apple.mgmt.External.test").pem),
      status: 200,
      outcome: "ok",
      id: null,
    }),
    refused: {
      path: "/api/v1/push-certificate",
      media: "application/x-pem-file",
      body: Buffer.from("none"),
      status: 400,
      outcome: "push-certificate-invalid",
      id: null,
    },
  },
  importCatalog: {
    done: () => ({
      path: "/api/v1/catalog",
      body: sampleLookupService(),
      status: 200,
      outcome: "ok",
      id: null,
      detail: "list of 2026-08-17",
    }),
    refused: { path: "/api/v1/catalog", body: "none", status: 400, outcome: "catalog-invalid", id: null },
  },
  importCves: {
    done: () => ({
      path: "/api/v1/catalog/cves",
      body: {
        OSVersions: [
          {
            SecurityReleases: [
              {
                ProductName: "macOS",
                ProductVersion: "26.6.1",
                ReleaseDate: "2026-08-06",
                CVEs: { "CVE-2026-65400": {} },
              },
            ],
          },
        ],
      },
      status: 200,
      outcome: "ok",
      id: null,
      detail: "CVEs of macOS of 2026-08-06",
    }),
    refused: {
      path: "/api/v1/catalog/cves",
      body: sampleLookupService(),
      status: 400,
      outcome: "cve-feed-invalid",
      id: null,
    },
  },
  fetchCatalog: {
    done: () => ({ path: "/api/v1/catalog/fetch", status: 200, outcome: "ok", id: null, detail: "list of 2026-08-25" }),
    refused: { path: "/api/v1/catalog/fetch", status: 429, outcome: "catalog-fetch-limited", id: null },
  },
  acceptCatalog: {
    done: async () => {
      lookup.answer = listOf(SMALL_LIST);
      await forgetFetches(uptick);
      await uptick.server.admin.server.fetchCatalog(uptick.server.system).catch(() => undefined);
      return {
        path: "/api/v1/catalog/accept",
        status: 200,
        outcome: "ok",
        id: null,
        detail: "smaller list of 2026-08-25",
      };
    },
    refused: { path: "/api/v1/catalog/accept", status: 409, outcome: "catalog-not-waiting", id: null },
  },
  acceptClock: {
    done: () => ({ path: "/api/v1/clock/accept", status: 200, outcome: "ok", id: null }),
    refused: { path: "/api/v1/clock/accept?now=1", status: 400, outcome: "request-invalid", id: null },
  },
  rawCommand: {
    done: () => ({
      path: "/mdm?device=AUDITED&wait=0",
      media: ASPEN,
      body: raw("raw-1", QUESTION),
      status: 202,
      outcome: "ok",
      id: deviceId,
      detail: "DeviceInformation raw-1",
    }),
    refused: {
      path: "/mdm?device=AUDITED&wait=0",
      media: ASPEN,
      body: raw("raw-2", { RequestType: "EraseDevice" }),
      status: 422,
      outcome: "command-dangerous",
      // Found, and refused then.
      id: () => deviceId,
    },
  },
  withdrawCommand: {
    async done() {
      const body = raw("raw-3", QUESTION);
      await uptick.web.request("PUT", "/mdm?device=AUDITED&wait=0", { body, headers: { "content-type": ASPEN } });
      const path = "/api/v1/devices/AUDITED/commands/raw-3/withdraw";
      return { path, status: 200, outcome: "ok", id: deviceId, detail: "raw-3" };
    },
    refused: {
      path: "/api/v1/devices/AUDITED/commands/none/withdraw",
      status: 404,
      outcome: "command-unknown",
      id: () => deviceId,
      detail: "none",
    },
  },
};

const ROWS = Object.entries(WRITES) as [WriteName, (typeof WRITES)[WriteName]][];

async function ask(name: WriteName, { path, body, media = "application/json" }: Asked, as: string | null = token) {
  const bytes = body instanceof Uint8Array ? body : JSON.stringify(body);
  const headers = {
    "x-forwarded-for": "203.0.113.9, 192.0.2.7",
    ...(body === undefined ? {} : { "content-type": media }),
  };
  return uptick.web.request(ROUTES[name].method, path, {
    token: as,
    headers,
    ...(body === undefined ? {} : { body: bytes }),
  });
}

describe("a write of an admin", () => {
  it("is every route that does more than read", () => {
    const routes: [string, Route][] = Object.entries(ROUTES);
    expect(Object.keys(WRITES).toSorted()).toEqual(
      routes.flatMap(([name, { method }]) => (method === "GET" || OF_SESSIONS.has(name) ? [] : [name])).toSorted(),
    );
  });

  const cases = ROWS.flatMap(([name, { done, refused }]) => [
    [name, "done", done] as const,
    [name, "refused", () => refused] as const,
  ]);
  it.each(cases)(
    "%s, %s: leaves one row with actor, object, what it was and is, address, outcome and request",
    async (name, end, make) => {
      const isDone = end === "done";
      const asked = await make();
      const before = new Set((await latest()).map(({ id }) => id));
      const reply = await ask(name, asked);
      expect([reply.status, reply.text.slice(0, 300)]).toEqual([asked.status, expect.anything()]);
      const made = (await latest()).filter(({ id }) => !before.has(id));
      expect(made).toEqual([
        {
          id: expect.any(String) as string,
          recordedAt: expect.stringMatching(/^2026-08-25T1\d:\d\d:\d\d\.\d{3}Z$/) as string,
          actor: ACTOR,
          route: name,
          object: { kind: ROUTES[name].object.kind, id: typeof asked.id === "function" ? asked.id(reply) : asked.id },
          detail: asked.detail ?? null,
          before: isDone ? CHANGES[name][0] : null,
          after: isDone ? CHANGES[name][1] : null,
          address: "192.0.2.7",
          outcome: asked.outcome,
          requestId: reply.headers["x-request-id"],
          count: 1,
        },
      ]);
    },
  );

  it("that finds nothing left to change is recorded too", async () => {
    const plan = { to: "26.6.1", action: "download", devices: ["AUDITED"] };
    const { id } = await uptick.web.post<PlanView>("/api/v1/plans", plan);
    const asked: Asked = { path: `/api/v1/plans/${id}/stop`, status: 200, outcome: "ok", id };
    for (const _time of ["first", "second"]) expect((await ask("stopPlan", asked)).status).toBe(200);
    expect((await latest(`&object=plan:${id}`)).map(({ route, outcome }) => [route, outcome])).toEqual([
      ["stopPlan", "ok"],
      ["stopPlan", "ok"],
      ["createPlan", "ok"],
    ]);
  });

  it("that names several devices and changes none is recorded without one", async () => {
    const before = new Set((await latest()).map(({ id }) => id));
    const asked: Asked = {
      path: "/api/v1/devices/adopt",
      body: { devices: [{ ref: "AUDITED" }, { ref: "nobody" }] },
      status: 200,
      outcome: "ok",
      id: null,
    };
    expect((await ask("adoptDevices", asked)).json()).toMatchObject({ counts: { "nothing-waits": 1 } });
    const made = (await latest()).filter(({ id }) => !before.has(id));
    expect(made).toMatchObject([{ route: "adoptDevices", object: { kind: "device", id: null }, outcome: "ok" }]);
  });

  it("is in the log by its actor's name, and the token is not", async () => {
    const reply = await ask("revokeToken", { ...WRITES.revokeToken.refused });
    const line = uptick.log.find(
      ({ event, requestId }) => event === "admin-request" && requestId === reply.headers["x-request-id"],
    );
    expect(line).toMatchObject({ actor: ACTOR, route: "/api/v1/tokens/:name", status: 404, address: "192.0.2.7" });
    expect(JSON.stringify(uptick.log)).not.toContain(token);
  });

  it("that comes with the wrong Content-Type or too large a body is recorded too", async () => {
    const before = (await latest()).length;
    const text = { "content-type": "text/plain" };
    expect((await uptick.web.request("POST", "/api/v1/plans", { token, body: "{}", headers: text })).status).toBe(415);
    const body = " ".repeat(65 * 1024);
    const headers = { "content-type": "application/json" };
    expect((await uptick.web.request("POST", "/api/v1/tokens", { token, body, headers })).status).toBe(413);
    const rows = await latest();
    expect(rows.slice(0, rows.length - before).map(({ outcome }) => outcome)).toEqual([
      "request-too-large",
      "media-type-invalid",
    ]);
  });

  it("is recorded where it says that it is a dry run and the route has none: it is refused", async () => {
    const before = (await latest()).length;
    const { id } = await uptick.web.post<EnrollmentLink>("/api/v1/enrollment-links", {});
    expect((await uptick.web.request("POST", `/api/v1/enrollment-links/${id}/revoke?dryRun=true`)).status).toBe(400);
    expect(await uptick.web.get(`/api/v1/enrollment-links/${id}`)).toMatchObject({ state: "open" });
    const rows = await latest();
    expect(rows).toHaveLength(before + 2);
    expect(rows[0]).toMatchObject({ route: "revokeLink", outcome: "request-invalid" });
  });

  it("is not recorded where it was a dry run, nor is what only reads", async () => {
    const before = await latest();
    const body = { to: "26.6.1", action: "install", devices: ["AUDITED"] };
    await uptick.web.post("/api/v1/plans?dryRun=true", body);
    await uptick.web.get("/api/v1/plans");
    expect(await latest()).toEqual(before);
  });

  it("without a valid token is counted in one row an hour, whatever comes", async () => {
    const before = (await latest()).length;
    for (const [name, { refused: asked }] of ROWS) {
      expect((await ask(name, asked, null)).status).toBe(401);
      expect((await ask(name, asked, "wrong")).status).toBe(401);
    }
    await expect
      .poll(async () => (await latest("&actor=none")).reduce((sum, { count }) => sum + count, 0))
      .toBe(2 * ROWS.length);
    const rows = await latest("&actor=none");
    // The hour may end meanwhile.
    expect(rows.length).toBeLessThanOrEqual(2);
    expect(rows[0]).toMatchObject({ actor: null, outcome: "unauthorized", address: "192.0.2.7", object: { id: null } });
    expect(await latest()).toHaveLength(before + rows.length);
  });
});

describe("what an admin has made", () => {
  it("names its maker: plans, policies, links, profiles, raw commands, zones", async () => {
    const by = async (sql: string): Promise<unknown> => uptick.rows<{ by: unknown }>(sql)[0]?.by;
    const asToken = (method: string, path: string, body: unknown) =>
      uptick.web.request(method, path, {
        token,
        body: JSON.stringify(body),
        headers: { "content-type": "application/json" },
      });
    const plan = await asToken("POST", "/api/v1/plans", { to: "26.6.1", action: "download", devices: ["AUDITED"] });
    expect(plan.json<PlanView>().createdBy).toBe(ACTOR);
    const policy = await asToken("POST", "/api/v1/policies", {
      devices: ["AUDITED"],
      settings: { Notifications: true },
    });
    expect(policy.json<PolicyView>().createdBy).toBe(ACTOR);
    const link = await asToken("POST", "/api/v1/enrollment-links", {});
    expect(link.json<EnrollmentLink>().createdBy).toBe(ACTOR);
    await asToken("POST", "/api/v1/enrollments", { note: "by a script" });
    expect(await by("SELECT created_by AS by FROM challenge WHERE note = 'by a script'")).toBe(ACTOR);
    await asToken("PUT", "/api/v1/devices/AUDITED/zone", { zone: "Europe/Paris" });
    expect(await uptick.device("AUDITED")).toMatchObject({ zoneFrom: "admin", zoneBy: ACTOR });
    const headers = { "content-type": ASPEN };
    await uptick.web.request("PUT", "/mdm?device=AUDITED&wait=0", { token, body: raw("raw-9", QUESTION), headers });
    const place = "/api/v1/devices/AUDITED/commands/raw-9";
    const json = { accept: "application/json" };
    expect((await uptick.web.request("GET", place, { headers: json })).json()).toMatchObject({ createdBy: ACTOR });
    await uptick.web.request("POST", `${place}/withdraw`);
    expect((await uptick.web.request("GET", place, { headers: json })).json()).toMatchObject({ createdBy: ACTOR });
    const queued = (await uptick.timeline("AUDITED")).findLast(({ kind }) => kind === "command-queued");
    expect(queued?.sentence).toBe(`DeviceInformation is queued by ${ACTOR}`);
  });
});

describe("the list of the audit", () => {
  it("is filtered by actor, object and time, and comes in pages", async () => {
    const all = await latest();
    expect((await latest("&actor=token:first")).every(({ actor }) => actor === "token:first")).toBe(true);
    const ofDevice = await latest(`&object=device:${deviceId}`);
    expect(ofDevice.map(({ id }) => id)).toEqual(
      all.filter(({ object }) => object.kind === "device" && object.id === deviceId).map(({ id }) => id),
    );
    expect(ofDevice.length).toBeGreaterThan(3);
    expect((await latest("&object=plan")).every(({ object }) => object.kind === "plan")).toBe(true);
    expect(await latest("&since=2026-08-26T00:00:00Z")).toEqual([]);
    // Not the order of the list: the row of an hour's strangers stands where the hour begins.
    const times = all.map(({ recordedAt }) => recordedAt).toSorted();
    const [newest, oldest] = [times.at(-1) ?? "", times[0] ?? ""];
    expect(await latest(`&until=${oldest}`)).toEqual([]);
    expect(await latest(`&until=${newest}`)).toEqual(all.filter(({ recordedAt }) => recordedAt < newest));
    expect(await latest("&route=setZone")).toEqual(all.filter(({ route }) => route === "setZone"));
    expect(await latest("&outcome=refused")).toEqual(all.filter(({ outcome }) => outcome !== "ok"));
    expect((await latest("&outcome=zone-invalid")).map(({ route }) => route)).toContain("setZone");
    expect(await uptick.web.get("/api/v1/audit?route=setZone&limit=1")).toMatchObject({ completeFromAt: oldest });
    const paged: string[] = [];
    let after = "";
    for (;;) {
      const page = await uptick.web.get<{ rows: AuditEntry[]; next: string | null }>(`/api/v1/audit?limit=7${after}`);
      paged.push(...page.rows.map(({ id }) => id));
      if (page.next === null) break;
      after = `&after=${page.next}`;
    }
    expect(paged).toEqual(all.map(({ id }) => id));
  });

  it.each([
    ["actor=nobody", "token:NAME"],
    ["object=computer", "enrollment-link"],
    ["since=yesterday", "RFC 3339"],
    ["after=7", "page before"],
    ["limit=0", "limit"],
    ["who=me", "who"],
    ["route=stopEverything", "stopPlan"],
    ["outcome=fine", "refused"],
    ["until=tomorrow", "RFC 3339"],
  ])("refuses %s and says what is expected", async (query, words) => {
    const reply = await uptick.web.request("GET", `/api/v1/audit?${query}`);
    expect(reply.problem()).toMatchObject({ status: 400, code: "request-invalid" });
    expect(reply.text).toContain(words);
  });

  it("is exported whole under its filters, as lines of JSON and as CSV", async () => {
    const rows = await latest("&outcome=ok");
    const lines = await uptick.web.request("GET", "/api/v1/audit.ndjson?outcome=ok");
    expect(lines.headers["content-type"]).toBe("application/x-ndjson");
    const read = lines.text.trimEnd().split("\n");
    expect(read.map((line) => JSON.parse(line) as unknown)).toEqual(rows);
    const csv = await uptick.web.request("GET", "/api/v1/audit.csv?outcome=ok");
    expect(csv.headers).toMatchObject({
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": 'attachment; filename="uptick-audit.csv"',
    });
    const [heading, ...cells] = csv.text.trimEnd().split("\r\n");
    expect(heading).toMatch(/^recordedAt,actor,route,/);
    expect(cells.map((line) => line.split(",", 3).join())).toEqual(
      rows.map(({ recordedAt, actor, route }) => `${recordedAt},${actor},${route}`),
    );
  });

  it("has no cell in its CSV that a spreadsheet would take for a formula", async () => {
    await uptick.web.post("/api/v1/blocks", { version: "26.4", platform: "tvOS", reason: "=HYPERLINK(A1)" });
    const csv = await uptick.web.request("GET", "/api/v1/audit.csv?route=createBlock");
    expect(csv.text.split("\r\n")[1]).toContain(",'=HYPERLINK(A1),");
  });
});

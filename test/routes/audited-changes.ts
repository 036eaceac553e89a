/** What the audit's row of each write in `audit.test.ts` has of the object before and after it. */
import { expect } from "vitest";
import type { RouteName, ROUTES } from "../../src/contract/index.ts";

/** Of a session alone, or of nobody yet. */
export type OfSessions = "signIn" | "signOut" | "changeOwnPassword" | "setUp";
export type WriteName = Exclude<
  { [N in RouteName]: (typeof ROUTES)[N]["method"] extends "GET" ? never : N }[RouteName],
  OfSessions
>;

const some = (value: unknown): unknown => value;
const TIME = some(expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/));
const ID = some(expect.stringMatching(/^[0-9a-f-]{36}$/));
const NOTHING = [null, null] as const;
const NOT_EXCLUDED = { until: null, reason: null };
const EXCLUDED = { until: "2026-09-14", reason: "trade fair" };
const GROUP = { name: "Tokyo lab", rule: "tag = tokyo", revision: 1 };
const PROFILE = { note: "", uses: 1, expiresAt: TIME };

/** A new route that writes does not compile without its line here. */
export const CHANGES: Readonly<Record<WriteName, readonly [before: unknown, after: unknown]>> = {
  createToken: [null, { name: "ci" }],
  revokeToken: [{ name: "ci" }, null],
  createAccount: [null, { name: "Anna", role: "operator", state: "active" }],
  editAccount: [{ role: "operator" }, { role: "viewer" }],
  setPassword: NOTHING,
  endSessions: NOTHING,
  removeAccount: [{ name: "Gone", role: "viewer", state: "active" }, null],
  createWebhook: [null, { name: "audited", url: "https://hook.invalid/", events: ["job.failed"], state: "active" }],
  editWebhook: [{ events: ["job.failed"] }, { events: ["job.*"] }],
  rotateWebhookSecret: NOTHING,
  testWebhook: NOTHING,
  retryDelivery: NOTHING,
  deleteWebhook: [
    { name: some(expect.any(String)), url: "https://hook.invalid/", events: ["job.failed"], state: "active" },
    null,
  ],
  setZone: [{ zone: null }, { zone: "Europe/Zurich" }],
  tagDevices: [{ tags: [] }, { tags: ["pilot"] }],
  excludeDevices: [NOT_EXCLUDED, EXCLUDED],
  endExclusions: [EXCLUDED, NOT_EXCLUDED],
  setGroup: [null, GROUP],
  setZoneRules: [{ rules: [] }, { rules: [{ rule: "tag = tokyo", zone: "Asia/Tokyo" }] }],
  removeGroup: [GROUP, null],
  adoptDevice: [{ state: "quarantined" }, { state: "enrolled" }],
  adoptDevices: [{ state: "quarantined" }, { state: "enrolled" }],
  removeDevice: [{ state: "enrolled" }, { state: "removed" }],
  createBlackout: [null, { name: "Audited", from: "2026-12-21", to: "2026-12-22", rule: "tag = x" }],
  removeBlackout: [{ name: "Gone", from: "2026-12-21", to: "2026-12-22", rule: "all" }, null],
  createBlock: [null, { platform: "macOS", version: "26.6", rule: "all", reason: "audited", until: null }],
  endBlock: [
    { holds: true, endReason: null },
    { holds: false, endReason: "mended" },
  ],
  createPlan: [
    null,
    { name: "26.6.1", to: "26.6.1", action: "download", devices: 1, state: "active", pauseReason: null },
  ],
  editPlan: [{ name: "26.6.1" }, { name: "another" }],
  // Its object is the plan, which stays as it is.
  tryAgain: NOTHING,
  holdMajor: [{ heldMajors: {} }, { heldMajors: { iOS: [27] } }],
  releaseMajor: [{ heldMajors: { iOS: [27] } }, { heldMajors: {} }],
  orderPlans: [{ order: [ID, ID, ID] }, { order: [ID, ID, ID] }],
  stopPlan: [{ state: "active" }, { state: "stopped" }],
  pausePlan: [
    { state: "active", pauseReason: null },
    { state: "paused", pauseReason: "too many" },
  ],
  // It was not paused.
  resumePlan: NOTHING,
  holdRollout: [
    { state: "running", reason: "began" },
    { state: "held", reason: "a bad update" },
  ],
  pauseRollout: [{ state: "held" }, { state: "paused" }],
  resumeRollout: [{ state: "paused" }, { state: "running" }],
  abortRollout: [{ state: "running" }, { state: "aborted" }],
  liftBlackout: [{ blackoutLifted: false }, { blackoutLifted: true }],
  // It was given before.
  giveInstead: NOTHING,
  promoteRing: [{ state: "asks" }, { state: "passed" }],
  waitForRing: [{ state: "asks" }, { state: "open" }],
  startHalt: [
    { active: false, reason: null },
    { active: true, reason: "a bad update" },
  ],
  endHalt: [
    { active: true, reason: "a bad update" },
    { active: false, reason: null },
  ],
  createPolicy: [
    null,
    { name: "Update settings", settings: { Notifications: false }, everyone: false, devices: 1, state: "active" },
  ],
  removePolicy: [{ state: "active" }, { state: "removed" }],
  enroll: [null, PROFILE],
  createLink: [null, PROFILE],
  revokeLink: [{ revoked: false }, { revoked: true }],
  // Its key is made once and never shown.
  pushRequest: NOTHING,
  importPush: [{ notAfter: some(expect.any(Number)) }, { notAfter: some(expect.any(Number)) }],
  importCatalog: [{ listDate: "2026-08-22" }, { listDate: "2026-08-17" }],
  importCves: [null, { platform: "macOS", feedDate: "2026-08-06", releases: 1 }],
  fetchCatalog: [{ listDate: "2026-08-17" }, { listDate: "2026-08-25" }],
  acceptCatalog: [{ pairs: some(expect.any(Number)) }, { pairs: some(expect.any(Number)) }],
  // No row says which clock is believed.
  acceptClock: NOTHING,
  rawCommand: [null, { commandUuid: "raw-1", requestType: "DeviceInformation", state: "queued" }],
  withdrawCommand: [{ state: "queued" }, { state: "withdrawn" }],
};

/** A service for tests of the web face and of the CLI: answers are given data, and every call is kept. */
import { UptickError } from "../../errors/index.ts";
import type { AdminService, Caller } from "../../service/index.ts";
import { fakeCatalog, LIST } from "./fake-catalog.suite.ts";
import {
  auditEntry,
  decided,
  detail,
  device,
  entry,
  link,
  made,
  MINUTE,
  NOW,
  plan,
  planJob,
  policy,
  policyDevice,
  refusal,
  refusedAs,
  removal,
  TOKEN,
  waiting,
} from "./fake-rows.suite.ts";

export interface Call {
  readonly method: keyof AdminService;
  readonly args: readonly unknown[];
}

const known = (ref: string): void => {
  if (ref !== device.id && ref !== device.serial && ref !== device.name && ref !== device.udid) {
    throw new UptickError("device-unknown", `No device is called ${ref}.`);
  }
};

/** What each use case answers unless a test says otherwise. */
const ANSWERS: AdminService = {
  audit: async () => ({ rows: [auditEntry], next: null }),
  noteStranger: () => undefined,
  onBehalfOf: () => {
    throw new Error("fakeService answers this");
  },
  authenticate: async (token) => (token === TOKEN ? "tests" : undefined),
  alive: async () => undefined,
  ready: async () => undefined,
  status: async () => ({
    version: "0.1.0",
    devices: 1,
    releases: 12,
    catalog: LIST,
    publicUrl: null,
    push: null,
    warnings: [],
    missing: [{ what: "the push certificate", how: "uptick push import FILE" }],
    ownTls: false,
    refusals: [refusal],
    handshakes: [],
  }),
  refusals: async () => ({ rows: [refusal], next: null }),
  devices: async () => ({ rows: [device], next: null }),
  clock: async () => ({
    trustedAt: "2026-08-25T14:00:00.000Z",
    systemAt: "2027-09-29T14:00:00.000Z",
    suspect: { sinceAt: "2026-08-25T13:00:00.000Z", untilAt: "2026-08-26T13:00:00.000Z", aheadMs: 34_560_000_000 },
  }),
  acceptClock: async () => ({
    trustedAt: "2027-09-29T14:00:00.000Z",
    systemAt: "2027-09-29T14:00:00.000Z",
    suspect: null,
  }),
  device: async (ref) => {
    known(ref);
    return detail;
  },
  timeline: async (ref, _after, limit) => {
    known(ref);
    const rows = [entry, { ...entry, seq: 6, raw: { bytes: 8, kept: 8, note: null } }];
    return { rows: rows.slice(0, limit), next: null };
  },
  timelineRaw: async (ref) => {
    known(ref);
    return new TextEncoder().encode("<plist/>");
  },
  remove: async (ref, dryRun) => {
    known(ref);
    return { ...removal, device: dryRun ? device : { ...device, enrollment: "removed" }, dryRun };
  },
  dryRun: async (request) => ({
    to: request.to,
    devices: 2,
    jobs: 1,
    compliant: 0,
    refused: 1,
    downloadsLost: 0,
    decisions: [
      { device: decided, kind: "job", target: "26.6.2", reason: null, sentence: "Goes to 26.6.2." },
      {
        device: { ...decided, id: "2", name: "Hall", serial: "SERIAL2" },
        kind: "refused",
        target: null,
        ...refusedAs("not-supervised"),
      },
    ],
  }),
  createPlan: async () => made,
  plans: async () => [plan],
  plan: async (id) => {
    if (id !== plan.id) throw new UptickError("plan-unknown", `No plan has the id ${id}.`);
    return plan;
  },
  planJobs: async () => ({ rows: [planJob], next: null }),
  stopPlan: async () => ({ ...plan, state: "stopped", stoppedAt: NOW }),
  tryPolicy: async () => ({
    devices: 2,
    everyone: false,
    declaration: 1,
    profile: 1,
    nothing: 0,
    unknown: 0,
    decisions: [
      {
        device: decided,
        way: "declaration",
        leftOut: [],
        replaces: "One week",
        sentence: 'By declaration. Takes the place of the policy "One week".',
      },
      {
        device: decided,
        way: "profile",
        leftOut: policyDevice.leftOut,
        replaces: null,
        sentence: "By a restrictions profile.",
      },
    ],
  }),
  createPolicy: async () => policy,
  policies: async () => [policy],
  policy: async (id) => {
    if (id !== policy.id) throw new UptickError("policy-unknown", `No policy has the id ${id}.`);
    return policy;
  },
  policyDevices: async () => ({ rows: [policyDevice], next: null }),
  removePolicy: async () => ({ ...policy, state: "removed", removedAt: NOW, working: true }),
  enroll: async (request) => ({
    profile: Uint8Array.of(0x30, 0x82, 0xff, 0x00),
    uses: request.uses ?? 1,
    expiresAt: NOW + (request.hours ?? 168) * 60 * MINUTE,
    publiclyTrusted: true,
  }),
  addLink: async (request) => ({
    ...link,
    uses: request.uses ?? 1,
    used: 0,
    downloads: 0,
    expiresAt: NOW + (request.hours ?? 168) * 60 * MINUTE,
    url: "https://mdm.example.org/enroll/made-once",
    publiclyTrusted: true,
  }),
  links: async () => [link],
  revokeLink: async (id) => {
    if (id !== link.id) throw new UptickError("link-unknown", `No enrollment link has the id ${id}.`);
    return { ...link, state: "revoked", revokedAt: NOW };
  },
  pushRequest: async (vendor) => ({
    csr: "-----BEGIN CERTIFICATE REQUEST-----\n",
    signed: vendor === undefined ? null : "c2lnbmVk",
  }),
  importPush: async () => ({ topic: "com.apple.mgmt.External.x", notAfter: NOW + 365 * 24 * 60 * MINUTE }),
  ...fakeCatalog,
  createToken: async (name) => ({ name, token: "made-once" }),
  tokens: async () => [{ name: "tests", createdAt: NOW - 2 * 60 * MINUTE }],
  revokeToken: async (name) => {
    if (name === "tests") throw new UptickError("token-last", "tests is the last token.");
  },
  rawCommand: async () => ({ kind: "pending", commandUuid: "cmd-1", state: "queued", resent: true }),
  command: async () => ({
    kind: "pending",
    commandUuid: "cmd-1",
    state: "queued",
    resent: true,
    requestType: "OSUpdateStatus",
    createdBy: null,
  }),
  withdrawCommand: async (_ref, uuid) => {
    if (uuid !== "cmd-1") throw new UptickError("command-unknown", `The device has no command ${uuid}.`);
    return {
      kind: "closed",
      commandUuid: uuid,
      outcome: "withdrawn",
      requestType: "EraseDevice",
      createdBy: "token:tests",
    };
  },
  adopt: async () => device,
  waiting: async () => ({ rows: [waiting], next: null }),
  adoptAll: async ({ devices }, isDry) => ({
    dryRun: isDry,
    counts: { adopted: devices.length },
    rows: devices.map(({ ref, certificate = null }) => ({
      ref,
      id: device.id,
      name: device.name,
      certificate,
      outcome: "adopted",
      sentence: "This certificate was adopted.",
      remedy: null,
    })),
  }),
  setZone: async (ref, zone) => {
    known(ref);
    return { ...detail, timeZone: zone, zoneFrom: zone === null ? null : "admin" };
  },
};

/** `ended`: how each request that may have changed something ended, for the audit. */
export function fakeService(changes: Partial<AdminService> = {}): {
  service: AdminService;
  calls: Call[];
  ended: { readonly caller: Caller; readonly outcome: string }[];
} {
  const calls: Call[] = [];
  const ended: { caller: Caller; outcome: string }[] = [];
  const answers = { ...ANSWERS, ...changes };
  const onBehalfOf: AdminService["onBehalfOf"] = (caller) => ({
    service,
    end: async (outcome) => void ended.push({ caller, outcome }),
  });
  const service: AdminService = new Proxy(answers, {
    get(target, method: keyof AdminService) {
      if (method === "onBehalfOf") return onBehalfOf;
      if (method === "noteStranger") return target[method];
      const answer = target[method] as (...args: unknown[]) => unknown;
      return (...args: unknown[]) => {
        calls.push({ method, args });
        return answer(...args);
      };
    },
  });
  return { service, calls, ended };
}

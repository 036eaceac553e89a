/** A service for tests of the web face and of the CLI: answers are given data, and every call is kept. */
import { UptickError } from "../../errors/index.ts";
import type {
  AdminService,
  AuditEntry,
  DeviceDetail,
  DeviceRemoval,
  DeviceView,
  EnrollmentLink,
  JobView,
  PendingCertificate,
  NewPlan,
  PlanJobView,
  PlanView,
  PolicyDeviceView,
  PolicyView,
  RefusalView,
  WaitingDevice,
  Caller,
} from "../../service/index.ts";
import { fakeCatalog, LIST } from "./fake-catalog.suite.ts";

export const TOKEN = "uptick-token-for-tests";
export const NOW = Date.UTC(2026, 7, 21, 12, 0, 0);
const MINUTE = 60_000;

export const job: JobView = {
  id: "job-1",
  planId: "plan-1",
  state: "blocked",
  reason: "low-battery",
  verdict: {
    code: "low-battery",
    params: { percent: 12 },
    sentence: "Blocked: the battery is at 12 %; next, at 13:00 (Europe/Zurich), it is tried again.",
    remedy: "Connect the device to power.",
  },
  mechanism: "command",
  enforceAt: null,
  target: "26.6.2 (25G83)",
  progress: 0.4,
  since: NOW - 9 * MINUTE,
  next: { action: "try-again", at: NOW + 60 * MINUTE },
  finishedAt: null,
};

export const device: DeviceView = {
  id: "0198c000-0000-7000-8000-000000000001",
  udid: "UDID-1",
  serial: "SERIAL1",
  name: "Room 4 / left",
  model: "MacBook Air",
  productName: "Mac14,2",
  platform: "macOS",
  osVersion: "26.5",
  buildVersion: "25F70",
  supervised: true,
  enrollment: "enrolled",
  userEnrollment: false,
  enrolledAt: NOW - 60 * 24 * 60 * MINUTE,
  lastSeenAt: NOW - 3 * MINUTE,
  job,
  pendingCertificates: 0,
};

const entry = {
  seq: 7,
  at: NOW - 9 * MINUTE,
  kind: "job",
  text: "The job is blocked",
  data: { a: [1, null] },
  raw: null,
};

/** A certificate that waits for an admin. */
export const pending: PendingCertificate = {
  fingerprint: "5c".repeat(32),
  subject: "CN=a device",
  issuer: "CN=Organisation CA",
  presentedAt: new Date(NOW - 20 * MINUTE).toISOString(),
  endsAt: new Date(NOW + 900 * MINUTE).toISOString(),
};

export const waiting: WaitingDevice = {
  id: device.id,
  udid: device.udid,
  serial: device.serial,
  name: device.name,
  enrollment: "enrolled",
  lastSeenAt: new Date(NOW - 3 * MINUTE).toISOString(),
  certificates: [pending],
};

export const removal: DeviceRemoval = {
  device,
  dryRun: false,
  outcome: "removed",
  lastContactAt: new Date(NOW - 3 * MINUTE).toISOString(),
  withdrawn: { planId: "plan-1", commands: 2, declarations: 1, policy: "Two weeks" },
  mayStill: [
    {
      kind: "declaration",
      target: "26.6.2",
      deliveredAt: null,
      enforceAtLocal: "2026-09-01T19:00:00",
      sentence: "The device may still have an update declaration.",
    },
  ],
};

export const detail: DeviceDetail = {
  ...device,
  pending: [],
  facts: [{ name: "BatteryLevel", value: 0.12, at: NOW - 3 * MINUTE }],
  timeZone: "Europe/Zurich",
  zoneFrom: "device",
  zoneBy: null,
  declarative: null,
  policy: {
    id: "policy-1",
    name: "Two weeks",
    way: "profile",
    state: "applied",
    sentence: "In force by a restrictions profile.",
  },
  claimedSerial: null,
  bootstrapTokenAt: NOW - 60 * 24 * 60 * MINUTE,
  identityEndsAt: null,
  removedAt: null,
  sameSerial: [],
  pushable: true,
  pushTrouble: null,
  outstanding: [
    {
      uuid: "cmd-1",
      requestType: "OSUpdateStatus",
      state: "offered",
      queuedAt: NOW - 5 * MINUTE,
      offeredAt: NOW,
      createdBy: null,
    },
  ],
  timeline: [entry],
};

export const plan: PlanView = {
  id: "plan-1",
  name: "August",
  state: "active",
  createdAt: NOW - 10 * MINUTE,
  createdBy: "token:tests",
  stoppedAt: null,
  to: "26.6.2",
  action: "install",
  window: "22:00-05:00",
  deadline: null,
  devices: 1,
  states: { blocked: 1 },
  pending: 0,
  finished: false,
  working: false,
};

export const made: NewPlan = {
  ...plan,
  decided: { jobs: 1, compliant: 0, refused: 0, downloadsLost: 0, refusals: [] },
};

export const policy: PolicyView = {
  id: "policy-1",
  name: "Two weeks",
  state: "active",
  everyone: false,
  settings: { Deferrals: { CombinedPeriodInDays: 14 }, Notifications: false },
  createdAt: NOW - 60 * MINUTE,
  createdBy: "token:tests",
  removedAt: null,
  devices: 2,
  states: { applied: 1, pending: 1 },
  working: false,
};

export const policyDevice: PolicyDeviceView = {
  device: {
    id: device.id,
    name: "Room 4 / left",
    serial: "SERIAL1",
    platform: "macOS",
    osVersion: "13.6",
    lastSeenAt: NOW - 3 * MINUTE,
  },
  way: "profile",
  state: "applied",
  profile: true,
  leftOut: [{ path: "Notifications", code: "version", why: "no restriction says it" }],
  sentence: "In force by a restrictions profile. Left out: Notifications (no restriction says it).",
};

export const planJob: PlanJobView = {
  device: {
    id: device.id,
    name: device.name,
    serial: device.serial,
    platform: device.platform,
    osVersion: device.osVersion,
    lastSeenAt: device.lastSeenAt,
  },
  job,
};

export const link: EnrollmentLink = {
  id: "link-1",
  note: "lab 3",
  state: "open",
  uses: 30,
  used: 4,
  downloads: 9,
  createdAt: NOW - 2 * 60 * MINUTE,
  createdBy: "token:tests",
  expiresAt: NOW + 6 * 60 * MINUTE,
  revokedAt: null,
};

export const auditEntry: AuditEntry = {
  id: "0198c000-0000-7000-8000-00000000000a",
  recordedAt: new Date(NOW - 4 * MINUTE).toISOString(),
  actor: "token:tests",
  route: "stopPlan",
  object: { kind: "plan", id: "plan-1" },
  detail: null,
  address: "192.0.2.7",
  outcome: "ok",
  requestId: "0f8fad5b-d9cb-469f-a165-70867728950e",
  count: 1,
};

export const refusal: RefusalView = {
  id: "0123456789abcdef0123456789abcdef",
  source: "mdm",
  reason: "certificate-of-another-device",
  sentence: "A device that calls itself UDID-2 showed the identity of another device.",
  remedy: "Enroll it with a profile of its own.",
  udid: "UDID-2",
  fingerprint: "ab".repeat(32),
  owner: { id: device.id, name: device.name, serial: device.serial },
  address: "192.0.2.7",
  count: 3,
  firstAt: "2026-08-20T11:00:00.000Z",
  lastAt: "2026-08-21T11:00:00.000Z",
};

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
      { device: planJob.device, kind: "job", target: "26.6.2", reason: null, sentence: "Goes to 26.6.2." },
      {
        device: { ...planJob.device, id: "2", name: "Hall", serial: "SERIAL2" },
        kind: "refused",
        target: null,
        reason: "not-supervised",
        sentence: "Not possible: the device is not supervised.",
        remedy: "Supervise the device.",
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
        device: planJob.device,
        way: "declaration",
        leftOut: [],
        replaces: "One week",
        sentence: 'By declaration. Takes the place of the policy "One week".',
      },
      { ...policyDevice, replaces: null, sentence: "By a restrictions profile." },
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
    if (id !== link.id) throw new UptickError("link-unknown", `No enrolment link has the id ${id}.`);
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

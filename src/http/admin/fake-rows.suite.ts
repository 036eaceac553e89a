/** What the fake service knows: one of each kind. Its words are the product's own (`true-words.suite.ts`). */
import type {
  AuditEntry,
  ChangedDecisions,
  ComplianceCounts,
  ComplianceSummary,
  DecisionView,
  DeviceDetail,
  DeviceRemoval,
  DeviceView,
  DryRunSummary,
  GoverningTrial,
  GroupView,
  EnrollmentLink,
  HaltView,
  HoldDryRun,
  JobView,
  NewPlan,
  PauseDryRun,
  PendingCertificate,
  PlanJobView,
  PlanView,
  PolicyDevice,
  PolicyView,
  Refusal,
  ReportRow,
  ResumeDryRun,
  RolloutDetail,
  WaitingDevice,
  ZoneRules,
} from "../../contract/index.ts";
import { causeOf, exposedWords, remedyOf, sentenceOf, whyGoverned } from "../../words/index.ts";

export const TOKEN = "uptick-token-for-tests";
export const NOW = Date.UTC(2026, 7, 21, 12, 0, 0);
export const MINUTE = 60_000;
/** A moment so long after `NOW`, as the API writes it. */
export const isoAt = (ms: number): string => new Date(NOW + ms).toISOString();

/** `head`: what the state is called. */
export function verdictFor(head: string, code: string, params: JobView["verdict"]["params"] = {}): JobView["verdict"] {
  const remedy = remedyOf(code);
  const sentence = `${head}: ${causeOf(code, params)}.`;
  return { reason: code, params, sentence, ...(remedy === undefined ? {} : { remedy }) };
}

export const job: JobView = {
  id: "job-1",
  planId: "plan-1",
  state: "blocked",
  reason: "insufficient-power",
  verdict: verdictFor("Blocked", "insufficient-power"),
  mechanism: "command",
  enforceAtLocal: null,
  release: "26.6.2 (25G83)",
  progress: 0.4,
  sinceAt: isoAt(-9 * MINUTE),
  next: { action: "try-again", dueAt: isoAt(60 * MINUTE) },
  finishedAt: null,
};

const exposed = { cves: ["CVE-2026-65400"], fixedIn: "26.6.2", postedOn: "2026-08-17" };

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
  enrolledAt: isoAt(-60 * 24 * 60 * MINUTE),
  lastSeenAt: isoAt(-3 * MINUTE),
  compliance: {
    class: "under-way",
    reason: "insufficient-power",
    sentence: `Under way: ${causeOf("insufficient-power", {})}.`,
    flags: ["overdue"],
    planId: "plan-1",
    target: "26.6.2",
    newest: "26.6.2",
    deadlineAt: "2026-08-20T15:00:00.000Z",
  },
  exclusion: null,
  job,
  pendingCertificates: 0,
};

export const entry = {
  seq: 7,
  recordedAt: isoAt(-9 * MINUTE),
  kind: "push-failed",
  sentence: "Push given up: Shutdown",
  data: { reason: "Shutdown", a: [1, null] },
  raw: null,
};

/** A certificate that waits for an admin. */
export const pending: PendingCertificate = {
  fingerprint: "5c".repeat(32),
  subject: "CN=a device",
  issuer: "CN=Organisation CA",
  presentedAt: isoAt(-20 * MINUTE),
  endsAt: isoAt(900 * MINUTE),
};

export const waiting: WaitingDevice = {
  id: device.id,
  udid: device.udid,
  serial: device.serial,
  name: device.name,
  enrollment: "enrolled",
  lastSeenAt: isoAt(-3 * MINUTE),
  certificates: [pending],
};

export const removal: DeviceRemoval = {
  device,
  dryRun: false,
  outcome: "removed",
  lastContactAt: isoAt(-3 * MINUTE),
  withdrawn: { planId: "plan-1", commands: 2, declarations: 1, policy: "Two weeks" },
  mayStill: [
    {
      kind: "declaration",
      release: "26.6.2",
      deliveredAt: null,
      enforceAtLocal: "2026-09-01T19:00:00",
      sentence: "The device may still have an update declaration.",
    },
  ],
};

export const detail: DeviceDetail = {
  ...device,
  pending: [],
  facts: [{ name: "BatteryLevel", value: 0.12, reportedAt: isoAt(-3 * MINUTE) }],
  timeZone: "Europe/Zurich",
  zoneFrom: "device",
  zoneBy: null,
  tags: ["lab", "pilot"],
  groups: ["Tokyo lab"],
  standing: {
    plans: [{ id: "plan-2", name: "Phones", order: 0, state: "active", ring: "Pilot" }],
    sentence: whyGoverned({ plans: [{ name: "Phones", state: "active" }], halted: false, job: null }),
  },
  exposed: { ...exposed, sentence: exposedWords(exposed) },
  declarative: null,
  policy: {
    id: "policy-1",
    name: "Two weeks",
    way: "profile",
    state: "applied",
    sentence: "In force by a restrictions profile.",
  },
  claimedSerial: null,
  bootstrapTokenAt: isoAt(-60 * 24 * 60 * MINUTE),
  identityEndsAt: null,
  removedAt: null,
  sameSerial: [],
  pushable: true,
  pushTrouble: null,
  outstanding: [
    {
      commandUuid: "cmd-1",
      requestType: "OSUpdateStatus",
      state: "offered",
      queuedAt: isoAt(-5 * MINUTE),
      offeredAt: isoAt(0),
      createdBy: null,
    },
  ],
  timeline: [entry],
};

export const plan: PlanView = {
  id: "plan-1",
  name: "August",
  kind: "once",
  order: null,
  revision: 1,
  state: "active",
  createdAt: isoAt(-10 * MINUTE),
  createdBy: "token:tests",
  stoppedAt: null,
  pausedAt: null,
  pauseReason: null,
  withdrawal: null,
  to: "26.6.2",
  action: "install",
  window: "22:00-05:00",
  deadline: null,
  noticeHours: null,
  skipWeekdays: [],
  spreadHours: 0,
  maxFailurePercent: 5,
  devices: 1,
  rule: null,
  standing: null,
  request: null,
  states: { blocked: 1 },
  pending: 0,
  finished: false,
  working: false,
};

export const rollout: RolloutDetail = {
  id: "rollout-1",
  planId: "plan-1",
  platform: "macOS",
  version: "26.6.2",
  state: "paused",
  stateBy: "gate",
  sinceAt: "2026-08-26T09:00:00.000Z",
  sentence:
    "Paused by the gate: 6 of 41 devices that started failed; if 5 % failed, so many would fail in 1.6 % of cases. Its devices receive nothing until a person resumes the rollout.",
  startsOn: "2026-08-17",
  beganAt: "2026-08-17T18:10:00.000Z",
  urgentBelow: null,
  blackoutLifted: false,
  instead: null,
  older: [{ version: "26.6.1", cves: ["CVE-2026-65400"], devices: 7 }],
  atRisk: 0,
  withdrawal: { toWithdraw: 0, mayInstall: 1, told: 0, watched: 1, held: 1 },
  rings: [
    {
      ring: 1,
      name: "Pilot",
      urgent: false,
      state: "open",
      sinceAt: "2026-08-18T07:00:00.000Z",
      devices: 12,
      notGiven: 0,
      plannedAt: "2026-08-18T07:00:00.000Z",
      openedAt: "2026-08-18T07:00:00.000Z",
      dueLocal: "2026-08-19T17:00",
      power: { percent: 17, sentence: "12 devices without a failure rule out only failure rates above 17 %." },
      asks: null,
    },
  ],
  decisions: [
    {
      ring: 1,
      name: "Pilot",
      urgent: false,
      decision: "pause",
      decidedBy: "gate",
      decidedAt: "2026-08-26T09:00:00.000Z",
      reason: "failures",
      params: { started: 41, failures: 6, chance: 0.0156, maxFailurePercent: 5 },
      sentence:
        "The gate paused the rollout: 6 of 41 devices that started failed; if 5 % failed, so many would fail in 1.6 % of cases.",
    },
  ],
};
export const holdTrial: HoldDryRun = { devices: 1, goOn: 3 };
const under = { plan: { id: plan.id, name: plan.name }, ring: null, release: "26.6.2", job: null };

/** What an edit, an order or a stop would change for one device. */
export const governingTrial: GoverningTrial = {
  devices: 1,
  counts: { plan: 0, ring: 0, release: 0, job: 0, deadline: 1, downloadsLost: 0 },
  plans: [],
  rows: [
    {
      device: { id: device.id, name: device.name, serial: device.serial, platform: "iOS", osVersion: "26.6.1" },
      changes: ["deadline"],
      before: { ...under, deadlineLocal: "2026-09-05T17:00" },
      after: { ...under, deadlineLocal: "2026-09-12T17:00" },
      sentence: "Its deadline moves from 2026-09-05 17:00 to 2026-09-12 17:00.",
    },
  ],
};

export const halt: HaltView = {
  on: true,
  setBy: "token:tests",
  sinceAt: isoAt(-MINUTE),
  reason: "26.6.2 breaks the VPN",
  devices: 3,
  withdrawal: { toWithdraw: 0, mayInstall: 1, told: 0, watched: 1, held: 1 },
};
export const pauseTrial: PauseDryRun = {
  devices: 4,
  notGiven: 1,
  waiting: { command: 1, declaration: 0 },
  underWay: { command: 0, declaration: 1 },
  beyondRecall: { command: 1, declaration: 0 },
  installed: 2,
};
export const resumeTrial: ResumeDryRun = { devices: 3, notGiven: 1, deadlinesMoved: 2 };

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
  createdAt: isoAt(-60 * MINUTE),
  createdBy: "token:tests",
  removedAt: null,
  devices: 2,
  states: { applied: 1, pending: 1 },
  working: false,
};

export const policyDevice: PolicyDevice = {
  device: {
    id: device.id,
    name: "Room 4 / left",
    serial: "SERIAL1",
    platform: "macOS",
    osVersion: "13.6",
    lastSeenAt: isoAt(-3 * MINUTE),
  },
  way: "profile",
  state: "applied",
  profile: true,
  leftOut: [{ path: "Notifications", reason: "version", sentence: "no restriction says it" }],
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

/** The device as a decision names it. */
export const { lastSeenAt: _heard, ...decided } = planJob.device;

/** Words for a device that a plan refuses. */
export const refusedAs = (reason: string) => {
  const remedy = remedyOf(reason);
  return { reason, sentence: sentenceOf("refused", reason, {}), ...(remedy === undefined ? {} : { remedy }) };
};

export const link: EnrollmentLink = {
  id: "link-1",
  note: "lab 3",
  state: "open",
  uses: 30,
  used: 4,
  downloads: 9,
  createdAt: isoAt(-2 * 60 * MINUTE),
  createdBy: "token:tests",
  expiresAt: isoAt(6 * 60 * MINUTE),
  revokedAt: null,
};

export const counted: ComplianceCounts = {
  classes: { "waiting-person": 0, cannot: 0, unknown: 0, "no-plan": 0, "under-way": 1, "on-target": 2 },
  flags: { overdue: 1, exposed: 0, silent: 0, newest: 2, "major-ended": 0, "below-floor": 0 },
};
export const summary: ComplianceSummary = {
  devices: 3,
  ...counted,
  reasons: [
    {
      class: "under-way",
      reason: "insufficient-power",
      sentence: causeOf("insufficient-power", {}),
      remedy: remedyOf("insufficient-power") ?? null,
      devices: 1,
    },
    { class: "on-target", reason: "target-reached", sentence: causeOf("target-reached", {}), remedy: null, devices: 2 },
  ],
};

export const reportRow: ReportRow = {
  id: device.id,
  udid: device.udid,
  serial: device.serial,
  name: '=HYPERLINK("https://example.com")',
  model: device.model,
  platform: device.platform,
  enrollment: "removed",
  removedAt: "2026-08-21T10:00:00.000Z",
  osVersion: "26.5",
  buildVersion: "23F77",
  extra: null,
  versionSinceAt: "2026-08-01T10:00:00.000Z",
  newest: { version: "26.6.1", postedOn: "2026-08-17", reachedAt: null, days: 4 },
  newestOfAnyMajor: "26.6.1",
  deadlineAt: null,
  exclusion: null,
  lastSeenAt: "2026-08-21T09:00:00.000Z",
};

export const auditEntry: AuditEntry = {
  id: "0198c000-0000-7000-8000-00000000000a",
  recordedAt: isoAt(-4 * MINUTE),
  actor: "token:tests",
  route: "stopPlan",
  object: { kind: "plan", id: "plan-1" },
  detail: null,
  before: { state: "active", order: 0 },
  after: { state: "stopped", order: null },
  address: "192.0.2.7",
  outcome: "ok",
  requestId: "0f8fad5b-d9cb-469f-a165-70867728950e",
  count: 1,
};

export const refusal: Refusal = {
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

/** By what a dry run is saved as it was shown. */
export const savable = {
  hash: "0123456789abcdef0123456789abcdef",
  asOf: { decidedAt: "2026-08-21T12:00:00.000Z", catalogAt: "2026-08-21T02:00:00.000Z", planRevisions: 3 },
  savableUntilAt: "2026-08-22T12:00:00.000Z",
};

/** What a plan would do with two devices: one is updated, one refused. */
export const trial: DryRunSummary = {
  to: "26.6.2",
  devices: 2,
  jobs: 1,
  compliant: 0,
  refused: 1,
  downloadsLost: 0,
  refusals: [
    { ...refusedAs("not-supervised"), count: 1, devices: [{ ...decided, id: "2", name: "Hall", serial: "SERIAL2" }] },
  ],
  pushRate: 50,
  pushSeconds: 1,
  notes: [],
  ...savable,
};
export const trialDecisions: readonly DecisionView[] = [
  {
    device: decided,
    kind: "job",
    release: "26.6.2",
    mechanism: "declaration",
    deadlineLocal: "2026-08-28T17:00",
    momentLocal: "2026-08-28T17:00:00",
    zone: "Europe/Zurich",
    zoneFrom: "device",
    reason: null,
    params: {},
    sentence: "Goes to 26.6.2.",
  },
  {
    device: { ...decided, id: "2", name: "Hall", serial: "SERIAL2" },
    kind: "refused",
    release: null,
    mechanism: null,
    deadlineLocal: null,
    momentLocal: null,
    zone: null,
    zoneFrom: null,
    params: {},
    ...refusedAs("not-supervised"),
  },
];

/** What has changed since a dry run. */
export const changed: ChangedDecisions = {
  count: 1,
  allowed: 50,
  devices: [
    {
      device: decided,
      reason: "changed-since-dry-run",
      shown: {
        kind: "job",
        release: "26.6.2",
        mechanism: "declaration",
        deadlineLocal: "2026-08-28T17:00",
        momentLocal: "2026-08-28T17:00:00",
        reason: null,
      },
      now: {
        kind: "compliant",
        release: null,
        mechanism: null,
        deadlineLocal: null,
        momentLocal: null,
        reason: "already-there",
      },
      sentence:
        "The dry run showed: update to 26.6.2 by declaration, deadline 2026-08-28 17:00, install from 2026-08-28 17:00. Now: up to date (already-there).",
      remedy: "Make another dry run, and a plan for this device from it.",
    },
  ],
};

export const group: GroupView = {
  name: "Tokyo lab",
  rule: "tag = tokyo",
  revision: 3,
  createdAt: isoAt(-60 * MINUTE),
  createdBy: "token:tests",
  changedAt: isoAt(-5 * MINUTE),
  changedBy: "token:other",
};

export const zoneRules: ZoneRules = {
  rules: [{ rule: 'group = "Tokyo lab"', zone: "Asia/Tokyo", createdAt: group.createdAt, createdBy: "token:tests" }],
  revision: 4,
};

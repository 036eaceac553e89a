/** Rows for the suite, whole and plain; what a test is about it changes. */
import { textKey, versionKey } from "./list-keys.ts";
import type {
  AccountRow,
  AdminTokenRow,
  AssignmentRow,
  AuditRow,
  BodyBatchRow,
  BlackoutRow,
  BlockRow,
  BodyRow,
  CertificateRow,
  ChallengeRow,
  ClosedCommandRow,
  CommandBytesRow,
  CommandRow,
  DeviceGroupRow,
  DryRunRow,
  EnrollmentLinkRow,
  EnrollmentRow,
  FactsRow,
  GateDecisionRow,
  GivenRow,
  HaltRow,
  JobRow,
  OutboxRow,
  PlanDeviceRow,
  KeyedRequestRow,
  PlanRow,
  PolicyRow,
  RefusalRow,
  RingRunRow,
  RolloutRow,
  SecurityReleaseRow,
  ZoneRuleRow,
  VersionHistoryRow,
  WebhookDeliveryRow,
  WebhookRow,
} from "./rows.ts";
import type { Forgotten } from "./store.ts";

export const enrollmentRow = (id: string, more: Partial<EnrollmentRow> = {}): EnrollmentRow => ({
  id,
  appleId: `UDID-${id}`,
  kind: "device",
  state: "enrolled",
  certificate: null,
  serial: `S${id.toUpperCase()}`,
  claimedSerial: null,
  deviceName: null,
  productName: null,
  modelName: null,
  platform: "iOS",
  osVersion: "26.5",
  buildVersion: null,
  supplementalBuild: null,
  supplementalExtra: null,
  timeZone: null,
  supervised: 1,
  topic: null,
  pushable: 1,
  awaitingConfiguration: 0,
  accessRights: null,
  bootstrapTokenAt: null,
  reportedVersion: null,
  softwareUpdateDeviceId: null,
  bootstrapTokenRequired: null,
  bootstrapTokenAllowed: null,
  createdAt: 0,
  enrolledAt: 0,
  lastSeenAt: null,
  dueAt: null,
  leaseUntil: 0,
  factsAskedAt: null,
  unheard: 0,
  pushesAccepted: 0,
  pushTrouble: null,
  enforces: null,
  adminZone: null,
  adminZoneBy: null,
  removedAt: null,
  compliance: "unknown",
  complianceReason: "not-classified",
  flags: "",
  governedBy: null,
  target: null,
  offer: null,
  deadlineAt: null,
  deadlineLocal: null,
  ring: null,
  aim: null,
  joinedAt: null,
  joinedPlan: null,
  joinedAs: null,
  classDueAt: null,
  classLeaseUntil: 0,
  excludedUntil: null,
  excludedEndsAt: null,
  excludedReason: null,
  excludedBy: null,
  excludedAt: null,
  excludedDueAt: null,
  excludedLeaseUntil: 0,
  pushTroubleReason: null,
  pushTroubleSince: null,
  nameKey: textKey(more.deviceName ?? null),
  osKey: versionKey(more.osVersion === undefined ? "26.5" : more.osVersion),
  ...more,
});

export const commandRow = (enrollmentId: string, uuid: string, more: Partial<CommandRow> = {}): CommandRow => ({
  enrollmentId,
  uuid,
  rank: 1,
  requestType: "DeviceInformation",
  size: 3,
  sealed: 0,
  productKeys: null,
  origin: "care",
  jobId: null,
  purpose: null,
  state: "queued",
  skip: 0,
  once: 0,
  notBefore: null,
  notAfter: null,
  queuedAt: 0,
  offeredAt: null,
  offers: 0,
  createdBy: null,
  notNows: 0,
  ...more,
});

export const jobRow = (id: string, enrollmentId: string, more: Partial<JobRow> = {}): JobRow => ({
  id,
  planId: "plan",
  enrollmentId,
  live: 1,
  begun: 1,
  state: "asking",
  reason: "begun",
  dueAt: null,
  doc: { text: "naïve ✓", list: [1, null, true] },
  createdAt: 0,
  finishedAt: null,
  leaseUntil: 0,
  needsUser: 0,
  mechanism: null,
  rolloutId: null,
  ring: null,
  urgent: 0,
  startedAt: null,
  member: null,
  ...more,
});

export const planRow = (id: string, more: Partial<PlanRow> = {}): PlanRow => ({
  id,
  name: `plan ${id}`,
  kind: "once",
  place: null,
  revision: 1,
  state: "active",
  createdAt: 0,
  stoppedAt: null,
  pausedAt: null,
  pauseReason: null,
  pauseBy: null,
  resumedAt: null,
  spec: {},
  devices: 1,
  dueAt: null,
  leaseUntil: 0,
  createdBy: "token:first",
  ...more,
});

export const haltRow = (more: Partial<HaltRow> = {}): HaltRow => ({
  id: 1,
  active: 1,
  since: 5,
  setBy: "token:first",
  reason: "a bad update",
  ...more,
});

export const planDeviceRow = (
  planId: string,
  enrollmentId: string,
  more: Partial<PlanDeviceRow> = {},
): PlanDeviceRow => ({
  planId,
  enrollmentId,
  kind: "job",
  reason: null,
  params: {},
  seed: { enrollmentId },
  jobId: null,
  decidedAt: 0,
  doneAt: null,
  ...more,
});

export const policyRow = (id: string, more: Partial<PolicyRow> = {}): PolicyRow => ({
  id,
  name: `policy ${id}`,
  state: "active",
  everyone: 0,
  settings: { Notifications: false },
  createdAt: 0,
  removedAt: null,
  dueAt: null,
  leaseUntil: 0,
  createdBy: "token:first",
  ...more,
});

export const assignmentRow = (enrollmentId: string, policyId: string): AssignmentRow => ({
  enrollmentId,
  policyId,
  at: 0,
  way: "declaration",
  state: "pending",
  confirmed: null,
  objection: null,
  held: 0,
  profile: null,
  sent: null,
  tries: 0,
});

export const outboxRow = (enrollmentId: string, dueAt: number): OutboxRow => ({
  id: `push:${enrollmentId}`,
  kind: "push",
  enrollmentId,
  dueAt,
  attempts: 0,
  leaseUntil: 0,
  generation: 1,
});

export const commandBytesRow = (enrollmentId: string, uuid: string): CommandBytesRow => ({
  enrollmentId,
  uuid,
  bytes: new Uint8Array([0, 255, 10]),
});

export function closedCommandRow(enrollmentId: string, uuid: string, closedAt: number): ClosedCommandRow {
  return {
    enrollmentId,
    uuid,
    requestType: "OSUpdateStatus",
    origin: "job",
    jobId: "j",
    purpose: "status",
    outcome: "Acknowledged",
    answer: null,
    queuedAt: closedAt,
    offeredAt: closedAt,
    closedAt,
    createdBy: null,
  };
}

export const bodyRow = (enrollmentId: string, batch: number, n: number, at: number, size: number): BodyRow => ({
  enrollmentId,
  batch,
  n,
  at,
  size,
  bytes: new Uint8Array(size).fill(n),
});

export const bodyBatchRow = (enrollmentId: string, batch: number, more: Partial<BodyBatchRow> = {}): BodyBatchRow => ({
  enrollmentId,
  batch,
  asked: 0,
  keptBytes: 0,
  last: 0,
  ...more,
});

export const linkRow = (id: string, more: Partial<EnrollmentLinkRow> = {}): EnrollmentLinkRow => ({
  id,
  hash: `hash of ${id}`,
  note: "",
  uses: 1,
  used: 0,
  createdAt: 0,
  expiresAt: 100,
  revokedAt: null,
  downloads: 0,
  minute: 0,
  inMinute: 0,
  createdBy: null,
  ...more,
});

export const challengeRow = (hash: string, more: Partial<ChallengeRow> = {}): ChallengeRow => ({
  hash,
  purpose: "enrol",
  enrollmentId: null,
  usesLeft: 1,
  expiresAt: 100,
  createdAt: 0,
  note: "",
  accessRights: 1,
  device: null,
  link: null,
  createdBy: null,
  ...more,
});

export const versionRow = (
  enrollmentId: string,
  firstSeenAt: number,
  version: string,
  more: Partial<VersionHistoryRow> = {},
): VersionHistoryRow => ({ enrollmentId, firstSeenAt, version, build: null, extra: null, ...more });

/** All of history from before one moment. */
export const before = (at: number): Forgotten => ({
  ...{ history: at, audit: at, keyed: at },
  ...{ events: at, deliveries: at },
});

export const auditRow = (id: string, more: Partial<AuditRow> = {}): AuditRow => ({
  id,
  at: 0,
  actor: "token:first",
  route: "stopPlan",
  objectKind: "plan",
  objectId: "p",
  detail: null,
  before: null,
  after: null,
  address: "127.0.0.1",
  outcome: "ok",
  requestId: null,
  count: 1,
  ...more,
});

export const keyedRow = (id: string, more: Partial<KeyedRequestRow> = {}): KeyedRequestRow => ({
  id,
  requestId: "r",
  process: "p",
  asked: new Uint8Array([1, 2]),
  startedAt: 0,
  endedAt: null,
  answer: null,
  ...more,
});

const DEVICES = ["F2LSERIAL04", "00008030-001A2B3C4D5E6F70", "0123456789abcdef0123456789abcdef01234567", null] as const;

/** What a schema before `bindings` had of profiles for one device, on both backends; in the order of `NEW_BINDINGS`. */
export const OLD_BINDINGS: readonly string[] = [
  ...DEVICES.map(
    (device, at) => `INSERT INTO challenge
      (hash, purpose, uses_left, expires_at, created_at, note, access_rights, device)
      VALUES ('${at}', 'enroll', 1, 1, ${at}, '', 1, ${device === null ? "NULL" : `'${device}'`})`,
  ),
  `INSERT INTO enrollment
    (id, apple_id, kind, state, serial, pushable, awaiting_configuration, facts, created_at, lease_until, unheard)
    VALUES ('e', 'u', 'device', 'enrolled', 'ssss1111', 1, 0, '{}', 0, 0, 0)`,
];

export const NEW_BINDINGS: readonly ChallengeRow["device"][] = DEVICES.map((value, at) =>
  value === null ? null : { kind: at === 0 ? "serial" : "udid", value },
);

/** Releases as they were kept before a list had a date: two of the newest import, and one that it lacked. */
export const OLD_RELEASES: readonly string[] = [
  ["a", "26.6", '{"postingDate":"2026-08-01","devices":["x","y"]}', Date.UTC(2026, 7, 25)],
  ["b", "26.6.1", '{"postingDate":"2026-08-17","devices":["x"]}', Date.UTC(2026, 7, 25)],
  ["c", "26.5", '{"postingDate":"2026-08-20","devices":["x"]}', Date.UTC(2026, 7, 21)],
].map(
  ([id, version, doc, at]) => `INSERT INTO release (id, platform, version, build, doc, first_seen_at, last_seen_at)
    VALUES ('${id}', 'iOS', '${version}', 'B', '${doc}', 0, ${at})`,
);

/** Devices as they were kept before what they are found by had columns: Macs with a live job, and refused pushes. */
export const OLD_FOUND: readonly string[] = [
  ...[
    ["a", `'null'`, '{"bootstrapToken":"missing"}'],
    ["b", `'{"code":"push-token-dead","reason":"Unregistered","since":7}'`, '{"detail":"\\"bootstrapToken\\":\\"x"}'],
  ].flatMap(([id, trouble, doc]) => [
    `INSERT INTO enrollment
      (id, apple_id, kind, state, pushable, awaiting_configuration, facts, created_at, lease_until, unheard, push_trouble)
      VALUES ('${id}', 'u${id}', 'device', 'enrolled', 0, 0, '{}', 0, 0, 0, ${trouble})`,
    `INSERT INTO job (id, plan_id, enrollment_id, live, state, reason, doc, created_at, lease_until)
      VALUES ('j${id}', 'p', '${id}', 1, 'asking', 'begun', '${doc}', 0, 0)`,
  ]),
];

/** The one that waits for its user, and the trouble of the other. */
export const FOUND = { rows: [{ enrollment: { id: "a" }, job: { id: "ja", needsUser: 1 } }] };
export const FOUND_TROUBLE = { appleId: "ub", error: "Unregistered", at: 7 };

const SAID = {
  // The last text holds U+0000, another one behind it, and what only looks like it.
  a: { OSVersion: "next", BootstrapTokenRequiredForSoftwareUpdate: true, DeviceName: "\0\0 \\u0000 \\\0" },
  b: { OSVersion: 27, SoftwareUpdateDeviceID: "J314sAP", BootstrapTokenRequiredForSoftwareUpdate: 1 },
  c: { BootstrapTokenRequiredForSoftwareUpdate: false, BootstrapTokenAllowedForAuthentication: "not supported" },
  d: {},
} as const;
const factsAt = (id: keyof typeof SAID): FactsRow["doc"] =>
  Object.fromEntries(Object.entries(SAID[id]).map(([name, value]) => [name, { value, at: 7 }]));

/** Devices as they were kept before what they have said had a table. */
export const OLD_FACTS: readonly string[] = (["a", "b", "c", "d"] as const).map(
  (id) => `INSERT INTO enrollment
    (id, apple_id, kind, state, pushable, awaiting_configuration, facts, created_at, lease_until, unheard)
    VALUES ('${id}', 'u${id}', 'device', 'enrolled', 0, 0, '${JSON.stringify(factsAt(id))}', 0, 0, 0)`,
);
export const NEW_FACTS: readonly FactsRow[] = (["a", "b", "c"] as const).map((enrollmentId) => ({
  enrollmentId,
  doc: factsAt(enrollmentId),
}));
const NONE_KEPT = {
  reportedVersion: null,
  softwareUpdateDeviceId: null,
  bootstrapTokenRequired: null,
  bootstrapTokenAllowed: null,
};
export const FACTS_KEPT: readonly Partial<EnrollmentRow>[] = [
  { ...NONE_KEPT, id: "a", reportedVersion: "next", bootstrapTokenRequired: 1 },
  { ...NONE_KEPT, id: "b", softwareUpdateDeviceId: "J314sAP" },
  { ...NONE_KEPT, id: "c", bootstrapTokenRequired: 0, bootstrapTokenAllowed: "not supported" },
  { ...NONE_KEPT, id: "d" },
];

/** Devices as they were kept before the versions that they were seen on were. */
export const OLD_VERSIONS: readonly string[] = [
  "'a', 'ua', 'device', 'enrolled', '26.5', 'B', 70",
  "'b', 'ub', 'device', 'removed', '26.6', NULL, 90",
  "'c', 'uc', 'device', 'enrolled', NULL, NULL, 95",
  "'d', 'ud', 'device', 'enrolled', '26.4', NULL, NULL",
].map(
  (values) => `INSERT INTO enrollment
    (id, apple_id, kind, state, os_version, build_version, last_seen_at, pushable, awaiting_configuration, created_at, lease_until, unheard)
    VALUES (${values}, 0, 0, 5, 0, 0)`,
);
export const NEW_VERSIONS: readonly VersionHistoryRow[] = [
  versionRow("d", 5, "26.4"),
  versionRow("a", 70, "26.5", { build: "B" }),
  versionRow("b", 90, "26.6"),
];

/** Commands as they were kept with their bytes: one that is sealed, one that waits, and one whose story is told. `hex`: how SQL writes bytes. */
export const oldCommands = (hex: (digits: string) => string): readonly string[] => [
  ...[
    ["sealed", "0099"],
    ["waits", "3c3f"],
  ].map(
    ([uuid, digits = ""]) => `INSERT INTO command
      (enrollment_id, uuid, rank, request_type, bytes, origin, state, skip, once, queued_at, offers)
      VALUES ('e1', '${uuid}', 1, 'ScheduleOSUpdate', ${hex(digits)}, 'raw', 'queued', 0, 0, 0, 0)`,
  ),
  `INSERT INTO closed_command
    (enrollment_id, uuid, request_type, origin, bytes, outcome, queued_at, closed_at, answer)
    VALUES ('e1', 'told', 'OSUpdateStatus', 'raw', ${hex("ff")}, 'Acknowledged', 0, 5, 'null')`,
];
export const NEW_COMMANDS: readonly Partial<CommandRow>[] = [
  { uuid: "sealed", size: 2, sealed: 1, productKeys: null },
  { uuid: "waits", size: 2, sealed: 0, productKeys: null },
];
export const NEW_COMMAND_BYTES: readonly (readonly [uuid: string, bytes: readonly number[]])[] = [
  ["sealed", [0, 0x99]],
  ["told", [0xff]],
  ["waits", [0x3c, 0x3f]],
];

/** The list that is made of those releases. */
export const NEW_LIST = {
  date: "2026-08-17",
  from: "posting",
  takenAt: Date.UTC(2026, 7, 25),
  pairs: 3,
  before: null,
};

export const refusalRow = (id: string, more: Partial<RefusalRow> = {}): RefusalRow => ({
  id,
  source: "mdm",
  reason: "certificate-missing",
  sentence: "The request came without a client certificate.",
  remedy: "Look at the proxy.",
  udid: null,
  fingerprint: null,
  owner: null,
  address: "192.0.2.1",
  count: 1,
  firstAt: 0,
  lastAt: 0,
  notedAt: null,
  ...more,
});

export const certificateRow = (fingerprint: string, more: Partial<CertificateRow> = {}): CertificateRow => ({
  fingerprint,
  enrollmentId: null,
  challengeHash: "",
  purpose: "enrol",
  renews: null,
  transactionId: fingerprint,
  keyHash: fingerprint,
  der: new Uint8Array([1]),
  notBefore: 0,
  notAfter: 100,
  issuedAt: 0,
  accessRights: 0,
  device: null,
  renewedBy: null,
  identityHash: null,
  pendingFor: null,
  supersededAt: null,
  ...more,
});

export const groupRow = (name: string, rule = "all"): DeviceGroupRow => ({
  id: name.toLowerCase(),
  name,
  rule,
  revision: 1,
  createdAt: 0,
  createdBy: "token:first",
  changedAt: 0,
  changedBy: "token:first",
});

export const blockRow = (id: string, more: Partial<BlockRow> = {}): BlockRow => ({
  id,
  platform: "iOS",
  version: "26.6.1",
  extra: null,
  rule: "all",
  reason: "restarts again and again",
  until: null,
  live: 1,
  createdAt: 0,
  createdBy: "token:first",
  endedAt: null,
  endedBy: null,
  endReason: null,
  lookedTo: null,
  dueAt: 0,
  leaseUntil: 0,
  ...more,
});

export const dryRunRow = (id: string, more: Partial<DryRunRow> = {}): DryRunRow => ({
  id,
  hash: "a".repeat(32),
  at: 1,
  catalogAt: null,
  planRevisions: 0,
  terms: "b".repeat(64),
  devices: 1,
  pages: 1,
  expiresAt: 100,
  ...more,
});

export const blackoutRow = (name: string, more: Partial<BlackoutRow> = {}): BlackoutRow => ({
  id: name.toLowerCase(),
  name,
  firstDay: "2026-12-21",
  lastDay: "2027-01-03",
  rule: "all",
  live: 1,
  createdAt: 0,
  createdBy: "token:first",
  lookedTo: null,
  dueAt: 0,
  leaseUntil: 0,
  ...more,
});

export const tokenRow = (hash: string, more: Partial<AdminTokenRow> = {}): AdminTokenRow => ({
  hash,
  name: hash,
  createdAt: 0,
  role: "admin",
  expiresAt: null,
  createdBy: null,
  ...more,
});

export const accountRow = (id: string, more: Partial<AccountRow> = {}): AccountRow => ({
  id,
  name: id,
  nameKey: id,
  role: "admin",
  state: "active",
  password: "scrypt",
  issuer: null,
  subject: null,
  revision: 1,
  createdAt: 0,
  createdBy: "token:first",
  changedAt: 0,
  changedBy: "token:first",
  signedInAt: null,
  ...more,
});

export const zoneRuleRow = (place: number, rule = "all", zone = "Asia/Tokyo"): ZoneRuleRow => ({
  place,
  rule,
  zone,
  createdAt: 0,
  createdBy: "token:first",
});
export const securityRow = (version: string, more: Partial<SecurityReleaseRow> = {}): SecurityReleaseRow => ({
  platform: "macOS",
  version,
  doc: { postedOn: "2026-08-06", cves: [{ id: "CVE-2026-65400", firstSeenAt: 1, exploitedSince: null }] },
  firstSeenAt: 1,
  lastSeenAt: null,
  ...more,
});

export const rolloutRow = (id: string, more: Partial<RolloutRow> = {}): RolloutRow => ({
  id,
  planId: "plan",
  platform: "macOS",
  version: "26.6.2",
  extra: "",
  blockId: "",
  base: "2026-08-17",
  knownAt: 0,
  beganAt: 0,
  urgentBelow: null,
  urgentAt: null,
  blackoutLifted: 0,
  instead: null,
  state: "running",
  reason: "began",
  stateBy: "system",
  since: 0,
  ...more,
});

export const ringRunRow = (rolloutId: string, ring: number, more: Partial<RingRunRow> = {}): RingRunRow => ({
  rolloutId,
  ring,
  urgent: 0,
  state: "waiting",
  openedAt: null,
  countFrom: null,
  since: 0,
  asked: null,
  askedAt: null,
  decisions: 0,
  ...more,
});

export const gateDecisionRow = (
  rolloutId: string,
  n: number,
  more: Partial<GateDecisionRow> = {},
): GateDecisionRow => ({
  rolloutId,
  ring: 0,
  urgent: 0,
  n,
  what: "open",
  by: "gate",
  at: 0,
  reason: "time-has-come",
  numbers: {},
  ...more,
});

export const givenRow = (enrollmentId: string, version: string, more: Partial<GivenRow> = {}): GivenRow => ({
  enrollmentId,
  version,
  extra: "",
  planId: "plan",
  ring: 0,
  local: "2026-08-31T17:00",
  givenAt: 0,
  revision: null,
  cause: null,
  ...more,
});

export const webhookRow = (id: string, more: Partial<WebhookRow> = {}): WebhookRow => ({
  id,
  name: id,
  url: "https://example.com/",
  events: ["*"],
  revision: 1,
  state: "active",
  createdAt: 0,
  createdBy: "token:a",
  cursor: 0,
  failingSince: null,
  deliveredAt: null,
  disabledAt: null,
  disabledBy: null,
  disabledReason: null,
  dueAt: null,
  leaseUntil: 0,
  ...more,
});

export const deliveryRow = (
  id: string,
  webhookId: string,
  more: Partial<WebhookDeliveryRow> = {},
): WebhookDeliveryRow => ({
  id,
  webhookId,
  event: "job.done",
  at: 0,
  body: "{}",
  state: "waiting",
  attempts: 0,
  attemptedAt: null,
  status: null,
  error: null,
  createdAt: 0,
  dueAt: 0,
  ...more,
});

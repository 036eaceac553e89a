/** A service for tests of the admin API and of the CLI: answers are given data, and every call is kept. */
import type { AdoptionRequest, Adoptions } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import type { Actor, AdminService, Caller } from "../../service/index.ts";
import { fakeAccess } from "./fake-access.suite.ts";
import { fakeBlackouts } from "./fake-blackouts.suite.ts";
import { fakeEvents, fakeWebhooks } from "./fake-webhooks.suite.ts";
import { fakeBlocks } from "./fake-blocks.suite.ts";
import { fakeCatalog, LIST } from "./fake-catalog.suite.ts";
import {
  auditEntry,
  decided,
  detail,
  device,
  entry,
  changed,
  governingTrial,
  savable,
  group,
  halt,
  holdTrial,
  link,
  made,
  isoAt,
  MINUTE,
  NOW,
  plan,
  pauseTrial,
  planJob,
  policy,
  policyDevice,
  refusal,
  removal,
  reportRow,
  summary,
  counted,
  resumeTrial,
  rollout,
  TOKEN,
  trial,
  trialDecisions,
  waiting,
  zoneRules,
} from "./fake-rows.suite.ts";

type Group = keyof AdminService;
/** Such as "plans.create". */
export type UseCase = { [G in Group]: `${G}.${keyof AdminService[G] & string}` }[Group];
type FunctionOf<U> = U extends `${infer G extends Group}.${infer M}`
  ? M extends keyof AdminService[G]
    ? AdminService[G][M]
    : never
  : never;
/** What a test has some use cases do instead. */
export type Changes = { readonly [U in UseCase]?: FunctionOf<U> };

export interface Call {
  readonly method: UseCase;
  /** Without the actor. */
  readonly args: readonly unknown[];
}

const known = (ref: string): void => {
  if (ref !== device.id && ref !== device.serial && ref !== device.name && ref !== device.udid) {
    throw new UptickError("device-unknown", `No device is called ${ref}.`);
  }
};

const knownGroup = (name: string): void => {
  if (name.toLowerCase() !== group.name.toLowerCase())
    throw new UptickError("group-unknown", `There is no group "${name}".`);
};

/** What `adoptAll` gives for each that is named. */
const adopted = ({ devices }: AdoptionRequest, dryRun: boolean): Adoptions => ({
  dryRun,
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
});

/** What an exclusion does to seven devices. */
const excluded = {
  devices: 7,
  excludedBefore: 1,
  notGiven: 1,
  waiting: { command: 1, declaration: 0 },
  underWay: { command: 1, declaration: 2 },
  beyondRecall: { command: 0, declaration: 1 },
  installed: 1,
  endsAt: isoAt(7 * 24 * 60 * MINUTE),
  zoneUnknown: 2,
};

const fakeToken = {
  name: "tests",
  role: "admin",
  createdAt: isoAt(-2 * 60 * MINUTE),
  createdBy: "system",
  expiresAt: null,
} as const;

/** What each use case answers unless a test says otherwise. */
const ANSWERS: AdminService = {
  events: fakeEvents,
  webhooks: fakeWebhooks,
  devices: {
    list: async () => ({ rows: [device], next: null }),
    aggregate: async () => ({ rows: [{ value: "on-target", count: 1 }], next: null }),
    async *all() {
      yield [device];
    },
    async *csv() {
      yield `serial,name\r\n${device.serial},${device.name}\r\n`;
    },
    show: async (ref) => {
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
    setZone: async (_actor, ref, zone) => {
      known(ref);
      return { ...detail, timeZone: zone, zoneFrom: zone === null ? null : "admin" };
    },
    remove: async (_actor, ref) => {
      known(ref);
      return { ...removal, device: { ...device, enrollment: "removed" } };
    },
    tryRemove: async (ref) => {
      known(ref);
      return { ...removal, dryRun: true };
    },
    compliance: async () => summary,
    async *report() {
      yield [{ device: reportRow }];
      yield [{ summary: { reportAt: reportRow.versionSinceAt, devices: 1, catalogTakenAt: null, catalogDate: null } }];
    },
    adopt: async () => device,
    waiting: async () => ({ rows: [waiting], next: null }),
    adoptAll: async (_actor, request) => adopted(request, false),
    tryAdoptAll: async (request) => adopted(request, true),
  },
  plans: {
    dryRun: async ({ to }) => ({ ...trial, to, rows: trialDecisions }),
    dryRunSummary: async ({ to }) => ({ ...trial, to }),
    async *dryRunLines({ to }) {
      yield trialDecisions.map((decision) => ({ decision }));
      yield [{ summary: { ...trial, to } }];
    },
    create: async () => made,
    list: async () => ({ rows: [plan], next: null }),
    show: async (id) => {
      if (id !== plan.id) throw new UptickError("plan-unknown", `No plan has the id ${id}.`);
      return plan;
    },
    jobs: async () => ({ rows: [planJob], next: null }),
    stop: async () => ({ ...plan, state: "stopped", stoppedAt: isoAt(0) }),
    edit: async (_actor, id, { revision, name = plan.name, hash }) => {
      if (revision !== plan.revision)
        throw new UptickError("revision-stale", `The plan ${id} has the revision ${plan.revision}.`, {
          members: { present: plan },
        });
      return { ...plan, name, revision: revision + 1, ...(hash === undefined ? {} : { changed }) };
    },
    tryEdit: async () => ({ ...governingTrial, ...savable }),
    order: async (_actor, { plans }) => ({ plans: plans.map((id, order) => ({ id, name: plan.name, order })) }),
    tryOrder: async () => ({ ...governingTrial, ...savable }),
    tryStop: async () => governingTrial,
    again: async () => ({ dryRun: false, devices: 2 }),
    tryAgain: async () => ({ dryRun: true, devices: 2 }),
    major: async () => plan,
    tryMajor: async () => governingTrial,
    tryPause: async () => pauseTrial,
    pause: async (_actor, _id, pauseReason) => ({ ...plan, state: "paused", pausedAt: isoAt(0), pauseReason }),
    tryResume: async () => resumeTrial,
    resume: async () => plan,
  },
  rollouts: {
    list: async () => {
      const { decisions: _decisions, ...row } = rollout;
      return { rows: [row], next: null };
    },
    show: async () => rollout,
    try: async <V extends "hold" | "pause" | "resume" | "abort">(verb: V) =>
      (verb === "hold" ? holdTrial : verb === "resume" ? resumeTrial : pauseTrial) as never,
    tryLift: async () => ({ devices: 2 }),
    tryInstead: async () => ({ devices: 7 }),
    tryRing: async () => ({ devices: 20 }),
    say: async () => rollout,
    giveInstead: async (_actor, _id, version) => {
      if (version !== "26.6.1") throw new UptickError("older-not-offered", "What can be given is 26.6.1.");
      return { ...rollout, instead: version };
    },
    sayRing: async (_actor, _verb, _id, ring) => {
      if (ring !== "1" && ring !== "Pilot") throw new UptickError("ring-unknown", `There is no ring ${ring}.`);
      return rollout;
    },
  },
  halt: {
    show: async () => halt,
    tryStart: async () => pauseTrial,
    start: async (_actor, reason) => ({ ...halt, reason }),
    tryEnd: async () => resumeTrial,
    end: async (_actor, devices) => {
      if (devices !== resumeTrial.devices) throw new UptickError("halt-count-differs", "3 devices would continue.");
      return { ...halt, on: false, withdrawal: null };
    },
  },
  access: fakeAccess,
  blocks: fakeBlocks,
  blackouts: fakeBlackouts,
  policies: {
    dryRun: async () => ({
      devices: 2,
      everyone: false,
      declaration: 1,
      profile: 1,
      nothing: 0,
      unknown: 0,
      rows: [
        {
          device: decided,
          way: "declaration",
          leftOut: [],
          replaces: "One week",
          sentence: 'By declaration. Replaces the policy "One week".',
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
    create: async () => policy,
    list: async () => ({ rows: [policy], next: null }),
    show: async (id) => {
      if (id !== policy.id) throw new UptickError("policy-unknown", `No policy has the id ${id}.`);
      return policy;
    },
    devices: async () => ({ rows: [policyDevice], next: null }),
    tryRemove: async () => ({ devices: 2, declaration: 1, profile: 1, nothing: 0, unknown: 0 }),
    remove: async () => ({ ...policy, state: "removed", removedAt: isoAt(0), working: true }),
  },
  commands: {
    send: async () => ({ kind: "pending", commandUuid: "cmd-1", state: "queued", resent: true }),
    show: async () => ({
      kind: "pending",
      commandUuid: "cmd-1",
      state: "queued",
      resent: true,
      requestType: "OSUpdateStatus",
      createdBy: null,
    }),
    withdraw: async (_actor, _ref, uuid) => {
      if (uuid !== "cmd-1") throw new UptickError("command-unknown", `The device has no command ${uuid}.`);
      return {
        kind: "closed",
        commandUuid: uuid,
        outcome: "withdrawn",
        requestType: "EraseDevice",
        createdBy: "token:tests",
      };
    },
  },
  enrollment: {
    enroll: async (_actor, request) => ({
      profile: Uint8Array.of(0x30, 0x82, 0xff, 0x00),
      uses: request.uses ?? 1,
      expiresAt: NOW + (request.hours ?? 168) * 60 * MINUTE,
      publiclyTrusted: true,
    }),
    addLink: async (_actor, request) => ({
      ...link,
      uses: request.uses ?? 1,
      used: 0,
      downloads: 0,
      expiresAt: isoAt((request.hours ?? 168) * 60 * MINUTE),
      url: "https://mdm.example.org/enroll/made-once",
      publiclyTrusted: true,
    }),
    links: async () => ({ rows: [link], next: null }),
    link: async (id) => {
      if (id !== link.id) throw new UptickError("link-unknown", `No enrollment link has the id ${id}.`);
      return link;
    },
    revokeLink: async (_actor, id) => {
      if (id !== link.id) throw new UptickError("link-unknown", `No enrollment link has the id ${id}.`);
      return { ...link, state: "revoked", revokedAt: isoAt(0) };
    },
  },
  exclusions: {
    exclude: async (_actor, { until }) => ({ ...excluded, until, dryRun: false }),
    tryExclude: async ({ until }) => ({ ...excluded, until, dryRun: true }),
    end: async () => ({ dryRun: false, devices: 3, ended: 2, withJob: 2, deadlinesMoved: 1 }),
    tryEnd: async () => ({ dryRun: true, devices: 3, ended: 2, withJob: 2, deadlinesMoved: 1 }),
  },
  scopes: {
    tag: async () => ({ dryRun: false, devices: 3, changed: 2 }),
    tryTag: async () => ({ dryRun: true, devices: 3, changed: 2 }),
    tags: async () => ({
      rows: [
        { tag: "lab", devices: 12 },
        { tag: "pilot", devices: 1 },
      ],
      next: null,
    }),
    groups: async () => ({ rows: [group], next: null }),
    group: async (name) => {
      knownGroup(name);
      const { id, serial, platform, osVersion } = device;
      const first = [{ id, name: device.name, serial, platform, osVersion }];
      return { ...group, devices: 2, first, usedBy: ["zone rule 1 (Asia/Tokyo)"] };
    },
    setGroup: async (_actor, name, { rule, revision = 0 }) => ({
      isNew: revision === 0,
      group: { ...group, name, rule, revision: revision + 1 },
    }),
    trySetGroup: async (_name, { rule }) => ({ rule, before: 2, after: 12, joins: 11, leaves: 1 }),
    removeGroup: async (_actor, name) => {
      knownGroup(name);
    },
    zoneRules: async () => zoneRules,
    setZoneRules: async (_actor, { rules, revision }) => ({
      rules: rules.map((one) => ({ ...one, createdAt: group.createdAt, createdBy: "token:tests" })),
      revision: revision + 1,
    }),
  },
  server: {
    askedBy: () => {
      throw new Error("fakeService answers this");
    },
    noteStranger: () => undefined,
    version: () => "1.2.3",
    figures: () => Promise.reject(new Error("nothing asks for it over HTTP")),
    metrics: async () => "# HELP uptick_store_up Up.\n# TYPE uptick_store_up gauge\nuptick_store_up 1\n",
    authenticate: async (token) => (token === TOKEN ? { name: "tests", role: "admin", expiresAt: null } : undefined),
    takeKey: async () => ({ kind: "first", work: { mark: undefined, end: async () => undefined } }),
    audit: async () => ({ rows: [auditEntry], next: null, completeFromAt: auditEntry.recordedAt }),
    async *auditRows() {
      yield [auditEntry];
    },
    warnings: async () => [],
    alive: async () => undefined,
    ready: async () => [
      { reason: "push-certificate-missing", sentence: "No push certificate is imported.", remedy: "Import it." },
    ],
    status: async () => ({
      version: "0.1.0",
      rehearsal: false,
      devices: 1,
      compliance: counted,
      releases: 12,
      catalog: LIST,
      publicUrl: null,
      push: null,
      warnings: [],
      missing: [{ what: "the push certificate", remedy: "uptick push import FILE" }],
      ownTls: false,
      refusals: [refusal],
      handshakes: [],
    }),
    refusals: async () => ({ rows: [refusal], next: null }),
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
    pushRequest: async (_actor, vendor) => ({
      csr: "-----BEGIN CERTIFICATE REQUEST-----\n",
      signed: vendor === undefined ? null : "c2lnbmVk",
    }),
    importPush: async () => ({ topic: "com.apple.mgmt.External.x", endsAt: isoAt(365 * 24 * 60 * MINUTE) }),
    ...fakeCatalog,
    createToken: async (_actor, { name, role, expiresAt = null }) => ({ name, role, expiresAt, token: "made-once" }),
    tokens: async () => ({ rows: [fakeToken], next: null }),
    token: async (name) => {
      if (name !== fakeToken.name) throw new UptickError("token-unknown", `There is no token called "${name}".`);
      return fakeToken;
    },
    revokeToken: async (_actor, name) => {
      if (name === "tests") throw new UptickError("token-last", "tests is the last token.");
    },
  },
};

/** `ended`: how each request for a change ended, for the audit; `actors`: who asked for each call that changes something. */
export function fakeService(changes: Changes = {}): {
  service: AdminService;
  calls: Call[];
  actors: string[];
  ended: { readonly caller: Caller; readonly outcome: string }[];
} {
  const calls: Call[] = [];
  const actors: string[] = [];
  const ended: { caller: Caller; outcome: string }[] = [];
  const made = new WeakSet<object>();
  const askedBy: AdminService["server"]["askedBy"] = (caller) => {
    const actor: Actor = {
      name: caller.actor,
      run: () => Promise.reject(new Error("no store")),
      found: () => undefined,
    };
    made.add(actor);
    return { actor, mark: () => undefined, end: async (outcome) => void ended.push({ caller, outcome }) };
  };
  const groupOf = <G extends keyof AdminService>(name: G): AdminService[G] =>
    new Proxy(ANSWERS[name], {
      get(target, key: string) {
        const method = `${name}.${key}` as UseCase;
        if (method === "server.askedBy") return askedBy;
        const given: unknown = changes[method] ?? target[key as keyof AdminService[G]];
        if (method === "server.noteStranger" || method === "server.takeKey") return given;
        return (...args: readonly unknown[]) => {
          const [first] = args;
          const isAsked = typeof first === "object" && first !== null && made.has(first);
          if (isAsked) actors.push((first as Actor).name);
          calls.push({ method, args: isAsked ? args.slice(1) : args });
          return (given as (...all: readonly unknown[]) => unknown)(...args);
        };
      },
    });
  const service: AdminService = {
    devices: groupOf("devices"),
    plans: groupOf("plans"),
    rollouts: groupOf("rollouts"),
    halt: groupOf("halt"),
    policies: groupOf("policies"),
    blocks: groupOf("blocks"),
    blackouts: groupOf("blackouts"),
    commands: groupOf("commands"),
    enrollment: groupOf("enrollment"),
    scopes: groupOf("scopes"),
    exclusions: groupOf("exclusions"),
    access: groupOf("access"),
    server: groupOf("server"),
    events: groupOf("events"),
    webhooks: groupOf("webhooks"),
  };
  return { service, calls, actors, ended };
}

/** The admin's side: devices, tokens, push certificate, catalog, raw commands; plans are in plan-service.ts. */
import { ageOf } from "../catalog/index.ts";
import type {
  AdoptionRequest,
  Adoptions,
  AuditEntry,
  ClockView,
  DeviceDetail,
  DeviceQuery,
  DeviceRemoval,
  DeviceView,
  DryRun,
  EnrollRequest,
  NewPlan,
  Page,
  PlanJobView,
  PlanRequest,
  PlanView,
  Refusal,
  ServerStatus,
  TimelineEntry,
  WaitingDevice,
  DeviceWarningCode,
  Warning,
} from "../contract/index.ts";
import { zoneOf } from "./enrollment/device-facts.ts";
import { UptickError } from "../errors/index.ts";
import { hashSecret, readPushCertificate } from "../identity/index.ts";
import { checkCommand, decodeCommand } from "../protocol/index.ts";
import type { AuditQuery, EnrollmentRow, RawRef, RefusalQuery } from "../store/index.ts";
import { isZone } from "../plans/index.ts";
import { createAdoptions, pendingCertificate } from "./check-in/adoptions.ts";
import { type Caller, createStrangers, listAudit, recorderOf } from "./server/audit.ts";
import type { Answers } from "./commands/answers.ts";
import { catalogOf, readingOf } from "./catalog/catalog.ts";
import { type CatalogService, createCatalogService, listView, releaseId } from "./catalog/catalog-service.ts";
import { clockView, recordMoment } from "./server/clock-record.ts";
import { cursorOf, keyIn } from "./cursor.ts";
import type { Enrolment, SignedProfile } from "./identity/enrolment.ts";
import { createHealth, type Health } from "./server/health.ts";
import type { LinkAdmin } from "./identity/enrolment-links.ts";
import { MOST_UUID } from "./commands/poll.ts";
import { enqueueRaw, withdrawRaw } from "./commands/raw.ts";
import { NOTHING_SEEN, UnitOfWork } from "./enrollment/unit-of-work.ts";
import { addToken, dropToken, remember, setZone } from "./server/settings.ts";
import { dangerOf } from "./commands/dangerous.ts";
import { createPlanService } from "./plans/plan-service.ts";
import { createPolicyOf, createPolicyService, type PolicyService } from "./policies/policy-service.ts";
import type { Ports } from "./ports.ts";
import { makePushRequest, pushRequestKey } from "./push/push-request.ts";
import { isoTime } from "./iso-time.ts";
import type { Refusals } from "./server/refusals.ts";
import type { CommandState, RawOutcome } from "./commands/raw-outcome.ts";
import { removed } from "./check-in/removals.ts";
import { createSelector } from "./plans/selector.ts";
import { makeToken } from "./identity/server-identity.ts";
import { openedCommand, storedCommand } from "./commands/stored-command.ts";
import { declarativeView, deviceView, pushTroubleView, refusalView, timelineEntry } from "./views.ts";
import {
  type Affected,
  DEVICE_WARNING_CODES,
  DEVICE_WARNINGS,
  type WarningFacts,
  warningsOf,
} from "./server/warnings.ts";

export interface AdminService extends LinkAdmin, PolicyService, CatalogService, Health {
  /**
   * The same service in a caller's name: what it makes bears that name, and the audit gets one row. `end` comes when the
   * request is done, with "ok" or the error's code.
   */
  onBehalfOf(caller: Caller): { readonly service: AdminService; end(outcome: string): Promise<void> };
  /** A request for a change came without a valid token: it is counted. */
  noteStranger(stranger: Pick<Caller, "route" | "objectKind" | "address" | "requestId">): void;
  /** Newest first. */
  audit(query: AuditQuery): Promise<Page<AuditEntry>>;
  /** The name of the token, or undefined when it is not known. */
  authenticate(token: string): Promise<string | undefined>;
  status(): Promise<ServerStatus>;
  clock(): Promise<ClockView>;
  /** The system clock is right: it is believed from now on. */
  acceptClock(): Promise<ClockView>;
  /** The latest first. */
  refusals(query: { source?: Refusal["source"]; after?: string; limit: number }): Promise<Page<Refusal>>;
  devices(query: DeviceQuery): Promise<Page<DeviceView>>;
  /** `ref`: our id, UDID/EnrollmentID, serial or unique name. Throws `device-unknown`, `device-ambiguous`. */
  device(ref: string): Promise<DeviceDetail>;
  /** The message of an entry, as far as it is kept. Throws `timeline-entry-unknown`, `raw-not-kept`. */
  timelineRaw(ref: string, seq: number): Promise<Uint8Array>;
  /** Newest first. */
  timeline(ref: string, after: string | undefined, limit: number): Promise<Page<TimelineEntry>>;
  /** Throws `target-invalid`, `window-invalid`, `plan-invalid`, `plan-empty`, `device-unknown`, `device-ambiguous`. */
  dryRun(request: PlanRequest): Promise<DryRun>;
  createPlan(request: PlanRequest): Promise<NewPlan>;
  plans(): Promise<readonly PlanView[]>;
  /** Throws `plan-unknown`. */
  plan(id: string): Promise<PlanView>;
  /** `state`: of the jobs that are asked for. */
  planJobs(id: string, after: string | undefined, limit: number, state?: string): Promise<Page<PlanJobView>>;
  stopPlan(id: string): Promise<PlanView>;
  /** Throws `not-ready` while public URL or push certificate are missing. */
  enroll(request: EnrollRequest): Promise<SignedProfile>;
  /**
   * A request for a push certificate, whose key stays here; signed where a vendor's certificate, key and chain are given
   * (PEM, used once and not kept). Throws `certificate-invalid`.
   */
  pushRequest(vendorPem: string | undefined): Promise<{ readonly csr: string; readonly signed: string | null }>;
  /** PEM with certificate and private key, which may be absent where the request was made here. Throws `push-certificate-invalid`, `push-topic-fixed`. */
  importPush(pem: string): Promise<{ readonly topic: string; readonly notAfter: number }>;
  createToken(name: string): Promise<{ readonly name: string; readonly token: string }>;
  tokens(): Promise<readonly { readonly name: string; readonly createdAt: number }[]>;
  /** Throws `token-unknown`; the last token can't be revoked (`token-last`). */
  revokeToken(name: string): Promise<void>;
  /**
   * The raw door: a complete command property list, sent as it is. Same bytes again give the same command's outcome;
   * other bytes under a used CommandUUID are `command-conflict`. `allow`: its RequestType, where it needs to be meant.
   * Throws `command-invalid`, `command-not-allowed`, `command-dangerous`, `update-outstanding`, `device-unknown`.
   */
  rawCommand(
    ref: string,
    bytes: Uint8Array,
    how: { readonly waitMs: number; readonly allow: string | undefined },
  ): Promise<RawOutcome>;
  command(ref: string, commandUuid: string): Promise<CommandState>;
  /**
   * Takes a command of the raw door out of the queue, and gives what has become of it, now or before. One that was handed out
   * ends as `answer-lost`: it may be carried out. Throws `command-unknown`, `command-not-raw`.
   */
  withdrawCommand(ref: string, commandUuid: string): Promise<CommandState>;
  /** Says in which zone a device is; null: its own word counts again. Throws `zone-invalid`. */
  setZone(ref: string, zone: string | null): Promise<DeviceDetail>;
  /** Devices in quarantine and devices with a certificate that waits. */
  waiting(after: string | undefined, limit: number): Promise<Page<WaitingDevice>>;
  /**
   * Accepts a quarantined device (promise 6), or a certificate that waits for a known one. `certificate`: its fingerprint, needed
   * where several wait; it may also be one that an adoption has superseded. Throws `not-quarantined`,
   * `certificate-ambiguous`, `certificate-unknown`.
   */
  adopt(ref: string, certificate: string | undefined): Promise<DeviceView>;
  /** The same for many, or (`dryRun`) what that would do. */
  adoptAll(request: AdoptionRequest, dryRun: boolean): Promise<Adoptions>;
  /**
   * Removes a device from lists, plans and counts, with all that was meant for it; `dryRun`: only says what that would do. Its
   * timeline stays until history ends. Throws `device-unknown`, `device-ambiguous`.
   */
  remove(ref: string, dryRun: boolean): Promise<DeviceRemoval>;
}

export interface AdminOptions {
  readonly version: string;
  /** https origin that devices reach; undefined until it is configured. */
  readonly publicUrl: string | undefined;
  readonly organization: string;
  readonly accessRights: number;
  /** IANA zone that the configuration names for devices whose own is unknown. */
  readonly defaultZone: string | undefined;
  /** Certificates whose end is watched; all ends are ms UTC. */
  readonly tls: readonly { readonly subject: string; readonly notAfter: number }[];
  readonly tlsOtherHost: WarningFacts["tlsOtherHost"];
  readonly authority: { readonly subject: string; readonly notAfter: number };
  readonly endedIdentities: "accept" | "refuse";
  /** Stable identifier of the enrollment profile. */
  readonly profileIdentifier: string;
  /** True: devices see a TLS certificate of this server's own CA. */
  readonly ownTls: boolean;
  /** A new push certificate is in force from now on. */
  onPush(pem: string): void;
}

const TIMELINE = 50;
/** Devices that a warning names. */
const NAMED = 5;
const REFUSALS_SHOWN = 20;
/** The lists that a cursor of devices, and one of refusals, is of. */
const DEVICES = "devices";
const REFUSED = "refusals";

/** Commands that only ask, or whose repetition changes nothing: these may be handed out again after a lost answer. */
const HARMLESS: ReadonlySet<string> = new Set([
  "DeviceInformation",
  "SecurityInfo",
  "ProfileList",
  "CertificateList",
  "InstalledApplicationList",
  "ProvisioningProfileList",
  "Restrictions",
  "UserList",
  "AvailableOSUpdates",
  "OSUpdateStatus",
  "ScheduleOSUpdateScan",
  "DeviceConfigured",
  "DeclarativeManagement",
]);

/** What the service is put together from, for the server itself and for each request in whose name it acts. */
export interface AdminParts {
  readonly enrolment: Enrolment;
  readonly links: LinkAdmin;
  readonly refusals: Refusals;
}

export function createAdminService(
  ports: Ports,
  answers: Answers,
  partsOf: (ports: Ports) => AdminParts,
  options: AdminOptions,
): AdminService {
  const noteStranger = createStrangers(ports);
  const health = createHealth(ports);
  const serviceOf = (own: Ports, found: (id: string) => void): AdminService => ({
    ...useCases(own, answers, partsOf(own), options, found),
    ...health,
    audit: (query) => listAudit(ports, query),
    noteStranger,
    onBehalfOf(caller) {
      const { devices, found, end } = recorderOf(ports, caller);
      return { service: serviceOf({ ...ports, devices, actor: caller.actor }, found), end };
    },
  });
  return serviceOf(ports, () => undefined);
}

function useCases(
  ports: Ports,
  answers: Answers,
  { enrolment, links, refusals }: AdminParts,
  options: AdminOptions,
  found: (id: string) => void,
): Omit<AdminService, "audit" | "alive" | "ready" | "noteStranger" | "onBehalfOf"> {
  const { admin, devices } = ports;
  const select = createSelector(admin, found);
  const policyOf = createPolicyOf(ports);
  const plans = createPlanService(ports, select, options.defaultZone);

  const adoptions = createAdoptions(ports, select, options.accessRights);

  async function setting<T>(name: string): Promise<T | undefined> {
    const [row] = await devices.read({ from: "setting", where: { name } });
    return row?.value as T | undefined;
  }

  async function warnings(): Promise<Warning[]> {
    const now = ports.realNow();
    const { list } = await catalogOf(ports);
    const facts: WarningFacts = {
      push: await setting("push"),
      tls: options.tls,
      tlsOtherHost: options.tlsOtherHost,
      authority: options.authority,
      signer: undefined,
      endedIdentities: options.endedIdentities,
      clock: ports.clock.suspicion(),
      catalog: list === null ? null : { date: list.date, days: ageOf(list, ports.now()) },
    };
    const affected = new Map<DeviceWarningCode, Affected>();
    for (const code of DEVICE_WARNING_CODES) {
      const condition = DEVICE_WARNINGS[code].which(facts, now);
      if (condition === undefined) continue;
      const found = await admin.countWhere(condition);
      if (found.devices === 0) continue;
      const { rows } = await admin.devices({ where: condition, limit: NAMED });
      const names = rows.map(({ enrollment: { deviceName, serial, appleId } }) => deviceName ?? serial ?? appleId);
      affected.set(code, { ...found, names, newest: await admin.newestTrouble(condition) });
    }
    return warningsOf(facts, affected, now);
  }

  /** What this process has gathered is written first, so that the list and the timelines are as of now. */
  async function refusalPage(query: RefusalQuery) {
    await refusals.flush();
    const { after, ...rest } = query;
    const key = keyIn(REFUSED, after);
    const { rows, next } = await admin.refusals({ ...rest, ...(key === undefined ? {} : { after: key }) });
    return { rows: rows.map(({ refusal, owner }) => refusalView(refusal, owner)), next: cursorOf(REFUSED, next) };
  }

  async function detail(enrollment: EnrollmentRow): Promise<DeviceDetail> {
    await refusals.flush();
    const row = (await admin.device(enrollment.id)) ?? { enrollment, job: null, pending: 0 };
    const outstanding = await admin.outstanding(enrollment.id);
    const [renewal] = await devices.read({ from: "renewal", where: { enrollmentId: enrollment.id } });
    const [declarative] = await devices.read({ from: "declarative", where: { enrollmentId: enrollment.id } });
    const pending = await devices.read({ from: "certificate", where: { pendingFor: enrollment.id } });
    const timeline = await timelineOf(enrollment.id, undefined, TIMELINE);
    const zone = zoneOf(row.enrollment);
    const { removedAt } = row.enrollment;
    const same = await namesakes(row.enrollment);
    return {
      ...deviceView(row, await readingOf(ports)),
      facts: Object.entries(row.enrollment.facts).map(([name, fact]) => ({ name, ...fact })),
      timeZone: zone?.zone ?? null,
      zoneBy: row.enrollment.adminZoneBy,
      zoneFrom: zone?.from ?? null,
      declarative: declarative === undefined ? null : declarativeView(declarative, row.enrollment.enforces),
      policy: await policyOf(row.enrollment),
      claimedSerial: row.enrollment.claimedSerial,
      bootstrapTokenAt: row.enrollment.bootstrapTokenAt,
      identityEndsAt: renewal?.endsAt ?? null,
      pending: pending.map(pendingCertificate),
      pushable: row.enrollment.pushable === 1,
      pushTrouble: pushTroubleView(row.enrollment.pushTrouble),
      removedAt: removedAt === null ? null : isoTime(removedAt),
      sameSerial: same.map(sameSerialView),
      outstanding: outstanding.map(({ uuid, requestType, state, queuedAt, offeredAt, createdBy }) => ({
        uuid,
        requestType,
        state,
        queuedAt,
        offeredAt,
        createdBy,
      })),
      timeline,
    };
  }

  async function timelineOf(id: string, before: number | undefined, limit: number): Promise<TimelineEntry[]> {
    const rows = await admin.timeline(id, before, limit);
    const batches = new Set(await admin.bodyBatches(id));
    return rows.map((row) => timelineEntry(row, batches));
  }

  /** Throws `raw-not-kept`. */
  async function bytesOf(enrollmentId: string, ref: RawRef): Promise<Uint8Array> {
    const bytes =
      "commandUuid" in ref
        ? await admin.commandBytes(enrollmentId, ref.commandUuid)
        : await admin.body(enrollmentId, ref.batch, ref.n);
    if (bytes === undefined) throw new UptickError("raw-not-kept", `The message of ${ref.bytes} bytes is not kept.`);
    return bytes;
  }

  /** Other enrollments that have or claim the serial of this one. */
  async function namesakes({ id, serial, claimedSerial }: EnrollmentRow): Promise<EnrollmentRow[]> {
    const own = serial ?? claimedSerial;
    if (own === null) return [];
    const found = [
      ...(await devices.read({ from: "enrollment", where: { serial: own } })),
      ...(await devices.read({ from: "enrollment", where: { claimedSerial: own } })),
    ];
    return found.filter((row) => row.id !== id);
  }

  async function rawState(enrollment: EnrollmentRow, uuid: string): Promise<CommandState> {
    const { open, closed } = await admin.command(enrollment.id, uuid);
    if (open !== undefined) {
      const { state, requestType, createdBy, once } = open;
      return { kind: "pending", commandUuid: uuid, state, resent: once === 0, requestType, createdBy };
    }
    if (closed === undefined) throw new UptickError("command-unknown", `The device has no command ${uuid}.`);
    const { requestType, answer, outcome, createdBy } = closed;
    if (answer === null) return { kind: "closed", commandUuid: uuid, outcome, requestType, createdBy };
    const bytes = await bytesOf(enrollment.id, answer);
    return { kind: "answered", commandUuid: uuid, status: outcome, answer: bytes, requestType, createdBy };
  }

  async function waitFor(enrollment: EnrollmentRow, uuid: string, waitMs: number): Promise<RawOutcome> {
    const deadline = ports.realNow() + waitMs;
    for (;;) {
      const state = await rawState(enrollment, uuid);
      const left = deadline - ports.realNow();
      if (state.kind !== "pending" || left <= 0 || answers.ended) {
        const { requestType: _type, createdBy: _by, ...outcome } = state;
        return outcome;
      }
      // Another process of this server may take the answer: look for it every second as well.
      await answers.wait(enrollment.id, uuid, Math.min(left, 1000));
    }
  }

  return {
    ...plans,
    ...createPolicyService(ports, select),
    ...adoptions,
    ...createCatalogService(ports),
    async authenticate(token) {
      const [row] = await devices.read({ from: "adminToken", where: { hash: hashSecret(token) } });
      return row?.name;
    },
    async status() {
      const push = await setting<{ topic: string; notAfter: number }>("push");
      const { list, releases } = await catalogOf(ports);
      return {
        version: options.version,
        devices: await admin.countDevices(),
        releases: new Set(releases.map(releaseId)).size,
        catalog: list === null ? null : listView(list, ports.now()),
        publicUrl: options.publicUrl ?? null,
        push: push ?? null,
        warnings: await warnings(),
        missing: await enrolment.missing(),
        ownTls: options.ownTls,
        refusals: (await refusalPage({ source: ["mdm", "scep"], limit: REFUSALS_SHOWN })).rows,
        handshakes: (await refusalPage({ source: ["tls"], limit: REFUSALS_SHOWN })).rows,
      };
    },
    clock: async () => clockView(ports.clock),
    async acceptClock() {
      ports.clock.accept();
      await recordMoment(devices, ports.clock);
      return clockView(ports.clock);
    },
    refusals: ({ source, ...query }) =>
      refusalPage({ ...query, ...(source === undefined ? {} : { source: [source] }) }),
    async devices(query) {
      const { platform, after, warning, ...rest } = query;
      const push = warning === undefined ? undefined : await setting<{ topic: string; notAfter: number }>("push");
      const where = warning === undefined ? undefined : DEVICE_WARNINGS[warning].which({ push }, ports.realNow());
      // iPadOS is not a separate platform: Apple's schemas know it as iOS.
      const which =
        platform === undefined ? {} : platform === "iPadOS" ? { platform: "iOS", model: "iPad" } : { platform };
      const key = keyIn(DEVICES, after);
      if (warning !== undefined && where === undefined) return { rows: [], next: null };
      const more = { ...(key === undefined ? {} : { after: key }), ...(where === undefined ? {} : { where }) };
      const page = await admin.devices({ ...rest, ...which, ...more });
      const reading = await readingOf(ports);
      return { rows: page.rows.map((row) => deviceView(row, reading)), next: cursorOf(DEVICES, page.next) };
    },
    device: async (ref) => detail(await select.one(ref)),
    async setZone(ref, zone) {
      if (zone !== null && !isZone(zone)) throw new UptickError("zone-invalid", `"${zone}" is no time zone.`);
      const enrollment = await select.one(ref);
      await devices.run(setZone, { enrollmentId: enrollment.id, zone, by: ports.actor, now: ports.now() });
      return detail(await select.one(enrollment.id));
    },
    async timeline(ref, after, limit) {
      const enrollment = await select.one(ref);
      await refusals.flush();
      const list = `timeline ${enrollment.id}`;
      const key = keyIn(list, after);
      const found = await timelineOf(enrollment.id, key === undefined ? undefined : Number(key), limit + 1);
      const rows = found.slice(0, limit);
      const last = found.length > limit ? rows.at(-1)?.seq : undefined;
      return { rows, next: cursorOf(list, last === undefined ? undefined : String(last)) };
    },
    async timelineRaw(ref, seq) {
      const enrollment = await select.one(ref);
      const entry = await admin.timelineEntry(enrollment.id, seq);
      if (entry === undefined || entry.raw === null) {
        const why = entry === undefined ? "has no entry" : "has no message with its entry";
        throw new UptickError("timeline-entry-unknown", `The device's timeline ${why} ${seq}.`);
      }
      return bytesOf(enrollment.id, entry.raw);
    },
    remove: async (ref, dryRun) => removed(ports, await select.one(ref), dryRun),
    enroll: (request) => enrolment.enroll(request),
    addLink: (request) => links.addLink(request),
    links: () => links.links(),
    revokeLink: (id) => links.revokeLink(id),
    async importPush(pem) {
      const certificate = readPushCertificate(pem, await pushRequestKey(ports));
      if (certificate.notAfter <= ports.realNow()) {
        throw new UptickError(
          "push-certificate-invalid",
          `The push certificate ended on ${new Date(certificate.notAfter).toISOString().slice(0, 10)}.`,
        );
      }
      const before = await setting<{ topic: string }>("push");
      if (before !== undefined && before.topic !== certificate.topic && (await admin.countDevices()) > 0) {
        throw new UptickError(
          "push-topic-fixed",
          `Devices are enrolled with the topic ${before.topic}; this certificate is for ${certificate.topic}.`,
        );
      }
      const push = { topic: certificate.topic, notAfter: certificate.notAfter };
      const plain = Buffer.from(`${certificate.certPem}\n${certificate.keyPem}`, "utf8");
      const secrets = [{ name: "PushCertificate", sealed: ports.sealer.seal(plain, "/PushCertificate") }];
      await devices.run(remember, { settings: [{ name: "push", value: push }], secrets, now: ports.now() });
      options.onPush(plain.toString("utf8"));
      return push;
    },
    pushRequest: (vendorPem) => makePushRequest(ports, `${options.organization} MDM push`, vendorPem),
    async createToken(name) {
      const token = makeToken(ports);
      const { added } = await devices.run(addToken, { hash: hashSecret(token), name, createdAt: ports.now() });
      if (!added) throw new UptickError("token-exists", `A token called "${name}" exists already.`);
      return { name, token };
    },
    async tokens() {
      const rows = await devices.read({ from: "adminToken", where: {} });
      return rows.map(({ name, createdAt }) => ({ name, createdAt }));
    },
    async revokeToken(name) {
      const result = await devices.run(dropToken, { name });
      if (result === "unknown") throw new UptickError("token-unknown", `There is no token called "${name}".`);
      if (result === "last") throw new UptickError("token-last", `"${name}" is the only token.`);
    },
    async rawCommand(ref, bytes, { waitMs, allow }) {
      const decoded = decodeCommand(bytes);
      if (decoded.commandUuid.length > MOST_UUID)
        throw new UptickError("command-invalid", `The CommandUUID is longer than ${MOST_UUID} characters.`);
      const enrollment = await select.one(ref);
      const body = decoded.body;
      // One that was accepted before is only asked after: what the device has become since does not forbid it.
      const known = await admin.command(enrollment.id, decoded.commandUuid);
      const isNew = known.open === undefined && known.closed === undefined;
      const target = new UnitOfWork(enrollment, NOTHING_SEEN, "", ports.now()).target();
      const rules = isNew ? checkCommand(decoded.requestType, body, target) : [];
      if (rules.length > 0) {
        const text = rules.map((rule) => `${rule.key}: ${rule.text} (${rule.source})`).join("; ");
        throw new UptickError("command-not-allowed", text);
      }
      const { commandUuid: uuid, requestType } = decoded;
      const danger = dangerOf(requestType, body, options.profileIdentifier);
      if (isNew && danger !== undefined && allow !== requestType)
        throw new UptickError("command-dangerous", `${requestType} ${danger}.`);
      const once = requestType === "ScheduleOSUpdate" ? !onlyDownloads(decoded) : !HARMLESS.has(requestType);
      const result = await devices.run(enqueueRaw, {
        enrollmentId: enrollment.id,
        uuid,
        requestType,
        ...storedCommand(bytes, enrollment.appleId, ports.sealer),
        once,
        by: ports.actor,
        firstId: ports.newId(),
        now: ports.now(),
      });
      if (result.kind === "no-device")
        throw new UptickError("device-unknown", "The device is not enrolled, so it can't be sent anything.");
      if (result.kind === "used" && !sameBytes(openedCommand(result.bytes, enrollment.appleId, ports.sealer), bytes))
        throw new UptickError("command-conflict", `The CommandUUID ${uuid} was used with other bytes.`);
      if (result.kind === "busy") {
        const whose = result.planId === "" ? "" : ` of plan ${result.planId}`;
        throw new UptickError("update-outstanding", `The update command ${result.uuid}${whose} is outstanding.`);
      }
      if (result.kind === "declared") {
        const whose = result.planId === "" ? "a plan that has ended" : `plan ${result.planId}`;
        throw new UptickError(
          "update-outstanding",
          `The declaration of ${whose} manages the device's updates: it would ignore the command.`,
        );
      }
      return waitFor(enrollment, uuid, waitMs);
    },
    async command(ref, commandUuid) {
      return rawState(await select.one(ref), commandUuid);
    },
    async withdrawCommand(ref, uuid) {
      const enrollment = await select.one(ref);
      const input = { enrollmentId: enrollment.id, uuid, firstId: ports.newId(), now: ports.now() };
      if ((await devices.run(withdrawRaw, input)) === "not-raw")
        throw new UptickError("command-not-raw", `${uuid} is not a command that an admin has sent.`);
      return rawState(enrollment, uuid);
    },
  };
}

const sameSerialView = ({ id, appleId, state, lastSeenAt }: EnrollmentRow): DeviceDetail["sameSerial"][number] => ({
  id,
  udid: appleId,
  enrollment: state,
  lastSeenAt: lastSeenAt === null ? null : isoTime(lastSeenAt),
});

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function onlyDownloads(decoded: ReturnType<typeof decodeCommand>): boolean {
  const { command } = decoded;
  if (command?.requestType !== "ScheduleOSUpdate") return false;
  return command.updates.every(
    ({ installAction }) => installAction === "DownloadOnly" || installAction === "NotifyOnly",
  );
}

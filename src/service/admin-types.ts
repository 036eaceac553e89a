/** What the admin's side asks of the service and gets: plain data, times in integer ms UTC, ready for JSON. */
import type { PlanAction, Verdict } from "../plans/index.ts";
import type { DeviceWarningCode, Warning } from "./server/warnings.ts";
import type { AuditQuery, Json } from "../store/index.ts";
import type { Caller } from "./server/audit.ts";
import type { CatalogService, ListView } from "./catalog/catalog-service.ts";
import type { Health } from "./server/health.ts";
import type { LinkAdmin } from "./identity/enrolment-links.ts";
import type { PolicyService } from "./policies/policy-service.ts";

/** A device as a list shows it. */
export interface DeviceView {
  readonly id: string;
  readonly udid: string;
  readonly serial: string | null;
  readonly name: string | null;
  readonly model: string | null;
  readonly productName: string | null;
  readonly platform: string | null;
  readonly osVersion: string | null;
  readonly buildVersion: string | null;
  readonly supervised: boolean | null;
  readonly enrollment: "authenticated" | "enrolled" | "checked-out" | "quarantined" | "removed";
  /** Enrolled by its user. */
  readonly userEnrollment: boolean;
  readonly enrolledAt: number | null;
  readonly lastSeenAt: number | null;
  /** The live job, else the newest that began, else the newest decision about a plan; null before any plan. */
  readonly job: JobView | null;
  /** Certificates that wait for an admin to adopt them for this device. */
  readonly pendingCertificates: number;
}

/** A certificate that a device has shown and that speaks for nobody before an admin adopts it. */
export interface PendingCertificate {
  /** SHA-256, lower-case hex. */
  readonly fingerprint: string;
  /** The subject, or else its alternative names. */
  readonly subject: string;
  readonly issuer: string;
  /** When it was first shown; RFC 3339, like all times of newer routes. */
  readonly presentedAt: string;
  readonly endsAt: string;
}

/** A device in quarantine, or one for which a certificate waits. */
export interface WaitingDevice extends Pick<DeviceView, "id" | "udid" | "serial" | "name" | "enrollment"> {
  readonly lastSeenAt: string | null;
  /** Oldest first. */
  readonly certificates: readonly PendingCertificate[];
}

export interface AdoptionRequest {
  /** `certificate`: a fingerprint, needed where several wait for the device. */
  readonly devices: readonly { readonly ref: string; readonly certificate?: string }[];
}

export type AdoptionOutcome =
  | "adopted"
  | "nothing-waits"
  | "several-wait"
  | "certificate-unknown"
  | "device-unknown"
  | "device-ambiguous";

/** What became of one device of a request. */
export interface Adoption {
  readonly ref: string;
  readonly id: string | null;
  readonly name: string | null;
  /** Fingerprint. */
  readonly certificate: string | null;
  /** In a dry run: what it would be. */
  readonly outcome: AdoptionOutcome;
  readonly sentence: string;
  readonly remedy: string | null;
}

export interface Adoptions {
  readonly dryRun: boolean;
  readonly counts: Readonly<Partial<Record<AdoptionOutcome, number>>>;
  /** In the order of the request. */
  readonly rows: readonly Adoption[];
}

export interface JobView {
  readonly id: string;
  readonly planId: string;
  readonly state: string;
  readonly reason: string;
  readonly verdict: Verdict;
  /** How the device is told; null where the job was over before it began. */
  readonly mechanism: "command" | "declaration" | null;
  /** When its declaration makes it install, `2026-12-04T19:00:00` on the device's own clock; null without one. */
  readonly enforceAt: string | null;
  readonly target: string | null;
  readonly progress: number | null;
  readonly since: number;
  readonly next: { readonly action: string; readonly at: number } | null;
  readonly finishedAt: number | null;
}

export interface DeviceDetail extends DeviceView {
  /** The certificates that wait for it, oldest first. */
  readonly pending: readonly PendingCertificate[];
  /** The serial number that the device reports, where `serial` is not it: another enrolled device has it. */
  readonly claimedSerial: string | null;
  /** Everything the device said of itself, each with the moment it said it. */
  readonly facts: readonly { readonly name: string; readonly value: Json; readonly at: number }[];
  /** IANA name; an admin's word goes before the device's. */
  readonly timeZone: string | null;
  readonly zoneFrom: "device" | "admin" | null;
  /** The admin that has set it, such as `token:NAME`. */
  readonly zoneBy: string | null;
  /** Null where declarative management is not switched on. */
  readonly declarative: {
    /** null: it has not reported. */
    readonly takesUpdates: boolean | null;
    readonly declarations: readonly string[];
    readonly leftOut: readonly { readonly rule: string; readonly code: string; readonly detail: string }[];
    readonly changedAt: number;
    readonly syncedAt: number | null;
    readonly current: boolean;
    readonly reportedAt: number | null;
  } | null;
  /** The policy it has; null: none. */
  readonly policy: DevicePolicyView | null;
  readonly bootstrapTokenAt: number | null;
  /** When its identity certificate ends; null where it is not known. */
  readonly identityEndsAt: number | null;
  readonly pushable: boolean;
  /** Why pushes do not reach it; null while they are accepted. `sinceAt`: ms UTC. */
  readonly pushTrouble: {
    readonly code: string;
    readonly reason: string;
    readonly sinceAt: number;
    readonly sentence: string;
    readonly remedy: string;
  } | null;
  /** When an admin removed it, RFC 3339; null in every other state. */
  readonly removedAt: string | null;
  /** Other enrollments with its serial, removed ones too. */
  readonly sameSerial: readonly SameSerial[];
  readonly outstanding: readonly {
    readonly uuid: string;
    readonly requestType: string;
    readonly state: string;
    readonly queuedAt: number;
    readonly offeredAt: number | null;
    /** Who sent it, for a raw command; null for the server's own. */
    readonly createdBy: string | null;
  }[];
  readonly timeline: readonly TimelineEntry[];
}

/** Another enrollment with the same serial: a replaced logic board, or a device that says the serial of another. */
export interface SameSerial {
  readonly id: string;
  readonly udid: string;
  readonly enrollment: DeviceView["enrollment"];
  /** RFC 3339. */
  readonly lastSeenAt: string | null;
}

/** What the removal of a device has done, or would do; and what the device may still do by itself. */
export interface DeviceRemoval {
  readonly device: DeviceView;
  readonly dryRun: boolean;
  /** `already`: it was removed before, and nothing was done. */
  readonly outcome: "removed" | "already";
  /** RFC 3339; null: it has never been heard. */
  readonly lastContactAt: string | null;
  readonly withdrawn: {
    /** The plan whose job ended. */
    readonly planId: string | null;
    readonly commands: number;
    /** Update declarations taken off the device's list. */
    readonly declarations: number;
    /** Name of the policy that is not for the device any more. */
    readonly policy: string | null;
  };
  readonly mayStill: readonly {
    readonly kind: "command" | "declaration" | "restrictions";
    readonly target: string | null;
    /** RFC 3339. */
    readonly deliveredAt: string | null;
    /** On the device's own clock. */
    readonly enforceAtLocal: string | null;
    readonly sentence: string;
  }[];
}

export interface TimelineEntry {
  readonly seq: number;
  readonly at: number;
  readonly kind: string;
  /** The entry in words. */
  readonly text: string;
  readonly data: Json;
  /** The message of which the entry tells: its size, and how much of it is kept. null: there was none, or it is never kept. */
  readonly raw: RawView | null;
}

export interface RawView {
  /** Bytes that were sent or received, secrets cut out. */
  readonly bytes: number;
  /** Bytes that `timelineRaw` gives, from the beginning. */
  readonly kept: number;
  /** Why these are fewer. */
  readonly note: string | null;
}

export interface PlanRequest {
  readonly name?: string;
  /** "26.6.2" / "26.6.2 (25G83)" / "latest" / "latest-minor" / "n-1" for all, or one per platform: "iOS=26.6.1,macOS=26.6.2"; "other-updates" for a Mac. */
  readonly to: string;
  /** Ids, UDIDs, serials, unique names, or "all". */
  readonly devices: readonly string[];
  readonly action: PlanAction;
  /** "22:00-05:00", each device's local time. */
  readonly window?: string;
  /** IANA zone for devices that do not report one. Default: the server's `default-zone`. */
  readonly zone?: string;
  /** "YYYY-MM-DDTHH:MM", each device's local time. */
  readonly deadline?: string;
  readonly detailsUrl?: string;
  readonly allowMajor?: boolean;
  /** An exact version is taken on the admin's word, whatever the list of releases says. */
  readonly allowUnlisted?: boolean;
  readonly allowPastDeadline?: boolean;
  readonly allowDataLoss?: boolean;
  readonly maxUserDeferrals?: number;
  readonly replace?: boolean;
}

/** What a plan means for one device, before it is accepted: exactly what the accepted plan does. */
export interface DecisionView {
  readonly device: {
    readonly id: string;
    readonly name: string | null;
    readonly serial: string | null;
    readonly platform: string | null;
    readonly osVersion: string | null;
  };
  readonly kind: "job" | "compliant" | "refused";
  readonly target: string | null;
  readonly reason: string | null;
  readonly sentence: string;
  readonly remedy?: string;
  /** A download that the device throws away since its declaration is replaced: by its own report, or one that it may have begun. */
  readonly losesDownload?: "will" | "may";
}

export interface DryRun {
  readonly to: string;
  readonly devices: number;
  readonly jobs: number;
  readonly compliant: number;
  readonly refused: number;
  /** Devices that throw a download away, or may. */
  readonly downloadsLost: number;
  readonly decisions: readonly DecisionView[];
}

export interface PlanView {
  readonly id: string;
  readonly name: string;
  readonly state: "active" | "stopped";
  readonly createdAt: number;
  /** Who made it, such as `token:NAME`; null: from before this was kept. */
  readonly createdBy: string | null;
  readonly stoppedAt: number | null;
  readonly to: string;
  readonly action: PlanAction;
  readonly window: string | null;
  readonly deadline: string | null;
  readonly devices: number;
  /** Jobs by state. */
  readonly states: Readonly<Record<string, number>>;
  /** Devices whose job has not been made yet. */
  readonly pending: number;
  /** True when every job is finished. */
  readonly finished: boolean;
  /** True while jobs are being made or, after a stop, withdrawn. */
  readonly working: boolean;
}

/** Devices that a plan refuses for one reason. */
export interface PlanRefusal {
  readonly reason: string;
  readonly count: number;
  /** Of the first of them. */
  readonly sentence: string;
  readonly remedy?: string;
  /** The first of them, five at most. */
  readonly devices: readonly DecisionView["device"][];
}

/** A plan just made, and what it decided for its devices. */
export interface NewPlan extends PlanView {
  readonly decided: {
    readonly jobs: number;
    readonly compliant: number;
    readonly refused: number;
    /** Devices that throw a download away, or may. */
    readonly downloadsLost: number;
    /** The most frequent reason first. */
    readonly refusals: readonly PlanRefusal[];
  };
}

export interface PlanJobView {
  readonly device: {
    readonly id: string;
    readonly name: string | null;
    readonly serial: string | null;
    readonly platform: string | null;
    readonly osVersion: string | null;
    readonly lastSeenAt: number | null;
  };
  readonly job: JobView;
}

export interface PolicyRequest {
  readonly name?: string;
  /** Payload of softwareupdate.settings by Apple's keys; checked. */
  readonly settings: Json;
  /** Ids, UDIDs, serials, unique names; "all": those that enroll later too. */
  readonly devices: readonly string[];
}

/** A setting that a device does not get, and why. */
export interface LeftOutView {
  readonly path: string;
  readonly code: string;
  readonly why: string;
}

/** What a policy means for one device, before it is accepted. */
export interface PolicyDecisionView {
  readonly device: DecisionView["device"];
  readonly way: "declaration" | "profile" | "nothing" | "unknown";
  readonly leftOut: readonly LeftOutView[];
  /** Name of the policy whose place it takes there. */
  readonly replaces: string | null;
  readonly sentence: string;
}

export interface PolicyDryRun {
  readonly devices: number;
  readonly everyone: boolean;
  /** Devices by way. */
  readonly declaration: number;
  readonly profile: number;
  readonly nothing: number;
  readonly unknown: number;
  readonly decisions: readonly PolicyDecisionView[];
}

export interface PolicyView {
  readonly id: string;
  readonly name: string;
  readonly state: "active" | "removed";
  /** For every device that has no other, those that enroll later too. */
  readonly everyone: boolean;
  readonly settings: { readonly [key: string]: Json };
  readonly createdAt: number;
  /** Who made it, such as `token:NAME`; null: from before this was kept. */
  readonly createdBy: string | null;
  readonly removedAt: number | null;
  /** Devices that have it now. */
  readonly devices: number;
  readonly states: Readonly<Record<string, number>>;
  /** True while it is being given to devices or taken from them. */
  readonly working: boolean;
}

export interface PolicyDeviceView {
  readonly device: PlanJobView["device"];
  readonly way: "declaration" | "profile" | "nothing" | "unknown";
  readonly state: "pending" | "applied" | "failed" | "nothing" | "removing";
  /** The device has, or may have, the restrictions profile. */
  readonly profile: boolean;
  readonly leftOut: readonly LeftOutView[];
  readonly sentence: string;
}

/** A device's policy as the device's own page shows it. */
export interface DevicePolicyView extends Pick<PolicyDeviceView, "way" | "state" | "sentence"> {
  readonly id: string;
  readonly name: string;
}

export interface Page<T> {
  readonly rows: readonly T[];
  readonly next: string | null;
}

export interface EnrollRequest {
  /** How many devices may enroll with this profile. Default 1. */
  readonly uses?: number;
  /** How long it may be used, in hours. Default 168 (a week). */
  readonly hours?: number;
  readonly note?: string;
  /** The one device that may enroll with it: a serial, a UDID, or any other name of a device known here, which stands for its UDID. */
  readonly device?: string;
}

export interface EnrollmentProfile {
  /** The signed configuration profile (`application/x-apple-aspen-config`). */
  readonly profile: Uint8Array;
  readonly uses: number;
  readonly expiresAt: number;
  /** False where devices see a TLS certificate of the server's own CA. */
  readonly publiclyTrusted: boolean;
}

export interface LinkRequest {
  /** How many devices may enroll by the link. Default 1. */
  readonly uses?: number;
  /** How long it lives, in hours. Default 168 (a week). */
  readonly hours?: number;
  readonly note?: string;
}

export interface EnrollmentLink {
  readonly id: string;
  readonly note: string;
  readonly state: "open" | "revoked" | "used-up" | "expired";
  readonly uses: number;
  /** Certificates issued by it. */
  readonly used: number;
  /** Profiles handed out, installed or not. */
  readonly downloads: number;
  readonly createdAt: number;
  /** Who made it, such as `token:NAME`; null: from before this was kept. */
  readonly createdBy: string | null;
  readonly expiresAt: number;
  readonly revokedAt: number | null;
}

export interface NewEnrollmentLink extends EnrollmentLink {
  /** The link with its token, which is not kept. */
  readonly url: string;
  /** False where the server shows a TLS certificate that its CA issued, at which browsers warn. */
  readonly publiclyTrusted: boolean;
}

/** What became of a raw command. `answer`: the device's own bytes (XML property list). */
export type RawOutcome =
  | { readonly kind: "answered"; readonly commandUuid: string; readonly status: string; readonly answer: Uint8Array }
  | {
      readonly kind: "pending";
      readonly commandUuid: string;
      readonly state: "queued" | "offered";
      /** Handed out again until its answer comes. False: once only; where its answer is lost it ends as `answer-lost`. */
      readonly resent: boolean;
    }
  | { readonly kind: "closed"; readonly commandUuid: string; readonly outcome: string };

/** The same, and what it was. `createdBy`: who sent it; null for the server's own. */
export type CommandState = RawOutcome & { readonly requestType: string; readonly createdBy: string | null };

/** One change that somebody asked for, made or refused. */
export interface AuditEntry {
  readonly id: string;
  /** RFC 3339, UTC. */
  readonly recordedAt: string;
  /** `token:NAME`, `account:ID`, `gate`, `system`; null: requests without a valid token, counted by the hour. */
  readonly actor: string | null;
  readonly route: string;
  readonly object: { readonly kind: string; readonly id: string | null };
  readonly detail: string | null;
  readonly address: string | null;
  /** "ok", or the code of the error. */
  readonly outcome: string;
  readonly requestId: string | null;
  readonly count: number;
}

export interface ServerStatus {
  readonly version: string;
  readonly devices: number;
  readonly releases: number;
  /** The newest list of Apple's releases; null: none was imported. */
  readonly catalog: ListView | null;
  readonly publicUrl: string | null;
  readonly push: { readonly topic: string; readonly notAfter: number } | null;
  /** What is still missing before real devices can enroll, each with how to get it. */
  /** What ends soon or waits for the admin. */
  readonly warnings: readonly Warning[];
  readonly missing: readonly { readonly what: string; readonly how: string }[];
  /** True: the TLS certificate that devices see is issued by this server's own CA. */
  readonly ownTls: boolean;
  /** Refused requests, the latest first; at most 20. */
  readonly refusals: readonly RefusalView[];
  /** Failed TLS handshakes by reason, the latest first. */
  readonly handshakes: readonly RefusalView[];
}

/** Refused requests of one kind, or failed handshakes. Instants are RFC 3339. */
export interface RefusalView {
  readonly id: string;
  readonly source: "mdm" | "scep" | "tls";
  /** Code of docs/errors.md. */
  readonly reason: string;
  readonly sentence: string;
  readonly remedy: string;
  /** What the sender calls itself: a claim. */
  readonly udid: string | null;
  readonly fingerprint: string | null;
  /** The device that the certificate belongs to. */
  readonly owner: { readonly id: string; readonly name: string | null; readonly serial: string | null } | null;
  readonly address: string | null;
  readonly count: number;
  readonly firstAt: string;
  readonly lastAt: string;
}

/** Instants are RFC 3339 in UTC. */
export interface ClockView {
  /** The time that everything goes by. */
  readonly trustedAt: string;
  readonly systemAt: string;
  /** Why these differ; null: the system clock is believed. */
  readonly suspect: { readonly sinceAt: string; readonly untilAt: string; readonly aheadMs: number } | null;
}

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
  refusals(query: { source?: RefusalView["source"]; after?: string; limit: number }): Promise<Page<RefusalView>>;
  devices(query: {
    search?: string;
    /** A platform, or iPadOS: platform iOS and model iPad*. */
    platform?: string;
    enrollment?: DeviceView["enrollment"];
    jobState?: string;
    /** Only devices that this warning is about. */
    warning?: DeviceWarningCode;
    after?: string;
    limit: number;
  }): Promise<Page<DeviceView>>;
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
  enroll(request: EnrollRequest): Promise<EnrollmentProfile>;
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

/** What an admin asks, apart from the devices' path: read-only, on its own connection. */
import type { DeviceCondition, DeviceTrouble } from "./device-condition.ts";
import type { CountedBy, DeviceFilter, DeviceQuery, ValueCount } from "./device-query.ts";
import type {
  AssignmentRow,
  CertificateRow,
  AuditRow,
  BlockRow,
  ClosedCommandRow,
  CommandRow,
  DeviceGroupRow,
  EnrollmentLinkRow,
  EnrollmentRow,
  EventRow,
  GateDecisionRow,
  GivenRow,
  HaltRow,
  JobRow,
  PlanDeviceRow,
  PlanRow,
  PolicyRow,
  RefusalRow,
  RingRunRow,
  RolloutRow,
  ReleaseRow,
  SecurityReleaseRow,
  TimelineRow,
  ZoneRuleRow,
  VersionHistoryRow,
  WebhookDeliveryRow,
  WebhookRow,
} from "./rows.ts";

/** A page of rows and where the next one begins (undefined: this was the last). */
export interface Page<T> {
  readonly rows: readonly T[];
  readonly next: string | undefined;
}

/** An enrollment with its live job, else the newest that began, else the newest decision about a plan. */
export interface DeviceRow {
  readonly enrollment: EnrollmentRow;
  readonly job: JobRow | null;
  /** Where the newest decision is a refusal; `job` is null then. */
  readonly refused: PlanDeviceRow | null;
  /** Certificates that wait for an admin to adopt them for this enrollment. */
  readonly pending: number;
}

/**
 * A device that was given a rollout's release, with what its outcome hangs on, which may not be all of `member`; times are ms UTC.
 * `governedBy`: the rollout's plan, or null where another one governs the device, or none.
 */
export type MemberRow = Pick<JobRow, "enrollmentId" | "ring" | "urgent" | "createdAt" | "startedAt" | "member"> &
  Pick<EnrollmentRow, "lastSeenAt" | "excludedEndsAt" | "governedBy">;

/** The same of a device of a once plan, which has no rings. */
export type KeptRow = Pick<MemberRow, "createdAt" | "startedAt" | "member" | "lastSeenAt" | "excludedEndsAt">;
/** The last start of the members of a run that have a job (ms UTC); null: none has started. */
export interface LastStart extends Pick<RingRunRow, "rolloutId" | "ring" | "urgent"> {
  readonly lastStartAt: number | null;
}

/** A device in a ring of a plan that was not given a certain release of it. */
export type NotGivenRow = Pick<
  EnrollmentRow,
  "id" | "osVersion" | "supplementalExtra" | "lastSeenAt" | "excludedEndsAt"
> & {
  readonly ring: number;
  readonly aim: string;
};

export interface ClassCount extends Pick<EnrollmentRow, "compliance" | "flags"> {
  readonly reason: string;
  readonly devices: number;
}

/** An enrollment as a report of a day in the past names it. */
export interface SeenRow {
  readonly enrollment: Pick<
    EnrollmentRow,
    | "id"
    | "appleId"
    | "state"
    | "serial"
    | "deviceName"
    | "productName"
    | "modelName"
    | "platform"
    | "softwareUpdateDeviceId"
    | "removedAt"
    | "lastSeenAt"
    | "excludedUntil"
    | "excludedEndsAt"
    | "excludedReason"
    | "excludedBy"
    | "excludedAt"
  >;
  readonly versions: readonly VersionHistoryRow[];
}

/** A device that waits for an admin, and the certificates it waits with, oldest first. */
export interface WaitingRow {
  readonly enrollment: EnrollmentRow;
  readonly certificates: readonly CertificateRow[];
}

/** A device of a plan with its job, or with the decision that refused it one. */
export type PlanJobRow = ({ readonly job: JobRow } | { readonly refused: PlanDeviceRow }) & {
  /** null: the device was removed and is forgotten. */
  readonly enrollment: EnrollmentRow | null;
};

/** An enrollment as plans and policies decide by it; of its facts at least those that they look at. */
export type FleetRow = Pick<
  EnrollmentRow,
  | "id"
  | "appleId"
  | "kind"
  | "state"
  | "serial"
  | "deviceName"
  | "productName"
  | "platform"
  | "osVersion"
  | "buildVersion"
  | "supplementalBuild"
  | "supplementalExtra"
  | "timeZone"
  | "supervised"
  | "accessRights"
  | "bootstrapTokenAt"
  | "lastSeenAt"
  | "enforces"
  | "adminZone"
  | "removedAt"
  | "reportedVersion"
  | "softwareUpdateDeviceId"
  | "bootstrapTokenRequired"
  | "bootstrapTokenAllowed"
>;

/** An enrollment as its class and the standing plans are worked out by. */
export type ClassRow = FleetRow &
  Pick<
    EnrollmentRow,
    | "awaitingConfiguration"
    | "governedBy"
    | "ring"
    | "aim"
    | "joinedAt"
    | "joinedPlan"
    | "joinedAs"
    | "target"
    | "offer"
    | "deadlineLocal"
    | "deadlineAt"
    | "compliance"
    | "complianceReason"
    | "excludedEndsAt"
  >;

/** How many enrolled devices of a plan are alike in what Apple's list asks. */
export interface GovernedAlike
  extends Pick<EnrollmentRow, "platform" | "productName" | "softwareUpdateDeviceId" | "osVersion"> {
  readonly planId: string;
  readonly devices: number;
}

/** What rules ask of an enrollment, without its tags. */
export type ScopeRow = Pick<
  FleetRow,
  "id" | "platform" | "productName" | "softwareUpdateDeviceId" | "osVersion" | "supervised" | "serial"
>;

/** How an enrollment stands, for what an exclusion does to it. */
export type StandingRow = Pick<EnrollmentRow, "id" | "compliance" | "excludedEndsAt">;

/** A live job with its document. */
export type LiveJob = Pick<JobRow, "id" | "enrollmentId" | "doc">;

export interface TagCount {
  readonly tag: string;
  /** Not removed. */
  readonly devices: number;
}

/** So many enrollments are looked up for one text. */
export const MOST_NAMED = 6;

export interface AuditQuery {
  /** null: requests without a valid token. */
  readonly actor?: string | null;
  readonly objectKind?: string;
  readonly objectId?: string;
  readonly route?: string;
  /** "refused": any but "ok". */
  readonly outcome?: string;
  /** ms UTC: rows from then on, and rows before then. */
  readonly since?: number;
  readonly until?: number;
  readonly after?: string;
  /** 1–1000. */
  readonly limit: number;
}

export interface RefusalQuery {
  readonly source?: readonly RefusalRow["source"][];
  /** `next` of the page before: the time and the id of its last row. */
  readonly after?: string;
  /** 1–1000. */
  readonly limit: number;
}

export interface PlanCount {
  /** Of the job; "refused" where the plan has refused the device one. */
  readonly state: string;
  readonly reason: string;
  /** Devices. */
  readonly jobs: number;
}

/** How many devices of a standing plan are alike. */
export interface DevicesUnder {
  readonly platform: string;
  /** Version of the newest release that the plan means for them. */
  readonly aim: string;
  readonly ring: number;
  readonly osVersion: string | null;
  readonly devices: number;
  /** Those of them with a live job to that release. */
  readonly withJob: number;
}

export interface PolicyCount {
  readonly way: string;
  readonly state: string;
  readonly devices: number;
}

/**
 * Jobs of a plan that are under way: those that have not been withdrawn ("must-not-run": although their rollout is paused or aborted),
 * or those that are paused ("may-move": their rollout is not; "are-over": it is aborted).
 */
export type JobsThat = "run" | "are-withheld" | "must-not-run" | "may-move" | "are-over";

/** What is counted of the whole store, for those who watch the server. */
export interface StoreFigures {
  /** Live jobs by state, only states that some have. */
  readonly jobs: ReadonlyMap<string, number>;
  /** Commands that are not answered, by state. */
  readonly commands: ReadonlyMap<string, number>;
  /** Pushes that must still leave; `firstDueAt`: the first of them (ms UTC). */
  readonly outbox: { readonly rows: number; readonly firstDueAt: number | null };
  /** When the first identity ends by which a device is known (real ms UTC). */
  readonly identityEndsAt: number | null;
  readonly databaseBytes: number;
}

export interface DeliveryQuery extends Partial<Pick<WebhookDeliveryRow, "state">> {
  readonly webhookId: string;
  readonly after?: string;
  readonly limit: number;
}

export interface AdminStore {
  figures(): Promise<StoreFigures>;
  /** Enrollments that are not checked out and not in quarantine. */
  countDevices(): Promise<number>;
  /** How many devices fit; `first`: when the first of them ends, for the conditions `identity-ends` and `exclusion-ends`. */
  countWhere(condition: DeviceCondition): Promise<{ devices: number; first: number | null }>;
  /** The newest error of the devices that fit, where errors are kept for the condition. */
  newestTrouble(condition: DeviceCondition): Promise<DeviceTrouble | undefined>;
  /** Devices in quarantine, and devices with a certificate that waits, in pages by id. */
  waiting(after: string | undefined, limit: number): Promise<Page<WaitingRow>>;
  /** How many certificates wait for each of these enrollments; none where there is none. */
  pendingCounts(enrollmentIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  devices(query: DeviceQuery): Promise<Page<DeviceRow>>;
  /** How many devices the list has under these filters. */
  countListed(filter: DeviceFilter): Promise<number>;
  /** How many of them have each value: the most first, then by value; `after`: `next` of the page before. */
  valueCounts(by: CountedBy, filter: DeviceFilter, after: string | undefined, limit: number): Promise<Page<ValueCount>>;
  device(enrollmentId: string): Promise<DeviceRow | undefined>;
  /** What rules ask of the devices that the query finds, in pages as `devices`: far less is read than for a list. */
  scopeRows(query: DeviceQuery): Promise<Page<ScopeRow>>;
  /** Those of these enrollments that there are, by id, with what they are shown by. */
  devicesOf(ids: readonly string[]): Promise<readonly DeviceRow[]>;
  /** The tags of each of these enrollments that has one, in order, in one query. */
  tagsOf(enrollmentIds: readonly string[]): Promise<ReadonlyMap<string, ReadonlySet<string>>>;
  /** Tags of devices that are not removed, in order; `after`: a tag. */
  tags(after: string | undefined, limit: number): Promise<Page<TagCount>>;
  /** By name; `after`: an id. */
  groups(after: string | undefined, limit: number): Promise<Page<DeviceGroupRow>>;
  /** Those of these ids that there are. */
  groupsOf(ids: readonly string[]): Promise<readonly DeviceGroupRow[]>;
  /** The newest first, those that hold before those that have ended; a thousand at most. */
  blocks(): Promise<readonly BlockRow[]>;
  /** The same in pages, whole. */
  blockPage(after: string | undefined, limit: number): Promise<Page<BlockRow>>;
  block(id: string): Promise<BlockRow | undefined>;
  /** Live jobs by enrollment id; `after`: one of these. */
  liveJobsAfter(after: string | null, limit: number): Promise<readonly LiveJob[]>;
  /** In their order. */
  zoneRules(): Promise<readonly ZoneRuleRow[]>;
  /**
   * For each text the enrollments it names, the case of ASCII letters aside: by our id, else by UDID/EnrollmentID, else by
   * serial number, else by device name; the very same letters before others. Several rows for one text, at most
   * `MOST_NAMED`: the name is not unique. A removed enrollment is named only where no other is.
   */
  named(texts: readonly string[]): Promise<ReadonlyMap<string, readonly EnrollmentRow[]>>;
  /** As `named`, with only the columns that a plan decides by. */
  namedInFleet(texts: readonly string[]): Promise<ReadonlyMap<string, readonly FleetRow[]>>;
  /** Enrolled devices in pages by id. */
  fleet(after: string | undefined, limit: number): Promise<readonly FleetRow[]>;
  /** Those of these enrollments that there are, in the order of `ids`, whatever their state. */
  fleetOf(ids: readonly string[]): Promise<readonly FleetRow[]>;
  /** Which of these enrollments have a live job, and of which plan. `docs`: with its document, which is long. */
  liveJobs(
    enrollmentIds: readonly string[],
    docs: boolean,
  ): Promise<
    readonly (Pick<JobRow, "id" | "enrollmentId" | "planId" | "rolloutId" | "ring" | "urgent"> & {
      readonly doc?: JobRow["doc"];
    })[]
  >;
  /** The newest job of a standing plan that has ended, of each of these devices that has one. */
  endedStanding(enrollmentIds: readonly string[]): Promise<readonly Pick<JobRow, "enrollmentId" | "state" | "doc">[]>;
  /** The jobs of these enrollments that ended with an update that a plan ordered, oldest first. */
  updatedJobs(
    enrollmentIds: readonly string[],
  ): Promise<readonly Pick<JobRow, "id" | "enrollmentId" | "planId" | "doc">[]>;
  /** Newest first; `before` is a seq. */
  timeline(enrollmentId: string, before: number | undefined, limit: number): Promise<readonly TimelineRow[]>;
  /** Ids of plans, policies or rollouts that begin or end with this text (hex digits and hyphens), newest first. */
  idsLike(table: "plan" | "policy" | "rollout", text: string, limit: number): Promise<readonly string[]>;
  /** Newest first, as policies and links. */
  plans(after: string | undefined, limit: number): Promise<Page<PlanRow>>;
  plan(id: string): Promise<PlanRow | undefined>;
  /** Jobs and refused devices of each of these plans by state and reason with their number, in one query. */
  planCounts(planIds: readonly string[]): Promise<ReadonlyMap<string, readonly PlanCount[]>>;
  /** Devices that have a job of the plan or were refused one, by the ids of their enrollments. */
  planJobs(planId: string, after: string | undefined, limit: number, state?: string): Promise<Page<PlanJobRow>>;
  /** Enrollments whose decisions have not been carried out yet: those that get a job first, then those that are there already. */
  openDecisions(planId: string, limit: number): Promise<readonly string[]>;
  /** `notExcludedAt` (ms UTC): leaves out the jobs of devices that are excluded then. */
  jobsThat(
    what: JobsThat,
    planId: string,
    limit: number,
    notExcludedAt?: number,
  ): Promise<readonly Pick<JobRow, "id" | "enrollmentId">[]>;
  /** How many enrolled devices each of these plans governs; none where it governs none. */
  governedCounts(planIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** The same devices, those together that Apple's list cannot tell apart. */
  governedAlike(planIds: readonly string[]): Promise<readonly GovernedAlike[]>;
  /** Standing plans that are active or paused, in their order. */
  standingPlans(): Promise<readonly PlanRow[]>;
  /** All rollouts of these plans, those that are over too, oldest first. */
  rolloutsOf(planIds: readonly string[]): Promise<readonly RolloutRow[]>;
  rollout(id: string): Promise<RolloutRow | undefined>;
  /** Jobs of each of these rollouts by state and reason with their number, in one query. */
  rolloutCounts(rolloutIds: readonly string[]): Promise<ReadonlyMap<string, readonly PlanCount[]>>;
  /** The documents of a rollout's live jobs, in pages by enrollment; `after`: "" at first. */
  rolloutDocs(
    rolloutId: string,
    after: string,
    limit: number,
  ): Promise<readonly Pick<JobRow, "enrollmentId" | "doc">[]>;
  /** Enrolled devices in the rings of a standing plan. */
  devicesUnder(planId: string): Promise<readonly DevicesUnder[]>;
  ringRunsOf(rolloutIds: readonly string[]): Promise<readonly RingRunRow[]>;
  /** Of all runs of a plan's rollouts. Costs a seek of an index for each. */
  lastStarts(planId: string): Promise<readonly LastStart[]>;
  /**
   * The enrolled devices that have, or had, a job of this rollout: by the newest of each. Without `ids` their rows say "" of whose they
   * are: a hundred thousand texts cost half as much as all else.
   */
  ringMembers(rollout: Pick<RolloutRow, "id" | "planId">, ids: boolean): Promise<readonly MemberRow[]>;
  /** Devices in the rings of a plan, of the rollout's platform, that have no job of it; `ids` as above. */
  notGivenTo(rollout: Pick<RolloutRow, "id" | "planId" | "platform">, ids: boolean): Promise<readonly NotGivenRow[]>;
  /** Once plans that are active, and have live jobs or will have. */
  oncePlansUnderWay(): Promise<readonly PlanRow[]>;
  /** Once plans that are paused, and who did it last. */
  oncePlansPaused(): Promise<readonly Pick<PlanRow, "id" | "name" | "pauseBy">[]>;
  /**
   * Enrolled devices of a once plan that count for its gate, also those of which the job has ended: those of which something has been seen
   * by which an update begins, ends or fails.
   */
  keptMembers(planId: string): Promise<readonly KeptRow[]>;
  /** Newest first. */
  gateDecisions(rolloutId: string): Promise<readonly GateDecisionRow[]>;
  /** The deadlines that these devices were given, by device. */
  givenTo(enrollmentIds: readonly string[]): Promise<readonly GivenRow[]>;
  /** Plans that are not paused and not stopped, finished ones too. */
  activePlans(): Promise<readonly Pick<PlanRow, "id" | "devices">[]>;
  /** The documents of a plan's live jobs, in pages by enrollment; `after`: "" at first. */
  liveDocs(planId: string, after: string, limit: number): Promise<readonly Pick<JobRow, "enrollmentId" | "doc">[]>;
  /** Undefined: there was no halt yet. */
  halt(): Promise<HaltRow | undefined>;
  /** The sum of the revisions of all plans, which grows with every change of one. A plan has one revision today, so it is their number. */
  planRevisions(): Promise<number>;
  policies(after: string | undefined, limit: number): Promise<Page<PolicyRow>>;
  policy(id: string): Promise<PolicyRow | undefined>;
  /** Devices of each of these policies by way and state with their number, in one query. */
  policyCounts(policyIds: readonly string[]): Promise<ReadonlyMap<string, readonly PolicyCount[]>>;
  policyDevices(
    policyId: string,
    after: string | undefined,
    limit: number,
  ): Promise<Page<{ assignment: AssignmentRow; enrollment: EnrollmentRow }>>;
  /** Enrollments that have the policy and have not been made to lose it. */
  assignmentsToTake(policyId: string, limit: number): Promise<readonly string[]>;
  /** Of those of these enrollments that have a policy. */
  assignments(enrollmentIds: readonly string[]): Promise<readonly AssignmentRow[]>;
  /** The latest first, each with the enrollment that its certificate belongs to; `source`: only these. */
  refusals(query: RefusalQuery): Promise<Page<{ refusal: RefusalRow; owner: EnrollmentRow | null }>>;
  timelineEntry(enrollmentId: string, seq: number): Promise<TimelineRow | undefined>;
  /** The batches of a device's bodies that are still there. */
  bodyBatches(enrollmentId: string): Promise<readonly number[]>;
  /** The bytes of one message, as far as they were kept; undefined: they are not there any more. */
  body(enrollmentId: string, batch: number, n: number): Promise<Uint8Array | undefined>;
  /** Without their bytes, as `outstanding` too. */
  command(enrollmentId: string, uuid: string): Promise<{ open?: CommandRow; closed?: ClosedCommandRow }>;
  /** A command as it is stored, outstanding or closed. */
  commandBytes(enrollmentId: string, uuid: string): Promise<Uint8Array | undefined>;
  outstanding(enrollmentId: string): Promise<readonly CommandRow[]>;
  links(after: string | undefined, limit: number): Promise<Page<EnrollmentLinkRow>>;
  link(id: string): Promise<EnrollmentLinkRow | undefined>;
  releases(): Promise<readonly ReleaseRow[]>;
  /** All of them, by platform and version as text. */
  securityReleases(): Promise<readonly SecurityReleaseRow[]>;
  /** Enrolled devices in pages by id, with what Apple's offer to them hangs on. */
  classRows(after: string | undefined, limit: number): Promise<readonly ClassRow[]>;
  /** How many enrolled devices are alike in class, reason and flags. */
  classCounts(): Promise<readonly ClassCount[]>;
  /**
   * The plan that governs each of these enrollments while it has no live job: the newest that has decided about it and was not stopped.
   * Not one that refused it for the job of another plan, and not one from which another plan took it over.
   */
  governing(enrollmentIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Class and exclusion of those of these enrollments that there are. */
  standingsOf(enrollmentIds: readonly string[]): Promise<readonly StandingRow[]>;
  /** Enrollments that a plan governs and whose class is not due by `now` (ms UTC). */
  governedBy(planId: string, now: number, limit: number): Promise<readonly string[]>;
  /** Enrollments of any state in pages by id, each with the versions that it was first seen on by a moment, oldest first. */
  seenBy(at: number, after: string | undefined, limit: number): Promise<Page<SeenRow>>;
  /** When a device was first seen on a version; undefined: none ever was. */
  firstVersionAt(): Promise<number | undefined>;
  /** The newest job that each of these enrollments had begun by a moment. */
  jobsBegunBy(at: number, enrollmentIds: readonly string[]): Promise<readonly Pick<JobRow, "enrollmentId" | "doc">[]>;
  /** Newest first; `after` is the id of the last row of the page before. */
  audit(query: AuditQuery): Promise<Page<AuditRow>>;
  /** `at` of the oldest row of the audit. */
  auditBegins(): Promise<number | undefined>;
  /** By rising number, those with a greater one. */
  eventsAfter(seq: number, limit: number): Promise<readonly (EventRow & { readonly seq: number })[]>;
  /** Numbers of the oldest and the newest event; undefined: there is none. */
  eventBounds(): Promise<{ readonly first: number; readonly last: number } | undefined>;
  /** By name. */
  webhooks(): Promise<readonly WebhookRow[]>;
  /** Newest first; `after` is the id of the last row of the page before. */
  deliveries(query: DeliveryQuery): Promise<Page<WebhookDeliveryRow>>;
  /** Of one webhook, those that may be sent at `now` (ms UTC), the one that has been due the longest first. */
  deliveriesDue(webhookId: string, now: number, limit: number): Promise<readonly WebhookDeliveryRow[]>;
  /** How many deliveries of a webhook will still be sent. */
  deliveriesWaiting(webhookId: string): Promise<number>;
  close(): Promise<void>;
}

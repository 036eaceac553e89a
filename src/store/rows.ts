/**
 * What is remembered, table by table. Times are integer ms UTC; `0 | 1` is a boolean (SQLite has none).
 * Column names in SQL are the snake_case of these names. `TABLES` (tables.ts) says keys, JSON columns and order.
 */
import type { ComplianceClass, GateDecision, MoveCause, PushTrouble, RolloutState, RunState } from "../plans/index.ts";
import type { EventKind, EventTopic } from "./event-kinds.ts";
import type { TimelineKind } from "./timeline-kinds.ts";

export type Flag = 0 | 1;
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A device's relation to this server: one identity certificate, one device channel. */
export interface EnrollmentRow {
  /** UUIDv7, ours. */
  readonly id: string;
  /** UDID, or EnrollmentID of a user enrollment: what the device calls itself. Unique. */
  readonly appleId: string;
  readonly kind: "device" | "user";
  readonly state: "authenticated" | "enrolled" | "checked-out" | "quarantined" | "removed";
  /** SHA-256 fingerprint of the identity certificate that speaks for this enrollment. */
  readonly certificate: string | null;
  /** In capitals. Of enrollments that live, at most one has it: see `claimedSerial`. */
  readonly serial: string | null;
  /** The serial number that it says it has, where it may not be called by it: another enrollment that lives is. */
  readonly claimedSerial: string | null;
  readonly deviceName: string | null;
  readonly productName: string | null;
  readonly modelName: string | null;
  readonly platform: string | null;
  readonly osVersion: string | null;
  readonly buildVersion: string | null;
  readonly supplementalBuild: string | null;
  readonly supplementalExtra: string | null;
  readonly timeZone: string | null;
  readonly supervised: Flag | null;
  readonly topic: string | null;
  /** 1 while a push token is stored that APNs has not called dead. */
  readonly pushable: Flag;
  readonly awaitingConfiguration: Flag;
  readonly accessRights: number | null;
  readonly bootstrapTokenAt: number | null;
  /** What it named last as its OS version, whether it is one or not; null: nothing since it enrolled. See `facts` for all that it said. */
  readonly reportedVersion: string | null;
  /** What Apple's list calls it; null: it has not said. */
  readonly softwareUpdateDeviceId: string | null;
  /** A Mac installs updates with a bootstrap token only; null: it has not said. */
  readonly bootstrapTokenRequired: Flag | null;
  /** Whether it takes one: Apple's words; null: it has not said. */
  readonly bootstrapTokenAllowed: string | null;
  readonly createdAt: number;
  readonly enrolledAt: number | null;
  readonly lastSeenAt: number | null;
  /** When the server next looks after this enrollment (facts, DeviceConfigured, silent commands). */
  readonly dueAt: number | null;
  readonly leaseUntil: number;
  /** When the server last asked what it must know. */
  readonly factsAskedAt: number | null;
  /** How many pushes in a row were not followed by a contact: the index into the push schedule. */
  readonly unheard: number;
  /** Pushes that Apple accepted since it was last heard. */
  readonly pushesAccepted: number;
  /** Why pushes do not reach it; null while they are accepted. */
  readonly pushTrouble: PushTrouble | null;
  /** Whether its client capabilities list the enforcement declaration; null: it has not reported. */
  readonly enforces: Flag | null;
  /** IANA zone that an admin has set for it: a Mac never reports one. */
  readonly adminZone: string | null;
  /** Who has set it; null where none is set. */
  readonly adminZoneBy: string | null;
  /** When an admin removed it; null in every state but "removed". */
  readonly removedAt: number | null;
  /** Its class of compliance, as of the newest event or of `classDueAt`. Counted while it is enrolled only. */
  readonly compliance: ComplianceClass;
  /** Code of why it has that class: of its job or a refusal, where one is the cause. */
  readonly complianceReason: string;
  /** Flags beside the class, each between blanks: " overdue silent "; empty: none. */
  readonly flags: string;
  /** The plan that governs it; null: none does. */
  readonly governedBy: string | null;
  /** What that plan wants of it, as JSON (`StoredTarget`); text, since a poll has no use for it. */
  readonly target: string | null;
  /** What Apple offers to it, as JSON (`StoredOffer`); null: that has not been looked up yet. */
  readonly offer: string | null;
  /** By when it must satisfy its target. */
  readonly deadlineAt: number | null;
  /** The same as its own clock will show it; null: no standing plan has given it one. */
  readonly deadlineLocal: string | null;
  /** Place of its ring in the standing plan that governs it; null: it is in none. */
  readonly ring: number | null;
  /** Version of the newest release that this plan means for it, whether its ring is open for it or not. */
  readonly aim: string | null;
  /** When it came under that plan. */
  readonly joinedAt: number | null;
  /** The standing plan that it came under then, whatever governs it now; null: none, or one of an earlier version of the server. */
  readonly joinedPlan: string | null;
  /**
   * What rules saw of the device itself, as JSON (`FormerFacts`), when its deadlines were last settled under a standing plan; null: never, or
   * by an earlier version of the server.
   */
  readonly joinedAs: string | null;
  /** When its class is worked out again without a message of it. */
  readonly classDueAt: number | null;
  readonly classLeaseUntil: number;
  /**
   * The last exclusion by an admin, in force or over: the day at the beginning of which it ends, in the device's zone (YYYY-MM-DD).
   * null, as all of these: there was none.
   */
  readonly excludedUntil: string | null;
  /** When it ends, or has ended. */
  readonly excludedEndsAt: number | null;
  readonly excludedReason: string | null;
  readonly excludedBy: string | null;
  /** Since when the device has been excluded without a break. */
  readonly excludedAt: number | null;
  /** When there is something to say or to do of it: seven days before its end, and then. */
  readonly excludedDueAt: number | null;
  readonly excludedLeaseUntil: number;
  /** As in `pushTrouble`. Filled by the store, and absent when written. */
  readonly pushTroubleReason?: string | null;
  readonly pushTroubleSince?: number | null;
  /** `textKey` of `deviceName`, `versionKey` of `osVersion`. Filled by the store, and absent when written. */
  readonly nameKey?: string | null;
  readonly osKey?: number | null;
}

/** Everything that a device said about itself. Only its answers and its own page read it. */
export interface FactsRow {
  readonly enrollmentId: string;
  /** Name → what it is, and when it was said: at most an hour before the newest answer that said the same. */
  readonly doc: { readonly [name: string]: Fact };
}
export interface Fact {
  readonly value: Json;
  /** ms UTC */
  readonly at: number;
}

/** A command that is still outstanding. The moment it is answered or withdrawn it moves to `closedCommand`. */
export interface CommandRow {
  readonly enrollmentId: string;
  readonly uuid: string;
  /** Order within the queue: lower first. */
  readonly rank: number;
  readonly requestType: string;
  /** Of the bytes as they are kept. */
  readonly size: number;
  /** 1: it holds a secret, and its bytes are kept sealed. */
  readonly sealed: Flag;
  /**
   * An update order of an admin: a JSON list of the ProductKeys that it names without a version. Null for any other command, and for
   * an order that an earlier program has kept.
   */
  readonly productKeys: string | null;
  readonly origin: "job" | "raw" | "care";
  readonly jobId: string | null;
  /** What a job's step called this command for: "ask", "status", "scan", "list", "download", "install". */
  readonly purpose: string | null;
  readonly state: "queued" | "offered";
  /** 1 after NotNow: not offered again before the device's next Idle. */
  readonly skip: Flag;
  /** 1: does harm when delivered twice, so it is offered once only. */
  readonly once: Flag;
  /** Offered only from this moment on. */
  readonly notBefore: number | null;
  /** Never offered from this moment on. */
  readonly notAfter: number | null;
  readonly queuedAt: number;
  readonly offeredAt: number | null;
  readonly offers: number;
  /** Who sent it, for one of the raw command API (`token:NAME`, …); null for the server's own. */
  readonly createdBy: string | null;
  /** How often the device has said NotNow to it. */
  readonly notNows: number;
}

/** A command as it is sent, for as long as the queue or the history has it. Only its delivery, and who asks to see it, read it. */
export interface CommandBytesRow {
  readonly enrollmentId: string;
  readonly uuid: string;
  readonly bytes: Uint8Array;
}

/** A command whose story is told; the raw command API answers repeats from here. Prunable. */
export interface ClosedCommandRow {
  readonly enrollmentId: string;
  readonly uuid: string;
  readonly requestType: string;
  readonly origin: "job" | "raw" | "care";
  readonly jobId: string | null;
  readonly purpose: string | null;
  readonly outcome: "Acknowledged" | "Error" | "CommandFormatError" | "withdrawn" | "expired" | "answer-lost" | "other";
  /** The device's own answer, secrets cut out: where its bytes lie. */
  readonly answer: RawRef | null;
  readonly queuedAt: number;
  readonly offeredAt: number | null;
  readonly closedAt: number;
  /** As in `CommandRow`. */
  readonly createdBy: string | null;
}

/** One device's way to its release. `doc` is the job as `plans` knows it; the other columns repeat what is searched by. */
export interface JobRow {
  readonly id: string;
  readonly planId: string;
  readonly enrollmentId: string;
  /** 1 while not finished; a device has at most one live job (a unique index says so). */
  readonly live: Flag;
  /** 0: it was over before it began, as the device was there already: a decision about the plan, not a state of the device. */
  readonly begun: Flag;
  readonly state: string;
  readonly reason: string;
  /** When the job's next action is due; null when finished. */
  readonly dueAt: number | null;
  readonly doc: Json;
  readonly createdAt: number;
  readonly finishedAt: number | null;
  readonly leaseUntil: number;
  /** The rollout that gave the device its release, and in which of the ring's runs; null: its plan is no standing one. */
  readonly rolloutId: string | null;
  readonly ring: number | null;
  readonly urgent: Flag;
  /** Since when it counts in the numbers of its ring or once plan (targets R6); null: it does not yet. */
  readonly startedAt: number | null;
  /** What the gate must know of it beside that; null: nothing yet. */
  readonly member: Json;
  /** 1: a Mac that can't install without its user, by `doc`. Filled by the store, and absent when written. */
  readonly needsUser?: Flag;
  /** "command", "declaration", or null: it ended before the device could be told. By `doc`, as `needsUser`. */
  readonly mechanism?: string | null;
}

export interface PlanRow {
  readonly id: string;
  readonly name: string;
  /** "standing": it follows new releases for as long as it is not stopped. */
  readonly kind: "once" | "standing";
  /** Order among the standing plans, from 0: the first that matches governs a device. Null: a once plan. */
  readonly place: number | null;
  /** 1, and one more with each edit. */
  readonly revision: number;
  readonly state: "active" | "paused" | "stopped";
  readonly createdAt: number;
  readonly stoppedAt: number | null;
  /** Since when it is paused, and why; null: it is not. */
  readonly pausedAt: number | null;
  readonly pauseReason: string | null;
  /** When it was resumed last: failures from before count no longer (targets R8); null: never. */
  readonly resumedAt: number | null;
  /** Who paused or resumed it last; null: nobody has. */
  readonly pauseBy: string | null;
  readonly spec: Json;
  readonly devices: number;
  /** When the next chunk of jobs will be made, withdrawn (after a stop, a pause or a halt) or resumed; null when nothing is left to do. */
  readonly dueAt: number | null;
  readonly leaseUntil: number;
  /** Who made it (`token:NAME`, `account:ID`, `gate`, `system`); null: from before this was kept. */
  readonly createdBy: string | null;
}

/** Whether all plans are halted: one row, none before the first halt. */
export interface HaltRow {
  readonly id: 1;
  /** 1: no order and no declaration of an update leaves, whatever the plan. */
  readonly active: Flag;
  /** When, by whom and why that was last changed; `reason` is that of the halt. */
  readonly since: number;
  readonly setBy: string;
  readonly reason: string;
}

/** One release on its way through a standing plan. See `Rollout` in plans/rollouts; what is null there is "" here where it is part of the key. */
export interface RolloutRow {
  readonly id: string;
  readonly planId: string;
  readonly platform: string;
  readonly version: string;
  /** Letter of a Background Security Improvement: "(a)"; empty: the version itself. */
  readonly extra: string;
  /** The block after whose end these devices take the release; empty: the release's first rollout. */
  readonly blockId: string;
  readonly base: string;
  /** When this server first saw the release. */
  readonly knownAt: number;
  readonly beganAt: number;
  readonly urgentBelow: string | null;
  /** Since when it is known to be urgent. */
  readonly urgentAt: number | null;
  readonly blackoutLifted: Flag;
  readonly instead: string | null;
  readonly state: RolloutState;
  readonly reason: string;
  readonly stateBy: string;
  readonly since: number;
}

/** A ring of a rollout; made when its rollout begins. */
export interface RingRunRow {
  readonly rolloutId: string;
  readonly ring: number;
  readonly urgent: Flag;
  readonly state: RunState;
  readonly openedAt: number | null;
  readonly countFrom: number | null;
  readonly since: number;
  /** Reason of a question that nobody has answered, and when it was last told; null: there is none. */
  readonly asked: string | null;
  readonly askedAt: number | null;
  /** How many rows of `gateDecision` it has: the next one's number. */
  readonly decisions: number;
}

/** What was decided about a run, by whom, on which numbers. Never changed. */
export interface GateDecisionRow {
  readonly rolloutId: string;
  readonly ring: number;
  readonly urgent: Flag;
  readonly n: number;
  readonly what: GateDecision["what"];
  readonly by: string;
  readonly at: number;
  readonly reason: string;
  readonly numbers: { readonly [name: string]: string | number };
}

/** The deadline that a standing plan gave a device for a release (targets D3 step 6). */
export interface GivenRow {
  readonly enrollmentId: string;
  readonly version: string;
  /** "(a)"; empty: the version itself. */
  readonly extra: string;
  readonly planId: string;
  readonly ring: number;
  /** YYYY-MM-DDTHH:MM on the device's own clock. */
  readonly local: string;
  readonly givenAt: number;
  /** The revision that the plan had then; null: from before this was kept. */
  readonly revision: number | null;
  /** Why it was moved last; null: it never was. */
  readonly cause: MoveCause | null;
}

/** What a plan has decided for one device. Rows of a plan that was not accepted (there is no row of it) count for nothing. */
export interface PlanDeviceRow {
  readonly planId: string;
  readonly enrollmentId: string;
  /** "compliant": it was there already; what must not be seen below again is kept as a job that never began. */
  readonly kind: "job" | "compliant" | "refused";
  /** Code of why it is there already or is refused; null: it gets a job. */
  readonly reason: string | null;
  /** What the reason's words are filled with. */
  readonly params: { readonly [name: string]: string | number };
  /** What the job is made from; null once it is made, and where none is. */
  readonly seed: Json;
  readonly jobId: string | null;
  readonly decidedAt: number;
  /** When the job was made, or the refusal was noted on the device's timeline; null: not yet. */
  readonly doneAt: number | null;
}

/** Standing settings of updates for a set of devices. They don't change: another policy replaces one. */
export interface PolicyRow {
  readonly id: string;
  readonly name: string;
  readonly state: "active" | "removed";
  /** 1: for every device that has no other, those that enroll later too. At most one is. */
  readonly everyone: Flag;
  /** Payload of softwareupdate.settings, by Apple's keys, before it is cut to what a device takes. */
  readonly settings: { readonly [key: string]: Json };
  readonly createdAt: number;
  readonly removedAt: number | null;
  /** When the next chunk of devices will be given it or (after its removal) it will be taken from them; null: all done. */
  readonly dueAt: number | null;
  readonly leaseUntil: number;
  /** Who made it (`token:NAME`, `account:ID`, `gate`, `system`); null: from before this was kept. */
  readonly createdBy: string | null;
}

/** About a thousand devices that a policy was made for, given it in one go. */
export interface PolicyChunkRow {
  readonly policyId: string;
  readonly n: number;
  /** Enrollment ids. */
  readonly devices: readonly string[];
  readonly madeAt: number | null;
}

/** The policy that a device has, at most one, and how far the device has come with it. */
export interface AssignmentRow {
  readonly enrollmentId: string;
  readonly policyId: string;
  readonly at: number;
  /** How the device is told; "unknown" until it has said its OS version. */
  readonly way: "declaration" | "profile" | "nothing" | "unknown";
  /** "removing": the policy is not the device's any more, but a profile of it may still be there. */
  readonly state: "pending" | "applied" | "failed" | "nothing" | "removing";
  /** Server token of the settings declaration that the device has reported in force. */
  readonly confirmed: string | null;
  /** What the device has said against the declaration or the profile. */
  readonly objection: string | null;
  /** 1: it may have our restrictions profile. */
  readonly held: Flag;
  /** Fingerprint of the restrictions that it has acknowledged. */
  readonly profile: string | null;
  /** What its last profile command was to do: fingerprint of restrictions, or "remove"; null: none since the wish changed. */
  readonly sent: string | null;
  /** How often that was sent. */
  readonly tries: number;
}

export interface TimelineRow {
  /** Given by the database, rising. Absent when appended. */
  readonly seq?: number;
  readonly enrollmentId: string | null;
  readonly at: number;
  readonly kind: TimelineKind;
  readonly data: Json;
  /** Where the bytes of the message lie, if there were any, secrets cut out. */
  readonly raw: RawRef | null;
}

/**
 * Where the bytes of a message lie, each stored once. `bytes`: how many there were. In `body` the first `kept` of them were
 * written (0: none); a whole batch is dropped when the device's budget is used up. Or with the command that was sent.
 */
export type RawRef =
  | { readonly bytes: number; readonly kept: number; readonly batch: number; readonly n: number }
  | { readonly bytes: number; readonly commandUuid: string };

/** Bytes of one message, secrets cut out. Only `admin-store.ts` reads them, one at a time. */
export interface BodyRow {
  readonly enrollmentId: string;
  readonly batch: number;
  readonly n: number;
  readonly at: number;
  /** Of `bytes`. */
  readonly size: number;
  readonly bytes: Uint8Array;
}

/** Bodies of one device that go together when room is needed. A device has some twenty of these at most. */
export interface BodyBatchRow {
  readonly enrollmentId: string;
  readonly batch: number;
  /** 1: answers that an admin asked for, and what an admin sent. */
  readonly asked: Flag;
  /** Bytes of its bodies together. */
  readonly keptBytes: number;
  /** The highest `n` given in it. */
  readonly last: number;
}

/** What must still leave this server. `id` is "push:ENROLLMENT", so pushes to one device fold into one. */
export interface OutboxRow {
  readonly id: string;
  readonly kind: "push";
  readonly enrollmentId: string;
  readonly dueAt: number;
  readonly attempts: number;
  readonly leaseUntil: number;
  /** Rises with every new cause: what was sent for an older cause must not delete a newer one. */
  readonly generation: number;
}

export interface SecretRow {
  /** Enrollment id, "pending:FINGERPRINT" for what a pending certificate has brought, or "" for the server's own. */
  readonly owner: string;
  /** "PushToken", "PushMagic", "UnlockToken", "BootstrapToken", "CaKey", "PushCertificate", … */
  readonly name: string;
  readonly sealed: Uint8Array;
  readonly at: number;
}

/** What an admin has named a device by. It is compared with what the device says in that place, and with nothing else. */
export interface DeviceBinding {
  /** "udid": or the EnrollmentID of a user enrollment. */
  readonly kind: "udid" | "serial";
  readonly value: string;
}

export interface ChallengeRow {
  /** SHA-256 hex of the challenge; the challenge itself is never stored. */
  readonly hash: string;
  readonly purpose: "enrol" | "renew";
  readonly enrollmentId: string | null;
  readonly usesLeft: number;
  readonly expiresAt: number;
  readonly createdAt: number;
  readonly note: string;
  readonly accessRights: number;
  /** The one device that may enroll with it; null: any device may. */
  readonly device: DeviceBinding | null;
  /** The enrollment link it was made for; null: made for a profile that an admin was given, or for a renewal. */
  readonly link: string | null;
  /** Who made it (`token:NAME`, `account:ID`, `gate`, `system`); null: from before this was kept. */
  readonly createdBy: string | null;
}

/** A link by which people fetch an enrollment profile themselves. Its times are real time. */
export interface EnrollmentLinkRow {
  readonly id: string;
  /** SHA-256 hex of the token in its address; the token itself is never stored. */
  readonly hash: string;
  readonly note: string;
  /** How many certificates may be issued by it, and how many have been. */
  readonly uses: number;
  readonly used: number;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly revokedAt: number | null;
  /** Profiles downloaded, used or not. */
  readonly downloads: number;
  /** The minute of the newest download (minutes since 1970 UTC), and how many there were in it. */
  readonly minute: number;
  readonly inMinute: number;
  /** Who made it (`token:NAME`, `account:ID`, `gate`, `system`); null: from before this was kept. */
  readonly createdBy: string | null;
}

export interface CertificateRow {
  readonly fingerprint: string;
  /** The enrollment it speaks for: set at its first Authenticate, never changed. */
  readonly enrollmentId: string | null;
  readonly challengeHash: string;
  /** "external": issued by a CA of the organization, not by us. */
  readonly purpose: "enrol" | "renew" | "external";
  /** The enrollment that a renewal was issued for. */
  readonly renews: string | null;
  readonly transactionId: string;
  /** SHA-256 hex of the public key (SPKI). */
  readonly keyHash: string;
  readonly der: Uint8Array;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly issuedAt: number;
  /** 0: not known (an adopted device's). */
  readonly accessRights: number;
  /** As in its challenge: the one device that may enroll with it. */
  readonly device: DeviceBinding | null;
  /** The certificate that took its place for the same enrollment by a renewal; null for the one in force. */
  readonly renewedBy: string | null;
  /**
   * SHA-256 hex of issuer, serial number and public key, by which another spelling of the certificate is found; null in
   * rows of an earlier schema until the next start has filled them.
   */
  readonly identityHash: string | null;
  /** The enrollment that a device showed it for; it does nothing before an admin adopts it. `issuedAt`: when it was shown. */
  readonly pendingFor: string | null;
  /** When the enrollment that it belonged to went over to another one, other than by a renewal: it is refused since. */
  readonly supersededAt: number | null;
}

/** When an enrollment's identity ends and is next looked after. Unlike other due times these are real time: X.509's. */
export interface RenewalRow {
  readonly enrollmentId: string;
  /** notAfter of the certificate that speaks for the enrollment. */
  readonly endsAt: number;
  readonly dueAt: number | null;
  /** Renewals sent since the certificate began to speak. */
  readonly attempts: number;
  readonly leaseUntil: number;
  /** Why the newest attempt failed, and when; null: none has failed since the certificate began to speak. */
  readonly error: string | null;
  readonly errorAt: number | null;
}

/** What a device must have by declarative management, and how far it has come. Computed when its causes change. */
export interface DeclarativeRow {
  readonly enrollmentId: string;
  /** DeclarationsToken of the list as it is now. */
  readonly token: string;
  /** The list: kind, identifier and server token of each declaration. */
  readonly items: readonly DeclaredItem[];
  /** Rules that could not be computed and were left out, with the reason. */
  readonly leftOut: readonly { readonly rule: string; readonly code: string; readonly detail: string }[];
  readonly changedAt: number;
  /** Status items that it says it knows; empty: it has not reported. */
  readonly knows: readonly string[];
  /** What holds whatever its job is: who manages it, and the standing settings of an admin's policy. */
  readonly standing: Standing;
  /** When it was last told to sync, and how often since it last did. */
  readonly askedAt: number | null;
  readonly tries: number;
  /** When it last fetched the list, and the token it got. */
  readonly syncedAt: number | null;
  readonly syncedToken: string | null;
  /** 1: it may have an enforcement declaration. While it has, it ignores update commands. */
  readonly held: Flag;
  readonly reportedAt: number | null;
}

export interface Standing {
  readonly organization?: { readonly name: string; readonly email?: string; readonly url?: string };
  /** Payload of softwareupdate.settings, before it is cut to what the device takes. */
  readonly settings?: { readonly [key: string]: Json };
}

export interface DeclaredItem {
  readonly kind: "activation" | "asset" | "configuration" | "management";
  readonly identifier: string;
  readonly serverToken: string;
}

/** A declaration as it is served; it stays, withdrawn, so that a device that asks for it can be told that it is gone. */
export interface DeclarationRow extends DeclaredItem {
  readonly enrollmentId: string;
  /** The JSON text. */
  readonly body: string;
  readonly withdrawnAt: number | null;
}

/** What a device has reported, all reports laid over each other. */
export interface DeviceStatusRow {
  readonly enrollmentId: string;
  readonly doc: Json;
  /** When it last reported. */
  readonly at: number;
  /** SHA-256 of the newest report that was kept; empty: kept by an earlier version. */
  readonly digest: string;
  /** When that came, and how many reports have said the same since, that one counted. */
  readonly since: number;
  readonly count: number;
}

/**
 * Requests or handshakes of one kind that the device side refused, counted. Times are real time. At most 1,000 rows, and
 * none that was last counted more than 30 days ago.
 */
export interface RefusalRow {
  /** Hash of what is counted together: source, reason, fingerprint, claimed UDID and note. */
  readonly id: string;
  readonly source: "mdm" | "scep" | "tls";
  /** Code of docs/errors.md. */
  readonly reason: string;
  /** What the newest one was, in words. */
  readonly sentence: string;
  readonly remedy: string;
  /** What the sender calls itself; null: unknown, or one of more than are listed. */
  readonly udid: string | null;
  /** SHA-256 fingerprint of the certificate that was shown. */
  readonly fingerprint: string | null;
  /** Enrollment that the certificate belongs to. */
  readonly owner: string | null;
  /** IP address of the newest one. */
  readonly address: string | null;
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
  /** When the owner's timeline last said so; null: never. */
  readonly notedAt: number | null;
}

export interface SettingRow {
  readonly name: string;
  readonly value: Json;
}

export interface AdminTokenRow {
  /** SHA-256 hex of the token. */
  readonly hash: string;
  readonly name: string;
  readonly createdAt: number;
  readonly role: AccessRole;
  /** From then on it is not known any more; null: it never expires. */
  readonly expiresAt: number | null;
  /** Who made it; null: the server itself, or an earlier version of it. */
  readonly createdBy: string | null;
}

/** What an actor may do; each may do all that those before it may (the contract's `Role`). */
export type AccessRole = "viewer" | "operator" | "admin";

/** A person who signs in. */
export interface AccountRow {
  readonly id: string;
  readonly name: string;
  /** The name as it is compared: NFKC, in lower case. Unique. */
  readonly nameKey: string;
  readonly role: AccessRole;
  readonly state: "active" | "disabled";
  /** With its parameters and salt, as `identity/password.ts` writes it; null: it has none, and signs in elsewhere. */
  readonly password: string | null;
  /** Of the identity provider that vouches for it, with `subject` unique; null as that is: it has a password. */
  readonly issuer: string | null;
  readonly subject: string | null;
  /** 1, and one more with each change by an admin. */
  readonly revision: number;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly changedAt: number;
  readonly changedBy: string;
  readonly signedInAt: number | null;
}

/** A browser that an account has signed in with. */
export interface SessionRow {
  /** SHA-256 hex of what the cookie holds. */
  readonly hash: string;
  readonly accountId: string;
  readonly createdAt: number;
  /** When it was last used, to some minutes. */
  readonly usedAt: number;
}

/** A write that came with an Idempotency-Key (api A8): which request it was, and what was answered to it. Its times are real time. */
export interface KeyedRequestRow {
  /** SHA-256 hex of actor and key. */
  readonly id: string;
  /** Of the request that works on it, or did. */
  readonly requestId: string;
  /** The process that does. */
  readonly process: string;
  /** SHA-256 of what was asked for, sealed: a body may hold a password that could be guessed by its hash. */
  readonly asked: Uint8Array;
  readonly startedAt: number;
  /** Null: under way, or its process has died. */
  readonly endedAt: number | null;
  /** Sealed, since some answers hold what is shown once. Null: none is kept. */
  readonly answer: Uint8Array | null;
}

/** A keyed request has changed something: written with its first change, once for each key. */
export interface KeyedChangeRow {
  /** As in `KeyedRequestRow`. */
  readonly id: string;
  readonly objectKind: string;
  readonly objectId: string | null;
  readonly at: number;
}

/** One change that somebody asked for, made or refused. */
export interface AuditRow {
  /** UUIDv7, ours: rows in the order of their ids are in the order of time. */
  readonly id: string;
  readonly at: number;
  /** `token:NAME`, `account:ID`, `gate` or `system`; null: requests without a valid token, counted by the hour. */
  readonly actor: string | null;
  /** What was asked for: the route's name in the contract. */
  readonly route: string;
  readonly objectKind: string;
  /** The object's id; where the request was refused before it was found, what the request called it. */
  readonly objectId: string | null;
  /** What the route and the object do not say: of a raw command its RequestType and CommandUUID. */
  readonly detail: string | null;
  /** What the object was before the change and what it is after it, as far as the two differ; null: nothing, or not known (`change.ts`). */
  readonly before: Json;
  readonly after: Json;
  /** Address of the client. */
  readonly address: string | null;
  /** "ok", or the code of the error. */
  readonly outcome: string;
  /** As in the log and in the reply; null outside of a request. */
  readonly requestId: string | null;
  /** Requests that this row stands for. */
  readonly count: number;
}

/** One tag of a device. It stays while the enrollment does, whatever its state. */
export interface DeviceTagRow {
  readonly enrollmentId: string;
  readonly tag: string;
}

/** A rule with a name. */
export interface DeviceGroupRow {
  /** Its name in lower case: the name in any case is the same group. */
  readonly id: string;
  readonly name: string;
  /** Canonical text. */
  readonly rule: string;
  /** 1, and one more with each change. */
  readonly revision: number;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly changedAt: number;
  readonly changedBy: string;
}

/** The time zone of devices that have no other; the first row whose rule matches counts. */
export interface ZoneRuleRow {
  /** From 0, without gaps. */
  readonly place: number;
  /** Canonical text. */
  readonly rule: string;
  /** IANA name. */
  readonly zone: string;
  readonly createdAt: number;
  readonly createdBy: string;
}

/** A ban on a release for some devices. One that has ended stays as history. */
export interface BlockRow {
  readonly id: string;
  readonly platform: string;
  /** As Apple's list writes it. */
  readonly version: string;
  /** Letter of a Background Security Improvement; null: the version itself. */
  readonly extra: string | null;
  /** Whom it covers: a rule in its canonical text. */
  readonly rule: string;
  readonly reason: string;
  /** From when on it asks whether it must stay. It holds until it is ended. */
  readonly until: number | null;
  /** 1 while it holds. */
  readonly live: Flag;
  readonly createdAt: number;
  /** Who made it (`token:NAME`, `account:ID`, `gate`, `system`). */
  readonly createdBy: string;
  readonly endedAt: number | null;
  readonly endedBy: string | null;
  readonly endReason: string | null;
  /** Enrollment id up to which live jobs have been looked at for jobs to withdraw; null: none yet. */
  readonly lookedTo: string | null;
  /** When more jobs will be looked at; null: all have been. */
  readonly dueAt: number | null;
  readonly leaseUntil: number;
}

/** A dry run of a plan, for as long as it can be saved as it was shown. */
export interface DryRunRow {
  readonly id: string;
  /** Over all of its decisions. Two dry runs that have decided the same have the same. Empty until all pages are stored. */
  readonly hash: string;
  /** By which clock, list and plans it has decided. */
  readonly at: number;
  readonly catalogAt: number | null;
  readonly planRevisions: number;
  /** Hash of what the plan asks, without its devices. */
  readonly terms: string;
  readonly devices: number;
  /** How many rows of `dryRunPage` it has. */
  readonly pages: number;
  readonly expiresAt: number;
}

/** Some thousand devices of a dry run: what was decided, each decision once, and which device has which. */
export interface DryRunPageRow {
  readonly dryRunId: string;
  /** From 0, without gaps. */
  readonly n: number;
  readonly doc: Json;
}

/** A range of whole local days on which the devices that it covers are not restarted. */
export interface BlackoutRow {
  /** Its name in lower case: the name in any case is the same blackout. */
  readonly id: string;
  readonly name: string;
  /** "2026-12-21". */
  readonly firstDay: string;
  /** The last day that it covers. */
  readonly lastDay: string;
  /** Whom it covers: a rule in its canonical text. */
  readonly rule: string;
  /** 1 while it holds. One that was removed stays until no live job knows of it. */
  readonly live: Flag;
  readonly createdAt: number;
  readonly createdBy: string;
  /** Enrollment id up to which live jobs have been looked at; null: none yet. */
  readonly lookedTo: string | null;
  /** When more jobs will be looked at; null: all have been. */
  readonly dueAt: number | null;
  readonly leaseUntil: number;
}

export interface ReleaseRow {
  readonly id: string;
  readonly platform: string;
  readonly version: string;
  readonly build: string;
  readonly doc: Json;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
}

/** A release as the feeds of CVEs have it. Never deleted. */
export interface SecurityReleaseRow {
  readonly platform: string;
  /** With the letter of an improvement: "26.3.1 (a)". As it was written when it was first seen. */
  readonly version: string;
  readonly doc: {
    /** YYYY-MM-DD: the earliest day that a feed named. */
    readonly postedOn: string;
    /** By id. `exploitedSince`: when a feed first said so; null: none has. */
    readonly cves: readonly {
      readonly id: string;
      readonly firstSeenAt: number;
      readonly exploitedSince: number | null;
    }[];
  };
  readonly firstSeenAt: number;
  /** When the last feed with it was taken; null: the newest feed has it. So a feed that changes nothing writes no row of this table. */
  readonly lastSeenAt: number | null;
}

/** A version that a device was seen on. Rows are as many as there were changes; pruned once a later one is older than the history. */
export interface VersionHistoryRow {
  readonly enrollmentId: string;
  /** When the device first said so, by what this server knows. */
  readonly firstSeenAt: number;
  readonly version: string;
  readonly build: string | null;
  /** Of a Background Security Improvement: "(a)". */
  readonly extra: string | null;
}

/** Work that goes through all devices, page by page; "gate": a look at all rings, without pages and causes. */
export interface SweepRow {
  readonly name: "compliance" | "gate";
  /** Grows with every new cause (ms UTC): what began for an older one must not end a newer one. */
  readonly cause: number;
  /** The last device of the page before; null: it begins. */
  readonly cursor: string | null;
  readonly dueAt: number | null;
  readonly leaseUntil: number;
}

/** A change of something that lists show, for streams and webhooks. Kept 24 h. */
export interface EventRow {
  /** Given by the database, rising. Absent when written. */
  readonly seq?: number;
  readonly topic: EventTopic;
  /** Of the object that has changed; empty: there is one of its kind only. */
  readonly id: string;
  readonly at: number;
  readonly kinds: readonly EventKind[];
  /** Columns of what has changed, by what they are columns of. */
  readonly data: Json;
}

/** An address that is told of events. Its times are real time. */
export interface WebhookRow {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  /** Kinds of events, `device.*` for all of a kind of object, or `*`. */
  readonly events: readonly string[];
  /** 1, and one more with each edit. */
  readonly revision: number;
  readonly state: "active" | "disabled";
  readonly createdAt: number;
  readonly createdBy: string;
  /** `seq` of the last event that was looked at for it. */
  readonly cursor: number;
  /** Since when no delivery has succeeded and some have failed; null: the last one has, or there was none. */
  readonly failingSince: number | null;
  readonly deliveredAt: number | null;
  /** When, by whom and why it was disabled; null: it is not. */
  readonly disabledAt: number | null;
  readonly disabledBy: string | null;
  readonly disabledReason: "gone" | "failing" | "by-admin" | null;
  /** When its next delivery is due; null: none waits. */
  readonly dueAt: number | null;
  readonly leaseUntil: number;
}

/** What one webhook is told of one event. Its times are real time, without `at`. */
export interface WebhookDeliveryRow {
  /** UUIDv7, ours: in the order of the events. */
  readonly id: string;
  readonly webhookId: string;
  readonly event: string;
  /** When the event came to be. */
  readonly at: number;
  /** The JSON text that is sent, the same with each attempt. */
  readonly body: string;
  readonly state: "waiting" | "delivered" | "given-up";
  readonly attempts: number;
  /** Of the newest attempt: when it ended, its HTTP status (null: there was none) and why it failed (null: it has not). */
  readonly attemptedAt: number | null;
  readonly status: number | null;
  readonly error: string | null;
  readonly createdAt: number;
  /** When it is sent next; null: it is not. */
  readonly dueAt: number | null;
}

export interface Rows {
  enrollment: EnrollmentRow;
  facts: FactsRow;
  command: CommandRow;
  commandBytes: CommandBytesRow;
  closedCommand: ClosedCommandRow;
  job: JobRow;
  plan: PlanRow;
  halt: HaltRow;
  planDevice: PlanDeviceRow;
  rollout: RolloutRow;
  ringRun: RingRunRow;
  gateDecision: GateDecisionRow;
  given: GivenRow;
  dryRun: DryRunRow;
  dryRunPage: DryRunPageRow;
  policy: PolicyRow;
  policyChunk: PolicyChunkRow;
  assignment: AssignmentRow;
  timeline: TimelineRow;
  body: BodyRow;
  bodyBatch: BodyBatchRow;
  outbox: OutboxRow;
  secret: SecretRow;
  challenge: ChallengeRow;
  enrollmentLink: EnrollmentLinkRow;
  certificate: CertificateRow;
  renewal: RenewalRow;
  declarative: DeclarativeRow;
  declaration: DeclarationRow;
  deviceStatus: DeviceStatusRow;
  refusal: RefusalRow;
  setting: SettingRow;
  adminToken: AdminTokenRow;
  account: AccountRow;
  session: SessionRow;
  release: ReleaseRow;
  securityRelease: SecurityReleaseRow;
  versionHistory: VersionHistoryRow;
  sweep: SweepRow;
  audit: AuditRow;
  keyedRequest: KeyedRequestRow;
  keyedChange: KeyedChangeRow;
  deviceTag: DeviceTagRow;
  deviceGroup: DeviceGroupRow;
  zoneRule: ZoneRuleRow;
  block: BlockRow;
  blackout: BlackoutRow;
  event: EventRow;
  webhook: WebhookRow;
  webhookDelivery: WebhookDeliveryRow;
}
export type TableName = keyof Rows;

/** What the service needs of the outside; wired in main, faked in tests. */
import type { FeedPlatform, JsonCause } from "../catalog/index.ts";
import type { KeyPair } from "../identity/index.ts";
import type { Sealer } from "./enrollment/sealer.ts";
import type { AdminStore, DeviceStore, Json } from "../store/index.ts";

export interface Log {
  debug(event: string, fields?: object): void;
  info(event: string, fields?: object): void;
  warn(event: string, fields?: object): void;
  error(event: string, fields?: object): void;
}

export interface PushMessage {
  readonly token: Uint8Array;
  readonly magic: string;
  readonly topic: string;
  /** ms UTC, real time. */
  readonly expiresAt: number;
}

/** Every kind of outcome that a push may have. */
export const PUSH_OUTCOMES = [
  "accepted",
  "unregistered",
  "bad-token",
  "misconfigured",
  "slow-down",
  "later",
  "bug",
] as const satisfies readonly PushOutcome["kind"][];

/** The outcome of a push. "accepted" is not delivered. */
export type PushOutcome =
  | { readonly kind: "accepted"; readonly apnsId?: string }
  | { readonly kind: "unregistered"; readonly since?: number }
  | { readonly kind: "bad-token"; readonly reason: string }
  /** Only an admin can mend it. "topic": Apple does not take this token with this topic; "connection": no push gets through. */
  | { readonly kind: "misconfigured"; readonly of: "topic" | "connection"; readonly reason: string }
  | { readonly kind: "slow-down"; readonly retryAfterMs: number; readonly reason: string }
  | { readonly kind: "later"; readonly retryAfterMs: number; readonly reason: string }
  | { readonly kind: "bug"; readonly reason: string };

export interface PushClient {
  push(message: PushMessage): Promise<PushOutcome>;
  close(): Promise<void>;
}

/** What a good answer was marked with: sent back, so that the same document does not come again. */
export interface Validators {
  readonly etag: string | null;
  readonly lastModified: string | null;
}

export type JsonOutcome =
  | { readonly kind: "json"; readonly json: unknown; readonly validators: Validators | null }
  /** The document is the one that the validators were of. */
  | { readonly kind: "not-modified" }
  | { readonly kind: "failed"; readonly cause: JsonCause; readonly detail: string }
  /** By the signal. */
  | { readonly kind: "stopped" };

/** Apple's Software Lookup Service. */
export interface LookupService {
  /** Ends within a minute, whatever the other side does. */
  fetch(validators: Validators | null, signal: AbortSignal): Promise<JsonOutcome>;
}

/** Where feeds of CVEs come from, one for each platform. Trouble is an outcome, never a throw. */
export interface FeedPort {
  fetch(platform: FeedPlatform, validators: Validators | null, signal: AbortSignal): Promise<JsonOutcome>;
}

/** What is remembered of a sign-in at an identity provider until the browser is back: secrets of this one alone. */
export interface OidcAttempt {
  readonly state: string;
  readonly nonce: string;
  /** Of PKCE. */
  readonly verifier: string;
}

export type OidcClaims = Readonly<Record<string, Json>>;

export type OidcOutcome =
  /** `issuer` and `subject` identify the person; all else may change. */
  | { readonly kind: "known"; readonly issuer: string; readonly subject: string; readonly claims: OidcClaims }
  /** `detail` continues a sentence, and names no secret. */
  | { readonly kind: "refused" | "unavailable"; readonly detail: string };

/** An OpenID Connect provider. Trouble is an outcome, never a throw. */
export interface IdentityProvider {
  /** Where a browser signs in. */
  begin(
    attempt: OidcAttempt,
  ): Promise<
    { readonly kind: "url"; readonly url: string } | { readonly kind: "unavailable"; readonly detail: string }
  >;
  /** `answer`: the query that the browser came back with. */
  finish(answer: Readonly<Record<string, string>>, attempt: OidcAttempt): Promise<OidcOutcome>;
}

export interface WebhookRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type WebhookOutcome =
  | { readonly kind: "answered"; readonly status: number }
  | {
      readonly kind: "failed";
      /** `address-refused`: the name leads to an address that is not public, so nothing was sent. */
      readonly cause: "address-refused" | "unreachable" | "untrusted" | "cut-off" | "timed-out";
      readonly detail: string;
    }
  /** By the signal. */
  | { readonly kind: "stopped" };

/** What events are told to. */
export interface WebhookPort {
  /** Why nothing is ever sent to this address, as far as its text says; undefined: that depends on where its name leads. */
  refusal(url: string): string | undefined;
  /** Ends within 10 s, whatever the other side does. */
  post(request: WebhookRequest, signal: AbortSignal): Promise<WebhookOutcome>;
}

/** The certificate authority of this server. */
export interface AuthorityPort {
  readonly certificateDer: Uint8Array;
  readonly certificatePem: string;
}

/** Why the system clock is not believed. Moments are real time, ms UTC, by the time that is believed. */
export interface ClockSuspicion {
  /** When its step was seen. */
  readonly since: number;
  /** What it says, and how far (ms) that is ahead of what is believed. */
  readonly system: number;
  readonly ahead: number;
  /** When it will be believed. */
  readonly until: number;
}

/** The clock behind `now` and `realNow`: both stand still before a step forward that nobody has confirmed. */
export interface ClockPort {
  /** What the system clock says (ms UTC), believed or not: only for what must not be in the future of a right clock. */
  system(): number;
  suspicion(): ClockSuspicion | null;
  /** An admin says that the system clock is right. */
  accept(): void;
  /** The moment to record, and whether a later one that is recorded was wrong. */
  record(): { readonly at: number; readonly lower: boolean };
}

export interface Ports {
  readonly devices: DeviceStore;
  readonly admin: AdminStore;
  readonly sealer: Sealer;
  readonly log: Log;
  /** The clock of plans, jobs and queue (ms UTC). Tests run it fast. Never the system clock while that is suspect. */
  now(): number;
  /** Real time (ms UTC): X.509, challenges, push expiry. Never the system clock while that is suspect. */
  realNow(): number;
  readonly clock: ClockPort;
  /** A new UUIDv7. */
  newId(): string;
  random(bytes: number): Uint8Array;
  /** The key of a new CA, RSA. Made when it is needed, where this is absent. */
  readonly makeAuthorityKey?: () => Promise<KeyPair>;
  /** log2 of scrypt's N for new passwords, where it is not the usual one: for tests, which hash many. */
  readonly passwordCost?: number;
}

/** The service's door: use cases for the two faces, and the work that time brings. */
export { type Actor, systemActor } from "./actor.ts";
export type { AccessAdmin } from "./access/access-service.ts";
export { ATTEMPT_LASTS, type OidcOptions } from "./access/oidc.ts";
export { claimValues, type RoleMapping } from "./access/role-map.ts";
export type { KnownSession, Principal } from "./access/principal.ts";
export type { From, OpenedSession } from "./access/sessions.ts";
export { LONGEST as SESSION_LASTS } from "./access/session-record.ts";
export { giveSetupLink, offerAccountReset } from "./access/setup.ts";
export { SETUP_LASTS } from "./access/setup-record.ts";
export { type AdminOptions, type AdminService, createAdminService } from "./admin-service.ts";
export { type KeyedWork, LARGEST_ANSWER } from "./server/keyed-requests.ts";
export type { Asked, Caller } from "./server/audit.ts";
export type { BlackoutAdmin } from "./plans/blackout-service.ts";
export type { BlockAdmin } from "./catalog/block-service.ts";
export { createSecurityFetch, type SecurityFetch } from "./catalog/security-fetch.ts";
export type { SecurityService } from "./catalog/security-service.ts";
export { type CatalogFetch, createCatalogFetch, type FetchWhy, type FetchResult } from "./catalog/catalog-fetch.ts";
export type { CatalogService } from "./catalog/catalog-service.ts";
export type { CommandState, RawOutcome } from "./commands/raw-outcome.ts";
export { type Answers, createAnswers } from "./commands/answers.ts";
export { createEventHub, type EventHub, type EventStreams } from "./events/hub.ts";
export { noteWarnings } from "./events/warning-events.ts";
export { createWebhookAdmin, type WebhookAdmin } from "./events/webhook-service.ts";
export { createWebhookWork, type WebhookWork } from "./events/webhook-work.ts";
export { recordedMoment, recordMoment } from "./server/clock-record.ts";
export type { Presented } from "./enrollment/caller.ts";
export { createMdmEndpoint, type MdmEndpoint } from "./check-in/mdm-endpoint.ts";
export type { DeviceAnswer } from "./check-in/device-answer.ts";
export { createDeviceService, type DeviceService } from "./check-in/device-service.ts";
export { createDueWork, type DueWork, type HistoryAges } from "./work/due-work.ts";
export { createEnrollment, type Enrollment, type EnrollmentOptions } from "./identity/enrollment.ts";
export {
  createEnrollmentLinks,
  type LinkAdmin,
  type LinkEndpoint,
  type LinkRefused,
} from "./identity/enrollment-links.ts";
export { issue } from "./identity/issue.ts";
export { transactions } from "./transactions.ts";
export { TRANSACTIONS_MODULE } from "./transactions-module.ts";
export { fillIdentityHashes } from "./identity/identity-hashes.ts";
export { createLastSeen, type LastSeen } from "./check-in/last-seen.ts";
export { PUSH_OUTCOMES } from "./ports.ts";
export type {
  ClockPort,
  ClockSuspicion,
  FeedPort,
  IdentityProvider,
  JsonOutcome,
  Log,
  LookupService,
  OidcClaims,
  OidcOutcome,
  Ports,
  PushClient,
  PushMessage,
  PushOutcome,
  Validators,
  WebhookOutcome,
  WebhookPort,
  WebhookRequest,
} from "./ports.ts";
export type { Figures } from "./server/figures.ts";
export { rememberOrganization } from "./server/organization.ts";
export { rememberSilentDays } from "./compliance/silent-days.ts";
export { guardPublicUrl } from "./server/public-url.ts";
export { createRenewals } from "./identity/renewals.ts";
export { createRefusals, GATHER_REFUSALS, type NewRefusal, type Refusals } from "./server/refusals.ts";
export { createScepEndpoint, type ScepEndpoint } from "./identity/scep-endpoint.ts";
export {
  addResetToken,
  giveFirstToken,
  prepareServer,
  sayResets,
  type ServerIdentity,
} from "./identity/server-identity.ts";
export type { Sealer } from "./enrollment/sealer.ts";
export * from "./rehearsed.ts";

/** The service's door: use cases for the two faces, and the work that time brings. */
export { type AdminOptions, createAdminService } from "./admin-service.ts";
export type * from "./admin-types.ts";
export { type Caller } from "./audit.ts";
export { type Answers, createAnswers } from "./answers.ts";
export { createDeviceFace, type DeviceFace } from "./device-face.ts";
export { createDeviceService, type DeviceAnswer, type DeviceService } from "./device-service.ts";
export { createDueWork, type DueWork } from "./due-work.ts";
export { createEnrolment, type Enrolment, type EnrolmentOptions } from "./enrolment.ts";
export { createEnrolmentLinks, type LinkAdmin, type LinkFace, type LinkRefused } from "./enrolment-links.ts";
export { EXCHANGES_MODULE } from "./exchanges-module.ts";
export { fillIdentityHashes } from "./identity-hashes.ts";
export { createLastSeen, type LastSeen } from "./last-seen.ts";
export type { Log, Ports, PushClient, PushMessage, PushOutcome, Sealer } from "./ports.ts";
export { rememberOrganization } from "./organization.ts";
export { guardPublicUrl } from "./public-url.ts";
export { createRenewals } from "./renewals.ts";
export { createScepFace, type ScepFace } from "./scep-face.ts";
export { addResetToken, giveFirstToken, prepareServer, sayResets, type ServerIdentity } from "./server-identity.ts";

/** Apple's wire formats. Pure: values in, values out. */
export {
  type AvailableOSUpdate,
  decodeAvailableOSUpdates,
  decodeScan,
  type ScanAnswer,
} from "./answers/available-os-updates.ts";
export { decodeDeviceInformation, decodeSecurityInfo } from "./answers/device-answers.ts";
export { decodeOSUpdateStatus, type OSUpdateStatusItem } from "./answers/os-update-status.ts";
export { readSecurityInfo, type SecurityInfo } from "./answers/security-info.ts";
export {
  decodeUpdateResults,
  KNOWN_UPDATE_STATUSES,
  type ScheduledAction,
  UPDATE_STATUS_CLASS,
  type UpdateResult,
  type UpdateStatus,
  type UpdateStatusClass,
} from "./answers/update-results.ts";
export {
  type Authenticate,
  type Checkin,
  type CheckOut,
  type DeclarativeManagement,
  decodeCheckin,
  isCheckin,
  type GetBootstrapToken,
  type OtherCheckin,
  type SetBootstrapToken,
  type TokenUpdate,
} from "./check-in.ts";
export { checkCommand } from "./commands/check.ts";
export { type DecodedCommand, decodeCommand } from "./commands/decode.ts";
export { type Asked, deviceInformationQueries } from "./commands/device-information-queries.ts";
export { commandBody, encodeCommand } from "./commands/encode.ts";
export type { CommandTarget, Rule } from "./commands/rule.ts";
export type { Fields, Shape } from "./commands/shape.ts";
export type { CommandDescription } from "./commands/description.ts";
export {
  type Command,
  describeCommand,
  REQUEST_TYPES,
  type RequestType,
} from "./commands/table.ts";
export {
  INSTALL_ACTIONS,
  type InstallAction,
  type UpdatePriority,
  type UpdateRequest,
} from "./commands/update-commands.ts";
export {
  type EnforcementSpecific,
  enforcementSpecific,
  isBuild,
  organizationInfo,
  simpleActivation,
  softwareUpdateSettings,
  statusSubscriptions,
} from "./declarations/builders.ts";
export {
  declare,
  type Declaration,
  DECLARATION_KINDS,
  type DeclarationContent,
  type DeclarationKind,
  type Hash,
} from "./declarations/declaration.ts";
export { declarationRefusal } from "./declarations/descriptions.ts";
export {
  type ClientCapabilities,
  type DeclarationStatus,
  type DeclarativeStatus,
  type PendingVersion,
  readStatus,
} from "./declarations/declarative-status.ts";
export { type Endpoint, parseEndpoint } from "./declarations/endpoint.ts";
export { type JsonLimits, type JsonObject, type JsonProblem, nestsDeeper } from "./declarations/json.ts";
export { mergeStatus, STORED_STATUS_BYTES, type StoredStatus } from "./declarations/merge-status.ts";
export { isReasonCode, type ReasonClass, type ReasonCode, reasonClass, REASONS } from "./declarations/reasons.ts";
export {
  STATUS_ITEMS,
  statusItem,
  type StatusItem,
  type StatusItemName,
  statusItemsFor,
} from "./declarations/status-items.ts";
export {
  readStatusReport,
  STATUS_LIMITS,
  type StatusError,
  type StatusProblem,
  type StatusReason,
  type StatusReport,
} from "./declarations/status-report.ts";
export { parseLocalDateTime, sameLocalDateTime } from "./declarations/local-date-time.ts";
export { declarationsToken, itemsResponse, type Listed, tokensResponse } from "./declarations/manifest.ts";
export {
  checkSettings,
  type LeftOut,
  readSettings,
  type SettingsProblem,
  type SettingsProblemCode,
  type SoftwareUpdateSettings,
} from "./declarations/settings.ts";
export type { DeclarativeDevice, Refusal, RefusalCode } from "./declarations/support.ts";
export { appleId, type DeviceIdentity, isUserChannel } from "./device-identity.ts";
export { type MachineInfo, readMachineInfo } from "./enrollment/machine-info.ts";
export {
  requiredText,
  type RequiredRelease,
  takesUpdateRequired,
  UPDATE_REQUIRED_TYPE,
  updateRequired,
} from "./enrollment/update-required.ts";
export {
  type ErrorChainItem,
  type ErrorCodeEntry,
  type ErrorHint,
  hintOf,
  knownErrorOf,
  UPDATE_ERROR_CODES,
} from "./error-codes.ts";
export { type Facts, factsOf, type Json, jsonOf } from "./facts.ts";
export { compareVersions, isVersion, majorOf, parseVersion, type ReleaseName } from "./os-version.ts";
export { type Platform, platformNamed, PLATFORMS, platformOf } from "./platform.ts";
export { DictReader, type ReadableKind, type ReadValue } from "./plist/dict-reader.ts";
export { peekAppleId, peekCommandUuid } from "./peek.ts";
export { parsePlist } from "./plist/parse.ts";
export { isBinaryPlist, parseBinaryPlist } from "./plist/parse-binary.ts";
export { type PlistLimits, parseXmlPlist } from "./plist/parse-xml.ts";
export {
  isArray,
  isDict,
  isReal,
  kindOf,
  type PlistDict,
  type PlistKind,
  type PlistReal,
  type PlistValue,
} from "./plist/value.ts";
export { RESTRICTIONS_PROFILE, restrictionsProfile } from "./restrictions/profile.ts";
export { type Restrictions, restrictionsFor } from "./restrictions/restrictions-for.ts";
export { writeXmlPlist } from "./plist/write-xml.ts";
export { redactCommand, redactReport } from "./redact.ts";
export { decodeReport, REPORT_LIMITS, type KnownReportStatus, type Report, type ReportStatus } from "./report.ts";

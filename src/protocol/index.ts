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
  decodeCheckin,
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
export {
  type Command,
  type CommandDescription,
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
export { appleId, type DeviceIdentity, isUserChannel } from "./device-identity.ts";
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
export { type Platform, PLATFORMS, platformOf } from "./platform.ts";
export { DictReader, type ReadableKind, type ReadValue } from "./plist/dict-reader.ts";
export { peekCommandUuid } from "./peek.ts";
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
export { writeXmlPlist } from "./plist/write-xml.ts";
export { redactCommand, redactReport } from "./redact.ts";
export { decodeReport, REPORT_LIMITS, type KnownReportStatus, type Report, type ReportStatus } from "./report.ts";

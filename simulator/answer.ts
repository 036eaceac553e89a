import type { PlistDict } from "./plist.ts";

/** One item of an ErrorChain. */
export interface DeviceError {
  readonly code: number;
  readonly description: string;
  /** MCMDMErrorDomain where absent. */
  readonly domain?: string;
}

/**
 * What a device does with a command: an answer with the keys of the response, or nothing at all, when it restarts before
 * it could answer.
 */
export type CommandAnswer =
  | { readonly status: "Acknowledged"; readonly keys?: PlistDict }
  | { readonly status: "Error"; readonly error: DeviceError }
  | { readonly status: "NotNow" }
  | { readonly status: "CommandFormatError" }
  | { readonly status: "none" };

export const acknowledged = (keys: PlistDict = {}): CommandAnswer => ({ status: "Acknowledged", keys });
export const refused = (code: number, description: string, domain?: string): CommandAnswer => ({
  status: "Error",
  error: { code, description, ...(domain !== undefined && { domain }) },
});
/** A command whose form a device does not understand. */
export const malformed: CommandAnswer = { status: "CommandFormatError" };

/** `ErrorChain` as devices send it. */
export const errorChain = (error: DeviceError): PlistDict[] => [
  {
    ErrorCode: error.code,
    ErrorDomain: error.domain ?? "MCMDMErrorDomain",
    LocalizedDescription: error.description,
    USEnglishDescription: error.description,
  },
];

/** Codes of MCMDMErrorDomain that matter for updates. Apple calls them diagnostic: a server must not depend on them. */
export const codes = {
  invalidAccessRights: 12000,
  invalidRequestType: 12021,
  noUpdateAvailable: 12048,
  insufficientSpaceForDownload: 12054,
  insufficientPowerForDownload: 12055,
  insufficientNetwork: 12056,
  installRequiresDownload: 12059,
  insufficientPowerForInstall: 12061,
  installFailed: 12062,
  // Apple says that there is an informational error, and not which.
  managedByDeclaration: 12090,
  replacementMismatch: 12012,
  profileInvalid: 4001,
  profileNotManaged: 12075,
} as const;

/** The update service of iOS has a domain of its own. */
export const updateService = { domain: "com.apple.softwareupdateservices.errors", declarationInPlace: 103 } as const;

/** One thing a device does about one release. */
export type ScheduleOutcome =
  | { readonly action: string; readonly status: string; readonly error?: DeviceError }
  /** The whole command is refused. */
  | { readonly refusal: CommandAnswer }
  /** It restarts before it can answer. */
  | { readonly restarts: true };

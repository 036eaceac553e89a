/** The commands an update server needs beside the update commands. One description each. */
import { checkQueries } from "./device-information-queries.ts";

const allowed = { userEnrollment: "allowed" } as const;
const forbidden = { userEnrollment: "forbidden" } as const;

const security = { accessRight: "AllowQuerySecurity", ...allowed } as const;
const restart = { accessRight: "AllowPasscodeRemovalAndLock", ...forbidden } as const;
const profile = { accessRight: "AllowInstallAndRemoveOfConfigurationProfiles", ...allowed } as const;

/** Source: mdm/commands/information.device.yaml. What the device does not know it leaves out, other rules are each query's own. */
export const deviceInformation = {
  schema: "mdm/commands/information.device.yaml",
  support: {
    iOS: { introduced: "4.0", ...allowed },
    macOS: { introduced: "10.7", ...allowed },
    tvOS: { introduced: "9.0", ...allowed },
    visionOS: { introduced: "1.1", ...allowed },
    watchOS: { introduced: "10.0", ...allowed },
  },
  fields: {
    queries: { key: "Queries", presence: "required", value: { type: "array", items: { type: "string" } } },
    deviceAttestationNonce: {
      key: "DeviceAttestationNonce",
      presence: "optional",
      value: { type: "data" },
      support: {
        iOS: { introduced: "16.0" },
        macOS: { introduced: "14.0" },
        tvOS: { introduced: "16.0" },
        visionOS: { introduced: "1.1" },
        watchOS: { introduced: "10.0" },
      },
    },
  },
  also: checkQueries,
} as const;

/** Source: mdm/commands/information.security.yaml. */
export const securityInfo = {
  schema: "mdm/commands/information.security.yaml",
  support: {
    iOS: { introduced: "4.0", ...security },
    macOS: { introduced: "10.7", ...security },
    tvOS: { introduced: "9.0", ...security },
    visionOS: { introduced: "1.1", ...security },
    watchOS: { introduced: "10.0", ...security },
  },
  fields: {},
} as const;

/**
 * Lets a device that waits in Setup Assistant continue. Source: mdm/checkin/tokenupdate.yaml and
 * mdm/commands/information.device.yaml (AwaitingConfiguration): who can wait can be released.
 */
export const deviceConfigured = {
  schema: "mdm/commands/device.configured.yaml",
  support: {
    iOS: { introduced: "9.0", ...forbidden },
    macOS: { introduced: "10.11", ...forbidden },
    tvOS: { introduced: "10.2", ...forbidden },
    visionOS: { introduced: "2.0", ...forbidden },
    watchOS: { introduced: "10.0", ...forbidden },
  },
  fields: {},
} as const;

/** Source: mdm/commands/device.restart.yaml. */
export const restartDevice = {
  schema: "mdm/commands/device.restart.yaml",
  support: {
    iOS: { introduced: "10.3", supervised: true, ...restart },
    macOS: { introduced: "10.13", ...restart },
    tvOS: { introduced: "10.2", supervised: true, ...restart },
  },
  fields: {
    notifyUser: {
      key: "NotifyUser",
      presence: "optional",
      value: { type: "boolean" },
      support: { macOS: { introduced: "11.4" } },
    },
    rebuildKernelCache: {
      key: "RebuildKernelCache",
      presence: "optional",
      value: { type: "boolean" },
      support: { macOS: { introduced: "11.0" } },
    },
    kextPaths: {
      key: "KextPaths",
      presence: "optional",
      value: { type: "array", items: { type: "string" } },
      support: { macOS: { introduced: "11.0" } },
    },
  },
} as const;

/** Turns declarative management on, or asks for a sync. Source: mdm/commands/declarativemanagement.yaml. */
export const declarativeManagement = {
  schema: "mdm/commands/declarativemanagement.yaml",
  support: {
    iOS: { introduced: "15.0", ...allowed },
    macOS: { introduced: "13.0", ...allowed },
    tvOS: { introduced: "16.0", ...allowed },
    visionOS: { introduced: "1.1", ...allowed },
    watchOS: { introduced: "10.0", ...allowed },
  },
  fields: { data: { key: "Data", presence: "optional", value: { type: "data" } } },
} as const;

/** Renews the enrollment profile, and installs restrictions. Source: mdm/commands/profile.install.yaml. */
export const installProfile = {
  schema: "mdm/commands/profile.install.yaml",
  support: {
    iOS: { introduced: "4.0", ...profile },
    macOS: { introduced: "10.7", ...profile },
    tvOS: { introduced: "9.0", ...profile },
    visionOS: { introduced: "1.1", ...profile },
    watchOS: { introduced: "10.0", ...profile },
  },
  fields: { payload: { key: "Payload", presence: "required", value: { type: "data" } } },
} as const;

/** Takes restrictions away again. Source: mdm/commands/profile.remove.yaml. */
export const removeProfile = {
  schema: "mdm/commands/profile.remove.yaml",
  support: installProfile.support,
  fields: { identifier: { key: "Identifier", presence: "required", value: { type: "string" } } },
} as const;

/**
 * The restrictions that are about updates, for devices which have no declaration for that. All are gone with OS 27. Sources:
 * mdm/profiles/com.apple.applicationaccess.yaml, mdm/profiles/com.apple.SoftwareUpdate.yaml.
 */
import type { DeclarativeSince, DeclarativeSupport } from "../declarations/support.ts";

export type RestrictionValue = boolean | number;

export interface RestrictionKey {
  readonly support: DeclarativeSupport;
  readonly type: "boolean" | "integer";
  /** Of an integer. */
  readonly min?: number;
  readonly max?: number;
}

export type PayloadType = "com.apple.applicationaccess" | "com.apple.SoftwareUpdate";

const removed = "27.0";
// A user enrollment (BYOD) has none of them.
const supervised = (introduced: string): DeclarativeSince => ({ introduced, removed, enrollments: ["supervised"] });
const devices = (introduced: string): DeclarativeSince => ({
  introduced,
  removed,
  enrollments: ["supervised", "device"],
});

const days = { type: "integer", min: 1, max: 90 } as const;
const onMac = (introduced: string): RestrictionKey => ({ type: "boolean", support: { macOS: devices(introduced) } });
const daysOnMac = (introduced: string): RestrictionKey => ({ ...days, support: { macOS: devices(introduced) } });
const response: RestrictionKey = { type: "boolean", support: { iOS: supervised("16.0"), macOS: devices("13.0") } };

export const RESTRICTIONS = {
  "com.apple.applicationaccess": {
    forceDelayedSoftwareUpdates: {
      type: "boolean",
      support: { iOS: supervised("11.3"), macOS: devices("10.13"), tvOS: supervised("12.2") },
    },
    enforcedSoftwareUpdateDelay: {
      ...days,
      support: { iOS: supervised("11.3"), macOS: devices("10.13.4"), tvOS: supervised("12.2") },
    },
    forceDelayedMajorSoftwareUpdates: onMac("11.3"),
    enforcedSoftwareUpdateMajorOSDeferredInstallDelay: daysOnMac("11.3"),
    enforcedSoftwareUpdateMinorOSDeferredInstallDelay: daysOnMac("11.3"),
    // Stricter than the file's table: its text says that this one needs supervision.
    forceDelayedAppSoftwareUpdates: { type: "boolean", support: { macOS: supervised("11.0") } },
    enforcedSoftwareUpdateNonOSDeferredInstallDelay: daysOnMac("11.3"),
    allowRapidSecurityResponseInstallation: response,
    allowRapidSecurityResponseRemoval: response,
  },
  "com.apple.SoftwareUpdate": {
    AllowPreReleaseInstallation: onMac("10.9"),
    "restrict-software-update-require-admin-to-install": onMac("10.14"),
    AutomaticallyInstallMacOSUpdates: onMac("10.15"),
    AutomaticCheckEnabled: onMac("10.15"),
    AutomaticDownload: onMac("10.15"),
    CriticalUpdateInstall: onMac("10.15"),
    ConfigDataInstall: onMac("10.15"),
  },
} as const satisfies Readonly<Record<PayloadType, Readonly<Record<string, RestrictionKey>>>>;

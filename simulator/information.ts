import type { CommandAnswer } from "./answer.ts";
import { acknowledged, malformed } from "./answer.ts";
import type { PlistDict, PlistValue } from "./plist.ts";
import { list, Real } from "./plist.ts";
import { compareVersions, majorOf } from "./releases.ts";
import type { DeviceState } from "./state.ts";
import { tellsSupervision } from "./ways.ts";

/** Every query this device could answer. Apple schema: mdm/commands/information.device.yaml. */
function facts(state: DeviceState): Record<string, PlistValue | undefined> {
  const { hardware, traits, os, kind } = state;
  const mac = hardware.platform === "macOS";
  const tv = hardware.platform === "tvOS";
  return {
    UDID: kind.userEnrollment ? undefined : traits.udid,
    SerialNumber: kind.userEnrollment ? undefined : traits.serial,
    DeviceName: `${hardware.modelName} ${traits.serial.slice(-4)}`,
    OSVersion: os.version,
    BuildVersion: os.build,
    // Equal to BuildVersion while no background security improvement is installed.
    SupplementalBuildVersion:
      compareVersions(os.version, mac ? "13" : "16.1") < 0 ? undefined : (os.improvement?.build ?? os.build),
    SupplementalOSVersionExtra: os.improvement === undefined ? undefined : `(${os.improvement.letter})`,
    ProductName: hardware.productName,
    ModelName: hardware.modelName,
    IsSupervised: tellsSupervision(state) ? kind.supervised : undefined,
    IsMultiUser: hardware.productName.startsWith("iPad") ? kind.sharedIpad === true : undefined,
    IsAppleSilicon: mac && majorOf(os.version) >= 12 ? hardware.appleSilicon === true : undefined,
    // OS 27 took the query away.
    SoftwareUpdateDeviceID: majorOf(os.version) < 27 ? hardware.softwareUpdateDeviceId : undefined,
    BatteryLevel: tv ? undefined : new Real(traits.batteryLevel),
    HasBattery: mac ? true : undefined,
    AvailableDeviceCapacity: tv ? undefined : new Real(traits.freeGigabytes),
    DeviceCapacity: tv ? undefined : new Real(256),
    TimeZone: mac || majorOf(os.version) < 14 ? undefined : traits.timeZone,
    OSUpdateSettings:
      mac && majorOf(os.version) < 27
        ? { PreviousScanDate: new Date(state.lastScanAt), IsDefaultCatalog: true }
        : undefined,
    AwaitingConfiguration: state.awaitingConfiguration,
  };
}

/** Answers exactly the queries asked; what the platform does not know is left out. */
export function deviceInformation(state: DeviceState, command: PlistDict): CommandAnswer {
  const queries = list(command, "Queries");
  if (queries === undefined) return malformed;
  const known = facts(state);
  const answers = queries.flatMap((query) =>
    typeof query === "string" && Object.hasOwn(known, query) ? [[query, known[query]] as const] : [],
  );
  return acknowledged({ QueryResponses: Object.fromEntries(answers) });
}

/** Apple schema: mdm/commands/information.security.yaml. */
export function securityInfo(state: DeviceState): CommandAnswer {
  const { hardware, kind } = state;
  const mac = hardware.platform === "macOS";
  const escrows = state.profile?.mdm.serverCapabilities.includes("com.apple.mdm.bootstraptoken") === true;
  return acknowledged({
    SecurityInfo: {
      ManagementStatus: {
        EnrolledViaDEP: kind.supervised,
        UserApprovedEnrollment: true,
        IsUserEnrollment: kind.userEnrollment === true,
        IsActivationLockManageable: kind.supervised,
      },
      PasscodePresent: hardware.platform === "iOS" ? kind.consentHours !== undefined : undefined,
      FDE_Enabled: mac ? true : undefined,
      BootstrapTokenAllowedForAuthentication: !mac
        ? undefined
        : hardware.appleSilicon
          ? escrows
            ? "allowed"
            : "disallowed"
          : "not supported",
      BootstrapTokenRequiredForSoftwareUpdate: mac ? hardware.appleSilicon === true : undefined,
      BootstrapTokenRequiredForKernelExtensionApproval: mac ? hardware.appleSilicon === true : undefined,
    },
  });
}

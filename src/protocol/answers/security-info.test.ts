import { describe, expect, it } from "vitest";
import { readSecurityInfo } from "../index.ts";

describe("SecurityInfo", () => {
  it("is read out of the facts by its keys", () => {
    const facts = {
      OSVersion: "26.5",
      PasscodePresent: false,
      FDE_Enabled: true,
      ManagementStatus: { EnrolledViaDEP: true, UserApprovedEnrollment: false, SomethingNew: 1 },
      SecureBoot: { SecureBootLevel: "full", ExternalBootLevel: "allowed", ReducedSecurity: ["AllowsMDM"] },
      BootstrapTokenAllowedForAuthentication: "not supported",
      BootstrapTokenRequiredForSoftwareUpdate: true,
      BootstrapTokenRequiredForKernelExtensionApproval: true,
      IsRecoveryLockEnabled: false,
    };
    expect(readSecurityInfo(facts)).toEqual({
      passcodePresent: false,
      fileVaultEnabled: true,
      managementStatus: { enrolledViaDEP: true, userApprovedEnrollment: false },
      secureBoot: { secureBootLevel: "full", externalBootLevel: "allowed", reducedSecurity: ["AllowsMDM"] },
      bootstrapTokenAllowedForAuthentication: "not supported",
      bootstrapTokenRequiredForSoftwareUpdate: true,
      bootstrapTokenRequiredForKernelExtensionApproval: true,
      isRecoveryLockEnabled: false,
    });
  });

  it("leaves out what is of another type, and keeps a word it does not know", () => {
    expect(
      readSecurityInfo({
        PasscodePresent: "yes",
        ManagementStatus: [],
        SecureBoot: { SecureBootLevel: "utmost", ExternalBootLevel: 1, ReducedSecurity: [1] },
        BootstrapTokenRequiredForSoftwareUpdate: null,
        BootstrapTokenAllowedForAuthentication: "maybe",
      }),
    ).toEqual({
      secureBoot: { secureBootLevel: { unknown: "utmost" } },
      bootstrapTokenAllowedForAuthentication: { unknown: "maybe" },
    });
    expect(readSecurityInfo({})).toEqual({});
  });
});

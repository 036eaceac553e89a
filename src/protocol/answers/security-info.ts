/** What SecurityInfo tells that an update hangs on, out of the facts that are kept of a device. */
import type { Facts, Json } from "../facts.ts";

export type SecurityKey =
  | { readonly key: string; readonly kind: "boolean" }
  | { readonly key: string; readonly kind: "string"; readonly oneOf: readonly string[] }
  | { readonly key: string; readonly kind: "strings" }
  | { readonly key: string; readonly kind: "dict"; readonly keys: SecurityKeys };
export type SecurityKeys = Readonly<Record<string, SecurityKey>>;

type ValueOf<K extends SecurityKey> = K extends { readonly oneOf: readonly (infer V)[] }
  ? V | { readonly unknown: string }
  : K extends { readonly keys: infer I extends SecurityKeys }
    ? ValuesOf<I>
    : K extends { readonly kind: "strings" }
      ? readonly string[]
      : boolean;
type ValuesOf<K extends SecurityKeys> = { readonly [N in keyof K]?: ValueOf<K[N]> };

const flag = <const K extends string>(key: K) => ({ key, kind: "boolean" }) as const;

/** Source: mdm/commands/information.security.yaml (SecurityInfo); the other keys there are kept as facts, unread. */
export const securityKeys = {
  passcodePresent: flag("PasscodePresent"),
  fileVaultEnabled: flag("FDE_Enabled"),
  managementStatus: {
    key: "ManagementStatus",
    kind: "dict",
    keys: {
      enrolledViaDEP: flag("EnrolledViaDEP"),
      userApprovedEnrollment: flag("UserApprovedEnrollment"),
      isUserEnrollment: flag("IsUserEnrollment"),
      isActivationLockManageable: flag("IsActivationLockManageable"),
    },
  },
  secureBoot: {
    key: "SecureBoot",
    kind: "dict",
    keys: {
      secureBootLevel: {
        key: "SecureBootLevel",
        kind: "string",
        oneOf: ["off", "medium", "full", "not supported"],
      },
      externalBootLevel: {
        key: "ExternalBootLevel",
        kind: "string",
        oneOf: ["allowed", "disallowed", "not supported"],
      },
      reducedSecurity: { key: "ReducedSecurity", kind: "strings" },
    },
  },
  bootstrapTokenAllowedForAuthentication: {
    key: "BootstrapTokenAllowedForAuthentication",
    kind: "string",
    oneOf: ["allowed", "disallowed", "not supported"],
  },
  bootstrapTokenRequiredForSoftwareUpdate: flag("BootstrapTokenRequiredForSoftwareUpdate"),
  bootstrapTokenRequiredForKernelExtensionApproval: flag("BootstrapTokenRequiredForKernelExtensionApproval"),
  isRecoveryLockEnabled: flag("IsRecoveryLockEnabled"),
} as const satisfies SecurityKeys;

/** Each key may be absent: the device did not say it, or said something of another type, which only its facts show. */
export type SecurityInfo = ValuesOf<typeof securityKeys>;

export const readSecurityInfo = (facts: Facts): SecurityInfo => read(securityKeys, facts);

function read<K extends SecurityKeys>(keys: K, facts: Facts): ValuesOf<K> {
  const values: Record<string, unknown> = {};
  for (const [name, key] of Object.entries(keys)) {
    const fact = Object.hasOwn(facts, key.key) ? facts[key.key] : undefined;
    const value = fact === undefined ? undefined : readOne(key, fact);
    if (value !== undefined) values[name] = value;
  }
  // The loop sets each key as its kind says.
  return values as ValuesOf<K>;
}

function readOne(key: SecurityKey, fact: Json): unknown {
  switch (key.kind) {
    case "boolean":
      return typeof fact === "boolean" ? fact : undefined;
    case "string":
      if (typeof fact !== "string") return undefined;
      return key.oneOf.includes(fact) ? fact : { unknown: fact };
    case "strings":
      return Array.isArray(fact) && fact.every((item) => typeof item === "string") ? fact : undefined;
    case "dict":
      return isFacts(fact) ? read(key.keys, fact) : undefined;
  }
}

const isFacts = (fact: Json): fact is Facts => typeof fact === "object" && fact !== null && !Array.isArray(fact);

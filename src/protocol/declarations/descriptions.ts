/**
 * The declarations we send, as Apple's schema of iOS 18.1 describes them with the changes up to 27.2. Source: the file that
 * each names, in apple/device-management.
 */
import type { DeclarationDescription } from "./describe.ts";
import { type DeclarativeDevice, type Refusal, refusal } from "./support.ts";

const everyone = ["supervised", "device", "user"] as const;
const devices = ["supervised", "device"] as const;
const supervised = ["supervised"] as const;

/** The engine itself: no enrollment is excluded. */
const engine = {
  iOS: { introduced: "15.0", enrollments: everyone },
  macOS: { introduced: "13.0", enrollments: everyone },
  tvOS: { introduced: "16.0", enrollments: everyone },
  visionOS: { introduced: "1.1", enrollments: everyone },
  watchOS: { introduced: "10.0", enrollments: everyone },
} as const;

export const enforcementDescription = {
  type: "com.apple.configuration.softwareupdate.enforcement.specific",
  schema: "declarative/declarations/configurations/softwareupdate.enforcement.specific.yaml",
  support: {
    iOS: { introduced: "17.0", enrollments: devices },
    macOS: { introduced: "14.0", enrollments: supervised },
    tvOS: { introduced: "18.4", enrollments: devices },
    visionOS: { introduced: "26.0", enrollments: devices },
  },
  keys: {
    TargetOSVersion: { type: "string", presence: "required" },
    TargetBuildVersion: { type: "string", presence: "optional" },
    TargetLocalDateTime: { type: "string", presence: "required" },
    DetailsURL: { type: "string", presence: "optional" },
  },
} as const satisfies DeclarationDescription;

const days = { type: "integer", presence: "optional", min: 1, max: 90, combine: "number-max" } as const;
const yes = { type: "boolean", presence: "optional", fallback: true, combine: "boolean-and" } as const;
const control = {
  type: "string",
  presence: "optional",
  oneOf: ["Allowed", "AlwaysOn", "AlwaysOff"],
  fallback: "Allowed",
  combine: "enum-last",
} as const;
const program = {
  type: "dict",
  keys: {
    Description: { type: "string", presence: "required" },
    /** Of the Device Assignment service; enrolls devices in a beta program. Secret. */
    Token: { type: "string", presence: "required" },
  },
} as const;
const onMac = { macOS: { introduced: "15.0" } } as const;

export const settingsDescription = {
  type: "com.apple.configuration.softwareupdate.settings",
  schema: "declarative/declarations/configurations/softwareupdate.settings.yaml",
  support: {
    iOS: { introduced: "18.0", enrollments: devices },
    macOS: { introduced: "15.0", enrollments: supervised },
    tvOS: { introduced: "18.4", enrollments: devices },
    visionOS: { introduced: "26.0", enrollments: devices },
  },
  keys: {
    Notifications: yes,
    Deferrals: {
      type: "dict",
      presence: "optional",
      supervised: true,
      keys: {
        CombinedPeriodInDays: {
          ...days,
          support: {
            iOS: { introduced: "18.0" },
            tvOS: { introduced: "18.4" },
            visionOS: { introduced: "26.0" },
          },
        },
        MajorPeriodInDays: { ...days, support: onMac },
        MinorPeriodInDays: { ...days, support: onMac },
        SystemPeriodInDays: { ...days, support: onMac },
      },
    },
    RecommendedCadence: {
      type: "string",
      presence: "optional",
      oneOf: ["All", "Oldest", "Newest"],
      combine: "enum-last",
      support: { iOS: { introduced: "18.0" }, visionOS: { introduced: "26.0" } },
    },
    AutomaticActions: {
      type: "dict",
      presence: "optional",
      supervised: true,
      keys: {
        Download: {
          ...control,
          support: { iOS: { introduced: "18.0" }, macOS: { introduced: "15.0" }, visionOS: { introduced: "26.0" } },
        },
        InstallOSUpdates: control,
        InstallSecurityUpdate: {
          ...control,
          support: { iOS: { introduced: "18.0" }, macOS: { introduced: "15.0" }, visionOS: { introduced: "26.0" } },
        },
      },
    },
    RapidSecurityResponse: {
      type: "dict",
      presence: "optional",
      supervised: true,
      support: { iOS: { introduced: "18.0" }, macOS: { introduced: "15.0" } },
      keys: { Enable: yes, EnableRollback: yes },
    },
    AllowStandardUserOSUpdates: { ...yes, support: onMac },
    Beta: {
      type: "dict",
      presence: "optional",
      support: { iOS: { introduced: "18.0" }, macOS: { introduced: "15.4" } },
      keys: {
        ProgramEnrollment: { ...control, supervised: true },
        OfferPrograms: { type: "array", presence: "optional", combine: "set-union", items: program },
        RequireProgram: { ...program, presence: "optional", supervised: true, combine: "first" },
      },
    },
  },
} as const satisfies DeclarationDescription;

export const subscriptionsDescription = {
  type: "com.apple.configuration.management.status-subscriptions",
  schema: "declarative/declarations/configurations/management.status-subscriptions.yaml",
  support: {
    iOS: { introduced: "15.0", enrollments: everyone },
    macOS: { introduced: "13.0", enrollments: ["supervised", "user"] },
    tvOS: { introduced: "16.0", enrollments: devices },
    visionOS: { introduced: "1.1", enrollments: everyone },
    watchOS: { introduced: "10.0", enrollments: supervised },
  },
  keys: {
    StatusItems: {
      type: "array",
      presence: "required",
      combine: "set-union",
      items: { type: "dict", keys: { Name: { type: "string", presence: "required" } } },
    },
  },
} as const satisfies DeclarationDescription;

export const activationDescription = {
  type: "com.apple.activation.simple",
  schema: "declarative/declarations/activations/simple.yaml",
  support: engine,
  keys: {
    StandardConfigurations: { type: "array", presence: "required", items: { type: "string" } },
    Predicate: { type: "string", presence: "optional" },
  },
} as const satisfies DeclarationDescription;

export const organizationDescription = {
  type: "com.apple.management.organization-info",
  schema: "declarative/declarations/management/organization-info.yaml",
  support: engine,
  keys: {
    Name: { type: "string", presence: "required" },
    Email: { type: "string", presence: "optional" },
    URL: { type: "string", presence: "optional" },
    // No builder sets it: what the token is and who gives it out, Apple does not say.
    Proof: {
      type: "dict",
      presence: "optional",
      keys: { IdentityToken: { type: "string", presence: "optional" } },
    },
  },
} as const satisfies DeclarationDescription;

export const DECLARATIONS: readonly DeclarationDescription[] = [
  enforcementDescription,
  settingsDescription,
  subscriptionsDescription,
  activationDescription,
  organizationDescription,
];

/** Why a device can't have a declaration of this type; undefined where it can, and for types that are not described here. */
export function declarationRefusal(type: string, device: DeclarativeDevice): Refusal | undefined {
  const description = DECLARATIONS.find((known) => known.type === type);
  return description && refusal(description.support, device);
}

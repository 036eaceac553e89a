/** The Settings command, as far as it is about updates. We check it where an admin sends it, and write none ourselves. */
import type { Fields, Variant } from "./shape.ts";

const allowed = { accessRight: "AllowSettings", userEnrollment: "allowed" } as const;
const forbidden = { userEnrollment: "forbidden" } as const;
const optionalBoolean = { presence: "optional", value: { type: "boolean" } } as const;

const item = (name: string) =>
  ({ key: "Item", presence: "required", value: { type: "string", oneOf: { [name]: "everywhere" } } }) as const;

const mdmOptions: Fields = {
  activationLockAllowedWhileSupervised: { key: "ActivationLockAllowedWhileSupervised", ...optionalBoolean },
  bootstrapTokenAllowed: {
    key: "BootstrapTokenAllowed",
    ...optionalBoolean,
    support: { macOS: { introduced: "10.15", deprecated: "11.0", ...forbidden } },
  },
  promptUser: {
    key: "PromptUserToAllowBootstrapTokenForAuthentication",
    ...optionalBoolean,
    support: { macOS: { introduced: "11.0" } },
  },
};

/** By the text under the key Item; the other settings there are not about updates. */
export const settingItems: Readonly<Record<string, Variant>> = {
  /** Removed in OS 27 (the schema's change list). The answer to the query of that name spells it RecommendationsCadence. */
  SoftwareUpdateSettings: {
    support: { iOS: { introduced: "14.5", removed: "27.0", supervised: true, ...forbidden } },
    fields: {
      item: item("SoftwareUpdateSettings"),
      recommendationCadence: {
        key: "RecommendationCadence",
        presence: "required",
        value: { type: "integer", oneOf: [0, 1, 2] },
      },
    },
  },
  MDMOptions: {
    support: {
      iOS: { introduced: "7.0" },
      macOS: { introduced: "10.15", ...forbidden },
      visionOS: { introduced: "2.0" },
    },
    fields: {
      item: item("MDMOptions"),
      mdmOptions: { key: "MDMOptions", presence: "required", value: { type: "dict", fields: mdmOptions } },
    },
  },
  TimeZone: {
    support: {
      iOS: { introduced: "14.0", supervised: true, ...forbidden },
      tvOS: { introduced: "14.0", supervised: true },
      visionOS: { introduced: "2.0", supervised: true, ...forbidden },
    },
    fields: {
      item: item("TimeZone"),
      timeZone: { key: "TimeZone", presence: "required", value: { type: "string" } },
    },
  },
};

/** Source: mdm/commands/settings.yaml. */
export const settings = {
  schema: "mdm/commands/settings.yaml",
  support: {
    iOS: { introduced: "5.0", ...allowed },
    macOS: { introduced: "10.9", ...allowed },
    tvOS: { introduced: "9.0", ...allowed },
    visionOS: { introduced: "1.1", ...allowed },
    watchOS: { introduced: "10.0", ...allowed },
  },
  fields: {
    settings: {
      key: "Settings",
      presence: "required",
      value: { type: "array", items: { type: "variants", by: "Item", of: settingItems } },
    },
  },
} as const;

/**
 * How a command's keys are described: once, as data. From one description follow its TypeScript type, its encoder, its
 * decoder and the checks against Apple's schema.
 */
import type { Platform } from "../platform.ts";

/** Where and since when something exists. A platform that is not named never had it. Versions as in the schema files. */
export type Support = Readonly<Partial<Record<Platform, Since>>>;

export interface Since {
  readonly introduced: string;
  readonly deprecated?: string;
  readonly removed?: string;
  readonly supervised?: true;
  /** Bit of AccessRights that the enrollment must have. */
  readonly accessRight?: AccessRight;
  /** Absent: as what it belongs to. */
  readonly userEnrollment?: "allowed" | "forbidden";
}

/** Where and how a command may be sent. */
export interface CommandSince extends Since {
  readonly userEnrollment: "allowed" | "forbidden";
}

export type AccessRight = keyof typeof ACCESS_RIGHTS;

/** Source: mdm/profiles/com.apple.mdm.yaml (AccessRights); the names are those of `accessrights` in the command schemas. */
export const ACCESS_RIGHTS = {
  AllowInstallAndRemoveOfConfigurationProfiles: 2,
  AllowPasscodeRemovalAndLock: 4,
  AllowQueryDeviceInformation: 16,
  AllowQuerySecurity: 1024,
  AllowSettings: 2048,
  AllowAppInstallation: 4096,
} as const;

export type Shape =
  | { readonly type: "string"; readonly oneOf?: Readonly<Record<string, Support | "everywhere">> }
  | { readonly type: "integer"; readonly oneOf?: readonly number[] }
  | { readonly type: "boolean" | "data" }
  | { readonly type: "array"; readonly items: Shape }
  | { readonly type: "dict"; readonly fields: Fields }
  /** Dictionaries that are told apart by the text under the key `by`; one that is not described may hold anything. */
  | { readonly type: "variants"; readonly by: string; readonly of: Readonly<Record<string, Variant>> };

export interface Variant {
  readonly support: Support;
  readonly fields: Fields;
}

export interface Field {
  /** Apple's name. */
  readonly key: string;
  readonly presence: "required" | "optional";
  readonly value: Shape;
  /** Only where it differs from the command's own. */
  readonly support?: Support;
}

/** Our name of each key to its description. */
export type Fields = Readonly<Record<string, Field>>;

/** The TypeScript value of a shape. Integers are numbers here: a value beyond 2^53 has no meaning in any command. */
export type ValueOf<S extends Shape> = S extends { readonly type: "string"; readonly oneOf: infer V }
  ? keyof V & string
  : S extends { readonly type: "string" }
    ? string
    : S extends { readonly type: "integer" }
      ? number
      : S extends { readonly type: "boolean" }
        ? boolean
        : S extends { readonly type: "data" }
          ? Uint8Array
          : S extends { readonly type: "array"; readonly items: infer I extends Shape }
            ? readonly ValueOf<I>[]
            : S extends { readonly type: "dict"; readonly fields: infer F extends Fields }
              ? FieldValues<F>
              : never;

export type FieldValues<F extends Fields> = {
  readonly [K in keyof F as F[K]["presence"] extends "required" ? K : never]: ValueOf<F[K]["value"]>;
} & {
  readonly [K in keyof F as F[K]["presence"] extends "optional" ? K : never]?: ValueOf<F[K]["value"]>;
};

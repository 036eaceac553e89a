/** How a declaration's payload is described: once, as data. Its type, its checks and the schema test follow from it. */
import type { Support } from "../commands/shape.ts";
import type { DeclarativeSupport } from "./support.ts";

export type Value =
  /** `known` values of Apple's are not the only ones that are taken; `oneOf` are. */
  | { readonly type: "string"; readonly oneOf?: readonly string[]; readonly known?: readonly string[] }
  | { readonly type: "integer"; readonly min: number; readonly max: number }
  | { readonly type: "boolean" | "any" }
  | { readonly type: "array"; readonly items: Value }
  | { readonly type: "dict"; readonly keys: Keys };

export type Key = Value & {
  readonly presence: "required" | "optional";
  /** Only where it differs from what the key stands in. */
  readonly support?: Support;
  /** Needs supervision where the declaration itself does not. */
  readonly supervised?: true;
  /** What the device does where the key is absent. */
  readonly fallback?: string | boolean;
  /** How devices combine several declarations. */
  readonly combine?: "boolean-and" | "number-max" | "enum-last" | "set-union" | "first";
};

/** Apple's name of each key to its description. */
export type Keys = Readonly<Record<string, Key>>;

export interface DeclarationDescription {
  readonly type: string;
  /** Path in apple/device-management. */
  readonly schema: string;
  readonly support: DeclarativeSupport;
  readonly keys: Keys;
}

/** The TypeScript value of a description, by Apple's names. */
export type ValueOf<V extends Value> = V extends { readonly oneOf: readonly (infer O)[] }
  ? O
  : V extends { readonly type: "string" }
    ? string
    : V extends { readonly type: "integer" }
      ? number
      : V extends { readonly type: "boolean" }
        ? boolean
        : V extends { readonly type: "array"; readonly items: infer I extends Value }
          ? readonly ValueOf<I>[]
          : V extends { readonly type: "dict"; readonly keys: infer K extends Keys }
            ? PayloadOf<K>
            : never;

export type PayloadOf<K extends Keys> = {
  readonly [P in keyof K as K[P]["presence"] extends "required" ? P : never]: ValueOf<K[P]>;
} & {
  readonly [P in keyof K as K[P]["presence"] extends "optional" ? P : never]?: ValueOf<K[P]>;
};

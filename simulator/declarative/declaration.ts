import type { Json, JsonDict } from "./json.ts";

/** The four kinds of declarations, as the path of one names them. */
export type DeclarationKind = "activation" | "asset" | "configuration" | "management";

/** A declaration as the device holds it. Apple schema: declarative/declarations/declarationbase.yaml. */
export interface Declaration {
  readonly kind: DeclarationKind;
  readonly identifier: string;
  readonly serverToken: string;
  readonly type: string;
  /** Undefined when what the server gave is no declaration. */
  readonly payload: JsonDict | undefined;
}

/** Why a declaration is in the state it is in; code and details in Apple's words. */
export interface Reason {
  readonly code: string;
  readonly description?: string;
  readonly details?: { readonly [key: string]: Json };
}

/** What the device makes of one declaration. */
export interface Judgement {
  readonly active: boolean;
  readonly valid: "unknown" | "invalid" | "valid";
  readonly reasons: readonly Reason[];
}

/** The details most reasons have. */
export const named = ({ identifier, serverToken }: Declaration) => ({
  Identifier: identifier,
  ServerToken: serverToken,
});

/**
 * The codes in which devices say why a declaration or status item is as it is. Source: declarative/declarations/declarationbase.yaml
 * (reasons), and where marked Apple's page "DeclarationBase" or frameworks of the OS.
 */

/** `info` is no failure: the device tells why it does nothing. */
export type ReasonClass = "error" | "info";

export const REASONS = {
  "Error.ActivationFailed": "error",
  "Error.AssetCannotBeDeserialized": "error",
  "Error.AssetCannotBeDownloaded": "error",
  "Error.AssetCannotBeVerified": "error",
  // Also what a device says of an enforcement that asks for no more than it has.
  "Error.ConfigurationCannotBeApplied": "error",
  "Error.ConfigurationCannotBeDeserialized": "error",
  "Error.ConfigurationFailed": "error",
  "Error.ConfigurationIsInvalid": "error",
  "Error.ConfigurationNotSupported": "error",
  "Error.InvalidPayload": "error",
  "Error.MissingAssets": "error",
  "Error.MissingConfigurations": "error",
  "Error.MissingState": "error",
  "Error.PredicateFailed": "error",
  "Error.UnableToEvaluatePredicate": "error",
  "Error.UnableToParsePredicate": "error",
  "Error.UnableToParsePredicateWithCustomOperator": "error",
  "Error.Unknown": "error",
  "Error.UnknownPayloadKeys": "error",
  "Info.NotReferencedByActivation": "info",
  "Info.NotReferencedByConfiguration": "info",
  "Info.Predicate": "info",
  // The page DeclarationBase, not the schema file.
  "Error.UnknownDeclarationType": "error",
  "Info.UnsupportedSettings": "info",
  // Seen in frameworks of the OS only.
  "Error.ConfigurationAlreadyPresent": "error",
} as const satisfies Readonly<Record<string, ReasonClass>>;

export type ReasonCode = keyof typeof REASONS;

export function isReasonCode(code: string): code is ReasonCode {
  return Object.hasOwn(REASONS, code);
}

/** A code that we don't know is an error unless it says that it is none. */
export function reasonClass(code: string): ReasonClass {
  if (isReasonCode(code)) return REASONS[code];
  return code.startsWith("Info.") ? "info" : "error";
}

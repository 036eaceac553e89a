import { compareVersions } from "../releases.ts";
import type { DeviceState } from "../state.ts";
import { refusesSkippedTimes } from "../ways.ts";
import type { Declaration, Judgement, Reason } from "./declaration.ts";
import { named } from "./declaration.ts";
import type { JsonDict } from "./json.ts";
import { isJsonList, textIn } from "./json.ts";
import { instantOf, isSkipped } from "./local-time.ts";
import { faultsOf } from "./payloads.ts";
import type { Facts } from "./predicate.ts";
import { evaluate } from "./predicate.ts";

export const ENFORCEMENT = "com.apple.configuration.softwareupdate.enforcement.specific";
export const SUBSCRIPTIONS = "com.apple.configuration.management.status-subscriptions";

const isError = ({ code }: Reason): boolean => code.startsWith("Error.");
const invalid = (...reasons: readonly Reason[]): Judgement => ({ active: false, valid: "invalid", reasons });
const inForce = (reasons: readonly Reason[] = []): Judgement => ({ active: true, valid: "valid", reasons });

/** What the device makes of each declaration it holds. A declaration that is not in the result is not held. */
export function judge(
  state: DeviceState,
  held: readonly Declaration[],
  facts: Facts,
): ReadonlyMap<Declaration, Judgement> {
  const judged = new Map<Declaration, Judgement>();
  const configurations = held.filter(({ kind }) => kind === "configuration");
  const reasonsOf = new Map<string, Judgement[]>();
  for (const declaration of held) {
    if (declaration.kind !== "activation") continue;
    const verdict = judgeActivation(state, declaration, configurations, facts);
    judged.set(declaration, verdict);
    for (const identifier of configurationsOf(declaration)) {
      reasonsOf.set(identifier, [...(reasonsOf.get(identifier) ?? []), verdict]);
    }
  }
  for (const declaration of held) {
    if (declaration.kind === "activation") continue;
    const faults = faultsOf(state, declaration);
    const activations = reasonsOf.get(declaration.identifier) ?? [];
    if (faults.some(isError)) judged.set(declaration, invalid(...faults));
    // A management declaration is never active, and that is no failure.
    else if (declaration.kind !== "configuration") judged.set(declaration, { ...inForce(faults), active: false });
    else if (activations.some(({ active }) => active)) judged.set(declaration, applied(state, declaration, faults));
    else judged.set(declaration, idle(declaration, activations));
  }
  return judged;
}

const configurationsOf = ({ payload }: Declaration): string[] => {
  const list = payload?.["StandardConfigurations"];
  return isJsonList(list) ? list.filter((item) => typeof item === "string") : [];
};

function judgeActivation(
  state: DeviceState,
  activation: Declaration,
  configurations: readonly Declaration[],
  facts: Facts,
): Judgement {
  const faults = faultsOf(state, activation);
  if (faults.length > 0) return invalid(...faults);
  const missing = configurationsOf(activation).filter(
    (wanted) => !configurations.some(({ identifier }) => identifier === wanted),
  );
  const details = named(activation);
  if (missing.length > 0) {
    return invalid({ code: "Error.MissingConfigurations", details: { ...details, ConfigurationIdentifiers: missing } });
  }
  const predicate = activation.payload && textIn(activation.payload, "Predicate");
  if (predicate === undefined) return inForce();
  const says = { ...details, Predicate: predicate };
  switch (evaluate(predicate, facts)) {
    case "true":
      return inForce();
    case "false":
      return { active: false, valid: "valid", reasons: [{ code: "Info.Predicate", details: says }] };
    case "not-parsed":
      return invalid({ code: "Error.UnableToParsePredicate", details: says });
    case "not-evaluated":
      return invalid({ code: "Error.UnableToEvaluatePredicate", details: says });
  }
}

/** A configuration that no active activation names. */
function idle(configuration: Declaration, activations: readonly Judgement[]): Judgement {
  const details = named(configuration);
  if (activations.length === 0) {
    return { active: false, valid: "unknown", reasons: [{ code: "Info.NotReferencedByActivation", details }] };
  }
  const failed = activations.every(({ valid }) => valid === "invalid");
  return failed
    ? { active: false, valid: "unknown", reasons: [{ code: "Error.ActivationFailed", details }] }
    : { active: false, valid: "valid", reasons: activations.flatMap(({ reasons }) => reasons) };
}

function applied(state: DeviceState, configuration: Declaration, faults: readonly Reason[]): Judgement {
  const { type, payload } = configuration;
  if (type !== ENFORCEMENT || payload === undefined) return inForce(faults);
  const fault = (code: string, description: string): Judgement =>
    invalid({ code, description, details: { Error: description } });
  if (state.kind.callsInvalid) return fault("Error.ConfigurationIsInvalid", "The configuration is invalid.");
  const why = refusalOf(state, payload);
  if (why === undefined) return inForce(faults);
  // 9100 of SUCoreError, which a device tells by this name: the description says only that it can't be applied.
  const error = `[kSUCoreErrorDDMInvalidDeclarationFailure] Invalid declaration: ${why}`;
  const description = "Configuration cannot be applied.";
  return invalid({ code: "Error.ConfigurationCannotBeApplied", description, details: { Error: error } });
}

/** Why the update service refuses an enforcement, in its own words; undefined: it takes it. */
function refusalOf(state: DeviceState, payload: JsonDict): string | undefined {
  const version = textIn(payload, "TargetOSVersion") ?? "";
  const build = textIn(payload, "TargetBuildVersion");
  const local = textIn(payload, "TargetLocalDateTime") ?? "";
  if (!/^\d+\.\d+(\.\d+)?$/.test(version)) return `target OS version (${version}) has an invalid format`;
  if (build !== undefined && !/^\d+[A-Z]\d+[a-z]?$/.test(build))
    return `target build version (${build}) has an invalid format`;
  const { timeZone } = state.traits;
  if (instantOf(local, timeZone) === undefined) return "invalid enforced install date";
  if (refusesSkippedTimes(state) && isSkipped(local, timeZone)) return "invalid enforced install date";
  // An equal version may still name an improvement of it by its build.
  const order = compareVersions(version, state.os.version);
  const improves = order === 0 && state.releases.some((one) => one.improvement !== undefined && one.build === build);
  if (order > 0 || improves) return undefined;
  return `target OS version (${version}) is older than current version (${state.os.version})`;
}

/** The declarations a device knows, and what it says about a payload that is not as it must be. */
import type { DeviceState } from "../state.ts";
import type { Since } from "./abilities.ts";
import { enforcementSince, engineSince, has, settingsSince, updatesManageable } from "./abilities.ts";
import type { Declaration, DeclarationKind, Reason } from "./declaration.ts";
import type { Json, JsonDict } from "./json.ts";
import { isJsonDict, isJsonList } from "./json.ts";

type Shape =
  | { readonly is: "boolean" | "string" | "any" }
  | { readonly is: "integer"; readonly from: number; readonly to: number }
  | { readonly is: "word"; readonly of: readonly string[] }
  | { readonly is: "list"; readonly of: Shape }
  | { readonly is: "dict"; readonly keys: Fields; readonly others?: true };
type Field = Shape & {
  readonly required?: true;
  /** Where the key acts; elsewhere it is left aside. */
  readonly since?: Since;
  readonly supervised?: true;
};
interface Fields {
  readonly [key: string]: Field;
}

interface Rule {
  readonly kind: DeclarationKind;
  readonly since: Since;
  /** Needs an enrollment in which updates can be managed. */
  readonly updates?: true;
  readonly keys: Fields;
  /** Any other key is welcome. */
  readonly others?: true;
}

const truth: Shape = { is: "boolean" };
const text: Shape = { is: "string" };
const days: Shape = { is: "integer", from: 1, to: 90 };
const how: Shape = { is: "word", of: ["Allowed", "AlwaysOn", "AlwaysOff"] };
const program: Fields = { Description: { ...text, required: true }, Token: { ...text, required: true } };
const mobile: Since = { iOS: "18", tvOS: "18.4", visionOS: "26" };
const mac: Since = { macOS: "15" };

/** Apple schema: declarative/declarations, and its changes up to OS 27. */
const rules: Readonly<Record<string, Rule>> = {
  "com.apple.activation.simple": {
    kind: "activation",
    since: engineSince,
    keys: { StandardConfigurations: { is: "list", of: text, required: true }, Predicate: text },
  },
  "com.apple.configuration.management.status-subscriptions": {
    kind: "configuration",
    since: engineSince,
    keys: {
      StatusItems: { is: "list", of: { is: "dict", keys: { Name: { ...text, required: true } } }, required: true },
    },
  },
  "com.apple.configuration.softwareupdate.enforcement.specific": {
    kind: "configuration",
    since: enforcementSince,
    updates: true,
    keys: {
      TargetOSVersion: { ...text, required: true },
      TargetBuildVersion: text,
      TargetLocalDateTime: { ...text, required: true },
      DetailsURL: text,
    },
  },
  "com.apple.configuration.softwareupdate.settings": {
    kind: "configuration",
    since: settingsSince,
    updates: true,
    keys: {
      Notifications: truth,
      Deferrals: {
        is: "dict",
        supervised: true,
        keys: {
          CombinedPeriodInDays: { ...days, since: mobile },
          MajorPeriodInDays: { ...days, since: mac },
          MinorPeriodInDays: { ...days, since: mac },
          SystemPeriodInDays: { ...days, since: mac },
        },
      },
      RecommendedCadence: { is: "word", of: ["All", "Oldest", "Newest"], since: { iOS: "18", visionOS: "26" } },
      AutomaticActions: {
        is: "dict",
        supervised: true,
        keys: {
          Download: { ...how, since: { iOS: "18", macOS: "15", visionOS: "26" } },
          InstallOSUpdates: { ...how, since: settingsSince },
          InstallSecurityUpdate: { ...how, since: { iOS: "18", macOS: "15", visionOS: "26" } },
        },
      },
      RapidSecurityResponse: {
        is: "dict",
        supervised: true,
        since: { iOS: "18", macOS: "15" },
        keys: { Enable: truth, EnableRollback: truth },
      },
      AllowStandardUserOSUpdates: { ...truth, since: mac },
      Beta: {
        is: "dict",
        since: { iOS: "18", macOS: "15.4" },
        keys: {
          ProgramEnrollment: { ...how, supervised: true },
          OfferPrograms: { is: "list", of: { is: "dict", keys: program } },
          RequireProgram: { is: "dict", keys: program, supervised: true },
        },
      },
    },
  },
  "com.apple.management.organization-info": {
    kind: "management",
    since: engineSince,
    keys: { Name: { ...text, required: true }, Email: text, URL: text, Proof: { is: "any" } },
  },
  "com.apple.management.properties": {
    kind: "management",
    since: { iOS: "16", macOS: "13", tvOS: "16", visionOS: "1.1" },
    keys: {},
    others: true,
  },
  "com.apple.management.server-capabilities": {
    kind: "management",
    since: engineSince,
    keys: { Version: { ...text, required: true }, SupportedFeatures: { is: "any", required: true } },
  },
};

/** The rule of a type that this device knows and may have. */
function ruleOf(state: DeviceState, type: string): Rule | undefined {
  const rule = Object.hasOwn(rules, type) ? rules[type] : undefined;
  return rule !== undefined && has(state, rule.since) ? rule : undefined;
}

/** The types the device supports, by kind: what `management.client-capabilities` says. */
export function supportedTypes(state: DeviceState, kind: DeclarationKind): string[] {
  return Object.keys(rules).filter((type) => {
    const rule = ruleOf(state, type);
    return rule?.kind === kind && (!rule.updates || updatesManageable(state));
  });
}

/** What is wrong with a declaration by itself, and what is only left aside of it. Empty when all is well. */
export function faultsOf(state: DeviceState, declaration: Declaration): Reason[] {
  const { kind, type, payload } = declaration;
  const named = { Identifier: declaration.identifier, ServerToken: declaration.serverToken };
  if (payload === undefined) return [{ code: "Error.InvalidPayload", details: named }];
  const rule = ruleOf(state, type);
  if (rule === undefined || rule.kind !== kind) {
    return [{ code: "Error.UnknownDeclarationType", details: { UnknownDeclarationType: type } }];
  }
  if (rule.updates && !updatesManageable(state)) return [{ code: "Error.ConfigurationNotSupported", details: named }];
  const found = new Faults(state);
  found.look({ is: "dict", keys: rule.keys, ...(rule.others && { others: true }) }, payload, "");
  if (type === "com.apple.configuration.softwareupdate.settings" && found.malformed === undefined) {
    found.invalid ??= betaFault(payload["Beta"]);
  }
  const of = kind === "configuration";
  if (found.malformed !== undefined) {
    const code = of ? "Error.ConfigurationCannotBeDeserialized" : "Error.InvalidPayload";
    return [{ code, description: found.malformed, details: of ? { Error: found.malformed } : named }];
  }
  if (found.unknown.length > 0) {
    return [{ code: "Error.UnknownPayloadKeys", details: { UnknownPayloadKeys: found.unknown } }];
  }
  if (found.invalid !== undefined) {
    const code = of ? "Error.ConfigurationIsInvalid" : "Error.InvalidPayload";
    return [{ code, description: found.invalid, details: of ? { Error: found.invalid } : named }];
  }
  if (found.aside.length > 0) {
    return [{ code: "Info.UnsupportedSettings", details: { UnsupportedSettings: found.aside } }];
  }
  return [];
}

function betaFault(beta: Json | undefined): string | undefined {
  if (!isJsonDict(beta) || beta["RequireProgram"] === undefined) return undefined;
  if (beta["OfferPrograms"] !== undefined) return "OfferPrograms can't be used together with RequireProgram.";
  return beta["ProgramEnrollment"] === "AlwaysOn" ? undefined : "RequireProgram needs ProgramEnrollment AlwaysOn.";
}

/** What a walk through a payload found. */
class Faults {
  private readonly state: DeviceState;
  malformed: string | undefined;
  invalid: string | undefined;
  readonly unknown: string[] = [];
  readonly aside: string[] = [];

  constructor(state: DeviceState) {
    this.state = state;
  }

  look(shape: Shape, value: Json, path: string): void {
    switch (shape.is) {
      case "any":
        return;
      case "boolean":
      case "string":
        if (typeof value !== shape.is) this.malformed ??= `${path} is no ${shape.is}.`;
        return;
      case "integer":
        if (typeof value !== "number" || !Number.isInteger(value)) this.malformed ??= `${path} is no integer.`;
        else if (value < shape.from || value > shape.to)
          this.invalid ??= `${path} is not between ${shape.from} and ${shape.to}.`;
        return;
      case "word":
        if (typeof value !== "string") this.malformed ??= `${path} is no string.`;
        else if (!shape.of.includes(value)) this.invalid ??= `${path} is none of ${shape.of.join(", ")}.`;
        return;
      case "list":
        if (!isJsonList(value)) this.malformed ??= `${path} is no array.`;
        else for (const item of value) this.look(shape.of, item, path);
        return;
      case "dict":
        if (!isJsonDict(value)) this.malformed ??= `${path} is no dictionary.`;
        else this.keys(shape.keys, value, path === "" ? "" : `${path}.`, shape.others === true);
    }
  }

  private keys(fields: Fields, dict: JsonDict, path: string, others: boolean): void {
    for (const [key, field] of Object.entries(fields)) {
      const value = dict[key];
      if (value === undefined) {
        if (field.required) this.malformed ??= `${path}${key} is missing.`;
        continue;
      }
      if (
        (field.since !== undefined && !has(this.state, field.since)) ||
        (field.supervised && !this.state.kind.supervised)
      ) {
        this.aside.push(`${path}${key}`);
      }
      this.look(field, value, `${path}${key}`);
    }
    if (others) return;
    for (const key of Object.keys(dict)) if (!Object.hasOwn(fields, key)) this.unknown.push(`${path}${key}`);
  }
}

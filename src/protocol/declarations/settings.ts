/** Standing settings of updates: read from a stranger, and limited to what one device can have. */
import type { Since } from "../commands/shape.ts";
import type { Platform } from "../platform.ts";
import type { Json } from "../facts.ts";
import { quote } from "./declaration.ts";
import type { Key, Keys, PayloadOf, Value } from "./describe.ts";
import { settingsDescription } from "./descriptions.ts";
import { isJsonArray, isJsonObject, type JsonObject, own } from "./json.ts";
import {
  type DeclarativeDevice,
  type DeclarativeSupport,
  enrollmentRefusal,
  refusal,
  type RefusalCode,
  sinceRefusal,
} from "./support.ts";

/** The payload of com.apple.configuration.softwareupdate.settings, by Apple's names. Source: configurations/softwareupdate.settings.yaml. */
export type SoftwareUpdateSettings = PayloadOf<typeof settingsDescription.keys>;

export type SettingsProblemCode = "unknown-key" | "type" | "range" | "missing" | "contradiction";

/** One thing that is wrong with settings, whatever the device. */
export interface SettingsProblem {
  /** e.g. "Deferrals.MajorPeriodInDays", "Beta.OfferPrograms[0].Token"; "settings" for the whole. */
  readonly path: string;
  readonly code: SettingsProblemCode;
  /** e.g. "is 91, not 1 to 90" */
  readonly text: string;
}

/** One setting that a device does not get. */
export interface LeftOut {
  readonly path: string;
  readonly code: RefusalCode | SettingsProblemCode;
  readonly why: string;
}

/** More than that no one reads. */
const MOST_PROBLEMS = 50;

/** Reads settings out of any JSON value. All problems at once, each with its path; settings only where there are none. */
export function readSettings(
  json: unknown,
): { readonly settings: SoftwareUpdateSettings } | { readonly problems: readonly SettingsProblem[] } {
  const { value, problems } = clean(json);
  problems.push(...contradictions(value, value));
  return problems.length > 0
    ? { problems: problems.slice(0, MOST_PROBLEMS) }
    : { settings: value as SoftwareUpdateSettings };
}

/**
 * What of the settings this device can have, and what was left out and why. `settings` is undefined where nothing remains.
 * Never throws, whatever was stored as settings.
 */
export function checkSettings(
  settings: SoftwareUpdateSettings,
  device: DeclarativeDevice,
): { readonly settings: SoftwareUpdateSettings | undefined; readonly leftOut: readonly LeftOut[] } {
  const support: DeclarativeSupport = settingsDescription.support;
  const whole = refusal(support, device);
  if (whole !== undefined) return { settings: undefined, leftOut: [{ path: "settings", ...whole }] };
  const { value, problems } = clean(settings);
  const leftOut: LeftOut[] = problems.map(({ path, code, text }) => ({ path, code, why: text }));
  const fitting = fit(settingsDescription.keys, value, device, support[device.platform], "", leftOut);
  let left = fitting;
  for (const { path, code, text } of contradictions(fitting, value)) {
    if (!has(left, path)) continue;
    left = without(left, path);
    leftOut.push({ path, code, why: text });
  }
  const empty = Object.keys(left).length === 0;
  return { settings: empty ? undefined : (left as SoftwareUpdateSettings), leftOut: leftOut.slice(0, MOST_PROBLEMS) };
}

function clean(json: unknown): { value: JsonObject; problems: SettingsProblem[] } {
  const problems: SettingsProblem[] = [];
  const value = taken({ type: "dict", keys: settingsDescription.keys }, json, "", problems);
  return { value: isJsonObject(value) ? value : {}, problems };
}

/** Where the token of a beta program may stand, be it in the wrong place: what is there is never quoted. */
const PROGRAMS = /^Beta\.(OfferPrograms|RequireProgram)\b/;

/** The value as far as it is right; undefined where none of it is. What is wrong is added to `problems`. */
function taken(shape: Value, json: unknown, path: string, problems: SettingsProblem[]): Json | undefined {
  const problem = (code: SettingsProblemCode, text: string) => {
    problems.push({ path: path === "" ? "settings" : path, code, text });
    return undefined;
  };
  const said = (value: unknown): string => (typeof value === "string" && PROGRAMS.test(path) ? "text" : told(value));
  switch (shape.type) {
    case "boolean":
      return typeof json === "boolean" ? json : problem("type", `is ${said(json)}, not true or false`);
    case "any":
      return json as Json;
    case "integer":
      if (typeof json !== "number") return problem("type", `is ${said(json)}, not a number`);
      if (Number.isInteger(json) && json >= shape.min && json <= shape.max) return json;
      return problem("range", `is ${json}, not a whole number from ${shape.min} to ${shape.max}`);
    case "string":
      if (typeof json !== "string") return problem("type", `is ${said(json)}, not text`);
      if (shape.oneOf?.includes(json) === false) {
        return problem("range", `is ${quote(json)}, not one of ${shape.oneOf.join(", ")}`);
      }
      return json === "" ? problem("range", "is empty") : json;
    case "array": {
      if (!isJsonArray(json)) return problem("type", `is ${said(json)}, not a list`);
      return json.flatMap((item, i) => {
        const kept = taken(shape.items, item, `${path}[${i}]`, problems);
        return kept === undefined ? [] : [kept];
      });
    }
    case "dict":
      return isJsonObject(json)
        ? takenKeys(shape.keys, json, path, problems)
        : problem("type", `is ${said(json)}, not an object`);
  }
}

function takenKeys(keys: Keys, json: JsonObject, path: string, problems: SettingsProblem[]): JsonObject | undefined {
  const at = (key: string) => (path === "" ? key : `${path}.${key}`);
  for (const key of Object.keys(json)) {
    if (Object.hasOwn(keys, key)) continue;
    const named = keys[Object.keys(keys).find((known) => known.toLowerCase() === key.toLowerCase()) ?? ""];
    const hint = named === undefined ? `; there are ${Object.keys(keys).join(", ")}` : "; mind capital letters";
    problems.push({ path: at(key.slice(0, 80)), code: "unknown-key", text: `is no setting${hint}` });
  }
  const kept: [string, Json][] = [];
  let whole = true;
  for (const [key, shape] of Object.entries(keys)) {
    const there = own(json, key);
    const value = there === undefined ? undefined : taken(shape, there, at(key), problems);
    if (value !== undefined) kept.push([key, value]);
    else if (shape.presence === "required") {
      whole = false;
      if (there === undefined) problems.push({ path: at(key), code: "missing", text: "is missing" });
    }
  }
  return whole ? Object.fromEntries(kept) : undefined;
}

/** Leaves out what the device's platform, version, enrollment and supervision don't allow. */
function fit(
  keys: Keys,
  value: JsonObject,
  device: DeclarativeDevice,
  outer: Since | undefined,
  prefix: string,
  leftOut: LeftOut[],
): JsonObject {
  const kept = Object.entries(keys).flatMap(([key, shape]): [string, Json][] => {
    const there = own(value, key);
    if (there === undefined) return [];
    const path = `${prefix}${key}`;
    const since = sinceOf(shape, device.platform, outer);
    const no =
      sinceRefusal(since, device) ?? (shape.supervised ? enrollmentRefusal(["supervised"], device) : undefined);
    if (no !== undefined) {
      leftOut.push({ path, ...no });
      return [];
    }
    if (shape.type !== "dict" || !isJsonObject(there)) return [[key, there]];
    const inner = fit(shape.keys, there, device, since, `${path}.`, leftOut);
    return Object.keys(inner).length === 0 ? [] : [[key, inner]];
  });
  return Object.fromEntries(kept);
}

function sinceOf(key: Key, platform: Platform, outer: Since | undefined): Since | undefined {
  return key.support === undefined ? outer : key.support[platform];
}

/**
 * What can't stand beside each other. What the admin wrote about beta programs (`wished`) counts even where the device does
 * not take all of it: an offer that the admin forbade stays forbidden. Automatic installs are judged by what the device gets.
 */
function contradictions(given: JsonObject, wished: JsonObject): SettingsProblem[] {
  const found: SettingsProblem[] = [];
  const add = (path: string, text: string) => found.push({ path, code: "contradiction", text });
  const beta = own(wished, "Beta");
  if (isJsonObject(beta)) {
    const enrollment = own(beta, "ProgramEnrollment") ?? "Allowed";
    const required = own(beta, "RequireProgram") !== undefined;
    if (required && enrollment !== "AlwaysOn") {
      add("Beta.RequireProgram", `needs ProgramEnrollment AlwaysOn, which is ${told(enrollment)}`);
    }
    if (own(beta, "OfferPrograms") !== undefined) {
      if (required) add("Beta.OfferPrograms", "must not stand beside RequireProgram");
      else if (enrollment === "AlwaysOff")
        add("Beta.OfferPrograms", "must not stand beside ProgramEnrollment AlwaysOff");
    }
  }
  const actions = own(given, "AutomaticActions");
  if (isJsonObject(actions) && own(actions, "Download") === "AlwaysOff") {
    for (const key of ["InstallOSUpdates", "InstallSecurityUpdate"]) {
      if (own(actions, key) !== "AlwaysOn") continue;
      add(`AutomaticActions.${key}`, "AlwaysOn has no effect beside Download AlwaysOff");
    }
  }
  return found;
}

function has(settings: JsonObject, path: string): boolean {
  const [outer = "", inner = ""] = path.split(".");
  const group = own(settings, outer);
  return isJsonObject(group) && own(group, inner) !== undefined;
}

function without(settings: JsonObject, path: string): JsonObject {
  const [outer = "", inner = ""] = path.split(".");
  const group = own(settings, outer);
  if (!isJsonObject(group)) return settings;
  const { [inner]: _gone, ...rest } = group;
  const { [outer]: _group, ...others } = settings;
  return Object.keys(rest).length === 0 ? others : { ...others, [outer]: rest };
}

function told(json: unknown): string {
  if (json === null) return "null";
  if (typeof json === "string") return quote(json);
  if (typeof json === "number" || typeof json === "boolean") return `${json}`;
  return isJsonArray(json) ? "a list" : `an ${typeof json}`;
}

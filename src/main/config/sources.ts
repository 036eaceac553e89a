/** Reads what each source says, as text by setting. Unknown names are refused here, with the nearest known one. */
import { UptickError } from "../../errors/index.ts";
import { nearest } from "./nearest.ts";
import { fileKey, OTHER_VARIABLES, SETTING_NAMES, type SettingName, variable } from "./settings.ts";

/** A setting's value as written. */
export interface Given {
  readonly text: string;
  /** Where it was written: "--data-dir", "UPTICK_DATA_DIR", `"data-dir" in uptick.json`. */
  readonly source: string;
}
export type GivenSettings = ReadonlyMap<SettingName, Given>;

export const CONFIG_FLAG = "--config";
export const CONFIG_VARIABLE = "UPTICK_CONFIG";

const byFlag = new Map(SETTING_NAMES.map((name) => [`--${fileKey(name)}`, name]));
const byVariable = new Map(SETTING_NAMES.map((name) => [variable(name), name]));
const byFileKey = new Map(SETTING_NAMES.map((name) => [fileKey(name), name]));

function unknown(what: string, given: string, known: Iterable<string>): UptickError {
  const guess = nearest(given, [...known]);
  return new UptickError("config-invalid", `Unknown ${what} ${given}. Did you mean ${guess}?`);
}

/** `--flag value` and `--flag=value`, each at most once. */
export function readFlags(argv: readonly string[]): { settings: GivenSettings; configFile: string | undefined } {
  const settings = new Map<SettingName, Given>();
  let configFile: string | undefined;
  const rest = [...argv];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const equals = word.indexOf("=");
    const flag = equals === -1 ? word : word.slice(0, equals);
    if (!flag.startsWith("--")) {
      throw new UptickError("config-invalid", `Unexpected argument ${word}: settings are given as --name value.`);
    }
    const name = byFlag.get(flag);
    if (name === undefined && flag !== CONFIG_FLAG) throw unknown("flag", flag, [...byFlag.keys(), CONFIG_FLAG]);
    const text = equals === -1 ? rest.shift() : word.slice(equals + 1);
    if (text === undefined || (equals === -1 && text.startsWith("--"))) {
      throw new UptickError("config-invalid", `The flag ${flag} needs a value: ${flag} VALUE.`);
    }
    if (name === undefined ? configFile !== undefined : settings.has(name)) {
      throw new UptickError("config-invalid", `The flag ${flag} is given twice.`);
    }
    if (name === undefined) configFile = text;
    else settings.set(name, { text, source: flag });
  }
  return { settings, configFile };
}

/** An empty variable counts as not set: that is how compose files and service units leave one out. */
export function readVariables(
  env: Readonly<Record<string, string | undefined>>,
  alsoKnown: readonly string[],
): GivenSettings {
  const settings = new Map<SettingName, Given>();
  for (const [key, text] of Object.entries(env)) {
    if (!key.startsWith("UPTICK_")) continue;
    const name = byVariable.get(key);
    if (name === undefined) {
      if (OTHER_VARIABLES.includes(key) || alsoKnown.includes(key)) continue;
      throw unknown("variable", key, [...byVariable.keys(), ...OTHER_VARIABLES]);
    }
    if (text !== undefined && text !== "") settings.set(name, { text, source: key });
  }
  return settings;
}

function parseObject(file: string, content: string): object {
  let parsed: unknown;
  try {
    parsed = JSON.parse(content);
  } catch (error) {
    throw new UptickError("config-invalid", `The configuration file ${file} is not JSON.`, { cause: error });
  }
  if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return parsed;
  throw new UptickError("config-invalid", `The configuration file ${file} is not one JSON object.`);
}

/** A JSON object whose keys are the flags without their dashes and whose values are texts or numbers. */
export function readConfigFile(file: string, content: string): GivenSettings {
  const settings = new Map<SettingName, Given>();
  for (const [key, value] of Object.entries(parseObject(file, content)) as [string, unknown][]) {
    const name = byFileKey.get(key);
    if (name === undefined) throw unknown(`key in ${file}:`, key, byFileKey.keys());
    if (typeof value !== "string" && typeof value !== "number") {
      throw new UptickError("config-invalid", `The setting ${key} in ${file} must be a text or a number.`);
    }
    settings.set(name, { text: String(value), source: `"${key}" in ${file}` });
  }
  return settings;
}

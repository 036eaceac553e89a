/** Reads what variables and the configuration file say, as text by setting; the flags are in `options.ts`. */
import { UptickError } from "../../errors/index.ts";
import { type Given, type GivenSettings, unknown } from "./options.ts";
import { fileKey, OTHER_VARIABLES, SETTING_NAMES, type SettingName, variable } from "./settings.ts";

export const CONFIG_VARIABLE = "UPTICK_CONFIG";

const byVariable = new Map(SETTING_NAMES.map((name) => [variable(name), name]));
const byFileKey = new Map(SETTING_NAMES.map((name) => [fileKey(name), name]));

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

/** Puts the sources together: flags before UPTICK_* variables before the file before the fallback. */
import { UptickError } from "../../errors/index.ts";
import { CONFIG_FLAG, type Given, type GivenSettings, readFlags } from "./options.ts";
import { CONFIG_VARIABLE, readConfigFile, readVariables } from "./sources.ts";
import { type Config, fileKey, type Setting, SETTING_NAMES, type SettingName, SETTINGS, variable } from "./settings.ts";

export interface ConfigSources {
  /** What follows the command's name: `--data-dir x`, `--data-dir=x`. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Content of the file named by --config or UPTICK_CONFIG; throws when it can't be read. */
  readFile(path: string): string;
}

function readNamedFile(sources: ConfigSources, file: string): GivenSettings {
  let content: string;
  try {
    content = sources.readFile(file);
  } catch (error) {
    throw new UptickError("config-invalid", `The configuration file ${file} can't be read.`, {
      remedy: `Name a file that this user can read with ${CONFIG_FLAG} or ${CONFIG_VARIABLE}.`,
      cause: error,
    });
  }
  return readConfigFile(file, content);
}

function valueOf(name: SettingName, given: Given | undefined): unknown {
  const setting: Setting = SETTINGS[name];
  const text = given?.text ?? setting.fallback;
  if (text === undefined) return undefined;
  const value = setting.kind.read(text);
  if (value !== undefined) return value;
  const shown = setting.secret === true ? "has a value of another form" : `is ${JSON.stringify(text)}`;
  const source = given?.source ?? "its fallback";
  const message = `The setting ${fileKey(name)} (from ${source}) ${shown}; expected ${setting.kind.expected}.`;
  throw new UptickError("config-invalid", message);
}

/** What a provider is no use without, and what is no use without a provider. */
function checkOidc(config: Config): void {
  const needed = ["oidcClientId", "oidcRoleMap", "webUrl"] as const;
  const without = ["oidcClientId", "oidcClientSecretFile", "oidcRoleMap"] as const;
  const [given, missing] =
    config.oidcIssuer === undefined
      ? [without.find((name) => config[name] !== undefined), "oidcIssuer" as const]
      : (["oidcIssuer", needed.find((name) => config[name] === undefined)] as const);
  if (given === undefined || missing === undefined) return;
  throw new UptickError(
    "config-invalid",
    `The setting ${fileKey(given)} is given without ${fileKey(missing)}: give both or neither.`,
  );
}

function checkTogether(config: Config): void {
  checkOidc(config);
  if (config.cveFeedUrl !== undefined && config.catalogFetch === "off")
    throw new UptickError(
      "config-invalid",
      "The setting cve-feed-url is given and catalog-fetch is off: feeds are fetched after Apple's list only.",
    );
  if ((config.tlsCert === undefined) === (config.tlsKey === undefined)) return;
  const [given, missing] = config.tlsCert === undefined ? ["tls-key", "tls-cert"] : ["tls-cert", "tls-key"];
  throw new UptickError("config-invalid", `The setting ${given} is given without ${missing}: give both or neither.`);
}

/**
 * The whole configuration, checked.
 * @throws UptickError config-invalid, naming the setting, where it was written and the form that is expected.
 */
export function loadConfig(sources: ConfigSources): Config {
  const flags = readFlags(sources.argv);
  const file = flags.configFile ?? (sources.env[CONFIG_VARIABLE] || undefined);
  const fromFile = file === undefined ? new Map<SettingName, Given>() : readNamedFile(sources, file);
  // A data key may lie in a variable with our prefix, which then is not a mistyped setting.
  const keyText =
    flags.settings.get("dataKey")?.text || sources.env[variable("dataKey")] || fromFile.get("dataKey")?.text;
  const keyVariable = keyText?.startsWith("env:") === true ? [keyText.slice("env:".length)] : [];
  const fromVariables = readVariables(sources.env, keyVariable);

  const layers = [flags.settings, fromVariables, fromFile];
  const entries = SETTING_NAMES.map((name) => {
    const given = layers.map((layer) => layer.get(name)).find((found) => found !== undefined);
    return [name, valueOf(name, given)] as const;
  });
  const config = Object.fromEntries(entries) as unknown as Config;
  checkTogether(config);
  return config;
}

/**
 * The value of a setting without fallback, for a command that can't do without it.
 * @throws UptickError config-invalid, saying how to give it.
 */
export function requireSetting<Name extends SettingName>(config: Config, name: Name): NonNullable<Config[Name]> {
  const value = config[name];
  if (value !== undefined) return value;
  throw new UptickError(
    "config-invalid",
    `The setting ${fileKey(name)} is missing; expected ${SETTINGS[name].kind.expected}.`,
    {
      remedy: `Give it as --${fileKey(name)}, as ${variable(name)}, or as "${fileKey(name)}" in the configuration file.`,
    },
  );
}

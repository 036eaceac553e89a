/** The settings as options of a command: what its help lists, and how its words are read. */
import { Command, CommanderError, Option } from "commander";
import { nearest, UptickError } from "../../errors/index.ts";
import { fileKey, type Setting, SETTING_NAMES, type SettingName, SETTINGS } from "./settings.ts";

/** A setting's value as written. */
export interface Given {
  readonly text: string;
  /** Where it was written: "--data-dir", "UPTICK_DATA_DIR", `"data-dir" in uptick.json`. */
  readonly source: string;
}
export type GivenSettings = ReadonlyMap<SettingName, Given>;

export const CONFIG_FLAG = "--config";

/** Names that are not known are refused, with the nearest known one. */
export function unknown(what: string, given: string, known: Iterable<string>): UptickError {
  const guess = nearest(given, [...known]);
  return new UptickError("config-invalid", `Unknown ${what} ${given}. Did you mean ${guess}?`);
}

/** The first sentence of a setting's documentation, what its value looks like, and its default. */
function described({ doc, kind, fallback }: Setting): string {
  const sentence = /^.*?(?=\.(?: |$))/s.exec(doc)?.[0] ?? doc;
  const ending = fallback === undefined ? "no default" : `default: ${fallback}`;
  return `${sentence.replaceAll("`", "")} (${kind.expected}; ${ending})`;
}

/** An option for each of these settings, all of them where none is named, and one for the configuration file. */
export function settingOptions(names: readonly SettingName[] = SETTING_NAMES): readonly Option[] {
  const settings = names.map((name) => new Option(`--${fileKey(name)} <value>`, described(SETTINGS[name])));
  return [...settings, new Option(`${CONFIG_FLAG} <file>`, "a JSON file with settings (UPTICK_CONFIG)")];
}

const needsValue = (flag: string): UptickError =>
  new UptickError("config-invalid", `The flag ${flag} needs a value: ${flag} VALUE.`);

/**
 * `--flag value` and `--flag=value`, each at most once.
 * @throws UptickError `config-invalid`
 */
export function readFlags(argv: readonly string[]): { settings: GivenSettings; configFile: string | undefined } {
  const texts = new Map<string, string>();
  const options = settingOptions().map((option) =>
    option.argParser((text: string) => {
      const flag = `--${option.name()}`;
      // The name of the next flag is no value, unless it is written as one.
      if (text.startsWith("--") && !argv.includes(`${flag}=${text}`)) throw needsValue(flag);
      if (texts.has(flag)) throw new UptickError("config-invalid", `The flag ${flag} is given twice.`);
      texts.set(flag, text);
    }),
  );
  const left = parse(options, argv)[0];
  if (left?.startsWith("--") === true) {
    const flag = left.replace(/=.*/s, "");
    throw unknown(
      "flag",
      flag,
      options.map((option) => `--${option.name()}`),
    );
  }
  if (left !== undefined) {
    throw new UptickError("config-invalid", `Unexpected argument ${left}: settings are given as --name value.`);
  }
  const settings = SETTING_NAMES.flatMap((name): [SettingName, Given][] => {
    const source = `--${fileKey(name)}`;
    const text = texts.get(source);
    return text === undefined ? [] : [[name, { text, source }]];
  });
  return { settings: new Map(settings), configFile: texts.get(CONFIG_FLAG) };
}

/** Hands each value to its option and gives the words that belong to none. */
function parse(options: readonly Option[], argv: readonly string[]): readonly string[] {
  const command = new Command()
    .helpOption(false)
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
  for (const option of options) command.addOption(option);
  try {
    return command
      .allowUnknownOption()
      .allowExcessArguments()
      .parse([...argv], { from: "user" }).args;
  } catch (error) {
    // The last word is a flag, and nothing follows.
    if (error instanceof CommanderError && error.code === "commander.optionMissingArgument")
      throw needsValue(argv.at(-1) ?? "");
    throw error;
  }
}

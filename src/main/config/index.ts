/** The door of `main/config`: the settings, light enough for help to load. */
export { renderConfigDocs } from "./docs.ts";
export type { DataKeySource, HostPort } from "./kinds.ts";
export { type ConfigSources, loadConfig, requireSetting } from "./load.ts";
export { settingOptions } from "./options.ts";
export { type Config, type SettingName } from "./settings.ts";

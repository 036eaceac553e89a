export { renderConfigDocs } from "./docs.ts";
export type { HostPort } from "./kinds.ts";
export { type ConfigSources, loadConfig, requireSetting } from "./load.ts";
export { type Config, type SettingName } from "./settings.ts";

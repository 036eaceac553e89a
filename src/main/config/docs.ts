/** Writes docs/configuration.md from the table of settings. */
import { fileKey, type Setting, SETTING_NAMES, SETTINGS, variable } from "./settings.ts";

const INTRODUCTION = `# Configuration

Every setting can be given as a flag, as a variable, or in a JSON file named by \`--config FILE\` or \`UPTICK_CONFIG\`.
A flag overrides a variable, a variable overrides the file, and the file overrides the default. An empty variable counts as not
set. Paths are relative to the working directory, also those in the file.

An unknown flag, variable with the prefix \`UPTICK_\` or key in the file stops the start, and so does an invalid
value. The message (\`config-invalid\`) names the setting, where it was set and what is expected.

\`\`\`json
{ "data-dir": "/var/lib/uptick", "public-url": "https://mdm.example.org", "push-rate": 100 }
\`\`\`

The variables \`UPTICK_URL\` and \`UPTICK_TOKEN\` belong to the commands that talk to a running server.

This page is generated from \`src/main/config/settings.ts\` (\`npm run docs\` writes it; a test compares the two).
`;

const cell = (text: string): string => text.replaceAll("|", "\\|");

function section(setting: Setting, key: string, name: string): string {
  const rows = [
    ["flag", `\`--${key} VALUE\``],
    ["variable", `\`${name}\``],
    ["key in the file", `\`${key}\``],
    ["value", cell(setting.kind.expected)],
    ["default", setting.fallback === undefined ? "none" : `\`${setting.fallback}\``],
  ];
  return `## ${key}\n\n${setting.doc}\n\n| | |\n|---|---|\n${rows.map(([a, b]) => `| ${a} | ${b} |`).join("\n")}\n`;
}

/** The whole page: an introduction, then a heading for each setting. */
export function renderConfigDocs(): string {
  const sections = SETTING_NAMES.map((name) => section(SETTINGS[name], fileKey(name), variable(name)));
  return `${INTRODUCTION}\n${sections.join("\n")}`;
}

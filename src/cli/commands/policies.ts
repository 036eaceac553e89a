/** `uptick policy …`. */
import { type Command, Option } from "commander";
import {
  policyDevicePage,
  policyDryRun,
  policyPage,
  type PolicyRemoval,
  policyRemoval,
  type PolicyRequest,
  policyView,
} from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import { age } from "../age.ts";
import { nestsDeeper } from "../../protocol/index.ts";
import type { Api } from "../api.ts";
import { clean } from "../clean.ts";
import { type Cli, counted, examples, wholeNumber } from "../cli.ts";
import { readFileNamed } from "../files.ts";
import type { CliIo } from "../io.ts";
import { allRows, PAGE, sayList } from "../pages.ts";
import { readSelector } from "../selector.ts";
import { shortIds } from "../short-ids.ts";
import { table } from "../table.ts";
import { countsText, deviceTable, dryRunLines, policyLines } from "./policy-text.ts";

const CONTROL = { allowed: "Allowed", on: "AlwaysOn", off: "AlwaysOff" } as const;
const YES_OR_NO = { yes: true, no: false } as const;
const CADENCE = { all: "All", oldest: "Oldest", newest: "Newest" } as const;

interface Options {
  readonly devices: readonly string[];
  readonly name?: string;
  readonly settings?: string;
  readonly dryRun?: true;
  readonly [flag: string]: unknown;
}

/** A flag, the path of the setting that it is, and what may stand behind it. */
interface SettingFlag {
  readonly flag: string;
  readonly path: readonly string[];
  readonly words: string;
  /** Absent: a number of days. */
  readonly values?: Readonly<Record<string, string | boolean>>;
}

const FLAGS: readonly SettingFlag[] = [
  {
    flag: "defer",
    path: ["Deferrals", "CombinedPeriodInDays"],
    words: "days for which iPhones, iPads, Apple TVs and Vision Pros hide new versions",
  },
  { flag: "defer-major", path: ["Deferrals", "MajorPeriodInDays"], words: "days for which Macs hide major versions" },
  { flag: "defer-minor", path: ["Deferrals", "MinorPeriodInDays"], words: "days for which Macs hide minor versions" },
  {
    flag: "defer-system",
    path: ["Deferrals", "SystemPeriodInDays"],
    words: "days for which Macs hide updates other than macOS",
  },
  {
    flag: "auto-download",
    path: ["AutomaticActions", "Download"],
    words: "download new versions automatically",
    values: CONTROL,
  },
  {
    flag: "auto-install",
    path: ["AutomaticActions", "InstallOSUpdates"],
    words: "install new versions automatically",
    values: CONTROL,
  },
  {
    flag: "auto-security",
    path: ["AutomaticActions", "InstallSecurityUpdate"],
    words: "install security updates automatically",
    values: CONTROL,
  },
  {
    flag: "background-security",
    path: ["RapidSecurityResponse", "Enable"],
    words: "offer Background Security Improvements to users",
    values: YES_OR_NO,
  },
  {
    flag: "background-security-rollback",
    path: ["RapidSecurityResponse", "EnableRollback"],
    words: "let users remove Background Security Improvements",
    values: YES_OR_NO,
  },
  {
    flag: "notifications",
    path: ["Notifications"],
    words: "notify users earlier than one hour before the deadline",
    values: YES_OR_NO,
  },
  { flag: "cadence", path: ["RecommendedCadence"], words: "which versions to offer to users", values: CADENCE },
  {
    flag: "standard-users",
    path: ["AllowStandardUserOSUpdates"],
    words: "let Mac users without admin rights update",
    values: YES_OR_NO,
  },
];

type Settings = Record<string, unknown>;

/** @throws UptickError `file-unreadable`, `settings-invalid` */
async function settingsOf(io: CliIo, options: Options): Promise<Settings> {
  const settings: Settings = options.settings === undefined ? {} : await readSettingsFile(io, options.settings);
  for (const { flag, path, values } of FLAGS) {
    const given = options[flag.replaceAll(/-([a-z])/g, (_all, letter: string) => letter.toUpperCase())];
    if (given === undefined) continue;
    const value = values === undefined ? given : values[given as string];
    const [outer = "", inner] = path;
    if (inner === undefined) settings[outer] = value;
    else settings[outer] = { ...(settings[outer] as Settings | undefined), [inner]: value };
  }
  if (Object.keys(settings).length === 0)
    throw new UptickError(
      "settings-invalid",
      "The policy has no settings: use --settings FILE or a flag such as --defer.",
    );
  return settings;
}

/** The server takes no more of the whole request. */
const DEEPEST_SETTINGS = 32;

async function readSettingsFile(io: CliIo, name: string): Promise<Settings> {
  const bytes = await readFileNamed(io, name);
  if (nestsDeeper(bytes, DEEPEST_SETTINGS))
    throw new UptickError("settings-invalid", `${name} nests deeper than ${DEEPEST_SETTINGS} levels.`);
  const text = new TextDecoder().decode(bytes);
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch (cause) {
    throw new UptickError("settings-invalid", `${name} is not JSON: ${(cause as Error).message}`, { cause });
  }
  if (typeof json === "object" && json !== null && !Array.isArray(json)) return { ...json };
  throw new UptickError("settings-invalid", `${name} does not contain a JSON object.`);
}

const devicesOf = (api: Api, id: string) => (after: string | undefined) =>
  api.json("policyDevices", policyDevicePage, { params: { id }, query: { after, limit: PAGE } });

async function create(cli: Cli, options: Options): Promise<void> {
  const settings = (await settingsOf(cli.io, options)) as PolicyRequest["settings"];
  const devices = await readSelector(cli.io, options.devices);
  const body: PolicyRequest = { settings, devices, ...(options.name === undefined ? {} : { name: options.name }) };
  const api = await cli.api();
  if (options.dryRun === true) {
    cli.show(await api.json("createPolicy", policyDryRun, { query: { dryRun: true }, body }), dryRunLines);
    return;
  }
  const said = await api.json("createPolicy", policyView, { body });
  if (cli.json) return cli.sayJson(said.text);
  const { id, name } = said.value;
  cli.say(clean(`${name} (${id}) is made.`), `See its devices with: uptick policy show ${clean(id)}`);
}

function addCreate(parent: Command, cli: Cli): void {
  const command = parent
    .command("create")
    .description("Create a policy: update settings that stay on devices. It replaces the policy that a device has.")
    .requiredOption(
      "--devices <list>",
      "ids, UDIDs, serials or unique names, separated by commas (put a name with a comma in double quotes); all, including devices that enroll later; or @FILE with one per line (@- reads stdin)",
      (part: string, before: string[] | undefined) => [...(before ?? []), part],
    )
    .option("--name <name>", "name of the policy")
    .option(
      "--settings <file>",
      "JSON with Apple's keys of softwareupdate.settings (- reads stdin); flags override it",
    );
  for (const { flag, words, values } of FLAGS) {
    const option = new Option(`--${flag} <${values === undefined ? "days" : "value"}>`, words);
    command.addOption(
      values === undefined ? option.argParser(wholeNumber(1, 90)) : option.choices(Object.keys(values)),
    );
  }
  command
    .option("--dry-run", "show what each device would get and how; change nothing")
    .action((options: Options) => create(cli, options));
  examples(command, [
    ["what would each device get?", "policy create --defer 14 --defer-major 60 --devices all --dry-run"],
    [
      "Macs hide major versions for a month and minor ones for a week",
      "policy create --name Macs --defer-major 30 --defer-minor 7 --devices @macs.txt",
    ],
    ["every device downloads updates automatically", "policy create --auto-download on --devices all"],
    ["settings from a file", "policy create --settings settings.json --devices C02XXXXXXXXX"],
  ]);
}

function addList(parent: Command, cli: Cli): void {
  const command = parent
    .command("list")
    .description("List the policies, newest first. With --json: one API page per line.")
    .action(async () => {
      const api = await cli.api();
      const fetchPage = (after: string | undefined) =>
        api.json("listPolicies", policyPage, { query: { after, limit: PAGE } });
      await sayList(cli, fetchPage, (rows) => {
        if (rows.length === 0) return ["No policy has been made. See: uptick policy create --help"];
        const now = cli.io.now();
        const short = shortIds(rows.map(({ id }) => id));
        const lines = rows.map((policy) => [
          short(policy.id),
          policy.name,
          policy.state,
          policy.everyone ? "all" : "named",
          age(policy.createdAt, now),
          policy.createdBy,
          countsText(policy),
        ]);
        return table(["id", "name", "state", "for", "made", "by", "devices"], lines);
      });
    });
  examples(command, [["all policies", "policy list"]]);
}

function addShow(parent: Command, cli: Cli): void {
  const command = parent
    .command("show")
    .argument("<id>", "the policy's id, or the end of it that policy list shows")
    .description(
      "Show a policy, and for each of its devices how it gets the settings, their state, and settings that it can't get.",
    )
    .action(async (id: string) => {
      const api = await cli.api();
      const policy = await api.json("showPolicy", policyView, { params: { id } });
      if (cli.json) return cli.sayJson(policy.text);
      const devices = await allRows(devicesOf(api, id));
      const now = cli.io.now();
      return cli.say(...policyLines(policy.value, now), "", ...deviceTable(devices, now));
    });
  examples(command, [
    ["which devices have the policy, and how did they get it?", "policy show 0198c000-0000-7000-8000-000000000001"],
  ]);
}

function addRemove(parent: Command, cli: Cli): void {
  const command = parent
    .command("remove")
    .argument("<id>", "the policy's id, or the end of it that policy list shows")
    .description("Remove a policy, and its declarations and profiles from its devices.")
    .option("--dry-run", "show how many devices would lose it; change nothing")
    .action(async (id: string, { dryRun }: { dryRun?: boolean }) => {
      const api = await cli.api();
      if (dryRun === true) {
        const query = { dryRun: true };
        return cli.show(await api.json("removePolicy", policyRemoval, { params: { id }, query }), removalLines);
      }
      const policy = await api.json("removePolicy", policyView, { params: { id } });
      cli.show(policy, (value) => [
        ...policyLines(value, cli.io.now()),
        `To see which devices still have the settings: uptick policy show ${clean(value.id)}`,
      ]);
    });
  examples(command, [
    ["end the deferrals", "policy remove 0198c000-0000-7000-8000-000000000001"],
    ["how many devices would lose it?", "policy remove 0198c000-0000-7000-8000-000000000001 --dry-run"],
  ]);
}

const removalLines = ({ devices, declaration, profile, nothing, unknown }: PolicyRemoval): string[] => [
  `${counted(devices, "device")} would lose the policy.`,
  `  by declaration ${declaration}, by profile ${profile}, nothing to remove ${nothing}, not known yet ${unknown}`,
];

export function addPolicies(program: Command, cli: Cli): void {
  const policy = program
    .command("policy")
    .description("Update settings that stay on devices: deferrals, automatic actions, notifications.");
  examples(policy, [
    ["what would each device get?", "policy create --defer 14 --devices all --dry-run"],
    ["help with examples for one of these", "policy create --help"],
  ]);
  addCreate(policy, cli);
  addList(policy, cli);
  addShow(policy, cli);
  addRemove(policy, cli);
}

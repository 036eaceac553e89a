/** `uptick plan create` and its short form `uptick update`. */
import { type Command, Option } from "commander";
import {
  type ChangedDecisions,
  type DecisionView,
  dryRunLine,
  dryRunSummary,
  type DryRunSummary,
  type NewPlan,
  type PlanDecided,
  newPlan,
  PLAN_ACTIONS,
  type PlanAction,
  type PlanRequest,
  type WEEKDAY_WORDS,
} from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import { lasting } from "../age.ts";
import type { Api } from "../api.ts";
import { addShownFlags, savableLines, shownBy } from "../as-shown.ts";
import { changedLines } from "../changed-lines.ts";
import { deadlineOf } from "../deadline.ts";
import { clean } from "../clean.ts";
import { type Cli, counted, examples, wholeNumber } from "../cli.ts";
import { deviceName, planLines } from "../job-words.ts";
import { addWhich, checkWays, readSelector } from "../selector.ts";
import { growingTable } from "../table.ts";

interface Options {
  readonly to: string;
  readonly devices?: readonly string[];
  readonly rule?: string;
  readonly group?: string;
  readonly action: PlanAction;
  readonly name?: string;
  readonly window?: string;
  readonly zone?: string;
  readonly by?: string;
  readonly in?: string;
  readonly at?: string;
  readonly deadline?: string;
  readonly noticeHours?: number;
  readonly skipWeekdays?: readonly (typeof WEEKDAY_WORDS)[number][];
  readonly spreadHours?: number;
  readonly maxFailures?: number;
  readonly detailsUrl?: string;
  readonly allowMajor?: true;
  readonly newMajorAfterDays?: number;
  readonly allowUnlisted?: true;
  readonly allowPastDeadline?: true;
  readonly allowDataLoss?: true;
  readonly maxUserDeferrals?: number;
  readonly replace?: true;
  readonly hash?: string;
  readonly asOf?: string;
  readonly dryRun?: true;
  readonly summary?: true;
}

/** Rows that a table is laid out by, and that are held. */
const AT_ONCE = 1000;

/** The table of the devices, then the numbers; as the server's own lines with --json. */
export async function dryRun(cli: Cli, api: Api, body: PlanRequest): Promise<void> {
  const lines = api.lines("createPlan", dryRunLine, (line) => "summary" in line, { query: { dryRun: "true" }, body });
  const table = growingTable(["device", "serial", "runs", "target", "then", "because"]);
  let rows: (string | null)[][] = [];
  const show = (): void => {
    if (rows.length > 0) cli.say(...table(rows));
    rows = [];
  };
  for await (const { value, text } of lines) {
    if (cli.json) cli.sayJson(text);
    else if ("decision" in value) {
      if (rows.push(rowOf(value.decision)) === AT_ONCE) show();
    } else {
      show();
      cli.say(...summaryLines(value.summary));
    }
  }
}

/** The numbers alone: the server makes no line for each device. */
async function drySummary(cli: Cli, api: Api, body: PlanRequest): Promise<void> {
  const said = await api.json("createPlan", dryRunSummary, { query: { dryRun: "summary" }, body });
  cli.show(said, (summary) => summaryLines(summary));
}

function rowOf({ device, kind, release: target, ring = null, sentence, remedy }: DecisionView): (string | null)[] {
  return [
    deviceName(device),
    device.serial,
    [device.platform, device.osVersion].filter((part) => part !== null).join(" "),
    target,
    `${kind === "job" ? "update" : kind}${ring === null ? "" : `, in "${ring}"`}`,
    remedy === undefined ? sentence : `${sentence} ${remedy}`,
  ];
}

function summaryLines({ to, devices, jobs, compliant, refused, downloadsLost, ...push }: DryRunSummary): string[] {
  return [
    "",
    clean(
      `To ${to}: ${counted(devices, "device")}, ${jobs} to update, ${compliant} there already, ${refused} refused.`,
    ),
    ...lossLines(downloadsLost),
    ...push.notes.map((note) => clean(`Note: ${note}`)),
    ...(jobs === 0 ? [] : [`Pushes take ${lasting(push.pushSeconds)}, at ${push.pushRate} per second (push-rate).`]),
    "Nothing has been done: this was a dry run.",
    ...savableLines("make this plan", push),
  ];
}

async function create(cli: Cli, command: Command, options: Options): Promise<void> {
  const {
    dryRun: dry,
    summary,
    devices,
    by,
    in: days,
    at,
    deadline: former,
    hash: _hash,
    asOf: _asOf,
    maxFailures,
    ...terms
  } = options;
  const named = shownBy(command, options);
  checkWays(command, "--devices", [devices, terms.rule, terms.group]);
  const typed = { by: by ?? former, in: days, at, zone: terms.zone, allowPastDeadline: terms.allowPastDeadline };
  const deadline = deadlineOf(typed, { now: cli.io.now(), zone: cli.io.zone() });
  const body: PlanRequest = {
    ...terms,
    ...(deadline === undefined ? {} : { deadline }),
    ...(maxFailures === undefined ? {} : { maxFailurePercent: maxFailures }),
    ...(devices === undefined ? {} : { devices: await readSelector(cli.io, devices) }),
    ...named,
  };
  const api = await cli.api();
  if (dry === true) return summary === true ? drySummary(cli, api, body) : dryRun(cli, api, body);
  const said = await api.json("createPlan", newPlan, { body });
  const { id, decided, changed } = said.value;
  // Not known where the connection was lost and the server died meanwhile.
  const accepted = decided === undefined ? said.value.devices : decided.jobs + decided.compliant;
  if (cli.json) cli.sayJson(said.text);
  else {
    cli.say(...newPlanLines(said.value, cli.io.now()), ...refusalLines(decided?.refusals ?? []));
    if (changed !== undefined && changed.count > 0) cli.say(...leftOutLines(changed));
    if (accepted > 0) cli.say("", `Follow it with: uptick plan show ${clean(id)} --watch`);
  }
  if (accepted > 0) return;
  throw new UptickError("plan-refused", `The plan ${id} does nothing: all of its devices are refused.`);
}

/** What it costs to replace the declarations of another plan. */
const lossLines = (devices: number): string[] =>
  devices === 0
    ? []
    : [
        `${counted(devices, "device")} may download again: the declaration that is replaced takes its download with it.`,
      ];

/** The plan, and how many of its devices it updates. */
export function newPlanLines(plan: NewPlan, now: number): string[] {
  const [name = "", terms = ""] = planLines(plan, now);
  if (plan.decided === undefined) return [name, terms];
  const { jobs, compliant, refused, downloadsLost } = plan.decided;
  return [
    name,
    terms,
    `${counted(plan.devices, "device")}: ${jobs} to update, ${compliant} there already, ${refused} refused`,
    ...lossLines(downloadsLost),
  ];
}

/** For each reason: how many, why, what to do, and some of the devices. */
export function refusalLines(refusals: PlanDecided["refusals"]): string[] {
  return refusals.flatMap(({ reason, count, sentence, remedy, devices }) => {
    const names = devices.map(deviceName).join(", ");
    const more = count - devices.length;
    return [
      "",
      clean(`Refused, ${counted(count, "device")} (${reason}): ${sentence}`),
      ...(remedy === undefined ? [] : [clean(`  remedy: ${remedy}`)]),
      clean(`  ${names}${more > 0 ? ` and ${more} more` : ""}`),
    ];
  });
}

/** Devices of the dry run that are not in the plan. */
const leftOutLines = (changed: ChangedDecisions): string[] => [
  "",
  `Left out, ${counted(changed.count, "device")} (changed-since-dry-run):`,
  ...changedLines(changed),
  "  remedy: Make another dry run, and a plan for these devices from it.",
];

/** Adds the command to `parent` as `name`; `typed` is how its examples call it. */
export function addPlanCreate(parent: Command, cli: Cli, name: string, typed: string): void {
  const command = parent
    .command(name)
    .description("Update devices to an OS version.")
    .requiredOption(
      "--to <target>",
      "26.6.2, '26.6.2 (25G83)', '26.3.1 (a)', latest, latest-minor or n-1 (previous major), and after it: below 27, floor 26.4, age 14d; or one per platform: iOS=26.6.1,macOS=26.6.2,tvOS=26.6; macOS=other-updates for Safari, firmware and configuration data",
    )
    .option(
      "--devices <list>",
      "ids, UDIDs, serials or unique names, separated by commas (put a name with a comma in double quotes); all; or @FILE with one per line (@- reads stdin)",
      (part: string, before: string[] | undefined) => [...(before ?? []), part],
    );
  addWhich(command)
    .addOption(
      new Option("--action <action>", "what the device does with the update")
        .choices(PLAN_ACTIONS)
        .default("install" satisfies PlanAction),
    )
    .option("--name <name>", "name of the plan")
    .option("--window <HH:MM-HH:MM>", "start installs only at these hours, in each device's local time")
    .option("--zone <zone>", "time zone for devices that do not report one (Macs never do), such as Europe/Zurich")
    .option(
      "--by <time>",
      'deadline in each device\'s local time: "fri 17:00" or 2026-12-04T17:00; with Z or an offset: one instant for all, only for devices whose time zone is known or set. Devices download before it and install from then on',
    )
    .option("--in <days>", "deadline so many days from today, such as 14d, with --at")
    .option("--at <HH:MM>", "time of day of that deadline, in each device's local time")
    // The name of --by before there were other forms.
    .addOption(new Option("--deadline <time>").hideHelp().conflicts("by"))
    .option(
      "--notice-hours <n>",
      "hours that users have at least before the install; a deadline that leaves less moves (default 24 with one of the next two)",
      wholeNumber(0, 168),
    )
    .addOption(
      new Option("--skip-weekdays <days>", "days without deadlines, separated by commas: fri,sat,sun").argParser(
        (text: string) => text.split(",").map((day) => day.trim()),
      ),
    )
    .option("--spread-hours <n>", "spread the deadlines over so many hours before their time (0-8)", wholeNumber(0, 8))
    .option(
      "--max-failures <percent>",
      "percent of devices that may fail before the plan is paused (1-100, default 5; 100: it is never paused by it)",
      wholeNumber(1, 100),
    )
    .option("--details-url <https://…>", "your web page, to which the update notice links (declarations only)")
    .option(
      "--max-user-deferrals <n>",
      "how often a user may postpone the update (install-later)",
      wholeNumber(0, 1000),
    )
    .option("--allow-major", "allow an update to another major version")
    .option(
      "--new-major-after-days <n>",
      "days until latest and n-1 may go to a new major version (with --allow-major; default 30)",
      wholeNumber(0, 365),
    )
    .option("--allow-unlisted", "allow an exact version that Apple's list does not offer, or an old list")
    .option("--allow-past-deadline", "allow a deadline in the past")
    .option("--allow-data-loss", "allow a restart that loses unsaved work (force-restart)")
    .option("--replace", "replace the job of another plan on these devices")
    .option("--dry-run", "show what would happen to each device; change nothing")
    .addOption(new Option("--summary", "a dry run that shows only what it comes to").implies({ dryRun: true }));
  addShownFlags(command).action((options: Options) => create(cli, command, options));
  examples(command, [
    ["what would happen?", `${typed} --to 26.6.2 --devices all --dry-run`],
    [
      "exactly what that dry run showed, by the hash and the time that it printed",
      `${typed} --to 26.6.2 --devices all --hash 5c7d… --as-of 2026-08-28T12:00:00.000Z`,
    ],
    [
      "every device to the newest minor version, installed at night",
      `${typed} --to latest-minor --devices all --window 22:00-05:00`,
    ],
    ["a version for each platform", `${typed} --to iOS=26.6.1,macOS=26.6.2,tvOS=26.6 --devices all`],
    [
      "two devices, by 17:00 on Friday in their local time",
      `${typed} --to 26.6.2 --devices C02XXXXXXXXX,"Room 4" --by "fri 17:00"`,
    ],
    ["the devices that a rule matches now", `${typed} --to macOS=26.6.2 --rule 'platform = macOS and tag = pilot'`],
    ["every device in two weeks, at 17:00", `${typed} --to 26.6.2 --devices all --in 14d --at 17:00`],
    [
      "the same, from Monday to Thursday, spread over two hours",
      `${typed} --to 26.6.2 --devices all --in 14d --at 17:00 --skip-weekdays fri,sat,sun --spread-hours 2`,
    ],
    ["the devices in a file, download only", `${typed} --to 26.6.2 --devices @lab.txt --action download`],
    [
      "updates other than macOS: Safari, firmware, configuration data",
      `${typed} --to macOS=other-updates --devices all`,
    ],
    [
      "Macs whose users may postpone the update three times",
      `${typed} --to macOS=26.6.2 --devices all --action install-later --max-user-deferrals 3`,
    ],
    [
      "a version that Apple released today, before the list is imported again",
      `${typed} --to iOS=26.6.2 --devices @pilots.txt --allow-unlisted`,
    ],
    ["a jump to a new major version, which must be said", `${typed} --to 27.0 --devices @pilots.txt --allow-major`],
  ]);
}

/** `uptick exclude`: no plan has an effect on devices until a date. */
import { type Command, Option } from "commander";
import { type ExclusionEnd, exclusionEnd, type ExclusionResult, exclusionResult } from "../../contract/index.ts";
import { moment } from "../age.ts";
import { type Cli, counted, examples } from "../cli.ts";
import { addWhich, type WhichOptions, whichOf } from "../selector.ts";
import { fateLines } from "./fates.ts";

interface Options extends WhichOptions {
  readonly until?: string;
  readonly why?: string;
  readonly end?: true;
  readonly dryRun?: true;
}

const NOTHING_DONE = "Nothing has been done: this was a dry run.";

function excludedLines({ dryRun, devices, until, endsAt, ...rows }: ExclusionResult): string[] {
  if (devices === 0) return ["The rule or group means no enrolled device."];
  const ends = endsAt === null ? "" : ` (${moment(endsAt)})`;
  const again =
    rows.excludedBefore === 0
      ? []
      : [`  ${counted(rows.excludedBefore, "device")}: excluded already; the date is replaced`];
  const unknown =
    rows.zoneUnknown === 0
      ? []
      : [
          `  ${counted(rows.zoneUnknown, "device")}: time zone unknown; excluded until the day has begun everywhere it may be`,
        ];
  return [
    `${counted(devices, "device")} ${dryRun ? "would be " : ""}excluded until ${until}${ends}.`,
    ...fateLines(rows),
    ...again,
    ...unknown,
    ...(dryRun ? [NOTHING_DONE] : []),
  ];
}

function endLines({ dryRun, devices, ended, withJob, deadlinesMoved }: ExclusionEnd): string[] {
  return [
    `${counted(devices, "device")}; ${dryRun ? "would end" : "ended"} the exclusion of ${ended}.`,
    ...(withJob === 0 ? [] : [`  ${counted(withJob, "device")}: its job continues`]),
    ...(deadlinesMoved === 0
      ? []
      : [`  ${counted(deadlinesMoved, "device")}: its deadline moves, so that it gets 24 hours' notice`]),
    ...(dryRun ? [NOTHING_DONE] : []),
  ];
}

export function addExclude(program: Command, cli: Cli): void {
  const command = program
    .command("exclude")
    .argument("[refs...]", "ids, UDIDs, serials or unique names; @FILE with one per line; - reads a list from stdin")
    .description(
      "Exclude devices until a date: no order and no declaration of an update leaves for them. Their jobs continue afterwards.",
    )
    .addOption(
      new Option(
        "--until <date>",
        "YYYY-MM-DD, at most 90 days ahead: it ends when this day begins in the device's time zone",
      ).conflicts("end"),
    )
    .addOption(new Option("--why <text>", "the reason, which reports and other admins see").conflicts("end"))
    .option("--end", "end the exclusion of these devices now");
  addWhich(command)
    .option("--dry-run", "show what would happen; change nothing")
    .action(async (refs: string[], { until, why, end, dryRun, ...which }: Options) => {
      if (end !== true && until === undefined) command.error("error: name the date with --until, or use --end");
      if (end !== true && why === undefined) command.error("error: name the reason with --why");
      const devices = await whichOf(command, cli.io, refs, which);
      const api = await cli.api();
      const query = dryRun === true ? { dryRun } : {};
      if (end === true)
        return cli.show(await api.json("endExclusions", exclusionEnd, { query, body: devices }), endLines);
      const body = { ...devices, until, reason: why };
      return cli.show(await api.json("excludeDevices", exclusionResult, { query, body }), excludedLines);
    });
  examples(command, [
    [
      "what would the exclusion of a device do?",
      'exclude C02XXXXXXXXX --until 2026-09-14 --why "trade fair" --dry-run',
    ],
    ["exclude it", 'exclude C02XXXXXXXXX --until 2026-09-14 --why "trade fair"'],
    ["exclude all devices of a group", 'exclude --group Studio --until 2026-09-14 --why "a recording"'],
    ["which devices are excluded?", "devices --reason excluded"],
    ["end it early", "exclude C02XXXXXXXXX --end"],
  ]);
}

/** `uptick behind`: who is not up to date, and why. */
import { type Command, Option } from "commander";
import { COMPLIANCE_CLASSES, type ComplianceSummary, complianceSummary, devicePage } from "../../contract/index.ts";
import type { Api } from "../api.ts";
import { clean } from "../clean.ts";
import { type Cli, counted, examples } from "../cli.ts";
import { ExitWith } from "../exit-with.ts";
import { deviceName } from "../job-words.ts";
import { CLASS_LABELS } from "./compliance-text.ts";

/** Devices that are named under each reason. */
const NAMED = 10;
/** Somebody is behind: an answer, and no failure. */
const SOMEBODY = 3;

type Group = ComplianceSummary["reasons"][number];

async function namesOf(api: Api, group: Group): Promise<string> {
  const query = { class: group.class, reason: group.reason, limit: NAMED };
  const { rows } = (await api.json("listDevices", devicePage, { query })).value;
  const names = rows.map((device) => clean(`${deviceName(device)} (${device.serial ?? device.udid})`)).join(", ");
  const more = group.devices - rows.length;
  if (more <= 0) return names;
  return `${names} and ${more} more: uptick devices --class ${group.class} --reason ${clean(group.reason)}`;
}

/** The export of each class, one after the other, under one heading. */
async function* rowsOf(api: Api, classes: readonly string[]): AsyncGenerator<string> {
  for (const [n, kind] of classes.entries()) {
    let inHeading = n > 0;
    for await (const text of api.csv("devicesCsv", { query: { class: kind } })) {
      const end = inHeading ? text.indexOf("\n") : -1;
      if (inHeading && end === -1) continue;
      inHeading = false;
      yield text.slice(end + 1);
    }
  }
}

export function addBehind(program: Command, cli: Cli): void {
  const command = program
    .command("behind")
    .description(
      "Show which enrolled devices are not on target, grouped by reason. The exit code is 0 if all are on target, and 3 if a device is not.",
    )
    .addOption(
      new Option("--class <class>", "only this class").choices(COMPLIANCE_CLASSES.filter((one) => one !== "on-target")),
    )
    .option("--csv", "print one row per device, as CSV")
    .action(async (options: { class?: string; csv?: true }) => {
      const api = await cli.api();
      const { value, text } = await api.json("compliance", complianceSummary);
      const asked = (kind: string): boolean =>
        kind !== "on-target" && (options.class === undefined || options.class === kind);
      const groups = value.reasons.filter((group) => asked(group.class));
      const devices = groups.reduce((sum, group) => sum + group.devices, 0);
      if (cli.json) cli.sayJson(text);
      else if (options.csv === true) {
        for await (const text of rowsOf(api, COMPLIANCE_CLASSES.filter(asked))) cli.io.stdout.write(text);
      } else {
        cli.say(headline(devices, value.devices, options.class));
        for (const group of groups) {
          const label = CLASS_LABELS[group.class];
          const about = clean(`${counted(group.devices, "device")} (${group.reason}): ${group.sentence}.`);
          cli.say("", `${cli.painted(label)}, ${about}`);
          if (group.remedy !== null) cli.say(`  ${clean(group.remedy)}`);
          cli.say(`  ${await namesOf(api, group)}`);
        }
      }
      if (devices > 0) throw new ExitWith(SOMEBODY);
    });
  examples(command, [
    ["who is not up to date, and why?", "behind"],
    ["who waits for somebody?", "behind --class waiting-person"],
    ["the same for a spreadsheet", "behind --csv > behind.csv"],
    ["a script that warns", 'behind > behind.txt || mail -s "not up to date" it@example.org < behind.txt'],
  ]);
}

function headline(behind: number, all: number, kind: string | undefined): string {
  if (all === 0) return "No device is enrolled.";
  const what = kind === undefined ? "behind" : `behind as ${kind}`;
  return behind === 0 ? `No device of ${all} is ${what}.` : `${behind} of ${counted(all, "device")} are ${what}.`;
}

/** `uptick group …`. */
import type { Command } from "commander";
import {
  type GroupDetail,
  groupDetail,
  groupPage,
  type GroupRequest,
  groupTrial,
  type GroupView,
  groupView,
} from "../../contract/index.ts";
import { age } from "../age.ts";
import type { Api } from "../api.ts";
import { clean } from "../clean.ts";
import { type Cli, counted, examples, wholeNumber } from "../cli.ts";
import { readFileNamed } from "../files.ts";
import { deviceName, shortRule } from "../job-words.ts";
import { pagesOf } from "../pages.ts";
import { ServerProblem } from "../server-problem.ts";
import { table } from "../table.ts";

const PAGE = 1000;
const NAME = "name of the group, in any case";

function addList(parent: Command, cli: Cli): void {
  const command = parent
    .command("list")
    .description("List the groups by name. With --json: one API page per line.")
    .action(async () => {
      const api = await cli.api();
      const rows: GroupView[] = [];
      for await (const page of pagesOf((after) =>
        api.json("listGroups", groupPage, { query: { after, limit: PAGE } }),
      )) {
        if (cli.json) cli.sayJson(page.text);
        else for (const group of page.value.rows) rows.push(group);
      }
      if (cli.json) return;
      if (rows.length === 0) return cli.say("No group has been made. See: uptick group set --help");
      const now = cli.io.now();
      const lines = rows.map(({ name, changedAt, changedBy, rule }) => [
        name,
        age(changedAt, now),
        changedBy,
        shortRule(rule),
      ]);
      cli.say(...table(["name", "changed", "by", "rule"], lines));
    });
  examples(command, [["all groups", "group list"]]);
}

function detailLines({ devices, first, usedBy, ...group }: GroupDetail, now: number): string[] {
  const rows = first.map((device) => [deviceName(device), device.serial, device.platform, device.osVersion]);
  const more = devices - first.length;
  return [
    clean(`${group.name}: ${group.rule}`),
    clean(`  revision ${group.revision}, changed ${age(group.changedAt, now)} by ${group.changedBy}`),
    ...usedBy.map((use) => clean(`  used by ${use}`)),
    "",
    `${counted(devices, "enrolled device")}${devices === 0 ? "" : ":"}`,
    ...(rows.length === 0 ? [] : table(["name", "serial", "platform", "runs"], rows)),
    ...(more > 0 ? [clean(`and ${more} more: uptick devices --group "${group.name}"`)] : []),
  ];
}

function addShow(parent: Command, cli: Cli): void {
  const command = parent
    .command("show")
    .argument("<name>", NAME)
    .description("Show a group's rule, the number of its devices, and the first of them.")
    .action(async (name: string) => {
      const api = await cli.api();
      const group = await api.json("showGroup", groupDetail, { params: { name } });
      cli.show(group, (value) => detailLines(value, cli.io.now()));
    });
  examples(command, [["which devices are meant?", 'group show "Tokyo lab"']]);
}

/** That of the group as it is now; undefined: there is none. */
async function revisionOf(api: Api, name: string): Promise<number | undefined> {
  try {
    return (await api.json("showGroup", groupDetail, { params: { name } })).value.revision;
  } catch (error) {
    if (error instanceof ServerProblem && error.code === "group-unknown") return undefined;
    throw error;
  }
}

async function set(
  cli: Cli,
  name: string,
  text: string,
  { dryRun, ...known }: { readonly dryRun?: true; readonly revision?: number },
): Promise<void> {
  const isFile = text.startsWith("@");
  const rule = isFile ? new TextDecoder().decode(await readFileNamed(cli.io, text.slice(1))) : text;
  const api = await cli.api();
  const params = { name };
  if (dryRun === true) {
    const said = await api.json("setGroup", groupTrial, { params, query: { dryRun }, body: { rule } });
    return cli.show(said, ({ before, after, joins, leaves, ...tried }) => [
      clean(`${name}: ${shortRule(tried.rule)}`),
      before === null
        ? `The group is new: ${counted(after, "enrolled device")}.`
        : `${counted(before, "enrolled device")} before, ${after} after: ${joins} would join, ${leaves} would leave.`,
      "Nothing has been done: this was a dry run.",
    ]);
  }
  const revision = known.revision ?? (await revisionOf(api, name));
  const body: GroupRequest = { rule, ...(revision === undefined ? {} : { revision }) };
  cli.show(await api.json("setGroup", groupView, { params, body }), (group) => [
    clean(`${group.name} (revision ${group.revision}): ${shortRule(group.rule)}`),
    clean(`See its devices with: uptick group show "${group.name}"`),
  ]);
}

function addSet(parent: Command, cli: Cli): void {
  const command = parent
    .command("set")
    .argument("<name>", "1 to 60 letters, digits, blanks, dots, _ or -")
    .argument("<rule>", "which devices; @FILE reads the rule from a file (@- from stdin)")
    .description("Make a group, or change its rule.")
    .option("--revision <n>", "change the group only if it still has this revision", wholeNumber(1, 1_000_000_000))
    .option("--dry-run", "show how many devices would join and leave; change nothing")
    .action((name: string, rule: string, options: { dryRun?: true; revision?: number }) =>
      set(cli, name, rule, options),
    );
  examples(command, [
    ["which devices would it mean?", "group set Labs 'tag in (lab, workshop)' --dry-run"],
    [
      "Macs of one site that are not in a lab",
      "group set Zurich 'platform = macOS and tag = zurich and not tag = lab'",
    ],
    ["a fixed list", "group set Pilots 'serial in (C02XXXXXXXXX, F4GDXXXXXXXX)'"],
    ["a long rule from a file", "group set Pilots @pilots.rule"],
  ]);
}

function addRemove(parent: Command, cli: Cli): void {
  const command = parent
    .command("remove")
    .argument("<name>", NAME)
    .description("Remove a group. Devices and their tags stay as they are. A group that a zone rule names is refused.")
    .action(async (name: string) => {
      const api = await cli.api();
      await api.send("removeGroup", { params: { name } });
      if (!cli.json) cli.say(clean(`${name} is removed.`));
    });
  examples(command, [["the site was closed", "group remove Zurich"]]);
}

export function addGroups(program: Command, cli: Cli): void {
  const group = program.command("group").description("Groups of devices: rules with a name.");
  examples(group, [
    ["which groups are there?", "group list"],
    ["help with examples for one of these", "group set --help"],
  ]);
  addList(group, cli);
  addShow(group, cli);
  addSet(group, cli);
  addRemove(group, cli);
}

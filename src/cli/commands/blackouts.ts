/** `uptick blackout …`: days on which devices are not restarted. */
import type { Command } from "commander";
import {
  type Blackout,
  blackoutPage,
  type BlackoutRequest,
  type BlackoutTrial,
  blackoutTrial,
  newBlackout,
} from "../../contract/index.ts";
import { clean } from "../clean.ts";
import { type Cli, counted, examples } from "../cli.ts";
import { shortRule } from "../job-words.ts";
import { pagesOf } from "../pages.ts";
import { table } from "../table.ts";

const PAGE = 1000;

function trialLines({ name, from, to, rule, devices, deadlines, moments, mayRestart }: BlackoutTrial): string[] {
  return [
    clean(`${name}, ${from} to ${to}, for ${shortRule(rule)}: ${counted(devices, "device")}.`),
    `  deadlines that move: ${deadlines}`,
    `  install times that move: ${moments}`,
    ...(mayRestart === 0
      ? []
      : [
          `  may restart in the blackout, since they were told before: ${mayRestart}; pausing their plan takes that back`,
        ]),
  ];
}

interface AddOptions {
  readonly from: string;
  readonly to: string;
  readonly rule?: string;
  readonly dryRun?: true;
}

function addAdd(parent: Command, cli: Cli): void {
  const command = parent
    .command("add")
    .argument("<name>", "1 to 60 letters, digits, blanks, dots, _ or -")
    .description("Make a blackout: deadlines and install times in it move to the first day after it.")
    .requiredOption("--from <YYYY-MM-DD>", "the first day, on each device's clock")
    .requiredOption("--to <YYYY-MM-DD>", "the last day")
    .option("--rule <rule>", "whom it covers, such as 'group = Shops'; without it every device")
    .option("--dry-run", "show what it would do; change nothing")
    .action(async (name: string, { dryRun, ...terms }: AddOptions) => {
      const body: BlackoutRequest = { name, ...terms };
      const api = await cli.api();
      if (dryRun === true) {
        const said = await api.json("createBlackout", blackoutTrial, { query: { dryRun: true }, body });
        return cli.show(said, (trial) => [...trialLines(trial), "Nothing has been done: this was a dry run."]);
      }
      cli.show(await api.json("createBlackout", newBlackout, { body }), ({ trial }) => [
        ...trialLines(trial),
        clean(`Made. Remove it with: uptick blackout remove "${trial.name}"`),
      ]);
    });
  examples(command, [
    ["no restarts at the end of the year", "blackout add Christmas --from 2026-12-21 --to 2027-01-03"],
    ["what would it move?", `blackout add Exams --from 2027-02-01 --to 2027-02-12 --rule 'tag = lab' --dry-run`],
  ]);
}

function addList(parent: Command, cli: Cli): void {
  const command = parent
    .command("list")
    .description("List the blackouts by name. With --json: one API page per line.")
    .action(async () => {
      const api = await cli.api();
      const rows: Blackout[] = [];
      for await (const page of pagesOf((after) =>
        api.json("listBlackouts", blackoutPage, { query: { after, limit: PAGE } }),
      )) {
        if (cli.json) cli.sayJson(page.text);
        else rows.push(...page.value.rows);
      }
      if (cli.json) return;
      if (rows.length === 0) return cli.say("There are no blackouts. See: uptick blackout add --help");
      const lines = rows.map(({ name, from, to, createdBy, rule }) => [name, from, to, createdBy, shortRule(rule)]);
      cli.say(...table(["name", "from", "to", "by", "for"], lines));
    });
  examples(command, [["on which days is nothing restarted?", "blackout list"]]);
}

function addRemove(parent: Command, cli: Cli): void {
  const command = parent
    .command("remove")
    .argument("<name>", "name of the blackout, in any case")
    .description("Remove a blackout. Deadlines and install times that it has moved stay where they are.")
    .action(async (name: string) => {
      const api = await cli.api();
      await api.send("removeBlackout", { params: { name } });
      if (!cli.json) cli.say(clean(`${name} is removed.`));
    });
  examples(command, [["the shops are open after all", "blackout remove Christmas"]]);
}

export function addBlackouts(program: Command, cli: Cli): void {
  const parent = program
    .command("blackout")
    .description("Blackouts: days on which devices are not restarted, for all plans.");
  examples(parent, [
    ["which blackouts are there?", "blackout list"],
    ["help with examples for one of these", "blackout add --help"],
  ]);
  addAdd(parent, cli);
  addList(parent, cli);
  addRemove(parent, cli);
}

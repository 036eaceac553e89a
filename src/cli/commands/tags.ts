/** `uptick tag`, `uptick tags`. */
import type { Command } from "commander";
import { tagging, tagPage, type TagRequest } from "../../contract/index.ts";
import { type Cli, counted, examples } from "../cli.ts";
import { pagesOf } from "../pages.ts";
import { addWhich, type WhichOptions, whichOf } from "../selector.ts";
import { table } from "../table.ts";

interface Options extends WhichOptions {
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
  readonly dryRun?: true;
}

/** Several with commas between, and an option that stands several times. */
const words = (part: string, before: readonly string[] = []): string[] => [
  ...before,
  ...part
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== ""),
];

function addTag(program: Command, cli: Cli): void {
  const command = program
    .command("tag")
    .argument("[refs...]", "ids, UDIDs, serials or unique names; @FILE with one per line; - reads a list from stdin")
    .description("Add tags to devices and remove tags from them. Nothing changes if one of the devices is unknown.")
    .option("--add <tags>", "tags to add, separated by commas: 1 to 40 of a-z, 0-9 and -", words)
    .option("--remove <tags>", "tags to remove, separated by commas", words);
  addWhich(command)
    .option("--dry-run", "show how many devices would be changed; change nothing")
    .action(async (refs: string[], { dryRun, add, remove, ...which }: Options) => {
      const body: TagRequest = {
        ...(await whichOf(command, cli.io, refs, which)),
        ...(add === undefined ? {} : { add }),
        ...(remove === undefined ? {} : { remove }),
      };
      const api = await cli.api();
      const query = dryRun === true ? { dryRun } : {};
      cli.show(await api.json("tagDevices", tagging, { query, body }), ({ devices, changed, ...done }) => [
        `${counted(devices, "device")}; ${done.dryRun ? "would change" : "changed"} the tags of ${changed}.`,
        ...(done.dryRun ? ["Nothing has been done: this was a dry run."] : []),
      ]);
    });
  examples(command, [
    ["two pilots", "tag C02XXXXXXXXX F4GDXXXXXXXX --add pilot"],
    ["a list of serial numbers, one per line", "tag --add pilot - < serials.txt"],
    ["every iPad that has no tag floor-2 yet", "tag --add floor-2 --rule 'platform = iPadOS and not tag = floor-2'"],
    ["remove a tag from all devices that have it", "tag --remove lab --rule 'tag = lab'"],
  ]);
}

const PAGE = 1000;

function addTags(program: Command, cli: Cli): void {
  const command = program
    .command("tags")
    .description("List the tags, each with the number of its devices. With --json: one API page per line.")
    .action(async () => {
      const api = await cli.api();
      const rows: [string, string][] = [];
      for await (const page of pagesOf((after) => api.json("listTags", tagPage, { query: { after, limit: PAGE } }))) {
        if (cli.json) cli.sayJson(page.text);
        else for (const { tag, devices } of page.value.rows) rows.push([tag, String(devices)]);
      }
      if (cli.json) return;
      if (rows.length === 0) cli.say("No device has a tag. See: uptick tag --help");
      else cli.say(...table(["tag", "devices"], rows));
    });
  examples(command, [["all tags", "tags"]]);
}

export function addTagCommands(program: Command, cli: Cli): void {
  addTag(program, cli);
  addTags(program, cli);
}

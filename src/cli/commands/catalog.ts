/** `uptick catalog list | show | import`: Apple's list of OS releases. */
import type { Command } from "commander";
import {
  type CatalogImport,
  catalogImport,
  type Release,
  type ReleaseDetail,
  releaseDetail,
  releasePage,
} from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import { clean } from "../clean.ts";
import { type Cli, counted, examples } from "../cli.ts";
import { addBlockCommands } from "./blocks.ts";
import { modifiedAtOf, readFileNamed } from "../files.ts";
import { pagesOf } from "../pages.ts";
import { table } from "../table.ts";

const PAGE = 1000;

interface ListOptions {
  readonly platform?: string;
  readonly device?: string;
}

/** "26.3.1 (a)" of a Background Security Improvement. */
const versionOf = ({ version, extra }: Pick<Release, "version" | "extra">): string =>
  extra === null ? version : `${version} ${extra}`;

const lineOf = (one: Release): (string | null)[] => [
  one.platform,
  versionOf(one),
  one.build,
  one.postingDate,
  one.expirationDate,
  one.state,
];

function addList(catalog: Command, cli: Cli): void {
  const command = catalog
    .command("list")
    .argument("[version]", "only this version, such as 26.6.1")
    .description(
      "List Apple's releases by platform, newest first, with the state of each. With --json: one API page per line.",
    )
    .option("--platform <name>", "iOS, iPadOS, macOS, tvOS, visionOS or watchOS, in any case")
    .option("--device <model>", "only releases for this product type (iPhone14,2) or Mac board id (J314sAP)")
    .action(async (version: string | undefined, { platform, device }: ListOptions) => {
      const api = await cli.api();
      const query = { platform, device, version, limit: PAGE };
      const pages = pagesOf((after) => api.json("listCatalog", releasePage, { query: { ...query, after } }));
      const rows: Release[] = [];
      let list: string | null = null;
      for await (const page of pages) {
        list = page.value.list?.sentence ?? null;
        if (cli.json) cli.sayJson(page.text);
        else rows.push(...page.value.rows);
      }
      if (cli.json) return;
      if (list === null) {
        cli.say("No list of Apple's releases was imported yet: uptick catalog import FILE.");
        return;
      }
      cli.say(clean(list));
      if (rows.length === 0) cli.say("No release fits.");
      else cli.say(...table(["platform", "version", "build", "posted", "until", "state"], rows.map(lineOf)));
    });
  examples(command, [
    ["all releases, with the age of the list", "catalog list"],
    ["what can this model get?", "catalog list --device iPhone14,2"],
    ["what is the state of one version?", "catalog list 26.6.1 --platform iOS"],
  ]);
}

const WIDTH = 80;

/** Words, such as ids that have commas in them, in lines of 80 columns. */
function wrapped(words: readonly string[], indent = ""): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length + 1 <= WIDTH) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`${indent}${word}`);
  }
  return lines.map((line) => clean(line));
}

function releaseLines(one: ReleaseDetail): string[] {
  return [
    clean(`${one.platform} ${versionOf(one)} (${one.build}): ${one.state}`),
    ...wrapped(one.sentence.split(" ")),
    clean(
      `posted ${one.postingDate}, until ${one.expirationDate ?? "further notice"}${one.isPublic ? "" : ", for managed devices only"}`,
    ),
    ...(one.prerequisiteBuild === null ? [] : [clean(`installed on build ${one.prerequisiteBuild}`)]),
    clean(`first imported ${one.firstSeenAt}, last ${one.lastSeenAt}`),
    ...one.listings.flatMap(({ state, devices }) => [
      "",
      clean(`${state}, for ${devices.length === 0 ? "no device" : counted(devices.length, "model")}:`),
      ...wrapped(devices, "  "),
    ]),
  ];
}

function addShow(catalog: Command, cli: Cli): void {
  const command = catalog
    .command("show")
    .argument(
      "<id>",
      "platform, version and build, such as iOS-26.6.1-23G83; or a build or version that only one release has",
    )
    .description("Show one release and the models that Apple lists it for.")
    .action(async (ref: string) => {
      const api = await cli.api();
      cli.show(await api.json("showRelease", releaseDetail, { params: { ref } }), releaseLines);
    });
  examples(command, [
    ["which models get it?", "catalog show iOS-26.6.1-23G83"],
    ["the same, by its build", "catalog show 23G83"],
  ]);
}

function importLines({ sentence, releases, added, left, notes, problems }: CatalogImport): string[] {
  return [
    clean(`${counted(releases, "release")} read, ${added} new.`),
    clean(sentence),
    ...notes.map((note) => clean(`  note: ${note}`)),
    ...left.map((one) => clean(`  no longer listed: ${one}`)),
    ...problems.map((problem) => clean(`  problem: ${problem}`)),
  ];
}

/** The server would say it of a request's body, which is nothing that an admin has written. */
function checkJson(file: string, text: string): void {
  try {
    JSON.parse(text);
  } catch (cause) {
    throw new UptickError("catalog-invalid", `${file === "-" ? "What stdin gave" : file} is not JSON.`, { cause });
  }
}

function addImport(catalog: Command, cli: Cli): void {
  const command = catalog
    .command("import")
    .argument("<file>", "the answer of Apple's Software Lookup Service, as JSON; - reads stdin")
    .description(
      "Import Apple's list of releases. The list is dated by the file's modification time, or from stdin by its newest posting date. An incomplete list is refused and changes nothing.",
    )
    .option("--accept-smaller", "import a list with less than half the entries of the list before")
    .action(async (file: string, { acceptSmaller }: { acceptSmaller?: true }) => {
      const text = new TextDecoder().decode(await readFileNamed(cli.io, file));
      checkJson(file, text);
      const modifiedAt = await modifiedAtOf(cli.io, file);
      const body = new TextEncoder().encode(text);
      const query = {
        acceptSmaller,
        modifiedAt: modifiedAt === undefined ? undefined : new Date(modifiedAt).toISOString(),
      };
      const api = await cli.api();
      cli.show(await api.json("importCatalog", catalogImport, { body, query }), importLines);
    });
  examples(command, [
    ["fetched with: curl -o pmv.json https://gdmf.apple.com/v2/pmv", "catalog import pmv.json"],
    ["from a pipe: the list is dated by its newest release", "catalog import - < pmv.json"],
  ]);
}

export function addCatalog(program: Command, cli: Cli): void {
  const catalog = program.command("catalog").description("Apple's list of OS releases, as it was last imported.");
  addList(catalog, cli);
  addShow(catalog, cli);
  addImport(catalog, cli);
  addBlockCommands(catalog, cli);
  examples(catalog, [
    ["import Apple's list", "catalog import pmv.json"],
    ["how old is the list, and what does it contain?", "catalog list"],
  ]);
}

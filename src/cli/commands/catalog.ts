/** `uptick catalog list | show | fetch | accept | import | import-cves`: Apple's list of OS releases, and the CVEs that they fix. */
import type { Command } from "commander";
import {
  type CatalogFetch,
  catalogFetch,
  type CatalogImport,
  catalogImport,
  type CveFeed,
  type CveImport,
  cveImport,
  type FetchStateView,
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

const HEAD = ["platform", "version", "build", "posted", "until", "state"];

const lineOf = (one: Release): (string | null)[] => [
  one.platform,
  versionOf(one),
  one.build,
  one.postedOn,
  one.expiresOn,
  one.state,
];

/** "28", or "3/1" where one of the three is exploited: a line has no room for more words. */
const fixesOf = ({ fixes }: Release): string | null => {
  if (fixes === null) return null;
  return fixes.exploited.length === 0 ? String(fixes.cves) : `${fixes.cves}/${fixes.exploited.length}`;
};

const feedLines = (feeds: readonly CveFeed[]): string[] =>
  feeds.length === 0
    ? []
    : [
        ...feeds.map(({ sentence }) => clean(sentence)),
        "CVES: how many a release fixes, and behind / how many of them are exploited.",
      ];

/** Without a feed there is no column, since nothing is known of CVEs. */
function listLines(rows: readonly Release[], feeds: readonly CveFeed[]): string[] {
  if (rows.length === 0) return ["No release fits."];
  if (feeds.length === 0) return table(HEAD, rows.map(lineOf));
  return table(
    [...HEAD, "CVEs"],
    rows.map((row) => [...lineOf(row), fixesOf(row)]),
  );
}

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
      let fetch: FetchStateView | undefined;
      let feeds: readonly CveFeed[] = [];
      for await (const page of pages) {
        list = page.value.list?.sentence ?? null;
        fetch = page.value.fetch;
        feeds = page.value.cveFeeds;
        if (cli.json) cli.sayJson(page.text);
        else rows.push(...page.value.rows);
      }
      if (cli.json) return;
      cli.say(clean(list ?? NO_LIST), ...fetchLines(fetch));
      if (list === null) return;
      cli.say(...feedLines(feeds), ...listLines(rows, feeds));
    });
  examples(command, [
    ["all releases, with the age of the list", "catalog list"],
    ["what can this model get?", "catalog list --device iPhone14,2"],
    ["what is the state of one version?", "catalog list 26.6.1 --platform iOS"],
  ]);
}

/** How the fetches go, and what to do where they fail. */
function fetchLines(fetch: FetchStateView | undefined): string[] {
  if (fetch === undefined) return [];
  const remedy = fetch.failure === null ? [] : wrapped(fetch.failure.remedy.split(" "), "  ");
  const problems = fetch.problems.map((problem) => clean(`  problem: ${problem}`));
  return [...wrapped(fetch.sentence.split(" ")), ...remedy, ...problems];
}

const NO_LIST =
  "This server has no list of Apple's releases yet. Run uptick catalog fetch, or uptick catalog import FILE.";
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

function fixesLines({ fixes }: ReleaseDetail): string[] {
  if (fixes === null) return [];
  const { cves, exploited, feedDate } = fixes;
  const marked = exploited.length === 0 ? "none exploited" : `${exploited.length} exploited (${exploited.join(", ")})`;
  const words = `fixes ${counted(cves, "CVE")}${cves === 0 ? "" : `, ${marked}`}, by SOFA's feed of ${feedDate}`;
  return wrapped(words.split(" "));
}

function releaseLines(one: ReleaseDetail): string[] {
  return [
    clean(`${one.platform} ${versionOf(one)} (${one.build}): ${one.state}`),
    ...wrapped(one.sentence.split(" ")),
    clean(
      `posted ${one.postedOn}, until ${one.expiresOn ?? "further notice"}${one.isPublic ? "" : ", for managed devices only"}`,
    ),
    ...(one.prerequisiteBuild === null ? [] : [clean(`installed on build ${one.prerequisiteBuild}`)]),
    ...fixesLines(one),
    clean(`first listed ${one.firstSeenAt}, last ${one.lastSeenAt}`),
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

function addFetch(catalog: Command, cli: Cli): void {
  const command = catalog
    .command("fetch")
    .description(
      "Fetch Apple's list of releases now, at most once an hour, and show what has changed. A fetch that fails changes nothing in the catalog.",
    )
    .action(async () => {
      const api = await cli.api();
      cli.show(await api.json("fetchCatalog", catalogFetch), fetchedLines);
    });
  examples(command, [["a release has just come out", "catalog fetch"]]);
}

const fetchedLines = (fetched: CatalogFetch): string[] =>
  fetched.changed
    ? importLines(fetched)
    : [
        "Nothing has changed.",
        clean(fetched.sentence),
        ...fetched.problems.map((problem) => clean(`  problem: ${problem}`)),
      ];

function addAccept(catalog: Command, cli: Cli): void {
  const command = catalog
    .command("accept")
    .description(
      "Take the list that was fetched last and refused only because it has less than half the entries of the list before. The releases that it lacks are shown first.",
    )
    .option("--dry-run", "show what would change, and change nothing")
    .action(async ({ dryRun }: { dryRun?: true }) => {
      const api = await cli.api();
      const preview = await api.json("acceptCatalog", catalogImport, { query: { dryRun: true } });
      if (dryRun) {
        cli.show(preview, (value) => ["Nothing was changed. With this list:", ...importLines(value)]);
        return;
      }
      if (!cli.json) cli.say(...preview.value.left.map((one) => clean(`will leave the list: ${one}`)));
      cli.show(await api.json("acceptCatalog", catalogImport, { query: { dryRun: false } }), (value) =>
        importLines({ ...value, left: [] }),
      );
    });
  examples(command, [
    ["which releases would leave the catalog?", "catalog accept --dry-run"],
    ["Apple's list is really that small", "catalog accept"],
  ]);
}

/** The server would say it of a request's body, which is nothing that an admin has written. */
function checkJson(file: string, text: string, code: "catalog-invalid" | "cve-feed-invalid"): void {
  try {
    JSON.parse(text);
  } catch (cause) {
    throw new UptickError(code, `${file === "-" ? "What stdin gave" : file} is not JSON.`, { cause });
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
      checkJson(file, text, "catalog-invalid");
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

/** Exploited CVEs that are named; a first feed has many. */
const MOST_EXPLOITED = 10;

function cveImportLines(done: CveImport): string[] {
  const { sentence, releases, added, cves, exploited, newlyExploited, notes, problems } = done;
  const more = newlyExploited.length - MOST_EXPLOITED;
  return [
    clean(`${counted(releases, "release")} read, ${added} new; ${counted(cves, "CVE")}, ${exploited} exploited.`),
    clean(sentence),
    ...notes.map((note) => clean(`  note: ${note}`)),
    ...newlyExploited.slice(0, MOST_EXPLOITED).map((one) => clean(`  exploited: ${one}`)),
    ...(more > 0 ? [`  exploited: and ${more} more`] : []),
    ...problems.map((problem) => clean(`  problem: ${problem}`)),
  ];
}

function addImportCves(catalog: Command, cli: Cli): void {
  const command = catalog
    .command("import-cves")
    .argument("<file>", "a feed of SOFA, version 2, of one platform, as JSON; - reads stdin")
    .description(
      "Import the CVEs that releases fix, from a feed of SOFA. What is known of a release is never removed, so an older feed does no harm. Import the feeds of iOS, macOS, tvOS and visionOS one after the other; the feed of iOS is also that of iPadOS.",
    )
    .action(async (file: string) => {
      const text = new TextDecoder().decode(await readFileNamed(cli.io, file));
      checkJson(file, text, "cve-feed-invalid");
      const api = await cli.api();
      const body = new TextEncoder().encode(text);
      cli.show(await api.json("importCves", cveImport, { body }), cveImportLines);
    });
  examples(command, [
    ["the feed of macOS", "catalog import-cves macos_data_feed.json"],
    ["from a pipe", "catalog import-cves - < ios_data_feed.json"],
  ]);
}

export function addCatalog(program: Command, cli: Cli): void {
  const catalog = program
    .command("catalog")
    .description("Apple's list of OS releases, as it was last fetched or imported.");
  addList(catalog, cli);
  addShow(catalog, cli);
  addFetch(catalog, cli);
  addAccept(catalog, cli);
  addImport(catalog, cli);
  addBlockCommands(catalog, cli);
  addImportCves(catalog, cli);
  examples(catalog, [
    ["fetch Apple's list now", "catalog fetch"],
    ["import Apple's list", "catalog import pmv.json"],
    ["how old is the list, and what does it contain?", "catalog list"],
  ]);
}

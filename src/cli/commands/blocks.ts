/** `uptick catalog block | blocks | unblock`: releases that some devices are not given. */
import type { Command } from "commander";
import {
  type Block,
  block as blockSchema,
  blockPage,
  type BlockRequest,
  type BlockTrial,
  blockTrial,
  newBlock,
} from "../../contract/index.ts";
import { clean } from "../clean.ts";
import { type Cli, counted, examples } from "../cli.ts";
import { PAGE, sayList } from "../pages.ts";
import { table } from "../table.ts";

interface BlockOptions {
  readonly platform?: NonNullable<BlockRequest["platform"]>;
  readonly rule?: string;
  readonly until?: string;
  readonly why: string;
  readonly dryRun?: true;
}

function blockLine({ platform, version, rule, state, until, reason, createdBy }: Block): string[] {
  const asking = until === null ? "" : state === "asks" ? `, asks since ${until}` : `, asks from ${until}`;
  return [clean(`${platform} ${version} for ${rule}: ${state}${asking}`), clean(`  ${reason} (${createdBy})`)];
}

function trialLines({ platform, version, rule, devices, running, firstRunning, jobs }: BlockTrial): string[] {
  const more = running - firstRunning.length;
  return [
    clean(`${platform} ${version} for ${rule}: ${counted(devices, "device")}.`),
    `  jobs to withdraw: ${jobs.open} not sent, ${jobs.declared} declared`,
    ...(jobs.ordered === 0 ? [] : [`  cannot be recalled: ${jobs.ordered}; they are watched to their end`]),
    ...(running === 0
      ? []
      : [clean(`  run it already: ${running} (${firstRunning.join(", ")}${more > 0 ? ` and ${more} more` : ""})`)]),
  ];
}

function addBlock(catalog: Command, cli: Cli): void {
  const command = catalog
    .command("block")
    .argument("<version>", "such as 26.6.1 or '26.3.1 (a)'; also one that Apple has not released yet")
    .description("Block a release for some devices: no plan gives it to them, and their jobs to it are withdrawn.")
    .requiredOption("--why <text>", "why, for whoever reads it later")
    .option("--platform <name>", "iOS, macOS, tvOS or visionOS; needed where several have this version")
    .option("--rule <rule>", "whom it covers, such as 'model = J413AP'; without it every device of the platform")
    .option("--until <YYYY-MM-DD>", "from this day on it asks whether it must stay; it holds until it is ended")
    .option("--dry-run", "show what it would do; change nothing")
    .action(async (version: string, { why, dryRun, ...terms }: BlockOptions) => {
      const body: BlockRequest = { version, reason: why, ...terms };
      const api = await cli.api();
      if (dryRun === true) {
        const said = await api.json("createBlock", blockTrial, { query: { dryRun: true }, body });
        return cli.show(said, (trial) => [...trialLines(trial), "Nothing has been done: this was a dry run."]);
      }
      cli.show(await api.json("createBlock", newBlock, { body }), ({ trial, id }) => [
        ...trialLines(trial),
        clean(`Blocked. End it with: uptick catalog unblock ${id} --why TEXT`),
      ]);
    });
  examples(command, [
    [
      "not for one model, until 10 September",
      `catalog block 26.6.2 --rule 'model = J413AP' --until 2026-09-10 --why "VPN"`,
    ],
    ["what would it stop?", `catalog block 26.6.2 --platform macOS --why "VPN" --dry-run`],
  ]);
}

function addBlocks(catalog: Command, cli: Cli): void {
  const command = catalog
    .command("blocks")
    .description("List the blocks: first those that hold, the newest first. With --json: one API page per line.")
    .action(async () => {
      const api = await cli.api();
      const fetchPage = (after: string | undefined) =>
        api.json("listBlocks", blockPage, { query: { after, limit: PAGE } });
      await sayList(cli, fetchPage, (rows) =>
        rows.length === 0
          ? ["There are no blocks."]
          : table(
              ["id", "platform", "version", "state", "until", "for", "because"],
              rows.map(({ id, platform, version, state, until, rule, reason }) => [
                id.slice(-8),
                platform,
                version,
                state,
                until,
                rule,
                reason,
              ]),
            ),
      );
    });
  examples(command, [["which releases are blocked, and why?", "catalog blocks"]]);
}

function addUnblock(catalog: Command, cli: Cli): void {
  const command = catalog
    .command("unblock")
    .argument("<id>", "the id of a block, or its end, as uptick catalog blocks shows it")
    .description("End a block. The next plan gives the release to the devices again; withdrawn jobs do not return.")
    .requiredOption("--why <text>", "why it ends")
    .action(async (id: string, { why }: { why: string }) => {
      const api = await cli.api();
      const said = await api.json("endBlock", blockSchema, { params: { id }, body: { reason: why } });
      cli.show(said, blockLine);
    });
  examples(command, [["Apple has mended the release", `catalog unblock 0000b10c --why "fixed by a new VPN client"`]]);
}

export function addBlockCommands(catalog: Command, cli: Cli): void {
  addBlock(catalog, cli);
  addBlocks(catalog, cli);
  addUnblock(catalog, cli);
}

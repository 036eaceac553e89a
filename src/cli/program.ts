/** The whole `uptick` command: options for all, one module for each group of commands. */
import { Command } from "commander";
import { addAccounts } from "./commands/accounts.ts";
import { addAdopt } from "./commands/adopt.ts";
import { addAudit } from "./commands/audit.ts";
import { addBehind } from "./commands/behind.ts";
import { addBlackouts } from "./commands/blackouts.ts";
import { addCatalog } from "./commands/catalog.ts";
import { addCompletion } from "./commands/completion.ts";
import { addDevices } from "./commands/devices.ts";
import { addEvents } from "./commands/events.ts";
import { addEnroll } from "./commands/enroll.ts";
import { addExclude } from "./commands/exclude.ts";
import { addHalt } from "./commands/pause.ts";
import { addPlans } from "./commands/plans.ts";
import { addRollouts } from "./commands/rollouts.ts";
import { addGroups } from "./commands/groups.ts";
import { addTagCommands } from "./commands/tags.ts";
import { addPolicies } from "./commands/policies.ts";
import { addRaw, addWithdraw } from "./commands/raw.ts";
import { addRefusals } from "./commands/refusals.ts";
import { addReport } from "./commands/report.ts";
import { addServer } from "./commands/server.ts";
import { addTokens } from "./commands/tokens.ts";
import { addWebhooks } from "./commands/webhooks.ts";
import { Cli, examples } from "./cli.ts";
import { DEFAULT_URL } from "./connect.ts";
import { addCsv } from "./csv-lists.ts";
import type { CliIo } from "./io.ts";

/** Throws CommanderError where commander alone would end the process. */
export function buildProgram(io: CliIo, extra: (program: Command) => void = () => undefined): Command {
  const program = new Command("uptick")
    .description("Update Apple devices to an OS version, and show the state of each device and its cause.")
    .version(io.version)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      getOutHelpWidth: () => io.size().columns,
      getErrHelpWidth: () => io.size().columns,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .showHelpAfterError("(add --help to a command to see its options and examples)")
    .option("--url <url>", `address of the server's admin API (UPTICK_URL; default: ${DEFAULT_URL})`)
    .option("--token-file <file>", "file that holds the admin token, - reads stdin (else: UPTICK_TOKEN)")
    .option("--json", "print the API's JSON, with terminal control characters escaped");
  const cli = new Cli(io, program);
  addDevices(program, cli);
  addBehind(program, cli);
  addAdopt(program, cli);
  addTagCommands(program, cli);
  addExclude(program, cli);
  addGroups(program, cli);
  addPlans(program, cli);
  addRollouts(program, cli);
  addHalt(program, cli);
  addBlackouts(program, cli);
  addPolicies(program, cli);
  addServer(program, cli);
  addTokens(program, cli);
  addAccounts(program, cli);
  addCatalog(program, cli);
  addAudit(program, cli);
  addReport(program, cli);
  addRefusals(program, cli);
  addEvents(program, cli);
  addWebhooks(program, cli);
  addEnroll(program, cli);
  addRaw(program, cli);
  addWithdraw(program, cli);
  addCompletion(program, cli);
  addCsv(program, { begin: () => cli.beginCsv(), end: () => cli.endCsv() });
  extra(program);
  return examples(program, [
    ["which devices are not up to date, and why?", "behind"],
    [
      "what would happen if every device got its newest minor version?",
      "update --to latest-minor --devices all --dry-run",
    ],
    ["update them, at night", "update --to latest-minor --devices all --window 22:00-05:00"],
    ["what is one device doing?", "device C02XXXXXXXXX"],
  ]);
}

/** The commands that are not the API's, as data: what help says of each, and how it is run. */
import { Option } from "commander";
import type { CliIo } from "../cli/index.ts";
import { settingOptions } from "../main/config/index.ts";

/** The world of such a command as the process has it. `serve` logs to the process whatever it is given. */
export type World = Pick<CliIo, "env" | "stdout" | "stderr">;

export interface OwnCommand {
  /** What is typed: ["serve"], ["token", "reset"]. */
  readonly words: readonly string[];
  /** What stands between its words and its options. */
  readonly arguments?: string;
  readonly description: string;
  /** What stands below the options in its help. */
  readonly after?: string;
  readonly options: readonly Option[];
  /** Loads what the command needs; gives the exit code. `argv`: what follows its words. */
  run(argv: readonly string[], world: World): Promise<number>;
}

const SETTINGS_ELSEWHERE =
  "\nEvery setting can also be an environment variable (UPTICK_ and its name) or a key in the file. See docs/configuration.md.\n";

const REHEARSE_EXAMPLES = `
Examples:
  # when would everyone have the release?
  $ uptick rehearse macs.yaml --inventory macs.csv --catalog apple.json
`;

export const OWN_COMMANDS: readonly OwnCommand[] = [
  {
    words: ["serve"],
    description: "Run the server. docs/configuration.md describes every setting.",
    after: SETTINGS_ELSEWHERE,
    options: [
      ...settingOptions(),
      new Option(
        "--rehearsal",
        "try everything: simulated devices, time that runs fast, and nothing is kept (see README.md)",
      ),
    ],
    run: async (argv, world) =>
      argv.includes("--rehearsal")
        ? (await import("../tryout/index.ts")).tryout(argv, world)
        : (await import("../main/index.ts")).serve({ argv, ...world }),
  },
  {
    words: ["token", "reset"],
    description:
      "Create an admin token on the server's machine while the server is stopped (servers on PostgreSQL may run). See docs/operations.md.",
    after: SETTINGS_ELSEWHERE,
    options: settingOptions(["dataDir", "database", "logLevel", "logFormat"]),
    run: async (argv, world) => (await import("../main/index.ts")).tokenReset({ argv, ...world }),
  },
  {
    words: ["account", "reset"],
    arguments: "[name]",
    description:
      "Create a link on the server's machine that sets the password of an account, while the server is stopped (servers on PostgreSQL may run). See docs/access.md.",
    after: SETTINGS_ELSEWHERE,
    options: settingOptions(["dataDir", "database", "webUrl", "webListen", "logLevel", "logFormat"]),
    run: async (argv, world) => (await import("../main/index.ts")).accountReset({ argv, ...world }),
  },
  {
    words: ["demo"],
    description: "Run a server with simulated devices, and show how they are updated.",
    options: [
      new Option("--count N", "number of devices (default: one of each kind)"),
      new Option("--seed S", "seed of the fleet (default 1)"),
      new Option("--report FILE", "write the result of every device, as JSON"),
    ],
    run: async (argv, world) => (await import("../demo/index.ts")).demo(argv, world),
  },
  {
    words: ["simulate"],
    description: "Enroll simulated devices at any MDM server and let them poll it. See docs/simulator.md.",
    options: [
      new Option("--profile FILE", "the enrollment profile, signed or not"),
      new Option("--server URL", "address of the server, instead of the host in the profile"),
      new Option("--count N", "number of devices, 1 to 10000 (default 1)"),
      new Option("--poll-every TIME", "time between polls of a device, which replace pushes (default 60s)"),
      new Option("--duration TIME", "how long to run, such as 10m (default: until Ctrl-C)"),
      new Option("--kinds A,B", "only these kinds of devices"),
      new Option("--seed S", "seed of the fleet (default 1)"),
      new Option("--clock-speed N", "run the devices' own time N times as fast (default 1)"),
      new Option("--trust FILE", "PEM file with CAs to trust in addition to those of the profile"),
      new Option("--apns-listen HOST:PORT", "start a fake APNs that the server can push through"),
      new Option("--apns-ca-out FILE", "write the fake APNs' root certificate, PEM"),
      new Option("--report FILE", "write the result of every device, as JSON"),
    ],
    run: async (argv, world) => (await import("../simulate/index.ts")).simulate(argv, world),
  },
  {
    words: ["rehearse"],
    arguments: "[plan.yaml]",
    description: "Play a standing plan ahead over the devices of a CSV file, without a server. See docs/plans.md.",
    after: REHEARSE_EXAMPLES,
    options: [
      new Option("--inventory FILE", "the devices, as CSV with a row of headers"),
      new Option("--catalog FILE", "Apple's list of releases, as for uptick catalog import"),
      new Option("--columns LIST", "headers, such as serial=Asset,model=Type (default: guessed)"),
      new Option("--days N", "how many days to play, 1 to 366 (default 30)"),
      new Option("--from DATE", "the day on which the plan is created (default: now)"),
      new Option("--seed S", "which devices behave how (default 1)"),
      new Option("--json", "all of the result as JSON, with every serial number"),
    ],
    run: async (argv, world) => (await import("../rehearse/index.ts")).rehearse(argv, world),
  },
];

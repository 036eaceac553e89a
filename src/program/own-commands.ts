/** The commands that are not the API's, as data: what help says of each, and how it is run. */
import { Option } from "commander";
import type { CliIo } from "../cli/index.ts";
import { settingOptions } from "../main/config/index.ts";

/** The world of such a command as the process has it. `serve` logs to the process whatever it is given. */
export type World = Pick<CliIo, "env" | "stdout" | "stderr">;

export interface OwnCommand {
  /** What is typed: ["serve"], ["token", "reset"]. */
  readonly words: readonly string[];
  readonly description: string;
  /** What stands below the options in its help. */
  readonly after?: string;
  readonly options: readonly Option[];
  /** Loads what the command needs; gives the exit code. `argv`: what follows its words. */
  run(argv: readonly string[], world: World): Promise<number>;
}

const SETTINGS_ELSEWHERE =
  "\nEvery setting can also be given as a variable (UPTICK_ and its name) or in the file: see docs/configuration.md.\n";

export const OWN_COMMANDS: readonly OwnCommand[] = [
  {
    words: ["serve"],
    description: "run the server; every setting is in docs/configuration.md",
    after: SETTINGS_ELSEWHERE,
    options: settingOptions(),
    run: async (argv, world) => (await import("../main/index.ts")).serve({ argv, ...world }),
  },
  {
    words: ["token", "reset"],
    description:
      "make an admin token on the server's own machine, while the server is stopped (servers on PostgreSQL may go on running); see docs/operations.md",
    after: SETTINGS_ELSEWHERE,
    options: settingOptions(["dataDir", "database", "logLevel", "logFormat"]),
    run: async (argv, world) => (await import("../main/index.ts")).tokenReset({ argv, ...world }),
  },
  {
    words: ["demo"],
    description: "run a server with a fleet of simulated devices and update them while you watch",
    options: [
      new Option("--count N", "devices (default: one of each kind)"),
      new Option("--seed S", "seed of the fleet (default 1)"),
      new Option("--report FILE", "write what became of every device"),
    ],
    run: async (argv, world) => (await import("../demo/index.ts")).demo(argv, world),
  },
  {
    words: ["simulate"],
    description: "let simulated devices enroll at any MDM server and live there; see docs/simulator.md",
    options: [
      new Option("--profile FILE", "the enrollment profile, signed or not"),
      new Option("--server URL", "where the server is, in place of the host in the profile"),
      new Option("--count N", "devices, 1 to 10000 (default 1)"),
      new Option("--poll-every TIME", "how often each polls, in place of pushes (default 60s)"),
      new Option("--duration TIME", "how long, such as 10m (default: until Ctrl-C)"),
      new Option("--kinds A,B", "only these kinds of devices"),
      new Option("--seed S", "seed of the fleet (default 1)"),
      new Option("--clock-speed N", "let the devices' own time run N times as fast (default 1)"),
      new Option("--trust FILE", "authorities to trust other than those of the profile, PEM"),
      new Option("--apns-listen HOST:PORT", "start a fake APNs that the server can push through"),
      new Option("--apns-ca-out FILE", "write the fake APNs' root certificate, PEM"),
      new Option("--report FILE", "write what happened to every device, JSON"),
    ],
    run: async (argv, world) => (await import("../simulate/index.ts")).simulate(argv, world),
  },
];

/** The `uptick` command: the REST commands of `cli`, and those that run a server, loaded only when they are asked for. */
import type { Command } from "commander";
import { type CliIo, errorText, exitCodeOf, processIo, runCli } from "../cli/index.ts";

/** The world of a command as the process has it. `serve` logs to the process whatever it is given. */
type Given = Pick<CliIo, "env" | "stdout" | "stderr">;

/** Gives the exit code. `io`: another world than the process's, for tests. */
export async function main(argv: readonly string[], io?: CliIo): Promise<number> {
  const { env, stdout, stderr }: Given = io ?? process;
  const sayOnStderr = (error: unknown): void => void stderr.write(`${errorText(error)}\n`);
  const told = (work: () => Promise<number>): Promise<number> =>
    work().catch((error: unknown) => {
      sayOnStderr(error);
      return exitCodeOf(error);
    });
  const [command, ...rest] = argv;
  const asksHelp = rest.includes("--help") || rest.includes("-h");
  if (command === "serve" && !asksHelp) {
    const { serve } = await import("./serve.ts");
    return told(() => serve({ argv: rest, env, stdout, stderr }));
  }
  if (command === "token" && rest[0] === "reset" && !asksHelp) {
    const { tokenReset } = await import("./token-reset.ts");
    return told(() => tokenReset({ argv: rest.slice(1), env, stdout, stderr }));
  }
  if (command === "demo" && !asksHelp) {
    const { demo } = await import("./demo/demo.ts");
    return told(() => demo(rest, { stdout, env }));
  }
  if (command === "simulate" && !asksHelp) {
    const { simulate } = await import("./simulate/simulate.ts");
    return told(() => simulate(rest, { stdout }));
  }
  return runCli(io ?? processIo(argv, sayOnStderr), addOwnCommands);
}

/**
 * The commands that are not the API's: here they have their help, and `main` runs them without the program. One that comes
 * to be run here has an option of the program before it, which it would not have seen.
 */
export function addOwnCommands(program: Command): void {
  const add = (parent: Command, name: string, description: string): Command => {
    const command = parent.command(name).description(description).allowUnknownOption().allowExcessArguments();
    const line = parent === program ? name : `${parent.name()} ${name}`;
    return command.action(() => command.error(`error: no option may stand before it: uptick ${line} ...`));
  };
  add(program, "serve", "run the server; every setting is in docs/configuration.md");
  const token = program.commands.find((group) => group.name() === "token") ?? program;
  add(
    token,
    "reset",
    "make an admin token on the server's own machine, while the server is stopped; see docs/operations.md",
  )
    .option("--data-dir DIR", "the server's data directory (default ./uptick-data)")
    .option("--database URL", "its PostgreSQL database; servers may go on running");
  add(program, "demo", "run a server with a fleet of simulated devices and update them before your eyes")
    .option("--count N", "devices (default: one of each kind)")
    .option("--seed S", "seed of the fleet (default 1)")
    .option("--report FILE", "write what became of every device");
  add(program, "simulate", "let simulated devices enroll at any MDM server and live there; see docs/simulator.md")
    .option("--profile FILE", "the enrollment profile, signed or not")
    .option("--server URL", "where the server is, in place of the host in the profile")
    .option("--count N", "devices, 1 to 10000 (default 1)")
    .option("--poll-every TIME", "how often each polls, in place of pushes (default 60s)")
    .option("--duration TIME", "how long, such as 10m (default: until Ctrl-C)")
    .option("--kinds A,B", "only these kinds of devices")
    .option("--seed S", "seed of the fleet (default 1)")
    .option("--clock-speed N", "let the devices' own time run N times as fast (default 1)")
    .option("--trust FILE", "authorities to trust besides those of the profile, PEM")
    .option("--apns-listen HOST:PORT", "start a fake APNs that the server can push through")
    .option("--apns-ca-out FILE", "write the fake APNs' root certificate, PEM")
    .option("--report FILE", "write what happened to every device, JSON");
}

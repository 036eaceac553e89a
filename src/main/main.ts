/** The `uptick` command: the REST commands of `cli`, and those that run a server, loaded only when they are asked for. */
import { errorText, processIo, runCli } from "../cli/index.ts";
import { isUptickError } from "../errors/index.ts";

/** Gives the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const [command, ...rest] = argv;
  const asksHelp = rest.includes("--help") || rest.includes("-h");
  if (command === "serve" && !asksHelp) {
    const { serve } = await import("./serve.ts");
    return told(() => serve({ argv: rest, env: process.env, stdout: process.stdout, stderr: process.stderr }));
  }
  if (command === "token" && rest[0] === "reset" && !asksHelp) {
    const { tokenReset } = await import("./token-reset.ts");
    return told(() =>
      tokenReset({ argv: rest.slice(1), env: process.env, stdout: process.stdout, stderr: process.stderr }),
    );
  }
  if (command === "demo" && !asksHelp) {
    const { demo } = await import("./demo/demo.ts");
    return told(() => demo(rest, { stdout: process.stdout, env: process.env }));
  }
  if (command === "simulate" && !asksHelp) {
    const { simulate } = await import("./simulate/simulate.ts");
    return told(() => simulate(rest, { stdout: process.stdout }));
  }
  return runCli(processIo(argv, sayOnStderr), (program) => {
    program
      .command("serve")
      .description("run the server; every setting is in docs/configuration.md")
      .allowUnknownOption();
    program.commands
      .find((group) => group.name() === "token")
      ?.command("reset")
      .description(
        "make an admin token on the server's own machine, while the server is stopped; see docs/operations.md",
      )
      .option("--data-dir DIR", "the server's data directory (default ./uptick-data)")
      .option("--database URL", "its PostgreSQL database; servers may go on running")
      .allowUnknownOption();
    program
      .command("demo")
      .description("run a server with a fleet of simulated devices and update them before your eyes")
      .option("--count N", "devices (default 12)")
      .option("--seed S", "seed of the fleet (default 1)")
      .option("--report FILE", "write what became of every device");
    program
      .command("simulate")
      .description("let simulated devices enrol at any MDM server and live there; see docs/simulator.md")
      .option("--profile FILE", "the enrolment profile, signed or not")
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
  });
}

async function told(work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    sayOnStderr(error);
    return isUptickError(error) && error.code === "usage-invalid" ? 2 : 1;
  }
}

function sayOnStderr(error: unknown): void {
  process.stderr.write(`${errorText(error)}\n`);
}

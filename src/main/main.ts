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
  if (command === "demo" && !asksHelp) {
    const { demo } = await import("./demo/demo.ts");
    return told(() => demo(rest, { stdout: process.stdout, env: process.env }));
  }
  return runCli(processIo(argv), (program) => {
    program
      .command("serve")
      .description("run the server; every setting is in docs/configuration.md")
      .allowUnknownOption();
    program
      .command("demo")
      .description("run a server with a fleet of simulated devices and update them before your eyes")
      .option("--count N", "devices (default 12)")
      .option("--seed S", "seed of the fleet (default 1)")
      .option("--report FILE", "write what became of every device");
  });
}

async function told(work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    process.stderr.write(`${errorText(error)}\n`);
    return isUptickError(error) && error.code === "usage-invalid" ? 2 : 1;
  }
}

/** `uptick serve`: runs the server until it is told to stop. */
import { readFileSync } from "node:fs";
import { OWN_TLS } from "../cli/index.ts";
import { type Config, loadConfig } from "./config/index.ts";
import { createLogger, lastingStdout } from "./log.ts";
import { type RunningServer, startServer, type StartOptions } from "./start-server.ts";

export interface ServeIo {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** `given`: what only tests give. */
export async function serve(io: ServeIo, given: Pick<StartOptions, "clock"> = {}): Promise<number> {
  const config = loadConfig({ argv: io.argv, env: io.env, readFile: (path) => readFileSync(path, "utf8") });
  const log = createLogger({ level: config.logLevel, format: config.logFormat, destination: lastingStdout() });
  // What is said there is for people, and no reason to end when nobody can be told.
  process.stderr.on("error", () => undefined);
  const ended = Promise.withResolvers<number>();
  const server = await startServer({
    config,
    env: io.env,
    log,
    ...given,
    showFirstToken(token) {
      say(io, "First start: the CA, the data key and the first admin token have been made.");
      say(io, `Admin token, shown only this once: ${token}`);
    },
    showSetup(link) {
      say(io, "There is no account yet. This link makes the first admin account, once, within 24 hours:");
      say(io, link);
    },
    onFatal(error) {
      log.error("store-ended", { error });
      ended.resolve(1);
    },
  });
  const stop = (signal: string): void => {
    log.info("stopping", { signal });
    ended.resolve(0);
  };
  // Before anyone is told that it runs: whoever has read that may end it at once.
  process.once("SIGTERM", () => stop("SIGTERM"));
  process.once("SIGINT", () => stop("SIGINT"));
  await greet(io, config, server);
  log.info("serving", { device: server.device, web: server.web });
  const code = await ended.promise;
  await server.stop();
  log.info("stopped");
  return code;
}

const say = ({ stderr }: ServeIo, text: string): void => void stderr.write(`${text}\n`);

/** What a person must know at the start; it goes to stderr, so that the log on stdout stays machine-readable. */
async function greet(io: ServeIo, config: Config, server: RunningServer): Promise<void> {
  if (server.firstToken !== undefined) {
    say(io, `Use it with: export UPTICK_TOKEN=... UPTICK_URL=http://${config.webListen.host}:${server.web.port}`);
  }
  const { missing, ownTls } = await server.admin.server.status();
  if (missing.length > 0) {
    say(io, "Real devices can't enroll yet. Still needed:");
    for (const { what, remedy: how } of missing) say(io, `  - ${what}: ${how}`);
  }
  if (ownTls) for (const line of OWN_TLS) say(io, line);
  say(io, `MDM endpoint: https://${config.deviceListen.host}:${server.device.port}`);
  if (server.metrics !== undefined)
    say(io, `Metrics:      http://${server.metrics.host}:${server.metrics.port}/metrics`);
  say(io, `Admin API:    http://${config.webListen.host}:${server.web.port}`);
}

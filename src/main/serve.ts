/** `uptick serve`: runs the server until it is told to stop. */
import { readFileSync } from "node:fs";
import { type Config, loadConfig } from "./config/index.ts";
import { createLogger } from "./log.ts";
import { type RunningServer, startServer } from "./start-server.ts";

export interface ServeIo {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

export async function serve(io: ServeIo): Promise<number> {
  const config = loadConfig({ argv: io.argv, env: io.env, readFile: (path) => readFileSync(path, "utf8") });
  const log = createLogger({ level: config.logLevel, format: config.logFormat });
  const ended = Promise.withResolvers<number>();
  const server = await startServer({
    config,
    env: io.env,
    log,
    onFatal(error) {
      log.error("store-ended", { error });
      ended.resolve(1);
    },
  });
  await greet(io, config, server);
  log.info("serving", { device: server.device, web: server.web });
  const stop = (signal: string): void => {
    log.info("stopping", { signal });
    ended.resolve(0);
  };
  process.once("SIGTERM", () => stop("SIGTERM"));
  process.once("SIGINT", () => stop("SIGINT"));
  const code = await ended.promise;
  await server.stop();
  log.info("stopped");
  return code;
}

/** What a person must know at the start; it goes to stderr, so that the log on stdout stays machine-readable. */
async function greet(io: ServeIo, config: Config, server: RunningServer): Promise<void> {
  const say = (text: string): void => void io.stderr.write(`${text}\n`);
  if (server.firstToken !== undefined) {
    say("First start: the CA, the data key and the first admin token have been made.");
    say(`Admin token, shown only this once: ${server.firstToken}`);
    say(`Use it with: export UPTICK_TOKEN=... UPTICK_URL=http://${config.webListen.host}:${server.web.port}`);
  }
  const { missing } = await server.admin.status();
  if (missing.length > 0) {
    say("Real devices can't enrol yet. Still needed:");
    for (const { what, how } of missing) say(`  - ${what}: ${how}`);
  }
  if (config.tlsCert === undefined && config.publicUrl !== undefined) {
    say("TLS: our own CA signs the certificate of the device face, and enrolment profiles carry that CA.");
  }
  say(`Device face: https://${config.deviceListen.host}:${server.device.port}`);
  say(`Web face:    http://${config.webListen.host}:${server.web.port}`);
}

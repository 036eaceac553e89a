/** The CLI in a test: its world made of given data, and a real admin API in front of a fake service. */
import { fakeApi } from "../http/admin/fake-api.suite.ts";
import { NOW, TOKEN } from "../http/admin/fake-rows.suite.ts";
import type { Changes } from "../http/admin/fake-service.suite.ts";
import { type CliIo, runCli } from "./index.ts";

export async function serve(changes: Changes = {}) {
  const { app, calls } = fakeApi(changes);
  return { url: await app.listen({ host: "127.0.0.1", port: 0 }), calls, close: () => app.close() };
}

export interface World {
  readonly io: CliIo;
  out(): string;
  err(): string;
  readonly written: Map<string, Buffer>;
  readonly slept: number[];
}

export function world(
  argv: readonly string[],
  changes: Partial<CliIo> & { files?: Record<string, string> } = {},
): World {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const written = new Map<string, Buffer>();
  const slept: number[] = [];
  const { files = {}, ...rest } = changes;
  const io: CliIo = {
    argv,
    env: { UPTICK_TOKEN: TOKEN },
    version: "1.2.3",
    stdout: { write: (data) => out.push(Buffer.from(data)) },
    stderr: { write: (data) => err.push(Buffer.from(data)) },
    fetch,
    isTty: false,
    hasColours: false,
    size: () => ({ columns: 100, rows: 24 }),
    readFile: async (path) => {
      const text = files[path];
      if (text === undefined) throw Object.assign(new Error("no such file"), { code: "ENOENT" });
      return Buffer.from(text);
    },
    modifiedAt: async () => NOW - 86_400_000,
    writeFile: async (path, bytes) => void written.set(path, Buffer.from(bytes)),
    readStdin: async () => Buffer.from(files["-"] ?? ""),
    now: () => NOW,
    zone: () => "UTC",
    sleep: async (ms) => void slept.push(ms),
    ...rest,
  };
  return {
    io,
    out: () => Buffer.concat(out).toString(),
    err: () => Buffer.concat(err).toString(),
    written,
    slept,
  };
}

/** Runs one command against a fresh server. */
export async function run(
  argv: readonly string[],
  service: Changes = {},
  changes: Partial<CliIo> & { files?: Record<string, string> } = {},
) {
  const server = await serve(service);
  const made = world([...argv, "--url", server.url], changes);
  const code = await runCli(made.io);
  const asked = server.calls.filter(({ method }) => method !== "server.authenticate");
  return { ...made, code, out: made.out(), err: made.err(), asked };
}

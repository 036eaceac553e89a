/**
 * Runs once before all tests: whoever of them asks for it gets the run's one PostgreSQL, started when the first of them asks.
 * Each asks over a socket in a folder of the run and is told where the server is.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startPostgres, type TestPostgres } from "./postgres.ts";

declare module "vitest" {
  export interface ProvidedContext {
    readonly postgresSocket: string;
  }
}

/** What is answered: the URL of the superuser's database, or why there is none. */
export type WherePostgres = { readonly url: string } | { readonly failed: string };

export default async function onePostgres(project: TestProject): Promise<() => Promise<void>> {
  const directory = mkdtempSync(join(tmpdir(), "uptick-run-postgres-"));
  const path = join(directory, "ask");
  let postgres: Promise<TestPostgres> | undefined;
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    postgres ??= startPostgres();
    const answer = (where: WherePostgres): void => void socket.end(JSON.stringify(where));
    postgres.then(({ url }) => answer({ url })).catch((error: unknown) => answer({ failed: String(error) }));
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  project.provide("postgresSocket", path);
  return async () => {
    server.close();
    const started = await postgres?.catch(() => undefined);
    await started?.stop();
    rmSync(directory, { recursive: true, force: true });
  };
}

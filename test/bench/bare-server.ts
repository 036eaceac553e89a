/** The bare node:https server as a process. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export interface BareServer {
  readonly pid: number;
  readonly port: number;
  /** Root of its certificate, PEM. */
  readonly ca: string;
  stop(): void;
}

export async function bareServer(): Promise<BareServer> {
  const child = spawn(process.execPath, [fileURLToPath(new URL("./bare-worker.ts", import.meta.url))], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [said] = (await once(child.stdout, "data")) as [Buffer];
  const { port, ca } = JSON.parse(said.toString()) as { port: number; ca: string };
  return { pid: child.pid ?? 0, port, ca, stop: () => void child.kill() };
}

/** The processes that the server is compared with: a bare node:https server, and the bare loop. */
import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type Connection, openConnection } from "../connection.ts";
import type { LoopLap, LoopTask } from "./loop.ts";

export interface BareServer {
  readonly pid: number;
  connect(count: number): Promise<readonly Connection[]>;
  stop(): void;
}

export async function bareServer(): Promise<BareServer> {
  const child = spawn(process.execPath, [fileURLToPath(new URL("../bare-server.ts", import.meta.url))], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [said] = (await once(child.stdout, "data")) as [Buffer];
  const { port, ca } = JSON.parse(said.toString()) as { port: number; ca: string };
  return {
    pid: child.pid ?? 0,
    connect: (count) => Promise.all(Array.from({ length: count }, () => openConnection({ port, ca }))),
    stop: () => void child.kill(),
  };
}

export interface BareLoop {
  readonly pid: number;
  lap(parts: "all" | "writes"): Promise<LoopLap>;
  stop(): void;
}

export function bareLoop(task: LoopTask): BareLoop {
  const child: ChildProcess = fork(fileURLToPath(new URL("./loop.ts", import.meta.url)), [JSON.stringify(task)]);
  const ended = once(child, "exit").then(() => {
    throw new Error("the bare loop ended");
  });
  ended.catch(() => undefined);
  return {
    pid: child.pid ?? 0,
    async lap(parts) {
      child.send(parts);
      const [lap] = (await Promise.race([once(child, "message"), ended])) as [LoopLap];
      return lap;
    },
    stop: () => child.disconnect(),
  };
}

/** The bare loop as a process. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { LoopLap, LoopTask } from "./loop.ts";

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

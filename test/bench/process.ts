/** What processes of this machine have used so far, as Linux counts it. */
import { readdirSync, readFileSync } from "node:fs";

/** Clock ticks a second: the same on every Linux that Node runs on. */
const TICKS = 100;

/** CPU seconds of all threads of one process or several, in user and in system mode; NaN of none. */
export function cpuSeconds(pids: number | readonly number[] | undefined): number {
  if (pids === undefined) return Number.NaN;
  return [pids].flat().reduce((sum, pid) => sum + ofProcess(pid), 0);
}

function ofProcess(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

export interface Thread {
  readonly id: number;
  /** As Node names it: "MainThread", "WorkerThread", "V8Worker", … */
  readonly name: string;
  readonly cpuSeconds: number;
}

/** The threads of a process and the time each has run, to the nanosecond: a tick is too coarse for one of them. */
export function threadsOf(pid: number): readonly Thread[] {
  return readdirSync(`/proc/${pid}/task`).map((id) => {
    const folder = `/proc/${pid}/task/${id}`;
    const [ran] = readFileSync(`${folder}/schedstat`, "utf8").split(" ");
    return { id: Number(id), name: readFileSync(`${folder}/comm`, "utf8").trim(), cpuSeconds: Number(ran) / 1e9 };
  });
}

/** CPU seconds that the whole machine has worked: neither idle nor waiting for a disk. */
function machineSeconds(): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = (
    readFileSync("/proc/stat", "utf8").split("\n")[0] ?? ""
  )
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + softirq) / TICKS;
}

/** Resident memory in MiB: now, and at its highest. */
export function memoryMib(pid: number): { readonly now: number; readonly peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const kib = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0);
  return { now: Math.round(kib("VmRSS") / 1024), peak: Math.round(kib("VmHWM") / 1024) };
}

/** Tells, when it is asked, what all other processes than these have used since: what disturbs a measurement. */
export function foreignCpu(pids: () => readonly number[]): () => string {
  const [began, machine, own] = [performance.now(), machineSeconds(), cpuSeconds(pids())];
  return () => {
    const seconds = (performance.now() - began) / 1000;
    const others = machineSeconds() - machine - (cpuSeconds(pids()) - own);
    return `Other processes used ${(others / seconds).toFixed(2)} cores meanwhile.`;
  };
}

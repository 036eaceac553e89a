/** The highest memory of this process while something is done: of the heap of its main thread, and of all of it. */
import { writeFileSync } from "node:fs";
import { getHeapStatistics } from "node:v8";
import { memoryMib } from "../process.ts";

export interface Peak {
  /** MiB in use on the heap of the main thread, as often as it was looked at. */
  readonly heap: number;
  /** MiB resident, threads included. */
  readonly rss: number;
}

/** How often it looks (ms). */
const LOOK = 20;
const MIB = 1024 * 1024;

export async function peakOf(work: () => Promise<void>): Promise<Peak> {
  // Forgets how high it was before: see clear_refs in proc(5).
  writeFileSync(`/proc/${process.pid}/clear_refs`, "5");
  let heap = 0;
  const look = (): void => void (heap = Math.max(heap, getHeapStatistics().used_heap_size));
  const timer = setInterval(look, LOOK);
  look();
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  look();
  return { heap: Math.round(heap / MIB), rss: memoryMib(process.pid).peak };
}

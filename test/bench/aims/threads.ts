/** Which threads of the server have worked. */
import type { Thread } from "../process.ts";

/** CPU seconds. */
export interface Spent {
  readonly main: number;
  readonly writer: number;
  /** V8's own threads: they compile and collect. */
  readonly v8: number;
  readonly other: number;
}

/** Of the store's threads the writer is the one that works; the other reads for admins. */
export function spent(pid: number, before: readonly Thread[], after: readonly Thread[]): Spent {
  const used = after.map(({ id, name, cpuSeconds }) => {
    const earlier = before.find((thread) => thread.id === id)?.cpuSeconds ?? 0;
    return { id, name, seconds: cpuSeconds - earlier };
  });
  const of = (which: (thread: (typeof used)[number]) => boolean): readonly number[] =>
    used.filter(which).map(({ seconds }) => seconds);
  const main = sum(of(({ id }) => id === pid));
  const writer = Math.max(0, ...of(({ name }) => name === "WorkerThread"));
  const v8 = sum(of(({ name }) => name === "V8Worker"));
  return { main, writer, v8, other: Math.max(0, sum(of(() => true)) - main - writer - v8) };
}

export const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

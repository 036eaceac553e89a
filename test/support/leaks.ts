/** What keeps this process awake: counted before a server starts and after it has ended. */
import { setImmediate } from "node:timers/promises";

/** Real ms that closing handles are given: they end on later turns of the event loop. */
const PATIENCE = 30_000;
const OURS = /^(TCPServerWrap|TCPSocketWrap|TLSWrap|HTTP2Session|Worker|MessagePort|Timeout|Immediate|ProcessWrap)$/i;

export type Handles = Readonly<Record<string, number>>;

/** Open handles by kind. Timers of the test runner itself are counted too: compare with a count taken before. */
export function openHandles(): Handles {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) if (OURS.test(kind)) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** Kinds of which there are more now than `before`, once what is closing has had its time. */
export async function leaksSince(before: Handles, patience = PATIENCE): Promise<string[]> {
  const until = Date.now() + patience;
  for (;;) {
    const now = openHandles();
    const more = Object.entries(now).filter(([kind, count]) => count > (before[kind] ?? 0));
    if (more.length === 0) return [];
    if (Date.now() > until) return more.map(([kind, count]) => `${count - (before[kind] ?? 0)} ${kind}`);
    await setImmediate();
  }
}

/** Whether a run in real processes comes on: it may take any time, but its own time must move. */
import type { Clock, SimRecord, VirtualTime } from "../../simulator/index.ts";

/** A run whose time stands still for so long (real ms) is stuck, however busy the machine is. */
const STUCK = 120_000;

export interface Progress {
  /** The time as devices have it: what they ask is counted. */
  readonly clock: Clock;
  /** Resolves once devices have begun so many more requests, or when the signal aborts. */
  after(requests: number, signal: AbortSignal): Promise<void>;
  /** Rejects when the run is stuck, and says what everybody waits for. */
  readonly stuck: Promise<never>;
  stop(): void;
}

/** `awaited`: how many processes have to say whether they are at rest. */
export function watchProgress(time: VirtualTime, records: () => readonly SimRecord[], awaited: () => number): Progress {
  const stuck = Promise.withResolvers<never>();
  // Whoever waits for it hears of it.
  stuck.promise.catch(() => undefined);
  let [begun, ended] = [0, 0];
  let seen = { time: time.now(), at: performance.now() };
  let target: { readonly at: number; readonly reached: () => void } | undefined;

  const look = setInterval(() => {
    if (time.now() !== seen.time) seen = { time: time.now(), at: performance.now() };
    if (performance.now() - seen.at < STUCK) return;
    const devices = records().map(({ kind, events }) => `  ${kind}: ${JSON.stringify(events.at(-1)) ?? "nothing yet"}`);
    const asked = `${begun} requests, ${begun - ended} of them under way; ${awaited()} processes not at rest`;
    const now = new Date(time.now()).toISOString();
    stuck.reject(new Error(`It has been ${now} for ${STUCK} ms; ${asked}.\n${devices.join("\n")}`));
  }, 1000);

  return {
    clock: {
      now: () => time.now(),
      sleep: (ms, signal) => time.sleep(ms, signal),
      hold() {
        begun += 1;
        if (begun >= (target?.at ?? Infinity)) target?.reached();
        const release = time.hold();
        return () => {
          ended += 1;
          release();
        };
      },
    },
    after: (requests, signal) =>
      new Promise((resolve) => {
        target = { at: begun + requests, reached: resolve };
        signal.addEventListener("abort", () => resolve(), { once: true });
      }),
    stuck: stuck.promise,
    stop: () => clearInterval(look),
  };
}

/** The clock that plans, jobs and queue use: the real one, or one that runs faster for demos and tests. */
export interface Clock {
  /** Integer ms UTC. */
  now(): number;
  /** Resolves after `ms` of this clock. @throws the signal's reason when it is aborted before. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Which clock: "real", or virtual time that was `virtualStart` at the real moment `realStart` and runs `speed` times as fast. */
export type ClockSpec = "real" | ScaledClock;
export interface ScaledClock {
  /** Integer ms UTC. */
  readonly virtualStart: number;
  /** Integer ms UTC. */
  readonly realStart: number;
  readonly speed: number;
}

// Node fires a longer timer at once.
const LONGEST_TIMER = 2 ** 31 - 1;

function sleepOneTimer(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      // The caller chose the reason; an AbortController without one gives an AbortError.
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", abort, { once: true });
  });
}

async function sleepReally(ms: number, signal: AbortSignal | undefined): Promise<void> {
  let left = Math.max(0, ms);
  do {
    signal?.throwIfAborted();
    const part = Math.min(left, LONGEST_TIMER);
    await sleepOneTimer(part, signal);
    left -= part;
  } while (left > 0);
}

export const systemClock: Clock = { now: () => Date.now(), sleep: sleepReally };

/** Several processes given the same three numbers share one virtual time. `realNow`: real time, ms UTC. */
export function scaledClock(
  { virtualStart, realStart, speed }: ScaledClock,
  realNow = (): number => Date.now(),
): Clock {
  return {
    now: () => Math.floor(virtualStart + (realNow() - realStart) * speed),
    sleep: (ms, signal) => sleepReally(ms / speed, signal),
  };
}

/** `realNow`: where real time comes from; the system clock unless another is given. */
export function createClock(spec: ClockSpec, realNow?: () => number): Clock {
  if (spec === "real") return realNow === undefined ? systemClock : { ...systemClock, now: realNow };
  return scaledClock(spec, realNow);
}

/** Reads "real" or "scaled:VIRTUALSTART:REALSTART:SPEED"; undefined when it is neither. */
export function parseClockSpec(text: string): ClockSpec | undefined {
  if (text === "real") return "real";
  const match = /^scaled:(\d+):(\d+):(\d+(?:\.\d+)?)$/.exec(text);
  if (match === null) return undefined;
  const [virtualStart, realStart, speed] = match.slice(1).map(Number) as [number, number, number];
  const fits = Number.isSafeInteger(virtualStart) && Number.isSafeInteger(realStart) && speed > 0;
  return fits ? { virtualStart, realStart, speed } : undefined;
}

/** The text that `parseClockSpec` reads. */
export function formatClockSpec(spec: ClockSpec): string {
  return spec === "real" ? "real" : `scaled:${spec.virtualStart}:${spec.realStart}:${spec.speed}`;
}

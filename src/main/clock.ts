/** The clock that plans, jobs and queue use: the real one, or one that runs faster for tests. */
export interface Clock {
  /** Integer ms UTC. */
  now(): number;
  /** Resolves when this clock says `at` (ms) or later, or as soon as the signal is aborted. `at` may be Infinity. */
  until(at: number, signal: AbortSignal): Promise<void>;
}

/** Real time: what has to be waited for between two moments is waited for whatever the clock is set to meanwhile. */
export interface RealClock extends Clock {
  /** Resolves after `ms`, or as soon as the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
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

/**
 * The longest real wait before the time is looked at again (ms): a clock that was set forward, or a machine that slept, must not
 * make what is due wait for as long again.
 */
const LOOK_AGAIN = 250;

/** Resolves after `ms` of real time, or when the signal is aborted. */
function rest(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end, { once: true });
  });
}

/** `speed`: ms of this clock in one of real time. */
function clockOf(now: () => number, speed: number): Clock {
  return {
    now,
    async until(at, signal) {
      for (let left = at - now(); left > 0 && !signal.aborted; left = at - now())
        await rest(Math.min(Math.ceil(left / speed), LOOK_AGAIN), signal);
    },
  };
}

/** `now`: the time that is believed, ms UTC. */
export const realClock = (now: () => number): RealClock => ({ ...clockOf(now, 1), sleep: rest });

/** Several processes given the same three numbers share one virtual time. `realNow`: real time, ms UTC. */
export function scaledClock(
  { virtualStart, realStart, speed }: ScaledClock,
  realNow = (): number => Date.now(),
): Clock {
  return clockOf(() => Math.floor(virtualStart + (realNow() - realStart) * speed), speed);
}

/** `realNow`: real time, ms UTC. */
export function createClock(spec: ClockSpec, realNow: () => number): Clock {
  return spec === "real" ? clockOf(realNow, 1) : scaledClock(spec, realNow);
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

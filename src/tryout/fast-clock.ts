/** The time of a rehearsal: it runs fast, and the server and its devices share it. */
import { scaledClock } from "../../simulator/index.ts";
import type { Clock } from "../main/index.ts";

/** A Tuesday in August 2026: the releases of the sample catalog are new. Evening in Asia, morning in America. */
const START = Date.UTC(2026, 7, 25, 12);

/** An hour passes in a minute: an update takes minutes, and a night some ten. */
export const SPEED = 60;

/** Longest real wait until the server looks at the time again (ms). */
const LOOK_AGAIN = 250;

export interface FastClock {
  readonly devices: ReturnType<typeof scaledClock>;
  readonly server: Clock;
}

export function fastClock(): FastClock {
  const devices = scaledClock({ start: START, factor: SPEED });
  return {
    devices,
    server: {
      now: () => devices.now(),
      async until(at, signal) {
        for (let left = at - devices.now(); left > 0 && !signal.aborted; left = at - devices.now())
          await devices.sleep(Math.min(left, LOOK_AGAIN * SPEED), signal);
      },
    },
  };
}

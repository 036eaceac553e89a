import { random } from "./random.ts";

/** How a fleet behaves that no push reaches, or that is too large to do everything at once. */
export interface Pace {
  /** Virtual ms from one poll of a device to its next, more or less; a server that is away is tried as often. */
  readonly pollEvery: number;
  /** How many devices enroll at the same time: each makes a key and a SCEP exchange. */
  readonly enrolAtOnce: number;
}

/** One device's beats: the first anywhere within one interval, so that devices that enrolled together drift apart. */
export function beatsOf(pace: Pace, seed: string): () => number {
  const dice = random(seed);
  let first = true;
  return () => {
    const share = first ? dice.next() : dice.between(0.9, 1.1);
    first = false;
    return share * pace.pollEvery;
  };
}

/** Lets in as many as there are places; the others wait in line. */
export interface Gate {
  /** Resolves with the function that gives the place back. */
  enter(): Promise<() => void>;
}

export function createGate(places: number): Gate {
  let free = places;
  const line: (() => void)[] = [];
  const leave = (): void => {
    const next = line.shift();
    if (next === undefined) free += 1;
    else next();
  };
  return {
    async enter() {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => line.push(resolve));
      let inside = true;
      return () => {
        if (inside) leave();
        inside = false;
      };
    },
  };
}

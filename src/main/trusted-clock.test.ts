import { describe, expect, it } from "vitest";
import {
  AWAY,
  BELIEVED_AFTER,
  createTrustedClock,
  look,
  type Reading,
  startState,
  STEP,
  trusted,
} from "./trusted-clock.ts";

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const T = Date.UTC(2026, 10, 27, 12);

/** [system clock after T, monotonic clock] of each look, and then what is believed (after T) and whether it is suspect. */
interface Case {
  readonly title: string;
  /** Moment recorded before the start, against T. */
  readonly recorded?: number;
  readonly looks: readonly (readonly [wall: number, mono: number])[];
  readonly believed: number;
  readonly suspect: boolean;
}

const CASES: readonly Case[] = [
  { title: "a first start", looks: [[0, 0]], believed: 0, suspect: false },
  { title: "a start 30 days after exactly", recorded: -30 * DAY, looks: [[0, 0]], believed: 0, suspect: false },
  {
    title: "a step forward of more than an hour after a start an hour exactly before the last moment",
    recorded: STEP,
    looks: [
      [0, 0],
      [STEP + 11, 10],
    ],
    believed: 10,
    suspect: true,
  },
  {
    title: "a step back of two hours, and forward again to an hour beyond",
    looks: [
      [0, 0],
      [-2 * HOUR, 0],
      [STEP, 0],
    ],
    believed: STEP,
    suspect: false,
  },
  {
    title: "a step back of two hours, and forward again to more than an hour beyond",
    looks: [
      [0, 0],
      [-2 * HOUR, 0],
      [STEP + 1, 0],
    ],
    believed: -2 * HOUR,
    suspect: true,
  },
  {
    title: "a step back of an hour exactly, which is none, and forward again by more",
    looks: [
      [0, 0],
      [-STEP, 0],
      [1, 0],
    ],
    believed: -STEP,
    suspect: true,
  },
  {
    title: "a clock that goes on",
    looks: [
      [0, 0],
      [5 * DAY, 5 * DAY],
    ],
    believed: 5 * DAY,
    suspect: false,
  },
  {
    title: "a step of an hour exactly",
    looks: [
      [0, 0],
      [MINUTE + STEP, MINUTE],
    ],
    believed: MINUTE + HOUR,
    suspect: false,
  },
  {
    title: "a step of an hour and a ms",
    looks: [
      [0, 0],
      [MINUTE + STEP + 1, MINUTE],
    ],
    believed: MINUTE,
    suspect: true,
  },
  {
    title: "a step of 400 days",
    looks: [
      [0, 0],
      [400 * DAY, 1000],
      [400 * DAY + HOUR, HOUR + 1000],
    ],
    believed: HOUR + 1000,
    suspect: true,
  },
  {
    title: "small corrections, however many",
    looks: Array.from({ length: 100 }, (_, i) => [i * 50 * MINUTE, i * MINUTE]),
    believed: 99 * 50 * MINUTE,
    suspect: false,
  },
  {
    title: "a virtual machine that was paused for three hours",
    looks: [
      [0, 0],
      [3 * HOUR, 10],
    ],
    believed: 10,
    suspect: true,
  },
  {
    title: "a suspect clock that comes back",
    looks: [
      [0, 0],
      [400 * DAY, 1000],
      [HOUR + 10, HOUR],
    ],
    believed: HOUR + 10,
    suspect: false,
  },
  {
    title: "one that comes back to within an hour",
    looks: [
      [0, 0],
      [400 * DAY, 0],
      [HOUR + STEP, HOUR],
    ],
    believed: 2 * HOUR,
    suspect: false,
  },
  {
    title: "one that comes back not far enough",
    looks: [
      [0, 0],
      [400 * DAY, 0],
      [HOUR + STEP + 1, HOUR],
    ],
    believed: HOUR,
    suspect: true,
  },
  {
    title: "one that steps back further than it had come",
    looks: [
      [0, 0],
      [400 * DAY, 0],
      [-DAY, HOUR],
    ],
    believed: -DAY,
    suspect: false,
  },
  {
    title: "a suspect clock just before a day is over",
    looks: [
      [0, 0],
      [400 * DAY, 0],
      [401 * DAY - 1, BELIEVED_AFTER - 1],
    ],
    believed: DAY - 1,
    suspect: true,
  },
  {
    title: "a suspect clock when a day is over",
    looks: [
      [0, 0],
      [400 * DAY, 0],
      [401 * DAY, BELIEVED_AFTER],
    ],
    believed: 401 * DAY,
    suspect: false,
  },
  {
    title: "a second step while it is suspect does not begin the day again",
    looks: [
      [0, 0],
      [2 * DAY, 0],
      [90 * DAY, DAY / 2],
      [91 * DAY, DAY],
    ],
    believed: 91 * DAY,
    suspect: false,
  },
  {
    title: "a step back",
    looks: [
      [0, 0],
      [-2 * DAY, HOUR],
    ],
    believed: -2 * DAY,
    suspect: false,
  },
  {
    title: "a step back that is taken back",
    looks: [
      [0, 0],
      [-2 * DAY, HOUR],
      [2 * HOUR, 2 * HOUR],
    ],
    believed: 2 * HOUR,
    suspect: false,
  },
  {
    title: "a step back that is taken back in two parts",
    looks: [
      [0, 0],
      [-2 * DAY, 0],
      [-DAY, HOUR],
      [2 * HOUR, 2 * HOUR],
    ],
    believed: 2 * HOUR,
    suspect: false,
  },
  {
    title: "a step back, then one further than it was",
    looks: [
      [0, 0],
      [-2 * DAY, 0],
      [STEP + 1, 0],
    ],
    believed: -2 * DAY,
    suspect: true,
  },
  {
    title: "a step back that is taken back after more than a day",
    looks: [
      [0, 0],
      [-2 * DAY, 0],
      [-DAY, DAY],
      [HOUR + DAY, HOUR + DAY],
    ],
    believed: -DAY + HOUR,
    suspect: true,
  },
  {
    title: "a start 30 days after",
    recorded: -AWAY,
    looks: [
      [0, 0],
      [HOUR, HOUR],
    ],
    believed: HOUR,
    suspect: false,
  },
  {
    title: "a start 30 days and a ms after",
    recorded: -AWAY - 1,
    looks: [
      [0, 0],
      [HOUR, HOUR],
    ],
    believed: -30 * DAY - 1 + HOUR,
    suspect: true,
  },
  {
    title: "a start 60 days after whose clock is set back to within 30",
    recorded: -60 * DAY,
    looks: [
      [0, 0],
      [-31 * DAY, HOUR],
    ],
    believed: -31 * DAY,
    suspect: false,
  },
  {
    title: "a start 60 days after, a day later",
    recorded: -60 * DAY,
    looks: [
      [0, 0],
      [DAY, DAY],
    ],
    believed: DAY,
    suspect: false,
  },
  {
    title: "a start with a clock behind",
    recorded: 20 * DAY,
    looks: [
      [0, 0],
      [HOUR, HOUR],
    ],
    believed: HOUR,
    suspect: false,
  },
  {
    title: "a start in 1970 that the network then corrects",
    recorded: 0,
    looks: [
      [-T, 0],
      [5 * MINUTE, MINUTE],
    ],
    believed: 5 * MINUTE,
    suspect: false,
  },
  {
    title: "a start in 1970 that is corrected 31 days too far",
    recorded: 0,
    looks: [
      [-T, 0],
      [31 * DAY, MINUTE],
    ],
    believed: MINUTE - T,
    suspect: true,
  },
];

const readings = (looks: Case["looks"]): Reading[] => looks.map(([wall, mono]) => ({ wall: T + wall, mono }));

describe("which time is believed", () => {
  it.each(CASES)("$title", ({ recorded, looks, believed, suspect }) => {
    const [first, ...rest] = readings(looks);
    if (first === undefined) throw new Error("a case begins with a look");
    let state = startState(recorded === undefined ? undefined : T + recorded, first);
    for (const reading of [first, ...rest]) state = look(state, reading);
    const last = rest.at(-1) ?? first;
    expect([trusted(state, last) - T, state.suspect !== undefined]).toEqual([believed, suspect]);
  });
});

describe("the trusted clock", () => {
  function given(recorded?: number) {
    let reading: Reading = { wall: T, mono: 0 };
    const said: string[] = [];
    const clock = createTrustedClock({
      recorded,
      read: () => reading,
      onSuspect: ({ ahead }) => said.push(`suspect by ${ahead}`),
      onBelieved: (why) => said.push(why),
    });
    const goTo = (wall: number, mono: number): void => {
      reading = { wall: T + wall, mono };
    };
    return { clock, said, goTo };
  }

  it("says once that it is suspect, since when, by how much, and until when", () => {
    const { clock, said, goTo } = given();
    goTo(400 * DAY, 10);
    clock.now();
    goTo(400 * DAY + HOUR, HOUR + 10);
    expect(clock.now()).toBe(T + HOUR + 10);
    expect(clock.suspicion()).toEqual({
      since: T + 10,
      system: T + 400 * DAY + HOUR,
      ahead: 400 * DAY - 10,
      until: T + 10 + DAY,
    });
    expect(clock.system()).toBe(T + 400 * DAY + HOUR);
    expect(said).toEqual([`suspect by ${400 * DAY - 10}`]);
  });

  it("is believed when an admin says so, and only once", () => {
    const { clock, said, goTo } = given(T - 31 * DAY);
    expect(clock.now()).toBe(T - 31 * DAY);
    goTo(HOUR, HOUR);
    clock.accept();
    clock.accept();
    expect([clock.now(), clock.suspicion()]).toEqual([T + HOUR, null]);
    expect(said).toEqual([`suspect by ${31 * DAY}`, "accepted"]);
  });

  it("says why it is believed again", () => {
    const { clock, said, goTo } = given();
    goTo(2 * HOUR, 0);
    clock.now();
    goTo(MINUTE, MINUTE);
    clock.now();
    goTo(DAY, 2 * MINUTE);
    clock.now();
    goTo(3 * DAY, DAY + 2 * MINUTE);
    clock.now();
    expect(said.filter((what) => !what.startsWith("suspect"))).toEqual(["came-back", "after-a-day"]);
  });

  it("records what is believed, and lower than before only when a clock has been behind for a day", () => {
    const { clock, goTo } = given(T + 20 * DAY);
    expect(clock.record()).toEqual({ at: T, lower: false });
    goTo(DAY - 1, DAY - 1);
    expect(clock.record()).toEqual({ at: T + DAY - 1, lower: false });
    goTo(DAY, DAY);
    expect(clock.record()).toEqual({ at: T + DAY, lower: true });
    goTo(400 * DAY, DAY + 1);
    expect(clock.record()).toEqual({ at: T + DAY + 1, lower: false });
  });
});

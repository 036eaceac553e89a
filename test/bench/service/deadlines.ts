/** Deadlines and moments of devices in one zone, in many, and in zones that nobody knows. */
import { random } from "../../../simulator/random.ts";
import { type Clock, noticeOf } from "../../../src/plans/deadlines/clock.ts";
import { deadlineFor, type Terms } from "../../../src/plans/deadlines/deadline-for.ts";
import { momentFor } from "../../../src/plans/deadlines/moment.ts";
import type { BenchOptions } from "../options.ts";
import { sayTurns, takeTurns } from "./turns.ts";

const HOUR = 3_600_000;
const OPENED = Date.UTC(2026, 9, 19, 9);
const NOTICE = 24;
/** Summer time ends in some of them before the deadlines here. */
const ZONES = [
  "Europe/Berlin",
  "Europe/London",
  "Europe/Helsinki",
  "Europe/Istanbul",
  "America/New_York",
  "America/Chicago",
  "America/Los_Angeles",
  "America/Sao_Paulo",
  "America/St_Johns",
  "Asia/Tokyo",
  "Asia/Kolkata",
  "Asia/Kathmandu",
  "Asia/Dubai",
  "Asia/Singapore",
  "Australia/Sydney",
  "Australia/Lord_Howe",
  "Pacific/Auckland",
  "Pacific/Apia",
  "Africa/Johannesburg",
  "Africa/Cairo",
];
const UNKNOWN: readonly Clock[] = [
  { kind: "unknown", named: [] },
  { kind: "unknown", named: ["Europe/Berlin", "America/New_York"] },
];
const RULES = {
  skipWeekdays: ["sat", "sun"],
  blackouts: [{ name: "fair", from: "2026-10-27", to: "2026-10-30" }],
} as const;

interface Device {
  readonly clock: Clock;
  /** When it came under the plan, and when it is told (ms UTC). */
  readonly joinedAt: number | undefined;
  readonly contactAt: number;
  readonly slot: number;
}

export async function benchDeadlines({ fleet, laps }: BenchOptions): Promise<void> {
  const known = ZONES.map((zone): Clock => ({ kind: "known", zone }));
  const mixed = [...known, ...UNKNOWN];
  const kinds: readonly (readonly [string, readonly Device[]])[] = [
    ["one zone, told at the opening", devicesOf(fleet, known.slice(0, 1), false)],
    [`${ZONES.length} zones, told at the opening`, devicesOf(fleet, known, false)],
    ["the same and unknown zones", devicesOf(fleet, mixed, false)],
    ["the same, some late, each told at its own minute", devicesOf(fleet, mixed, true)],
  ];
  const sides = kinds.map(([name, devices]) => [name, () => all(devices)] as const);
  sayTurns(await takeTurns(Object.fromEntries(sides), laps), "devices");
}

function devicesOf(count: number, clocks: readonly Clock[], spread: boolean): readonly Device[] {
  const drawn = random("deadlines");
  return Array.from({ length: count }, () => {
    const late = spread && drawn.next() < 0.1;
    const contactAt = OPENED + (spread ? drawn.integer(0, 10 * 24 * 60) * 60_000 : 0);
    return {
      clock: drawn.pick(clocks),
      joinedAt: late ? OPENED + drawn.integer(0, 10 * 24 * 60) * 60_000 : undefined,
      contactAt,
      slot: drawn.integer(0, 11),
    };
  });
}

function all(devices: readonly Device[]): number {
  let told = 0;
  for (const { clock, joinedAt, contactAt, slot } of devices) {
    const terms: Terms = {
      due: { base: "2026-10-19", days: 7, at: "17:00" },
      clock,
      rules: RULES,
      noticeHours: NOTICE,
      urgent: false,
      ...(joinedAt === undefined ? {} : { joinedAt }),
      openAt: Math.max(OPENED, joinedAt ?? OPENED),
      slot,
    };
    const deadline = deadlineFor(terms);
    if (deadline.kind !== "deadline") throw new Error("a device has no day left");
    const moment = momentFor(
      {
        deadline: deadline.local,
        window: { from: "20:00", to: "05:00" },
        clock,
        rules: RULES,
        notice: noticeOf(NOTICE, clock, false),
      },
      Math.max(contactAt, OPENED + HOUR),
    );
    if (moment.kind === "moment") told += 1;
  }
  return told;
}

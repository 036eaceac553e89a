/** Standing plans as an admin asks for them, drawn from the seed. */
import type { Random } from "../../../simulator/index.ts";
import type { PlanEdit, PlanRequest, RingRequest } from "../../../src/contract/index.ts";

export const TAGS = ["pilot", "late", "lab"] as const;

export const ZONES = [
  "Europe/Berlin",
  "America/New_York",
  "Asia/Tokyo",
  "Pacific/Kiritimati",
  "Etc/GMT+12",
  // Its clocks go forward on 6 September, at midnight.
  "America/Santiago",
] as const;

const TARGETS = [
  "latest-minor",
  "latest-minor",
  "latest",
  "n-1",
  "iOS=latest-minor age 2d,macOS=latest-minor",
  "iOS=latest below 26.6.3,macOS=n-1",
] as const;

interface Days {
  readonly rings: readonly RingRequest[];
  readonly days: number;
  readonly noticeHours: number;
  readonly skipWeekdays: NonNullable<PlanRequest["skipWeekdays"]>;
}

type Who = RingRequest["who"];

/** The first of rings. */
const first = (dice: Random): Who =>
  dice.pick<Who>([
    "tag = pilot",
    { percent: 30 },
    { percent: 50 },
    { percent: 30, of: "not tag = late" },
    "platform = iOS",
  ]);
const second = (dice: Random): Who =>
  dice.pick<Who>([{ percent: 30 }, { percent: 50, of: "not tag = late" }, "tag = late"]);

/** Rings that leave each other the time that targets R3 asks for. */
function drawDays(dice: Random): Days {
  const approval = dice.next() < 0.2 ? ({ approval: "person" } as const) : {};
  const [one, two] = [first(dice), second(dice)];
  const ring = (name: string, who: Who, opens: number, due: number): RingRequest => ({
    name,
    who,
    opens,
    due,
    ...approval,
  });
  const skipWeekdays = dice.pick([[], ["sat", "sun"], ["fri", "sat", "sun"]] as const);
  const noSkip = { skipWeekdays: [], noticeHours: 4 };
  return dice.pick<Days>([
    { rings: [], days: dice.integer(2, 10), noticeHours: dice.pick([0, 4, 24, 48]), skipWeekdays },
    { ...noSkip, rings: [ring("Pilot", one, 0, 1), ring("Everyone", "rest", 4, 6)], days: 6 },
    {
      ...noSkip,
      rings: [ring("Pilot", one, 0, 1), ring("Early", two, 4, 6), ring("Everyone", "rest", 9, 11)],
      days: 11,
    },
    {
      rings: [ring("Pilot", one, 0, 2), ring("Everyone", "rest", 8, 10)],
      ...{ days: 10, noticeHours: 24, skipWeekdays: ["fri", "sat", "sun"] },
    },
  ]);
}

const drawScope = (dice: Random): Pick<PlanRequest, "include" | "exclude"> => ({
  ...(dice.next() < 0.3 && { include: dice.pick(["platform = iOS", "platform = macOS", "not tag = lab"]) }),
  ...(dice.next() < 0.2 && { exclude: dice.pick(["tag = late", "tag = lab"]) }),
});

const WINDOWS = ["22:00-05:00", "12:00-13:00"] as const;

export function drawStanding(dice: Random, name: string): PlanRequest {
  const { days, ...rest } = drawDays(dice);
  return {
    ...{ name, standing: true, action: "install", to: dice.pick(TARGETS) },
    deadline: `+${days}d ${dice.pick(["17:00", "09:30", "02:30"])}`,
    zone: dice.pick(ZONES),
    ...rest,
    ...drawScope(dice),
    ...(dice.next() < 0.3 && { urgentDays: dice.integer(1, 4) }),
    ...(dice.next() < 0.2 && { spreadHours: dice.integer(1, 8) }),
    ...(dice.next() < 0.3 && { maxFailurePercent: dice.integer(1, 20) }),
    ...(dice.next() < 0.15 && { window: dice.pick(WINDOWS) }),
    ...(dice.next() < 0.3 && {
      allowMajor: true,
      ...(dice.next() < 0.5 && { newMajorAfterDays: dice.integer(0, 40) }),
    }),
  };
}

/** What an admin changes of a plan. */
export function drawEdit(dice: Random): Omit<PlanEdit, "revision"> {
  const roll = dice.next();
  if (roll < 0.3) {
    const { days, ...rest } = drawDays(dice);
    return { ...rest, deadline: `+${days}d 17:00` };
  }
  if (roll < 0.45) return { to: dice.pick(TARGETS) };
  if (roll < 0.6) return { include: "all", exclude: null, ...drawScope(dice) };
  if (roll < 0.7) return { zone: dice.pick(ZONES) };
  if (roll < 0.8) return { urgentDays: dice.pick([null, 1, 3]) };
  if (roll < 0.9) return { window: dice.pick([null, ...WINDOWS]) };
  return { name: `plan ${dice.integer(0, 1000)}`, maxFailurePercent: dice.integer(1, 20) };
}

/** Options for the terms of a standing plan, and the fields of the request that they name. */
import { type Command, InvalidArgumentError } from "commander";
import { type PlanEdit, WEEKDAYS } from "../contract/index.ts";
import { UptickError } from "../errors/index.ts";
import { wholeNumber } from "./cli.ts";

/** Typed instead of a value, it takes a field away. An option cannot hold null: commander makes an empty text of it. */
export type None = "none";

export const nullFor = <T>(value: T | None | undefined): T | null | undefined =>
  value === "none" ? null : (value as T);

export interface StandingOptions {
  readonly include?: string;
  /** "none" takes it away. */
  readonly exclude?: string;
  readonly in?: string;
  readonly at?: string;
  readonly skipWeekdays?: NonNullable<PlanEdit["skipWeekdays"]>;
  readonly noticeHours?: number;
  readonly spreadHours?: number;
  readonly maxFailures?: number;
  readonly urgentDays?: number | None;
  readonly order?: number;
}

export const orNone =
  <T>(read: (text: string) => T) =>
  (text: string): T | None =>
    text === "none" ? text : read(text);

function weekdays(text: string): NonNullable<PlanEdit["skipWeekdays"]> {
  if (text === "none") return [];
  return text.split(",").map((part) => {
    const day = WEEKDAYS.find((one) => one === part.trim().toLowerCase());
    if (day === undefined) throw new InvalidArgumentError(`Expected days such as fri,sat,sun, or none.`);
    return day;
  });
}

export function addStandingFlags(command: Command): Command {
  return command
    .option("--include <rule>", "rule for the devices that the plan governs, such as 'platform = macOS'")
    .option("--exclude <rule>", "rule for devices that it does not govern; none: no such rule")
    .option("--in <days>", "days after a release by which devices must have it, such as 14d")
    .option("--at <HH:MM>", "time of day of deadlines, in each device's local time")
    .option(
      "--skip-weekdays <days>",
      "days of the week without deadlines, such as fri,sat,sun; none: every day counts",
      weekdays,
    )
    .option("--notice-hours <n>", "hours that a device is told ahead", wholeNumber(0, 336))
    .option("--spread-hours <n>", "hours over which deadlines are spread", wholeNumber(0, 8))
    .option(
      "--max-failures <percent>",
      "percent of devices that may fail before a release is paused",
      wholeNumber(1, 20),
    )
    .option(
      "--urgent-days <days>",
      "days for devices that a release protects from an exploited CVE; none: as all devices",
      orNone(wholeNumber(1, 60)),
    )
    .option("--order <place>", "place among the standing plans, from 0", wholeNumber(0, 10_000));
}

/** `deadline`: that of the plan as it is ("+14d 17:00"), of which one half may stay. Throws `usage-invalid`. */
export function standingFields(options: StandingOptions, deadline: string | null): Omit<PlanEdit, "revision"> {
  const { include, exclude, in: days, at, maxFailures, urgentDays, order } = options;
  const { skipWeekdays, noticeHours, spreadHours } = options;
  const given = {
    ...{ include, skipWeekdays, noticeHours, spreadHours, order },
    ...{ exclude: nullFor(exclude), urgentDays: nullFor(urgentDays) },
    maxFailurePercent: maxFailures,
    deadline: days === undefined && at === undefined ? undefined : relative(days, at, deadline),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

const RELATIVE = /^\+(\d+)d (\d\d:\d\d)$/;

function relative(days: string | undefined, at: string | undefined, deadline: string | null): string {
  const [, had, time] = RELATIVE.exec(deadline ?? "") ?? [];
  const [, count = had] = days === undefined ? [] : (/^(\d{1,3})d$/.exec(days.trim()) ?? wrong(`--in "${days}"`));
  return `+${count ?? ""}d ${at ?? time ?? ""}`;
}

function wrong(what: string): never {
  throw new UptickError("usage-invalid", `${what.slice(0, 60)} is not a number of days such as 14d.`);
}

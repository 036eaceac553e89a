/** D3 steps 1 and 3 without blackouts, as little of it as tests of rings need. */
import { Temporal } from "temporal-polyfill";
import type { LocalDate, LocalDateTime } from "./rollout.ts";

const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/** The first day from base + due that is not skipped and, with the time, not before `earliest`. */
export function plannedDeadline(
  base: LocalDate,
  due: number,
  at: string,
  skip: readonly string[],
  earliest: LocalDateTime = base,
): LocalDateTime {
  let day = Temporal.PlainDate.from(base).add({ days: due });
  const first = Temporal.PlainDateTime.from(earliest);
  for (;;) {
    const local = day.toPlainDateTime(Temporal.PlainTime.from(at));
    if (!skip.includes(WEEKDAYS[day.dayOfWeek - 1] ?? "") && Temporal.PlainDateTime.compare(local, first) >= 0)
      return local.toString({ smallestUnit: "minute" });
    day = day.add({ days: 1 });
  }
}

/** A device that a plan has refused, shown as a job that never began. */
import { agedParams } from "../../catalog/index.ts";
import type { JobView } from "../../contract/index.ts";
import type { PlanDeviceRow } from "../../store/index.ts";
import { remedyOf, sentenceOf } from "../../words/index.ts";
import { isoTime } from "../iso-time.ts";

/** `now`: ms UTC, by which ages in the sentence are said. */
export function refusedView(row: PlanDeviceRow, now: number): JobView {
  const { planId, enrollmentId, params, decidedAt } = row;
  const reason = row.reason ?? "";
  const remedy = remedyOf(reason);
  return {
    // There is no job that could have an id.
    id: `${planId}:${enrollmentId}`,
    planId,
    state: "refused",
    reason,
    verdict: {
      reason,
      params,
      sentence: sentenceOf("refused", reason, agedParams(params, now)),
      ...(remedy === undefined ? {} : { remedy }),
    },
    mechanism: null,
    enforceAtLocal: null,
    release: null,
    progress: null,
    sinceAt: isoTime(decidedAt),
    next: null,
    finishedAt: isoTime(decidedAt),
  };
}

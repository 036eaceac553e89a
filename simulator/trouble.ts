/** What can stand in the way of an update for a while, in the words of a device. */
import type { ScheduleOutcome } from "./answer.ts";
import { refused } from "./answer.ts";
import type { Trouble } from "./kind.ts";
import type { DeviceState } from "./state.ts";
import { errors, statuses, type TroubleName } from "./trouble-names.ts";

/** What the device answers to this step now; undefined when nothing stands in its way, or no longer. */
export function troubleAt(state: DeviceState, step: Trouble["at"]): ScheduleOutcome | undefined {
  const { kind, clock, troubleEnds, traits } = state;
  for (const [nth, trouble] of (kind.troubles ?? []).entries()) {
    if (trouble.at !== step) continue;
    const ends = troubleEnds.get(nth) ?? clock.now() + (traits.troubleMs[nth] ?? 0);
    troubleEnds.set(nth, ends);
    if (clock.now() >= ends) continue;
    state.note("trouble", { says: trouble.says });
    return outcomeOf(trouble.says);
  }
  return undefined;
}

function outcomeOf(says: TroubleName): ScheduleOutcome {
  if (isError(says)) return { refusal: refused(Number(says), errors[says]) };
  return { action: "Error", status: says, error: { code: statuses[says], description: says } };
}

const isError = (says: TroubleName): says is keyof typeof errors => Object.hasOwn(errors, says);

/** What a plan decides, in numbers. */
import type { PlanDecided, PlanRefusal } from "../../contract/index.ts";
import type { Decision } from "../../plans/index.ts";
import type { FleetRow } from "../../store/index.ts";
import { remedyOf, sentenceOf } from "../../words/index.ts";
import { shortDevice } from "../devices/device-view.ts";

/** Devices that are named of those refused for one reason. */
const MOST_NAMED = 5;

/** Counts what a plan decides, and gathers whom it refuses by the reason. */
export function createTally() {
  const counts = { job: 0, compliant: 0, refused: 0 };
  let downloadsLost = 0;
  const refusals = new Map<string, PlanRefusal>();
  return {
    add(decision: Decision, row: FleetRow): void {
      counts[decision.kind] += 1;
      if (decision.kind === "job" && decision.losesDownload !== undefined) downloadsLost += 1;
      if (decision.kind !== "refused") return;
      const before = refusals.get(decision.reason);
      if (before === undefined) {
        const remedy = remedyOf(decision.reason);
        refusals.set(decision.reason, {
          reason: decision.reason,
          count: 1,
          sentence: sentenceOf("refused", decision.reason, decision.params),
          ...(remedy === undefined ? {} : { remedy }),
          devices: [shortDevice(row)],
        });
        return;
      }
      const devices = before.devices.length < MOST_NAMED ? [...before.devices, shortDevice(row)] : before.devices;
      refusals.set(decision.reason, { ...before, count: before.count + 1, devices });
    },
    decided: (): PlanDecided => ({
      jobs: counts.job,
      compliant: counts.compliant,
      refused: counts.refused,
      downloadsLost,
      refusals: [...refusals.values()].toSorted((a, b) => b.count - a.count),
    }),
  };
}

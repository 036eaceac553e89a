/** A device of a plan and how it stands there. */
import type { PlanJobRow } from "../../store/index.ts";
import type { PlanJobView } from "../../contract/index.ts";
import type { Reading } from "../catalog/catalog.ts";
import { shortDevice } from "../devices/device-view.ts";
import { isoTimeOrNull } from "../iso-time.ts";
import { jobView } from "./job-view.ts";
import { refusedView } from "./refused-view.ts";

export const deviceIdOf = (row: PlanJobRow): string => ("job" in row ? row.job : row.refused).enrollmentId;

/** `waits`: a certificate waits for the device. */
export function planJobView(row: PlanJobRow, reading: Reading, waits: boolean): PlanJobView {
  const { enrollment: e } = row;
  return {
    device:
      e === null ? forgottenDevice(deviceIdOf(row)) : { ...shortDevice(e), lastSeenAt: isoTimeOrNull(e.lastSeenAt) },
    job: "job" in row ? jobView(row.job, reading, e, waits) : refusedView(row.refused, reading.now),
  };
}

/** A device that was removed and whose history has ended: it still counts. */
const forgottenDevice = (id: string): PlanJobView["device"] => ({
  id,
  name: null,
  serial: null,
  platform: null,
  osVersion: null,
  lastSeenAt: null,
});

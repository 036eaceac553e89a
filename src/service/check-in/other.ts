/** Any other check-in message of a device that we know is kept and shown, and changes nothing. */
import { fromDevice } from "../enrollment/transaction.ts";
import type { CheckinInput, CheckinResult } from "./message.ts";

export interface OtherCheckinInput extends CheckinInput {
  readonly messageType: string;
}

export const otherCheckin = fromDevice({
  name: "otherCheckin",
  keeps: () => true,
  reads: (_input: OtherCheckinInput) => ({}),
  apply(unit, { messageType, kept }): CheckinResult {
    unit.note("check-in-other", { messageType }, unit.keep(kept));
    return { kind: "accepted", enrollmentId: unit.enrollment.id };
  },
});

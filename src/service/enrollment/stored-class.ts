/** What the row of a device keeps for its class, beside the class itself. */
import type { Governing, Offer, PlanWish } from "../../plans/index.ts";
import type { EnrollmentRow } from "../../store/index.ts";

/** What Apple offers to a device, as its row keeps it. */
export interface StoredOffer extends Offer {
  /** What it was looked up for (`basisOf`): for anything else it says nothing. */
  readonly for: string;
  /** The setting by which its class was worked out; absent: `SILENT_DAYS`. Transactions go by it, as by the offer. */
  readonly silentDays?: number;
}

/** What the plan that governs a device wants, as its row keeps it. */
export type StoredTarget = PlanWish & Pick<Governing, "belowFloor" | "late">;

/** What was looked up for a device in the catalog and the plans. */
export interface Resolved {
  readonly offer: StoredOffer;
  readonly plan: Governing | null;
}

/** It is silent by what is stored, and is heard now. */
export const isBack = ({ flags }: Pick<EnrollmentRow, "flags">): boolean => flags.includes(SILENT);
const SILENT = " silent ";

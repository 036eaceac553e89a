/** A member of a ring that opened on a Tuesday at 09:00: given the release then, not started, heard just now. */
import { DAY, HOUR } from "../jobs/units.ts";
import type { MemberFacts } from "./outcome.ts";

export const OPENED = Date.UTC(2026, 7, 18, 9);
export const MOMENT = OPENED + DAY + 8 * HOUR;

export const member = (facts: Partial<MemberFacts> = {}): MemberFacts => ({
  openedAt: OPENED,
  givenAt: OPENED,
  startedAt: null,
  lastSeenAt: OPENED,
  reachedAt: null,
  wentBackAt: null,
  installingAt: null,
  signs: { at: [], since: null },
  report: null,
  jobFailedAt: null,
  hindrance: null,
  momentAt: MOMENT,
  excluded: false,
  ...facts,
});

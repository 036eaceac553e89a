/** A message that could not be read, put where an admin sees it: on the timeline of the device whose certificate sent it. */
import { exchange, type Write } from "../../store/index.ts";
import { timelineNote } from "./bodies.ts";

export interface RejectedAsk {
  readonly fingerprint: string;
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly now: number;
}

export const noteRejected = exchange({
  name: "noteRejected",
  lane: (ask: RejectedAsk) => ask.fingerprint,
  reads: (ask: RejectedAsk) => ({ certificate: { from: "certificate", where: { fingerprint: ask.fingerprint } } }),
  decide(ask: RejectedAsk, seen): { writes: Write[]; said: null } {
    const enrollmentId = seen.certificate[0]?.enrollmentId ?? null;
    if (enrollmentId === null) return { writes: [], said: null };
    const data = { code: ask.code, message: ask.message, remedy: ask.remedy };
    return {
      writes: [timelineNote(enrollmentId, ask.now, "message-rejected", data, null)],
      said: null,
    };
  },
});

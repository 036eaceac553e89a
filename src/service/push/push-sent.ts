/** The outcome of a push to a device, as its rows keep it: counted only where Apple accepted it. */
import type { PushTrouble } from "../../plans/index.ts";
import { type EnrollmentRow, type TimelineKind, transaction, type Write } from "../../store/index.ts";

export interface PushSentInput {
  readonly enrollmentId: string;
  readonly generation: number;
  readonly attempts: number;
  readonly outcome: PushResult;
  readonly now: number;
}

export type PushResult =
  | { readonly kind: "accepted" }
  /** `since`: Apple's moment (ms UTC) from which the token was no longer valid. */
  | { readonly kind: "dead"; readonly reason: string; readonly since: number | null }
  /** To be sent again at `at`; `trouble`: what stands in the way until then. */
  | {
      readonly kind: "again";
      readonly reason: string;
      readonly at: number;
      readonly trouble: PushTrouble["code"] | null;
    }
  | { readonly kind: "dropped"; readonly reason: string; readonly trouble: PushTrouble["code"] };

/** A newer cause for a push is never deleted by the outcome of an older one. */
export const pushSent = transaction({
  name: "pushSent",
  reads: (input: PushSentInput) => ({
    token: { from: "secret", where: { owner: input.enrollmentId, name: "PushToken" } },
    enrollment: { from: "enrollment", where: { id: input.enrollmentId } },
  }),
  decide(input: PushSentInput, seen): { writes: Write[]; result: null } {
    const { enrollmentId, generation, outcome, now } = input;
    const where = { id: `push:${enrollmentId}`, generation };
    const note = (kind: TimelineKind, data: Record<string, string | number | null>): Write => ({
      insert: "timeline",
      row: { enrollmentId, at: now, kind, data, raw: null },
    });
    const [row] = seen.enrollment;
    const patch = (set: Partial<EnrollmentRow>): Write[] =>
      row === undefined ? [] : [{ patch: "enrollment", where: { id: enrollmentId }, set }];
    const troubled = (code: PushTrouble["code"], reason: string): Write[] =>
      row?.pushTrouble?.code === code ? [] : patch({ pushTrouble: { code, reason, since: now } });
    switch (outcome.kind) {
      case "again": {
        const set = { dueAt: outcome.at, attempts: input.attempts + 1, leaseUntil: 0 };
        const first = input.attempts === 0 ? [note("push-delayed", { reason: outcome.reason })] : [];
        const trouble = outcome.trouble === null ? [] : troubled(outcome.trouble, outcome.reason);
        return { writes: [{ patch: "outbox", where, set }, ...first, ...trouble], result: null };
      }
      case "accepted": {
        const accepted = patch({ pushesAccepted: (row?.pushesAccepted ?? 0) + 1, pushTrouble: null });
        return { writes: [{ drop: "outbox", where }, note("push-sent", {}), ...accepted], result: null };
      }
      case "dropped": {
        const { reason, trouble } = outcome;
        return {
          writes: [{ drop: "outbox", where }, note("push-failed", { reason }), ...troubled(trouble, reason)],
          result: null,
        };
      }
      case "dead": {
        const { reason, since } = outcome;
        // A TokenUpdate that came since makes the verdict on the older token void.
        const tokenAt = seen.token[0]?.at;
        const newer = since !== null && tokenAt !== undefined && tokenAt > since;
        const dead = newer ? [] : [...patch({ pushable: 0 }), ...troubled("push-token-dead", reason)];
        const told = note("push-token-dead", { reason, ignored: newer ? 1 : 0 });
        return { writes: [{ drop: "outbox", where }, ...dead, told], result: null };
      }
    }
  },
});

/** The outcomes of pushes to devices, as their rows keep them: counted only where Apple accepted them. */
import type { PushTrouble } from "../../plans/index.ts";
import {
  type EnrollmentRow,
  type Lookup,
  type Rows,
  type TimelineKind,
  transaction,
  type Write,
} from "../../store/index.ts";

export interface PushSent {
  readonly enrollmentId: string;
  readonly generation: number;
  readonly attempts: number;
  readonly outcome: PushResult;
}

export interface PushesSentInput {
  readonly results: readonly PushSent[];
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

interface Change {
  readonly writes: readonly Write[];
  /** Columns of the enrollment, where there is one. */
  readonly set: Partial<EnrollmentRow>;
}

/** A newer cause for a push is never deleted by the outcome of an older one. `tokenAt`: when the stored token came. */
function change(sent: PushSent, row: EnrollmentRow | undefined, tokenAt: number | undefined, now: number): Change {
  const { enrollmentId, generation, attempts, outcome } = sent;
  const where = { id: `push:${enrollmentId}`, generation };
  const note = (kind: TimelineKind, data: Record<string, string | number | null>): Write => ({
    insert: "timeline",
    row: { enrollmentId, at: now, kind, data, raw: null },
  });
  const troubled = (code: PushTrouble["code"], reason: string): Partial<EnrollmentRow> =>
    row?.pushTrouble?.code === code ? {} : { pushTrouble: { code, reason, since: now } };
  switch (outcome.kind) {
    case "again": {
      const set = { dueAt: outcome.at, attempts: attempts + 1, leaseUntil: 0 };
      const first = attempts === 0 ? [note("push-delayed", { reason: outcome.reason })] : [];
      return {
        writes: [{ patch: "outbox", where, set }, ...first],
        set: outcome.trouble === null ? {} : troubled(outcome.trouble, outcome.reason),
      };
    }
    case "accepted":
      return {
        writes: [{ drop: "outbox", where }, note("push-sent", {})],
        set: { pushesAccepted: (row?.pushesAccepted ?? 0) + 1, pushTrouble: null },
      };
    case "dropped": {
      const { reason, trouble } = outcome;
      return {
        writes: [{ drop: "outbox", where }, note("push-failed", { reason })],
        set: troubled(trouble, reason),
      };
    }
    case "dead": {
      const { reason, since } = outcome;
      // A TokenUpdate that came since makes the verdict on the older token void.
      const newer = since !== null && tokenAt !== undefined && tokenAt > since;
      return {
        writes: [{ drop: "outbox", where }, note("push-token-dead", { reason, ignored: newer ? 1 : 0 })],
        set: newer ? {} : { pushable: 0, ...troubled("push-token-dead", reason) },
      };
    }
  }
}

/** The outcomes of many pushes, in their order; two of one device add up. */
export const pushesSent = transaction({
  name: "pushesSent",
  reads({ results }: PushesSentInput): Record<string, Lookup> {
    const lookups: Record<string, Lookup> = {};
    for (const { enrollmentId, outcome } of results) {
      lookups[`enrollment ${enrollmentId}`] = { from: "enrollment", where: { id: enrollmentId } };
      if (outcome.kind === "dead")
        lookups[`token ${enrollmentId}`] = { from: "secret", where: { owner: enrollmentId, name: "PushToken" } };
    }
    return lookups;
  },
  decide({ results, now }: PushesSentInput, seen): { writes: Write[]; result: null } {
    const rows = new Map<string, EnrollmentRow>();
    const writes: Write[] = [];
    for (const sent of results) {
      const { enrollmentId: id } = sent;
      const row = rows.get(id) ?? (seen[`enrollment ${id}`] as readonly Rows["enrollment"][])[0];
      const token = (seen[`token ${id}`] as readonly Rows["secret"][] | undefined)?.[0];
      const made = change(sent, row, token?.at, now);
      writes.push(...made.writes);
      if (row === undefined || Object.keys(made.set).length === 0) continue;
      writes.push({ patch: "enrollment", where: { id }, set: made.set });
      rows.set(id, { ...row, ...made.set });
    }
    return { writes, result: null };
  },
});

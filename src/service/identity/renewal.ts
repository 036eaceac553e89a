/** Renewal of an identity: a challenge for this one enrollment, and the InstallProfile that carries it, queued together. */
import type { ErrorChainItem } from "../../protocol/index.ts";
import { type ChallengeRow, transaction, type Write } from "../../store/index.ts";
import { PUSH_AGAIN } from "../enrollment/device-facts.ts";
import { close, enqueue } from "../enrollment/queue.ts";
import { forEnrollment } from "../enrollment/transaction.ts";
import type { UnitOfWork } from "../enrollment/unit-of-work.ts";

export interface RenewInput {
  readonly enrollmentId: string;
  /** The identity this is for: when another speaks by now, nothing is sent. */
  readonly endsAt: number;
  readonly challenge: ChallengeRow;
  readonly uuid: string;
  /** InstallProfile as it is stored: sealed. */
  readonly bytes: Uint8Array;
  /** The same without its challenge, for the timeline. */
  readonly shown: Uint8Array | null;
  /** A renewal that has waited since before this moment (real time) is replaced: its challenge ends soon. */
  readonly staleBefore: number;
  /** When it is looked at again (real time). */
  readonly dueAt: number;
  readonly firstId: string;
  readonly now: number;
}

/** At most one renewal is outstanding for a device, however long it is silent. */
export const renew = forEnrollment({
  name: "renew",
  keeps: true,
  reads: (input: RenewInput) => ({
    enrollment: { from: "enrollment", where: { id: input.enrollmentId } },
    renewal: { from: "renewal", where: { enrollmentId: input.enrollmentId } },
    challenges: { from: "challenge", where: { enrollmentId: input.enrollmentId } },
  }),
  none: "not-needed" as "sent" | "waiting" | "not-needed",
  apply(unit, input, rows) {
    const [renewal] = rows.renewal;
    const { dueAt, now } = input;
    if (unit.enrollment.state !== "enrolled" || renewal === undefined || renewal.endsAt !== input.endsAt)
      return "not-needed";
    const where = { enrollmentId: input.enrollmentId };
    const before = [...unit.outstanding.values()].find((row) => row.origin === "care" && row.purpose === "renew");
    const newest = rows.challenges.at(-1);
    if (before !== undefined && newest !== undefined && newest.createdAt >= input.staleBefore) {
      unit.also({ patch: "renewal", where, set: { dueAt, leaseUntil: 0 } });
      return "waiting";
    }
    if (before !== undefined) close(unit, before, "withdrawn", null);
    for (const { hash } of rows.challenges) unit.also({ drop: "challenge", where: { hash } });
    unit.also({ insert: "challenge", row: input.challenge });
    // Delivered once: its challenge makes one certificate. What becomes of a lost answer is seen at the next look.
    const { uuid, bytes, shown } = input;
    const command = { uuid, requestType: "InstallProfile", bytes, origin: "care", purpose: "renew", once: 1 } as const;
    enqueue(unit, command, "usual", shown === null ? null : unit.keep(shown));
    unit.lookAfter(now + PUSH_AGAIN);
    unit.push();
    unit.also({ patch: "renewal", where, set: { dueAt, leaseUntil: 0, attempts: renewal.attempts + 1 } });
    return "sent";
  },
});

/** The device has answered its renewal with an error: kept where the warning finds it. */
export function renewalFailed(unit: UnitOfWork, errorChain: readonly ErrorChainItem[], status: string): void {
  const words = errorChain.map(({ domain, code, usEnglishDescription, localizedDescription }) => {
    const text = usEnglishDescription ?? localizedDescription;
    return `${domain ?? "no domain"} ${code ?? "no code"}${text === undefined ? "" : ` "${text}"`}`;
  });
  const error = (words.length === 0 ? `The device answered ${status} and gave no reason.` : words.join("; ")).slice(
    0,
    LONGEST_ERROR,
  );
  const where = { enrollmentId: unit.enrollment.id };
  unit.also({ patch: "renewal", where, set: { error, errorAt: unit.now } });
}

const LONGEST_ERROR = 400;

export interface PostponeInput {
  readonly enrollmentId: string;
  readonly endsAt: number;
  /** null: never; the identity is not ours to renew. Real time. */
  readonly dueAt: number | null;
  /** Why it can't be renewed, where an admin should see that on the timeline. */
  readonly because: string | null;
  readonly now: number;
}

/** A renewal whose time has not come, or that is not ours to make. */
export const postponeRenewal = transaction({
  name: "postponeRenewal",
  reads: () => ({}),
  decide(input: PostponeInput): { writes: Write[]; result: null } {
    const { enrollmentId, endsAt, dueAt } = input;
    const error = input.because === null ? {} : { error: input.because, errorAt: input.now };
    const set = { dueAt, leaseUntil: 0, ...error };
    const writes: Write[] = [{ patch: "renewal", where: { enrollmentId, endsAt }, set }];
    if (input.because !== null) {
      const data = { because: input.because };
      writes.push({
        insert: "timeline",
        row: { enrollmentId, at: input.now, kind: "renewal-impossible", data, raw: null },
      });
    }
    return { writes, result: null };
  },
});

/** The identity's enrollment is gone or has left. */
export const dropRenewal = transaction({
  name: "dropRenewal",
  reads: () => ({}),
  decide: (input: { readonly enrollmentId: string }) => ({
    writes: [{ drop: "renewal" as const, where: { enrollmentId: input.enrollmentId } }],
    result: null,
  }),
});

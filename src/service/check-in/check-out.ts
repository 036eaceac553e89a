/** CheckOut: a device leaves. */
import type { Decision, EnrollmentRow, SecretRow, Write } from "../../store/index.ts";
import { certificateIn } from "../enrollment/admit.ts";
import { timelineNote } from "../enrollment/bodies.ts";
import type { Caller } from "../enrollment/caller.ts";
import { freedLookups, freeSerial } from "../enrollment/claims.ts";
import { forgetDeclarations } from "../enrollment/declarations.ts";
import { step } from "../enrollment/job.ts";
import { forgetPolicy } from "../enrollment/policy.ts";
import { giveUpAll } from "../enrollment/queue.ts";
import { fromDevice } from "../enrollment/transaction.ts";
import type { CheckinInput, CheckinResult } from "./message.ts";

export const checkOut = fromDevice({
  name: "checkOut",
  keeps: () => true,
  hears: true,
  reads: (_input: CheckinInput) => ({
    challenges: { from: "challenge", where: { enrollmentId: { of: "enrollment", column: "id" } } },
    secrets: { from: "secret", where: { owner: { of: "enrollment", column: "id" } } },
    ...freedLookups,
  }),
  refused(refusal, input, rows): Decision<CheckinResult> {
    const [enrollment] = rows.enrollment;
    if (enrollment?.state !== "removed" || enrollment.certificate !== certificateIn(rows)?.fingerprint) return refusal;
    const writes = leavesRemoved(input, enrollment, rows.secrets);
    return { writes, result: { kind: "accepted", enrollmentId: enrollment.id } };
  },
  apply(unit, { kept, now }, rows): CheckinResult {
    step(unit, { kind: "gone", cause: "checked-out" });
    forgetDeclarations(unit);
    forgetPolicy(unit);
    giveUpAll(unit);
    const { id } = unit.enrollment;
    for (const { owner, name } of rows.secrets) unit.also({ drop: "secret", where: { owner, name } });
    for (const { hash } of rows.challenges) unit.also({ drop: "challenge", where: { hash } });
    unit.also({ drop: "renewal", where: { enrollmentId: id } });
    unit.patch({ state: "checked-out", pushable: 0, dueAt: null, bootstrapTokenAt: null, enforces: null });
    unit.note("check-out", {}, unit.keep(kept));
    unit.also(...freeSerial(unit.enrollment, rows, now));
    return { kind: "accepted", enrollmentId: id };
  },
});

/** A removed device that leaves has nothing to wait for: it stays removed, and what was kept for its return goes. */
function leavesRemoved(input: Caller, { id }: EnrollmentRow, secrets: readonly SecretRow[]): Write[] {
  return [
    ...secrets.map(({ owner, name }): Write => ({ drop: "secret", where: { owner, name } })),
    { patch: "enrollment", where: { id }, set: { bootstrapTokenAt: null } },
    timelineNote(id, input.now, "check-out", {}, null),
  ];
}

/** Makes the class of devices due, of which no other row changes. */
import { transaction, type Write } from "../../store/index.ts";

/** Whoever works it out at this moment does not know the cause: the lease goes too. */
export const classDue = (id: string, now: number): Write => ({
  patch: "enrollment",
  where: { id },
  set: { classDueAt: now, classLeaseUntil: 0 },
});

/** What governs these devices has changed. */
export const makeClassDue = transaction({
  name: "makeClassDue",
  reads: () => ({}),
  decide({ enrollmentIds, now }: { readonly enrollmentIds: readonly string[]; readonly now: number }) {
    return { writes: enrollmentIds.map((id) => classDue(id, now)), result: null };
  },
});

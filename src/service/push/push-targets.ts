/** What pushes to devices need, read for many devices at once. */
import { type Lookup, type Rows, transaction } from "../../store/index.ts";

/** A device as a push needs it. */
export interface PushTarget {
  readonly appleId: string;
  readonly removed: boolean;
  readonly topic: string | null;
  /** Sealed; undefined where none is stored. */
  readonly token: Uint8Array | undefined;
  readonly magic: Uint8Array | undefined;
}

export interface PushTargetsInput {
  /** Each once. */
  readonly enrollmentIds: readonly string[];
}

/** Of these enrollments, in their order. Writes nothing. */
export const pushTargets = transaction({
  name: "pushTargets",
  reads({ enrollmentIds }: PushTargetsInput): Record<string, Lookup> {
    const lookups: Record<string, Lookup> = {};
    for (const id of enrollmentIds) {
      lookups[`enrollment ${id}`] = { from: "enrollment", where: { id } };
      for (const name of ["PushToken", "PushMagic"])
        lookups[`${name} ${id}`] = { from: "secret", where: { owner: id, name } };
    }
    return lookups;
  },
  decide({ enrollmentIds }: PushTargetsInput, seen): { writes: []; result: readonly PushTarget[] } {
    const result = enrollmentIds.map((id): PushTarget => {
      const [row] = (seen[`enrollment ${id}`] ?? []) as readonly Rows["enrollment"][];
      const sealed = (name: string): Uint8Array | undefined =>
        (seen[`${name} ${id}`] as readonly Rows["secret"][] | undefined)?.[0]?.sealed;
      return {
        appleId: row?.appleId ?? "",
        removed: row?.state === "removed",
        topic: row?.topic ?? null,
        token: sealed("PushToken"),
        magic: sealed("PushMagic"),
      };
    });
    return { writes: [], result };
  },
});

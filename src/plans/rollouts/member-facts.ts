/** A member of a ring as `outcomeOf` judges it, from what its job keeps and the columns of its device. */
import type { Member } from "./member.ts";
import type { MemberFacts } from "./outcome.ts";

/** Times are ms UTC. */
export interface MemberColumns {
  /** When its job was made; null: it has none. */
  readonly givenAt: number | null;
  /** As it is stored; null: it has not started. */
  readonly startedAt: number | null;
  readonly lastSeenAt: number | null;
  readonly excluded: boolean;
}

/** `openedAt`: when its run opened. */
export function factsOf(member: Member, columns: MemberColumns, openedAt: number): MemberFacts {
  const { reachedAt, wentBackAt, installingAt, signs, signSince, report, jobFailedAt, hinderedSince, momentAt } =
    member;
  const { startedAt, ...rest } = columns;
  return {
    ...rest,
    openedAt,
    startedAt: startedAt === null ? null : Math.max(openedAt, startedAt),
    reachedAt: reachedAt ?? null,
    wentBackAt: wentBackAt ?? null,
    installingAt: installingAt ?? null,
    signs: { at: signs ?? [], since: signSince ?? null },
    report: report ?? null,
    jobFailedAt: jobFailedAt ?? null,
    hindrance: hinderedSince === undefined ? null : { since: hinderedSince },
    momentAt: momentAt ?? null,
  };
}

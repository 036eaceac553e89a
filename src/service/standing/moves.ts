/** What the timeline says of a deadline that a resolution has moved, or that no longer counts: why, and by whom (targets D4, D5). */
import { isSameNamed } from "../../catalog/index.ts";
import type { Resolution } from "../../plans/index.ts";
import type { BlackoutRow, BlockRow, ClassRow, EnrollmentRow, PlanRow } from "../../store/index.ts";
import { releaseOf } from "../catalog/blocks-in-force.ts";
import { standingSpec } from "../rollouts/rows.ts";

export interface Move {
  readonly from: string;
  /** Null: the device has none now. */
  readonly to: string | null;
  readonly cause: string;
  /** Absent: nobody knows, or it was nobody. */
  readonly by?: string;
}

/** Those that cover the device. */
export interface Authors {
  readonly blocks: readonly Pick<BlockRow, "version" | "extra" | "createdBy">[];
  readonly blackouts: readonly Pick<BlackoutRow, "firstDay" | "lastDay" | "createdBy">[];
}

type Moving = Pick<Resolution, "moved" | "setAside" | "deadline">;

export function movesOf(
  found: Moving,
  { deadlineLocal }: Pick<ClassRow, "deadlineLocal">,
  authors: Authors,
): readonly Move[] {
  const moved = found.moved.map(({ from, to, cause = "due-earlier", by }): Move => {
    const author = cause === "blackout-added" ? authorOf(authors.blackouts, from) : by;
    return { from, to, cause, ...(author === undefined ? {} : { by: author }) };
  });
  if (deadlineLocal === null || moved.some(({ from }) => from === deadlineLocal)) return moved;
  return [...moved, ...overIn(found, deadlineLocal, authors)];
}

/** The deadline that was the device's no longer counts, and another is later or there is none. One that has been met is not among them. */
function overIn({ setAside, deadline }: Moving, was: string, { blocks }: Authors): readonly Move[] {
  if (deadline !== undefined && deadline <= was) return [];
  const aside = setAside.find(({ row }) => row.local === was);
  if (aside === undefined) return [];
  const { row, cause, by } = aside;
  const move = { from: was, to: deadline ?? null };
  const block = cause === "release-blocked" ? blocks.find((one) => isSameNamed(releaseOf(one), row)) : undefined;
  // The server blocks what Apple has withdrawn.
  if (block?.createdBy === "system") return [{ ...move, cause: "release-withdrawn" }];
  const author = block?.createdBy ?? by;
  return [{ ...move, cause, ...(author === undefined ? {} : { by: author }) }];
}

const authorOf = (blackouts: Authors["blackouts"], local: string): string | undefined =>
  blackouts.find(({ firstDay, lastDay }) => firstDay <= local.slice(0, 10) && local.slice(0, 10) <= lastDay)?.createdBy;

/** With whom the rows of the device and its plan name. */
export function withAuthor(
  move: Move,
  { excludedBy }: Pick<EnrollmentRow, "excludedBy">,
  plan: Pick<PlanRow, "pauseBy" | "spec"> | undefined,
): Move {
  const by = move.by ?? authorIn(move.cause, excludedBy, plan) ?? undefined;
  return by === undefined ? move : { ...move, by };
}

function authorIn(
  cause: string,
  excludedBy: string | null,
  plan: Pick<PlanRow, "pauseBy" | "spec"> | undefined,
): string | null | undefined {
  if (cause === "device-excluded") return excludedBy;
  if (plan === undefined) return undefined;
  if (cause === "plan-resumed") return plan.pauseBy;
  return cause === "plan-edited" ? standingSpec(plan).standing.editedBy : undefined;
}

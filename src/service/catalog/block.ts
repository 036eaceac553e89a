/** Blocks as rows (targets C9): made, looked through the live jobs for, and ended. */
import { isSameNamed } from "../../catalog/index.ts";
import { type JobTarget, parseRule, readsOf } from "../../plans/index.ts";
import { type BlockRow, type Decision, transaction, type Write } from "../../store/index.ts";
import { sweepFor } from "../compliance/sweep.ts";
import { step } from "../enrollment/job.ts";
import { afterBlock } from "../standing/after-block.ts";
import { forEnrollment } from "../enrollment/transaction.ts";

/** Blocks that hold at a time: each plan reads all of them. */
export const MOST_BLOCKS = 200;

export interface CreateBlockInput {
  readonly row: Pick<BlockRow, "id" | "platform" | "version" | "extra" | "rule" | "reason" | "until" | "createdBy">;
  readonly now: number;
}

/** `same`: one that holds already, of the same release for the same devices. */
export type CreatedBlock =
  | { readonly kind: "created"; readonly block: BlockRow }
  | { readonly kind: "same"; readonly block: BlockRow }
  | { readonly kind: "too-many" };

export const createBlock = transaction({
  name: "createBlock",
  reads: (_input: CreateBlockInput) => ({ live: { from: "block", where: { live: 1 } } }),
  changes: ({ row }) => ({ id: row.id, detail: row.reason.slice(0, 500) }),
  decide({ row, now }: CreateBlockInput, seen): Decision<CreatedBlock> {
    const same = seen.live.find(
      (one) => one.platform === row.platform && isSameNamed(one, row) && one.rule === row.rule,
    );
    if (same !== undefined) return { writes: [], result: { kind: "same", block: same } };
    if (seen.live.length >= MOST_BLOCKS) return { writes: [], result: { kind: "too-many" } };
    const block: BlockRow = {
      ...row,
      live: 1,
      createdAt: now,
      endedAt: null,
      endedBy: null,
      endReason: null,
      lookedTo: null,
      dueAt: now,
      leaseUntil: 0,
    };
    const { platform, version, extra, rule, reason, until } = block;
    return {
      writes: [{ insert: "block", row: block }, sweepFor(now, now)],
      change: { before: null, after: { platform, version: `${version}${extra ?? ""}`, rule, reason, until } },
      result: { kind: "created", block },
    };
  },
});

export interface EndBlockInput {
  readonly id: string;
  readonly by: string;
  readonly reason: string;
  /** Of the rollouts that follow it. */
  readonly firstId: string;
  readonly now: number;
}

/** Ending it twice ends it once. */
export const endBlock = transaction({
  name: "endBlock",
  reads: ({ id }: EndBlockInput) => ({
    block: { from: "block", where: { id } },
    rollouts: {
      from: "rollout",
      where: { platform: { of: "block", column: "platform" }, version: { of: "block", column: "version" } },
    },
    plans: { from: "plan", where: { kind: "standing" } },
  }),
  changes: ({ id, reason }) => ({ id, detail: reason.slice(0, 500) }),
  decide({ id, by, reason, firstId, now }: EndBlockInput, seen): Decision<null> {
    const [block] = seen.block;
    if (block?.live !== 1) return { writes: [], result: null };
    const set = { live: 0, endedAt: now, endedBy: by, endReason: reason, dueAt: null } as const;
    const follows = afterBlock({ block, rollouts: seen.rollouts, plans: seen.plans, firstId, now });
    const change = { before: { holds: true, endReason: null }, after: { holds: false, endReason: reason } };
    return { writes: [{ patch: "block", where: { id }, set }, ...follows, sweepFor(now, now)], change, result: null };
  },
});

export interface LookedInput {
  readonly blockId: string;
  /** Up to where it had looked before this page. */
  readonly from: string | null;
  /** Of the block as it was claimed: another one is that of an ask to look again (`lookAgain`). */
  readonly dueAt: number | null;
  /** The last enrollment of this page; null: there was none, and all live jobs have been looked at. */
  readonly to: string | null;
}

/** A page of live jobs was looked at. One that must look again from the beginning, or that has ended, stays so. */
export const blockLooked = transaction({
  name: "blockLooked",
  reads: () => ({}),
  decide({ blockId, from, dueAt, to }: LookedInput) {
    const set = to === null ? { dueAt: null } : { lookedTo: to };
    const write: Write = { patch: "block", where: { id: blockId, live: 1, lookedTo: from, dueAt }, set };
    return { writes: [write], result: null };
  },
});

/** A turn of the work at a block has ended: others may claim it. */
export const blockTurn = transaction({
  name: "blockTurn",
  reads: () => ({}),
  decide({ blockId }: { readonly blockId: string }) {
    const write: Write = { patch: "block", where: { id: blockId }, set: { leaseUntil: 0 } };
    return { writes: [write], result: null };
  },
});

/**
 * What rules ask for has changed, a device's tags or a group: blocks whose rules ask for it may cover other devices, so each looks at
 * all live jobs again. `live`: the blocks that hold. Written with the change, so that no crash lies in between.
 */
export function lookAgain(live: readonly BlockRow[], field: "tag" | "group", now: number): Write[] {
  // A group may ask for tags.
  const asks = ({ rule }: BlockRow): boolean => {
    const { fields } = readsOf(parseRule(rule));
    return fields.has(field) || fields.has("group");
  };
  return live.filter(asks).map(({ id, dueAt }): Write => {
    // Never the moment at which it was due: its first page may be under way, and says by that moment that it was looked at.
    const due = dueAt === null ? now : Math.min(now, dueAt - 1);
    return { patch: "block", where: { id, live: 1 }, set: { lookedTo: null, dueAt: due } };
  });
}

export interface BlockJobInput {
  readonly blockId: string;
  readonly enrollmentId: string;
  readonly jobId: string;
  readonly firstId: string;
  readonly now: number;
}

/** The job of a device that a block covers is withdrawn, as by a stop of its plan (targets H2). */
export const blockJob = forEnrollment({
  name: "blockJob",
  patient: true,
  reads: ({ enrollmentId, blockId }: BlockJobInput) => ({
    enrollment: { from: "enrollment", where: { id: enrollmentId } },
    block: { from: "block", where: { id: blockId } },
  }),
  none: null,
  apply(unit, { jobId }, { block: [block] }) {
    const { job, jobRow } = unit;
    // One that is paused is over as well: it does not continue to a release that is blocked.
    if (job === undefined || jobRow?.id !== jobId || jobRow.state === "stopping" || block?.live !== 1) return null;
    if (!isTo(job.target, block)) return null;
    step(unit, { kind: "withdraw", cause: "release-blocked" });
    unit.push();
    return null;
  },
});

/** Whether a job goes to the release that a block bans. */
export const isTo = (
  { version, supplemental, others }: JobTarget,
  block: Pick<BlockRow, "version" | "extra">,
): boolean => others !== true && isSameNamed({ version, extra: supplemental?.extra }, block);

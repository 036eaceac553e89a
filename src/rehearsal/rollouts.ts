/** A plan with its rollouts and runs as rows in memory: what the server's transactions decide is written here. */
import type { GateDecisionRow, PlanRow, RingRunRow, RolloutRow, Write } from "../store/index.ts";

export class Rollouts {
  readonly plan: PlanRow;
  rollouts: readonly RolloutRow[] = [];
  runs: readonly RingRunRow[] = [];
  readonly decisions: GateDecisionRow[] = [];

  constructor(plan: PlanRow) {
    this.plan = plan;
  }

  /** What only wakes the work of a server changes nothing here. */
  apply(writes: readonly Write[]): void {
    for (const write of writes) {
      if ("insert" in write) {
        if (write.insert === "rollout") this.rollouts = [...this.rollouts, write.row];
        else if (write.insert === "ringRun") this.runs = [...this.runs, write.row];
        else if (write.insert === "gateDecision") this.decisions.push(write.row);
      } else if ("patch" in write) {
        if (write.patch === "rollout") this.rollouts = patched(this.rollouts, write.where, write.set);
        else if (write.patch === "ringRun") this.runs = patched(this.runs, write.where, write.set);
      }
    }
  }
}

function patched<R extends object>(rows: readonly R[], where: Partial<R>, set: Partial<R>): readonly R[] {
  const is = (row: R): boolean => (Object.keys(where) as (keyof R)[]).every((column) => row[column] === where[column]);
  return rows.map((row) => (is(row) ? { ...row, ...set } : row));
}

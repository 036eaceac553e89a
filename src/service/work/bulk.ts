/**
 * Work at many devices that one wish has set off: a plan, a policy. Who claims it holds it by a lease, so that no other process
 * does it too; some rows are in flight at a time, so that devices that poll wait for those only; and a stop, or the end of the
 * lease of a process that died, lets it continue from where it was.
 */
import type { Log } from "../ports.ts";
import type { Gate } from "./gate.ts";

/** Rows that are done next, some hundred at most: a turn ends within its lease. */
export interface BulkPage<Row> {
  /** A row that is done is in no later page. */
  readonly rows: readonly Row[];
  /** False: nothing is left to do, and this page is empty. */
  readonly more: boolean;
  /** Called once all of its rows are done; where there is such a call, its rows come again until then. */
  readonly done?: () => Promise<unknown>;
}

export interface BulkWork<Owner, Row> {
  /** For the log. */
  readonly what: string;
  /** Takes owners of work that are due and leases them for `leaseMs`: no other claimer gets them before that has passed. */
  claim(leaseMs: number): Promise<readonly Owner[]>;
  page(owner: Owner): Promise<BulkPage<Row>>;
  /** Does one row. After a crash it comes again: doing it twice must be doing it once. */
  work(owner: Owner, row: Row): Promise<unknown>;
  /** Gives the lease back. `more`: it is due again at once; otherwise nothing is left to do. */
  release(owner: Owner, more: boolean): Promise<unknown>;
}

export interface BulkOptions {
  /** What every row passes, of whatever work. */
  readonly gate: Gate;
  /** Rows of one owner that stand before the gate or have passed it. */
  readonly atOnce: number;
  readonly leaseMs: number;
  readonly log: Pick<Log, "error">;
}

export interface Bulk {
  /** Claims some owners and does a page of each. Says how many they were: more may be waiting. */
  turn<Owner, Row>(kind: BulkWork<Owner, Row>): Promise<number>;
  /** Does all of these rows, whether it is stopped or not. One that fails is logged, and the others continue. Says whether all are done. */
  all<Row>(what: string, rows: readonly Row[], work: (row: Row) => Promise<unknown>): Promise<boolean>;
  /** Begins no turn and no row of a turn any more. Turns under way end with what is in flight and give their leases back. */
  stop(): void;
}

export function createBulk({ gate, atOnce, leaseMs, log }: BulkOptions): Bulk {
  let stopped = false;
  const failed = (what: string, error: unknown): void => log.error("due-work-failed", { what, error: String(error) });

  async function some<Row>(
    what: string,
    rows: readonly Row[],
    work: (row: Row) => Promise<unknown>,
    enough: () => boolean,
  ): Promise<number> {
    const left = rows.values();
    let done = 0;
    const one = async (): Promise<void> => {
      while (!enough()) {
        const { value, done: none } = left.next();
        if (none === true) return;
        try {
          await gate(() => work(value));
          done += 1;
        } catch (error) {
          failed(what, error);
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(atOnce, rows.length) }, one));
    return done;
  }

  /**
   * Where rows failed the lease is kept: the cause may be over when that has passed. Not where others of the page are done, and
   * so in no later page: they must not wait for those that fail.
   */
  async function workAt<Owner, Row>(kind: BulkWork<Owner, Row>, owner: Owner): Promise<void> {
    const { rows, more, done } = await kind.page(owner);
    const each = (row: Row): Promise<unknown> => kind.work(owner, row);
    const count = await some(kind.what, rows, each, () => stopped);
    if (count < rows.length) {
      if (stopped || (count > 0 && done === undefined)) await kind.release(owner, true);
      return;
    }
    await done?.();
    await kind.release(owner, more);
  }

  return {
    async turn(kind) {
      if (stopped) return 0;
      const owners = await kind.claim(leaseMs);
      await Promise.all(owners.map((owner) => workAt(kind, owner).catch((error: unknown) => failed(kind.what, error))));
      return owners.length;
    },
    all: async (what, rows, work) => (await some(what, rows, work, () => false)) === rows.length,
    stop() {
      stopped = true;
    },
  };
}

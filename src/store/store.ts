/** What a backend offers. The suite (`device-store.suite.ts`) is the contract; every backend runs it. */
import type { Transaction, Lookup, Lookups, Write } from "./transaction.ts";
import type {
  BlackoutRow,
  BlockRow,
  EnrollmentRow,
  JobRow,
  OutboxRow,
  PlanRow,
  PolicyRow,
  RenewalRow,
  Rows,
  SweepRow,
  TableName,
  WebhookRow,
} from "./rows.ts";

/** What can be due: rows with `dueAt` and `leaseUntil`, or with columns that stand for them (`DUE` in due.ts). */
export interface DueRows {
  enrollment: EnrollmentRow;
  job: JobRow;
  plan: PlanRow;
  policy: PolicyRow;
  block: BlockRow;
  blackout: BlackoutRow;
  outbox: OutboxRow;
  /** Its times are real time. */
  renewal: RenewalRow;
  /** By `classDueAt` and `classLeaseUntil`. */
  compliance: EnrollmentRow;
  /** By `excludedDueAt` and `excludedLeaseUntil`. */
  exclusion: EnrollmentRow;
  sweep: SweepRow;
  /** Its times are real time. */
  webhook: WebhookRow;
}

/** From before which moments is forgotten, ms UTC. */
export interface Forgotten {
  readonly history: number;
  /** Of the audit and of what devices ran, which reports of past days tell. */
  readonly audit: number;
  /** Of requests with an Idempotency-Key, real time. */
  readonly keyed: number;
  readonly events: number;
  /** To webhooks, real time. */
  readonly deliveries: number;
}

export interface DeviceStore {
  /** Resolves after the commit (SQLite: synchronous=FULL). A conflict or a throwing `decide` touches only its own ask. */
  run<Input, Result, L extends Lookups, Decoded>(
    transaction: Transaction<Input, Result, L, Decoded>,
    input: Input,
  ): Promise<Result>;
  /** As `run`; `also` goes into the same transaction where the transaction writes anything, which `written` says. */
  runWith<Input, Result, L extends Lookups, Decoded>(
    transaction: Transaction<Input, Result, L, Decoded>,
    input: Input,
    also: readonly Write[],
  ): Promise<{ readonly result: Result; readonly written: boolean }>;
  /** Rows of one lookup, as of now, without writing. */
  read<T extends TableName>(lookup: Omit<Lookup<T>, "columns">): Promise<readonly Rows[T][]>;
  /**
   * Takes up to `n` rows whose `dueAt` is at or before `now` and whose lease has passed, oldest first, and leases them
   * until `now + leaseMs`: no other claimer gets them before. A lease that ends later than
   * two of these was written under a wrong clock and counts as passed. A row whose work is done must move its `dueAt` itself.
   */
  claimDue<K extends keyof DueRows>(kind: K, now: number, n: number, leaseMs: number): Promise<readonly DueRows[K][]>;
  /**
   * The earliest moment at which `claimDue` of this kind may return a row, asked at `now` when it has just returned none;
   * undefined when nothing is due ever. It may be a lease too early, never too late.
   */
  nextDue(kind: keyof DueRows, now: number): Promise<number | undefined>;
  /**
   * From now on `listener` is told, after each commit of this process, the earliest moment at which work of a kind that was
   * written is due. What other processes write to the same database is not told.
   */
  onDue(listener: (kind: keyof DueRows, at: number) => void): void;
  /**
   * The clock has stepped back by `ms` and says `now`: all that was due later than `now` is due that much earlier,
   * though not before `now`, and no lease holds. Certificates' ends are no matter of this: of renewals only those that were put off.
   * Doing it twice makes work come early, and work that comes early does nothing.
   */
  shiftDue(now: number, ms: number): Promise<void>;
  /** The moment of the newest entry of all timelines: what the clock said then. Undefined where there is none. */
  lastNoted(): Promise<number | undefined>;
  /**
   * Sets lastSeenAt (never backwards) of many enrollments in one write: what an Idle that changes nothing leaves. The class of those that
   * are silent by it becomes due: an Idle that came while that was worked out did not know it.
   */
  noteSeen(seen: ReadonlyMap<string, number>): Promise<void>;
  /**
   * Forgets what is older than `before`: of the history timeline entries, closed commands, expired challenges and links, withdrawn
   * declarations, and decisions of which nothing comes (a plan that was stopped first, or never accepted); of the audit its rows, and
   * versions that a later one had followed by then; of both enrollments that an admin removed, with all that is theirs; requests with an
   * Idempotency-Key; events; and deliveries to webhooks that wait no longer. At most about `n` rows of each, so that no device waits for it. Gives how many went: as many as `n` means that
   * more may be left.
   */
  prune(before: Forgotten, n: number): Promise<number>;
  /** Finishes what was taken, checkpoints, closes. */
  close(): Promise<void>;
}

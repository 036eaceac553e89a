/** What the transactions of one enrollment look up, beside what is their own. */
import type {
  AssignmentRow,
  BodyBatchRow,
  CommandRow,
  DeclarativeRow,
  EnrollmentRow,
  FactsRow,
  HaltRow,
  JobRow,
  OutboxRow,
  PlanRow,
  PolicyRow,
  RolloutRow,
  SettingRow,
  Standing,
} from "../../store/index.ts";

/** For an enrollment that a lookup called `enrollment` finds. */
export const enrollmentLookups = {
  outstanding: { from: "command", where: { enrollmentId: { of: "enrollment", column: "id" } } },
  job: { from: "job", where: { enrollmentId: { of: "enrollment", column: "id" }, live: 1 } },
  plan: { from: "plan", where: { id: { of: "job", column: "planId" } }, columns: ["id", "state", "pauseBy"] },
  // By its primary key, and for a job that a rollout gave only.
  jobRollout: {
    from: "rollout",
    where: { id: { of: "job", column: "rolloutId" } },
    columns: ["id", "state", "stateBy"],
  },
  // Found by what every live job has: of a device without one nothing is looked up.
  halt: { from: "halt", where: { id: { of: "job", column: "live" } } },
  push: { from: "outbox", where: { enrollmentId: { of: "enrollment", column: "id" } } },
  declarative: { from: "declarative", where: { enrollmentId: { of: "enrollment", column: "id" } } },
  assignment: { from: "assignment", where: { enrollmentId: { of: "enrollment", column: "id" } } },
  policy: { from: "policy", where: { id: { of: "assignment", column: "policyId" } } },
} as const;

/** Whether all plans are halted, whatever job the device has. */
export const haltLookup = { from: "halt", where: { id: 1 } } as const;

/** What the device has said about itself: for transactions that may learn more of it. */
export const factsLookup = { from: "facts", where: { enrollmentId: { of: "enrollment", column: "id" } } } as const;
/** The same for one that does not. */
export const noFacts = { ...factsLookup, limit: 0 } as const;

/** Jobs of the enrollment that have ended, by age: for transactions that may learn a version, by which their ends are judged. */
export const endedJobs = {
  from: "job",
  where: { enrollmentId: { of: "enrollment", column: "id" }, live: 0 },
} as const;

/** Who manages the devices, as the configuration says: where it is looked up, declarations may begin. */
export const organizationLookup = { from: "setting", where: { name: "organization" } } as const;

/** What `organizationLookup` has found. */
export function organizationOf(rows: { readonly organization: readonly SettingRow[] }): Standing["organization"] {
  return (rows.organization[0]?.value ?? undefined) as Standing["organization"];
}

/** The policies for everyone: where they are looked up, a device without a policy is given the newest of them. */
export const everyoneLookup = { from: "policy", where: { everyone: 1 } } as const;

/** The rows that these lookups have found. */
export interface EnrollmentRows {
  readonly outstanding: readonly CommandRow[];
  readonly job: readonly JobRow[];
  readonly plan: readonly Pick<PlanRow, "id" | "state" | "pauseBy">[];
  readonly jobRollout: readonly Pick<RolloutRow, "id" | "state" | "stateBy">[];
  readonly halt: readonly HaltRow[];
  readonly push: readonly OutboxRow[];
  readonly declarative: readonly DeclarativeRow[];
  readonly assignment: readonly AssignmentRow[];
  readonly policy: readonly PolicyRow[];
  /** `factsLookup`. */
  readonly facts?: readonly FactsRow[];
  /** `endedJobs`. */
  readonly past?: readonly JobRow[];
  /** Where the transaction keeps bytes of messages (`bodyLookup`). */
  readonly bodies?: readonly BodyBatchRow[] | undefined;
}

/** The rows of which the unit writes the difference. */
export interface UnitRows {
  readonly enrollment: EnrollmentRow;
  readonly factsRow: FactsRow | undefined;
  readonly outstanding: ReadonlyMap<string, CommandRow>;
  readonly declarative: DeclarativeRow | undefined;
  readonly assignment: AssignmentRow | undefined;
  readonly pushRow: OutboxRow | undefined;
  /** The live job, those that this transaction has ended or judged again, and those that it has made. */
  readonly jobs: ReadonlyMap<string, JobRow>;
}

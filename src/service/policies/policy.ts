/** Policies: made as one row with the devices they are for; these are given it in small asks, so polls never wait. */
import { type Decision, transaction, type PolicyRow, type Write } from "../../store/index.ts";
import { assign } from "../enrollment/policy.ts";
import { everyoneLookup } from "../enrollment/rows.ts";
import { forEnrollment } from "../enrollment/transaction.ts";

/** Devices per chunk. */
const CHUNK = 1000;

export interface CreatePolicyInput {
  readonly id: string;
  readonly name: string;
  readonly settings: PolicyRow["settings"];
  /** For devices that enroll later too. */
  readonly everyone: boolean;
  /** Enrollment ids. */
  readonly devices: readonly string[];
  /** Who makes it. */
  readonly by: string;
  readonly now: number;
}

export const createPolicy = transaction({
  name: "createPolicy",
  reads: () => ({}),
  changes: ({ id }) => ({ id }),
  decide({ id, name, settings, everyone, devices, by, now }: CreatePolicyInput) {
    const writes: Write[] = [];
    // One policy at most is for everyone: the newest.
    if (everyone) writes.push({ patch: "policy", where: { everyone: 1 }, set: { everyone: 0 } });
    for (let n = 0; n * CHUNK < devices.length; n += 1) {
      const some = devices.slice(n * CHUNK, (n + 1) * CHUNK);
      writes.push({ insert: "policyChunk", row: { policyId: id, n, devices: some, madeAt: null } });
    }
    const row: PolicyRow = {
      id,
      name,
      state: "active",
      everyone: everyone ? 1 : 0,
      settings,
      createdAt: now,
      removedAt: null,
      dueAt: now,
      leaseUntil: 0,
      createdBy: by,
    };
    writes.push({ insert: "policy", row });
    const after = { name, settings, everyone, devices: devices.length, state: "active" };
    return { writes, change: { before: null, after }, result: null };
  },
});

export interface PolicyInput {
  readonly policyId: string;
  readonly now: number;
}

/** One row that every look at a device consults; the devices are seen to in small asks afterwards. */
export const removePolicy = transaction({
  name: "removePolicy",
  changes: ({ policyId }) => ({ id: policyId }),
  reads: (input: PolicyInput) => ({ policy: { from: "policy", where: { id: input.policyId } } }),
  decide({ policyId, now }: PolicyInput, seen): Decision<null> {
    const [policy] = seen.policy;
    if (policy?.state !== "active") return { writes: [], result: null };
    const set = { state: "removed", everyone: 0, removedAt: now, dueAt: now, leaseUntil: 0 } as const;
    const { name, everyone } = policy;
    const change = {
      before: { name, everyone: everyone === 1, state: "active" },
      after: { name, everyone: false, state: "removed" },
    };
    return { writes: [{ patch: "policy", where: { id: policyId }, set }], change, result: null };
  },
});

export interface PolicyDeviceInput {
  readonly policyId: string;
  readonly enrollmentId: string;
  readonly firstId: string;
  readonly now: number;
}

/** Coming twice (the process died between two inputs) gives it once; a newer policy that the device got since stays. */
export const assignPolicy = forEnrollment({
  name: "assignPolicy",
  patient: true,
  reads: (input: PolicyDeviceInput) => ({
    enrollment: { from: "enrollment", where: { id: input.enrollmentId } },
    given: { from: "policy", where: { id: input.policyId } },
  }),
  none: null,
  apply(unit, _input, rows) {
    const [policy] = rows.given;
    if (unit.enrollment.state === "removed" || policy?.state !== "active") return null;
    const has = unit.policy?.state === "active" ? unit.policy : undefined;
    if (has?.id !== policy.id && (has === undefined || !isNewer(has, policy))) assign(unit, policy);
    return null;
  },
});

/** Ids rise with time, within a millisecond too. */
function isNewer(a: PolicyRow, b: PolicyRow): boolean {
  return a.createdAt === b.createdAt ? a.id > b.id : a.createdAt > b.createdAt;
}

/** A removed policy is taken from a device; the one for everyone takes its place. */
export const takePolicyAway = forEnrollment({
  name: "takePolicyAway",
  patient: true,
  reads: (input: PolicyDeviceInput) => ({
    enrollment: { from: "enrollment", where: { id: input.enrollmentId } },
    everyone: everyoneLookup,
  }),
  none: null,
  apply(unit, { policyId }, { everyone }) {
    const { assignment, policy } = unit;
    if (assignment?.policyId !== policyId || assignment.state === "removing" || policy?.state === "active") return null;
    unit.note("policy-removed", { policyId, name: policy?.name ?? "" });
    const newest = everyone.at(-1);
    if (newest !== undefined) assign(unit, newest);
    unit.occasions.add("policy");
    return null;
  },
});

/** Every device of a chunk has been given the policy. */
export const policyChunkMade = transaction({
  name: "policyChunkMade",
  reads: () => ({}),
  decide({ policyId, n, now }: PolicyInput & { readonly n: number }) {
    return {
      writes: [{ patch: "policyChunk", where: { policyId, n }, set: { madeAt: now } }] satisfies Write[],
      result: null,
    };
  },
});

export interface PolicyTurnInput {
  readonly policyId: string;
  /** As it was when the turn began: a removal since then has set when its own work is due. */
  readonly state: PolicyRow["state"];
  /** When the next turn is due; null: nothing is left to do. */
  readonly dueAt: number | null;
}

/** A turn of the work at a policy has ended: others may claim it. */
export const policyTurn = transaction({
  name: "policyTurn",
  reads: () => ({}),
  decide({ policyId, state, dueAt }: PolicyTurnInput) {
    const write: Write = { patch: "policy", where: { id: policyId, state }, set: { dueAt, leaseUntil: 0 } };
    return { writes: [write], result: null };
  },
});

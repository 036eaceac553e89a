/** What there is to do of a policy: to give it to its devices, and after its removal to take it from them. */
import type { PolicyRow } from "../../store/index.ts";
import type { Ports } from "../ports.ts";
import type { BulkPage, BulkWork } from "../work/bulk.ts";
import { assignPolicy, policyChunkMade, policyTurn, takePolicyAway } from "./policy.ts";

/** Policies that are worked at together. */
const POLICIES = 4;
const PAGE = 200;

/** Its rows are ids of enrollments. */
export function createPolicyWork(ports: Ports): BulkWork<PolicyRow, string> {
  const { admin, devices } = ports;

  async function toGive(policyId: string): Promise<BulkPage<string>> {
    const [chunk] = await devices.read({ from: "policyChunk", where: { policyId, madeAt: null }, limit: 1 });
    if (chunk === undefined) return { rows: [], more: false };
    const done = () => devices.run(policyChunkMade, { policyId, n: chunk.n, now: ports.now() });
    return { rows: chunk.devices, more: true, done };
  }

  async function toTake(policyId: string): Promise<BulkPage<string>> {
    const rows = await admin.assignmentsToTake(policyId, PAGE);
    return { rows, more: rows.length > 0 };
  }

  return {
    what: "policy",
    claim: (leaseMs) => devices.claimDue("policy", ports.now(), POLICIES, leaseMs),
    page: ({ id, state }) => (state === "removed" ? toTake(id) : toGive(id)),
    work: async ({ id: policyId, state }, enrollmentId) => {
      const input = { policyId, enrollmentId, firstId: ports.newId(), now: ports.now() };
      await (state === "removed" ? devices.run(takePolicyAway, input) : devices.run(assignPolicy, input));
    },
    release: ({ id: policyId, state }, more) =>
      devices.run(policyTurn, { policyId, state, dueAt: more ? ports.now() : null }),
  };
}

/** Policies. */
import { created, type Handlers, ok } from "./reply.ts";

export const policyHandlers: Handlers<
  "createPolicy" | "listPolicies" | "showPolicy" | "policyDevices" | "removePolicy"
> = {
  createPolicy: async (service, { query, body }) => {
    if (query.dryRun) return ok(await service.tryPolicy(body));
    const policy = await service.createPolicy(body);
    return created(policy, { location: `/api/v1/policies/${encodeURIComponent(policy.id)}` });
  },

  listPolicies: async (service) => ok({ rows: await service.policies() }),

  showPolicy: async (service, { params }) => ok(await service.policy(params.id)),

  policyDevices: async (service, { params, query }) =>
    ok(await service.policyDevices(params.id, query.after, query.limit)),

  removePolicy: async (service, { params }) => ok(await service.removePolicy(params.id)),
};

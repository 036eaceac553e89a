/** Policies. */
import { created, type Handlers, ok } from "./reply.ts";

export const policyHandlers: Handlers<
  "createPolicy" | "listPolicies" | "showPolicy" | "policyDevices" | "removePolicy"
> = {
  createPolicy: async ({ policies }, { query, body }, actor) => {
    if (query.dryRun) return ok(await policies.dryRun(body));
    const policy = await policies.create(actor, body);
    return created(policy, `/api/v1/policies/${encodeURIComponent(policy.id)}`);
  },

  listPolicies: async ({ policies }, { query }) => ok(await policies.list(query.after, query.limit)),

  showPolicy: async ({ policies }, { params }) => ok(await policies.show(params.id)),

  policyDevices: async ({ policies }, { params, query }) =>
    ok(await policies.devices(params.id, query.after, query.limit)),

  removePolicy: async ({ policies }, { params, query }, actor) =>
    query.dryRun ? ok(await policies.tryRemove(params.id)) : ok(await policies.remove(actor, params.id)),
};

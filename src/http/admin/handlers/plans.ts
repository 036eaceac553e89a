/** Plans. */
import { created, type Handlers, ok } from "./reply.ts";

export const planHandlers: Handlers<"createPlan" | "listPlans" | "showPlan" | "planJobs" | "stopPlan"> = {
  createPlan: async (service, { query, body }) => {
    if (query.dryRun) return ok(await service.dryRun(body));
    const plan = await service.createPlan(body);
    return created(plan, { location: `/api/v1/plans/${encodeURIComponent(plan.id)}` });
  },

  listPlans: async (service) => ok({ rows: await service.plans() }),

  showPlan: async (service, { params }) => ok(await service.plan(params.id)),

  planJobs: async (service, { params, query }) =>
    ok(await service.planJobs(params.id, query.after, query.limit, query.state)),

  stopPlan: async (service, { params }) => ok(await service.stopPlan(params.id)),
};

/** Plans. */
import { created, type Handlers, lines, ok } from "./reply.ts";

export const planHandlers: Handlers<"createPlan" | "listPlans" | "showPlan" | "planJobs" | "stopPlan"> = {
  createPlan: async ({ plans }, { query, body, wantsLines }, actor) => {
    if (query.dryRun && wantsLines) return lines(plans.dryRunLines(body));
    if (query.dryRun) return ok(await plans.dryRun(body));
    const plan = await plans.create(actor, body);
    return created(plan, { location: `/api/v1/plans/${encodeURIComponent(plan.id)}` });
  },

  listPlans: async ({ plans }) => ok({ rows: await plans.list() }),

  showPlan: async ({ plans }, { params }) => ok(await plans.show(params.id)),

  planJobs: async ({ plans }, { params, query }) =>
    ok(await plans.jobs(params.id, query.after, query.limit, query.state)),

  stopPlan: async ({ plans }, { params }, actor) => ok(await plans.stop(actor, params.id)),
};

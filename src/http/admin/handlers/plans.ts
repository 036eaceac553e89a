/** Plans, and the halt of all of them. */
import { created, type Handlers, lines, ok } from "./reply.ts";

export const planHandlers: Handlers<
  | "createPlan"
  | "listPlans"
  | "showPlan"
  | "planJobs"
  | "stopPlan"
  | "pausePlan"
  | "resumePlan"
  | "showHalt"
  | "startHalt"
  | "endHalt"
> = {
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

  pausePlan: async ({ plans }, { params, query, body }, actor) =>
    query.dryRun ? ok(await plans.tryPause(params.id)) : ok(await plans.pause(actor, params.id, body.reason)),

  resumePlan: async ({ plans }, { params, query }, actor) =>
    query.dryRun ? ok(await plans.tryResume(params.id)) : ok(await plans.resume(actor, params.id)),

  showHalt: async ({ halt }) => ok(await halt.show()),

  startHalt: async ({ halt }, { query, body }, actor) =>
    query.dryRun ? ok(await halt.tryStart()) : ok(await halt.start(actor, body.reason)),

  endHalt: async ({ halt }, { query, body }, actor) =>
    query.dryRun ? ok(await halt.tryEnd()) : ok(await halt.end(actor, body.devices)),

  stopPlan: async ({ plans }, { params }, actor) => ok(await plans.stop(actor, params.id)),
};

/** Plans, and the halt of all of them. */
import { created, type Handlers, lines, ok } from "./reply.ts";

export const planHandlers: Handlers<
  | "createPlan"
  | "listPlans"
  | "showPlan"
  | "planJobs"
  | "editPlan"
  | "orderPlans"
  | "tryAgain"
  | "holdMajor"
  | "releaseMajor"
  | "stopPlan"
  | "pausePlan"
  | "resumePlan"
  | "showHalt"
  | "startHalt"
  | "endHalt"
> = {
  createPlan: async ({ plans }, { query, body, wantsLines }, actor) => {
    if (query.dryRun === "summary") return ok(await plans.dryRunSummary(body));
    if (query.dryRun === "true") return wantsLines ? lines(plans.dryRunLines(body)) : ok(await plans.dryRun(body));
    const plan = await plans.create(actor, body);
    return created(plan, `/api/v1/plans/${encodeURIComponent(plan.id)}`);
  },

  listPlans: async ({ plans }, { query }) => ok(await plans.list(query.after, query.limit)),

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

  editPlan: async ({ plans }, { params, query, body }, actor) =>
    query.dryRun ? ok(await plans.tryEdit(params.id, body)) : ok(await plans.edit(actor, params.id, body)),

  orderPlans: async ({ plans }, { query, body }, actor) =>
    query.dryRun ? ok(await plans.tryOrder(body)) : ok(await plans.order(actor, body)),

  tryAgain: async ({ plans }, { params, query, body }, actor) =>
    ok(query.dryRun ? await plans.tryAgain(params.id, body) : await plans.again(actor, params.id, body)),

  holdMajor: async ({ plans }, { params, query, body }, actor) =>
    query.dryRun
      ? ok(await plans.tryMajor(params.id, body, true))
      : ok(await plans.major(actor, params.id, body, true)),

  releaseMajor: async ({ plans }, { params, query, body }, actor) =>
    query.dryRun
      ? ok(await plans.tryMajor(params.id, body, false))
      : ok(await plans.major(actor, params.id, body, false)),

  stopPlan: async ({ plans }, { params, query }, actor) =>
    query.dryRun ? ok(await plans.tryStop(params.id)) : ok(await plans.stop(actor, params.id)),
};

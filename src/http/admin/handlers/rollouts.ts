/** Rollouts and their rings. */
import { type Handlers, ok } from "./reply.ts";

export const rolloutHandlers: Handlers<
  | "listRollouts"
  | "showRollout"
  | "holdRollout"
  | "pauseRollout"
  | "resumeRollout"
  | "abortRollout"
  | "giveInstead"
  | "liftBlackout"
  | "promoteRing"
  | "waitForRing"
> = {
  listRollouts: async ({ rollouts }, { params, query }) => ok(await rollouts.list(params.id, query.after, query.limit)),

  showRollout: async ({ rollouts }, { params }) => ok(await rollouts.show(params.id)),

  holdRollout: async ({ rollouts }, { params, query, body }, actor) =>
    query.dryRun
      ? ok(await rollouts.try("hold", params.id))
      : ok(await rollouts.say(actor, "hold", params.id, body.reason)),

  pauseRollout: async ({ rollouts }, { params, query, body }, actor) =>
    query.dryRun
      ? ok(await rollouts.try("pause", params.id))
      : ok(await rollouts.say(actor, "pause", params.id, body.reason)),

  resumeRollout: async ({ rollouts }, { params, query, body }, actor) =>
    query.dryRun
      ? ok(await rollouts.try("resume", params.id))
      : ok(await rollouts.say(actor, "resume", params.id, body.reason)),

  abortRollout: async ({ rollouts }, { params, query, body }, actor) =>
    query.dryRun
      ? ok(await rollouts.try("abort", params.id))
      : ok(await rollouts.say(actor, "abort", params.id, body.reason)),

  giveInstead: async ({ rollouts }, { params, query, body }, actor) =>
    query.dryRun
      ? ok(await rollouts.tryInstead(params.id, body.version))
      : ok(await rollouts.giveInstead(actor, params.id, body.version, body.reason)),

  liftBlackout: async ({ rollouts }, { params, query, body }, actor) =>
    query.dryRun
      ? ok(await rollouts.tryLift(params.id))
      : ok(await rollouts.say(actor, "lift-blackout", params.id, body.reason)),

  promoteRing: async ({ rollouts }, { params, query, body }, actor) => {
    const { urgent = false, reason } = body;
    if (query.dryRun) return ok(await rollouts.tryRing("promote", params.id, params.ring, urgent));
    return ok(await rollouts.sayRing(actor, "promote", params.id, params.ring, { urgent, reason }));
  },

  waitForRing: async ({ rollouts }, { params, query, body }, actor) => {
    const { urgent = false, reason } = body;
    if (query.dryRun) return ok(await rollouts.tryRing("wait", params.id, params.ring, urgent));
    return ok(await rollouts.sayRing(actor, "wait", params.id, params.ring, { urgent, reason }));
  },
};

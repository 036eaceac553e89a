/**
 * What a repeated request is told whose first answer is lost: the change was made, and the process died, or the answer was too large to keep.
 * Where the answer is how an object is, it is shown as it is now. What only completes itself when it is done again is done again. For all
 * others the problem `idempotency-answer-lost` names the object.
 */
import type { RouteName } from "../../contract/index.ts";
import type { AdminService } from "../../service/index.ts";
import { created, ok } from "./handlers/reply.ts";

export interface Shown {
  readonly status: number;
  readonly media: string | null;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body: unknown;
}

/** `id`: the object that was changed; null: there is one of its kind, or there were several. */
type Show = (service: AdminService, id: string | null) => Promise<Shown>;

const byId =
  (show: (service: AdminService, id: string) => Promise<Shown>): Show =>
  async (service, id) => {
    if (id === null) throw new Error("a change of one object names none");
    return show(service, id);
  };

const plan = byId(async ({ plans }, id) => ok(await plans.show(id)));
const rollout = byId(async ({ rollouts }, id) => ok(await rollouts.show(id)));
const halt: Show = async (service) => ok(await service.halt.show());
const gone: Show = async () => ({ status: 204, media: null, body: null });

export const AFTER_LOSS: { readonly [N in RouteName]?: "again" | Show } = {
  createPlan: byId(async ({ plans }, id) => {
    return created(await plans.show(id), `/api/v1/plans/${encodeURIComponent(id)}`);
  }),
  editPlan: plan,
  holdMajor: plan,
  releaseMajor: plan,
  stopPlan: plan,
  pausePlan: plan,
  resumePlan: plan,
  orderPlans: async ({ plans }) => {
    const rows = (await plans.list(undefined, 1000)).rows.filter(
      ({ kind, state }) => kind === "standing" && state !== "stopped",
    );
    const order = rows.map(({ id, name, order: place }) => ({ id, name, order: place ?? 0 }));
    return ok({ plans: order.toSorted((a, b) => a.order - b.order) });
  },
  holdRollout: rollout,
  pauseRollout: rollout,
  resumeRollout: rollout,
  abortRollout: rollout,
  giveInstead: rollout,
  liftBlackout: rollout,
  promoteRing: rollout,
  waitForRing: rollout,
  startHalt: halt,
  endHalt: halt,
  createPolicy: byId(async ({ policies }, id) => {
    return created(await policies.show(id), `/api/v1/policies/${encodeURIComponent(id)}`);
  }),
  removePolicy: byId(async ({ policies }, id) => ok(await policies.show(id))),
  setZone: byId(async ({ devices }, id) => ok(await devices.show(id))),
  setZoneRules: async ({ scopes }) => ok(await scopes.zoneRules()),
  removeGroup: gone,
  removeBlackout: gone,
  revokeToken: gone,
  // Devices that have been seen to are passed over.
  tagDevices: "again",
  excludeDevices: "again",
  endExclusions: "again",
  adoptDevices: "again",
  tryAgain: "again",
  // The same as before is found, and nothing is made.
  createBlock: "again",
  createBlackout: "again",
  endBlock: "again",
  revokeLink: "again",
  withdrawCommand: "again",
  importCatalog: "again",
  importCves: "again",
  importPush: "again",
  pushRequest: "again",
  acceptClock: "again",
};

/** What a rehearsal does as the service does it: the same functions, over rows that are in memory only. */
export { type StoredCatalog, joined } from "./catalog/catalog.ts";
export { confirmed, taken } from "./catalog/note-list.ts";
export { readFetched } from "./catalog/read-list.ts";
export { standingSpecOf } from "./plans/standing-spec.ts";
export { gateDecides } from "./rollouts/gate.ts";
export { isCounted, nextIn, watchedOf, type World as GateWorld } from "./rollouts/gate-work.ts";
export { isMeant, memberOf, otherOf, urgencyOf } from "./rollouts/members.ts";
export { countsKey } from "./rollouts/views.ts";
export { beginRollout } from "./standing/begin-rollout.ts";
export { beginning } from "./standing/beginning.ts";
export { newStanding } from "./standing/plan.ts";
export { createReady, type Standing, standingOf } from "./standing/standing.ts";

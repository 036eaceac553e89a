/** What a standing plan would mean for the fleet, page by page: for a dry run, and for the numbers of a plan that was just made. */
import { matching, previewOf, spreadSlotOf, type StandingPlan, type StandingSpec } from "../../plans/index.ts";
import { catalogOf } from "../catalog/catalog.ts";
import { type Decided, zoneByRule } from "../plans/decided.ts";
import type { Json, PlanRow } from "../../store/index.ts";
import type { Ports } from "../ports.ts";
import { nameOfRing } from "./plans-of.ts";
import { isRead, readDevices } from "./lookups.ts";
import { createReady, readStanding, standingOf, standingPlan, type StandingRowsRead } from "./standing.ts";

const PAGE = 500;

/** `id`: of the plan, or one that it may get: shares of rings hang on it. */
export async function* triedPages(
  ports: Ports,
  spec: StandingSpec,
  id: string,
  shown?: Shown,
): AsyncGenerator<readonly Decided[]> {
  const { admin } = ports;
  const catalog = await catalogOf(ports);
  const ready = createReady();
  const read = shown === undefined ? NO_PLANS : await readStanding(ports);
  const others = standingOf(read, ready).plans;
  const row = { id, revision: 1, state: "active", spec: spec as unknown as Json } as const;
  const plan = standingPlan(row, [], [], { blocks: [], ready: ready.of });
  let after: string | undefined;
  for (;;) {
    const rows = await admin.classRows(after, PAGE);
    const now = ports.now();
    const page = (await readDevices(ports, ready.rules, rows))
      .filter(isRead)
      .flatMap(({ row: device, device: one }) => {
        const preview = previewOf(one, plan, catalog, now);
        if (preview === undefined) return [];
        const plans = shown === undefined ? {} : { plans: matchingIn(read.plans, matching(others, one), shown) };
        const slot = spreadSlotOf(spec.standing.spreadHours, id, device.id, one.hash);
        return [
          {
            row: device,
            decision: preview.decision,
            ring: nameOfRing(plan.rings, preview.ring),
            slot,
            ...zoneByRule(one.planned),
            ...plans,
          },
        ];
      });
    if (page.length > 0) yield page;
    after = rows.at(-1)?.id;
    if (rows.length < PAGE) return;
  }
}

/** How a plan that is tried is called, and its place in the order; absent: the last. */
export interface Shown {
  readonly name: string;
  readonly place: number | undefined;
}

const NO_PLANS: StandingRowsRead = { plans: [], rollouts: [], runs: [], blocks: [], halted: false };

/** Those that match a device, in their order, with the one that is tried. */
function matchingIn(
  rows: readonly PlanRow[],
  matched: readonly Pick<StandingPlan, "id">[],
  { name, place = rows.length }: Shown,
): NonNullable<Decided["plans"]> {
  const ids = new Set(matched.map(({ id }) => id));
  const of = (some: readonly PlanRow[]) =>
    some.filter(({ id }) => ids.has(id)).map((one) => ({ id: one.id, name: one.name }));
  return [...of(rows.slice(0, place)), { id: null, name }, ...of(rows.slice(place))];
}

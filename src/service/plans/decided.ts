/** What a plan decides for all of its devices, page by page: the one way for a dry run and for a plan that is accepted. */
import type { PlanRequest } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import { hashSecret } from "../../identity/index.ts";
import { type Decision, type PlannedDevice, spreadSlotOf } from "../../plans/index.ts";
import type { AdminStore, FleetRow } from "../../store/index.ts";
import { blocksInForce, releaseOf } from "../catalog/blocks-in-force.ts";
import type { Ports } from "../ports.ts";
import { zoneOf } from "../enrollment/device-facts.ts";
import { zoneFinder } from "../scopes/zone-rules.ts";
import { blackoutsInForce } from "./blackouts-in-force.ts";
import { planned } from "./decider.ts";
import type { Selector } from "./selector.ts";

/** A device, and what the plan decides for all that are as it is: the decision names no device. */
export interface Decided<D = Decision> {
  readonly row: FleetRow;
  readonly decision: D;
  /** The time zone that a rule names for it, where it has no other. */
  readonly ruleZone?: string;
  /** Of a standing plan: the name of the device's ring; null: it has none. */
  readonly ring?: string | null;
  /** Of a standing plan: all that match the device, in their order; null: this one. */
  readonly plans?: readonly { readonly id: string | null; readonly name: string }[];
  /** Of a standing plan: the device's place in the spread, on which with its ring its deadline hangs, whatever the release. */
  readonly slot?: number;
}

/** Where devices are found, and what is asked of them. */
export interface Fleet {
  readonly ports: Ports;
  readonly select: Selector;
  readonly request: PlanRequest;
}

/** Some hundred devices at a time; no page where there is none. Throws as `Selector.pages`, before the first page. */
export async function* decidedPages<D>(
  fleet: Fleet,
  decide: (device: PlannedDevice) => D,
): AsyncGenerator<readonly Decided<D>[]> {
  for await (const page of plannedPages(fleet))
    yield page.map(({ row, device }) => ({ row, decision: decide(device), ...zoneByRule(device) }));
}

/** What a line of a dry run says of it. */
export const zoneByRule = ({ ruleZone }: PlannedDevice): Pick<Decided, "ruleZone"> =>
  ruleZone === undefined ? {} : { ruleZone };

/** The same, where a plan must mean a device. Throws also `plan-empty`. */
export async function* somePages(
  fleet: Fleet,
  decide: (device: PlannedDevice) => Decision,
): AsyncGenerator<readonly Decided[]> {
  let none = true;
  for await (const page of decidedPages(fleet, decide)) {
    none = false;
    yield page;
  }
  if (!none) return;
  const { rule, group } = fleet.request;
  if (rule !== undefined) throw new UptickError("plan-empty", "The rule matches no enrolled device.");
  throw new UptickError(
    "plan-empty",
    group === undefined ? "The plan names no device." : `The group "${group}" has no enrolled device.`,
  );
}

async function* plannedPages({
  ports,
  select,
  request,
}: Fleet): AsyncGenerator<readonly { readonly row: FleetRow; readonly device: PlannedDevice }[]> {
  const { admin } = ports;
  const replace = request.replace ?? false;
  const zonesOf = await zoneFinder(admin);
  const blocks = await blocksInForce(ports);
  const blackouts = await blackoutsInForce(ports);
  for await (const rows of select.meant(request)) {
    const ids = rows.map((row) => row.id);
    const [live, updated, zones, blocked, days] = await Promise.all([
      liveJobs(admin, ids, replace),
      admin.updatedJobs(ids),
      zonesOf(rows.filter((row) => zoneOf(row) === undefined)),
      blocks.covering(rows),
      blackouts.covering(rows),
    ]);
    const busy = new Map(live.map((job) => [job.enrollmentId, job]));
    const brought = new Map(updated.map((job) => [job.enrollmentId, job]));
    yield rows.map((row, i) => ({
      row,
      device: planned(
        row,
        {
          live: busy.get(row.id),
          updated: brought.get(row.id),
          ruleZone: zones.get(row.id)?.zone,
          blocked: (blocked[i] ?? []).map(releaseOf),
          blackouts: days[i] ?? [],
          slot: slotIn(request, row.id),
        },
        replace,
      ),
    }));
  }
}

/**
 * The device's place in the spread. A dry run has no plan yet, and must say what the accepted plan does: so the deadline stands for the
 * plan, and others go first in a plan with another deadline.
 */
const slotIn = ({ spreadHours = 0, deadline = "" }: PlanRequest, enrollmentId: string): number =>
  spreadSlotOf(spreadHours, deadline, enrollmentId, hashSecret);
/** Live jobs, with the documents of those that the plan may replace: all of them, or those of standing plans. */
async function liveJobs(admin: AdminStore, ids: readonly string[], replace: boolean) {
  const live = await admin.liveJobs(ids, replace);
  const giving = replace ? [] : live.filter(({ rolloutId }) => rolloutId !== null);
  if (giving.length === 0) return live;
  const known = new Map(
    (
      await admin.liveJobs(
        giving.map(({ enrollmentId }) => enrollmentId),
        true,
      )
    ).map((job) => [job.id, job]),
  );
  return live.map((job) => known.get(job.id) ?? job);
}

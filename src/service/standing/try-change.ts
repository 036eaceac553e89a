/**
 * What a change of the standing plans, or the stop of a plan, would change for each device: every device is resolved with the plans as
 * they are and as they would be, from the same rows (targets P4, G1).
 */
import type { GoverningChange, GoverningTrial, UnderPlanView } from "../../contract/index.ts";
import { versionText, wantedText } from "../../catalog/index.ts";
import { hasBegun, isWithheld, type ReadDevice, type Resolution, resolve } from "../../plans/index.ts";
import { governingWords } from "../../words/index.ts";
import { catalogOf } from "../catalog/catalog.ts";
import { shortDevice } from "../devices/device-view.ts";
import type { Ports } from "../ports.ts";
import { nameOfRing } from "./plans-of.ts";
import { isRead, readDevices, type ReadRow } from "./lookups.ts";
import { createReady, standingOf, type StandingRowsRead } from "./standing.ts";

export interface ChangeTried {
  readonly before: StandingRowsRead;
  readonly after: StandingRowsRead;
  /** A plan whose jobs would be withdrawn: that of a stop. */
  readonly without?: string;
}

/** Each device, with what the plans would mean for it and whether that is another thing than today. */
export type EachTried = (read: ReadRow, after: Side, changes: boolean) => Promise<void>;

const PAGE = 500;
/** Devices that are named. */
const MOST_NAMED = 1000;

export async function tryChange(
  ports: Ports,
  { before, after, without }: ChangeTried,
  each?: EachTried,
): Promise<GoverningTrial> {
  const { admin } = ports;
  const catalog = await catalogOf(ports);
  const ready = createReady();
  const [as, then] = [standingOf(before, ready), standingOf(after, ready)];
  const names = planNames(ports, [...before.plans, ...after.plans]);
  const tally = createTally();
  for (let from: string | undefined; ; ) {
    const rows = await admin.classRows(from, PAGE);
    const now = ports.now();
    for (const read of (await readDevices(ports, ready.rules, rows)).filter(isRead)) {
      const freed = withoutJob(read, without);
      const sides = [
        sideOf(read, resolve(read.device, as.plans, catalog, { halted: as.halted, now })),
        sideOf(freed, resolve(freed.device, then.plans, catalog, { halted: then.halted, now })),
      ] as const;
      const changes = changesOf(...sides);
      await tally.add(read, sides, changes, names);
      await each?.(read, sides[1], changes.length > 0);
    }
    from = rows.at(-1)?.id;
    if (rows.length < PAGE) return tally.trial();
  }
}

/** The device once the plan has stopped: what has begun is followed to its end. */
function withoutJob(read: ReadRow, planId: string | undefined): ReadRow {
  const { live, device } = read;
  if (live === null || live.kind !== "once" || live.planId !== planId || hasBegun(live.job)) return read;
  const { held: _held, ...planned } = device.planned;
  const freed: ReadDevice = { ...device, live: null, planned: { ...planned, busyWith: null } };
  return { ...read, device: freed, live: null };
}

/** What the plans mean for a device, with what `UnderPlanView` does not say. */
export interface Side {
  readonly planId: string | null;
  readonly ring: number | null;
  readonly ringName: string | null;
  readonly release: string | null;
  readonly job: string | null;
  readonly deadline: string | null;
  /** A job is made in place of another. */
  readonly replaces: boolean;
  readonly losesDownload: boolean;
}

export function sideOf({ live }: Pick<ReadRow, "live">, found: Resolution | undefined): Side {
  const own = live === null ? null : wantedText(live.job.target);
  const leaves = live !== null && live.kind === "standing" && !hasBegun(live.job) && !isWithheld(live.job.state);
  const base = { planId: live?.kind === "once" ? live.planId : null, replaces: false, losesDownload: false };
  const none = { ring: null, ringName: null, release: null, deadline: null };
  // An install that has begun is followed to its end, by the plan that ordered it.
  if (found === undefined)
    return { ...base, ...none, ...(leaves ? { job: null } : { planId: live?.planId ?? null, job: own }) };
  const { plan, ring, aim, deadline, act } = found;
  return {
    planId: base.planId ?? plan.id,
    ring: ring ?? null,
    ringName: nameOfRing(plan.rings, ring),
    release: aim === undefined ? null : versionText(aim.version, aim.extra),
    job: act.kind === "make" ? wantedText(act.seed.target) : act.kind === "withdraw" ? null : own,
    deadline: deadline ?? null,
    replaces: act.kind === "make" && live !== null,
    losesDownload: act.kind === "make" && act.losesDownload !== undefined,
  };
}

export type Names = (id: string | null) => Promise<UnderPlanView["plan"]>;

/** Names of plans; those of once plans are looked up when a device has a job of one. */
export function planNames({ admin }: Pick<Ports, "admin">, known: StandingRowsRead["plans"]): Names {
  const names = new Map(known.map(({ id, name }) => [id, name]));
  return async (id) => {
    if (id === null) return null;
    let name = names.get(id);
    if (name === undefined) names.set(id, (name = (await admin.plan(id))?.name ?? ""));
    return { id, name };
  };
}

function changesOf(before: Side, after: Side): readonly GoverningChange[] {
  const samePlan = before.planId === after.planId;
  return [
    ...(samePlan ? [] : ["plan" as const]),
    ...(samePlan && (before.ring !== after.ring || before.ringName !== after.ringName) ? ["ring" as const] : []),
    ...(before.release === after.release ? [] : ["release" as const]),
    ...(before.job === after.job && (before.replaces || !after.replaces) ? [] : ["job" as const]),
    ...(before.deadline === after.deadline ? [] : ["deadline" as const]),
  ];
}

export const viewOf = async (
  { planId, ringName, release, job, deadline }: Side,
  names: Names,
): Promise<UnderPlanView> => ({
  plan: await names(planId),
  ring: ringName,
  ...{ release, job, deadlineLocal: deadline },
});

function createTally() {
  const counts = { plan: 0, ring: 0, release: 0, job: 0, deadline: 0, downloadsLost: 0 };
  const plans = new Map<string | null, { plan: UnderPlanView["plan"]; joins: number; leaves: number }>();
  const rows: GoverningTrial["rows"][number][] = [];
  let devices = 0;

  async function moves(id: string | null, what: "joins" | "leaves", names: Names): Promise<void> {
    const one = plans.get(id) ?? { plan: await names(id), joins: 0, leaves: 0 };
    plans.set(id, { ...one, [what]: one[what] + 1 });
  }

  return {
    async add(
      { row }: ReadRow,
      [before, after]: readonly [Side, Side],
      changes: readonly GoverningChange[],
      names: Names,
    ): Promise<void> {
      if (changes.length === 0) return;
      devices += 1;
      for (const change of changes) counts[change] += 1;
      if (after.losesDownload && !before.losesDownload) counts.downloadsLost += 1;
      if (changes.includes("plan")) {
        await moves(before.planId, "leaves", names);
        await moves(after.planId, "joins", names);
      }
      if (rows.length >= MOST_NAMED) return;
      const [was, is] = [await viewOf(before, names), await viewOf(after, names)];
      rows.push({
        device: shortDevice(row),
        changes,
        before: was,
        after: is,
        sentence: governingWords(changes, was, is),
      });
    },
    trial: (): GoverningTrial => ({ devices, counts, plans: [...plans.values()], rows }),
  };
}

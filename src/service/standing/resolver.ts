/** Resolves a page of devices by the standing plans (targets W4). */
import { decideAlike, type PlanRollout, resolve, type Resolution, type StandingPlan } from "../../plans/index.ts";
import { type Catalog, type Security, urgentBelow } from "../../catalog/index.ts";
import { majorOf, type Platform } from "../../protocol/index.ts";
import type { ClassRow } from "../../store/index.ts";
import type { Ports } from "../ports.ts";
import { beginRollout } from "./begin-rollout.ts";
import { beginning, type Catalogs, type Needed } from "./beginning.ts";
import { type ReadRow, readDevices } from "./lookups.ts";
import { isNewer, noteUrgent } from "./note-urgent.ts";
import { type Standing, standingIn } from "./standing.ts";

export interface ResolvedRow extends Omit<ReadRow, "device"> {
  /** Undefined: no standing plan matches. */
  readonly resolution: Resolution | undefined;
  /** The standing plan that governed it before; null: there is none. */
  readonly leaves: string | null;
}

export interface Resolver {
  /** All rows, in their order. Releases that have no rollout yet begin one first. */
  resolve(rows: readonly ClassRow[], of: Catalogs): Promise<readonly ResolvedRow[]>;
}

/** Rounds of beginning rollouts: the first begins all that a page needs. */
const MOST_ROUNDS = 2;

export function createResolver(ports: Ports): Resolver {
  const { devices } = ports;

  async function begin(found: readonly ResolvedRow[], of: Catalogs): Promise<boolean> {
    const needed = new Map<string, Needed>();
    for (const { resolution, row } of found) {
      if (resolution?.begins !== true || resolution.aim === undefined) continue;
      const { plan, aim } = resolution;
      const key = JSON.stringify([plan.id, row.platform, aim]);
      const crosses = majorOf(aim.version) !== majorOf(row.osVersion ?? "");
      const all = crosses && needed.get(key)?.crosses !== false;
      needed.set(key, { plan, platform: row.platform as Platform, aim, crosses: all });
    }
    for (const one of needed.values())
      await devices.run(beginRollout, { id: ports.newId(), ...beginning(one, of, ports.now()), now: ports.now() });
    return needed.size > 0;
  }

  /** CVE data may come after a release, and a plan may get rings or begin to hurry. */
  async function hurry({ plans }: Standing, { security }: Catalogs): Promise<boolean> {
    const late = plans.flatMap((plan) => plan.rollouts.flatMap((rollout) => lateFor(plan, rollout, security)));
    for (const one of late) await devices.run(noteUrgent, { ...one, now: ports.now() });
    return late.length > 0;
  }

  return {
    async resolve(rows, of) {
      for (let round = 0; ; round += 1) {
        let standing = await standingIn(ports);
        if (round === 0 && (await hurry(standing, of))) standing = await standingIn(ports);
        const found = await resolved(ports, standing, rows, of.catalog);
        if (round === MOST_ROUNDS || !(await begin(found, of))) return found;
      }
    },
  };
}

/** What is not known of a live rollout yet; empty: nothing. */
function lateFor({ spec, rings, runs }: StandingPlan, rollout: PlanRollout, security: Security) {
  if (rollout.state === "aborted" || rollout.state === "superseded") return [];
  const { id, platform, version, extra, urgentBelow: known } = rollout;
  const release = { version, ...(extra === null ? {} : { extra }) };
  const below = urgentBelow(security, platform, release)?.version ?? null;
  const kinds = spec.standing.urgentDays !== null && (known ?? below) !== null ? 2 : 1;
  const has = runs.filter(({ rolloutId, ring }) => rolloutId === id && ring < rings.length).length;
  const isNews = below !== null && isNewer(below, known);
  return isNews || has < rings.length * kinds ? [{ rolloutId: id, below }] : [];
}

async function resolved(
  ports: Ports,
  standing: Standing,
  rows: readonly ClassRow[],
  catalog: Catalog,
): Promise<readonly ResolvedRow[]> {
  if (standing.plans.length === 0) return rows.map((row) => ({ row, ...NOTHING }));
  const read = await readDevices(ports, standing.rules, rows);
  const now = ports.now();
  const decide = decideAlike(catalog, now);
  const isStanding = new Set(standing.plans.map(({ id }) => id));
  return read.map(({ device, ...found }) => {
    const resolution = resolve(device, standing.plans, catalog, { halted: standing.halted, now, decide });
    const before = found.row.governedBy;
    const leaves = before !== null && before !== resolution?.plan.id && isStanding.has(before) ? before : null;
    return { ...found, resolution, leaves };
  });
}

/** No standing plan is there: what one has left behind ends by its stop. */
const NOTHING = { resolution: undefined, leaves: null, live: null, blocks: [], blockedBy: [] } as const;

/** Resolves a page of devices by the standing plans (targets W4). */
import {
  decideAlike,
  parseRule,
  type PlanRollout,
  resolve,
  type Resolution,
  type StandingPlan,
} from "../../plans/index.ts";
import { type Catalog, type Security, urgentBelow } from "../../catalog/index.ts";
import { majorOf, type Platform } from "../../protocol/index.ts";
import type { ClassRow } from "../../store/index.ts";
import type { Ports } from "../ports.ts";
import { questionOf } from "../scopes/scope.ts";
import { beginRollout } from "./begin-rollout.ts";
import { beginning, type Catalogs, type Needed } from "./beginning.ts";
import { faultOf, isRead, type ReadRow, readDevices } from "./lookups.ts";
import { isNewer, noteUrgent } from "./note-urgent.ts";
import { type Standing, standingIn } from "./standing.ts";

export interface ResolvedRow extends Omit<ReadRow, "device"> {
  /** Undefined: no standing plan matches. */
  readonly resolution: Resolution | undefined;
  /** The standing plan that governed it before; null: there is none. */
  readonly leaves: string | null;
  /** The cause of the newest look through all devices, as it was before anything of this was read. */
  readonly cause: number;
  /** Why nothing can be said of this device: a fault of the server's, which is its own matter. */
  readonly fault?: Error;
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
    const needed = new Map<string, Omit<Needed, "crosses">>();
    for (const { resolution, row } of found) {
      if (resolution?.begins !== true || resolution.aim === undefined) continue;
      const { plan, aim } = resolution;
      needed.set(JSON.stringify([plan.id, row.platform, aim]), { plan, platform: row.platform as Platform, aim });
    }
    for (const one of needed.values()) {
      const crosses = !(await someRun(ports, one));
      const begins = beginning({ ...one, crosses }, of, ports.now());
      await devices.run(beginRollout, { id: ports.newId(), ...begins, now: ports.now() });
    }
    return needed.size > 0;
  }

  /** CVE data may come after a release, and a plan may get rings or begin to hurry. */
  async function hurry({ plans }: Standing, { security }: Catalogs): Promise<void> {
    const late = plans.flatMap((plan) => plan.rollouts.flatMap((rollout) => lateFor(plan, rollout, security)));
    for (const one of late) await devices.run(noteUrgent, { ...one, now: ports.now() });
  }

  return {
    async resolve(rows, of) {
      for (let round = 0; ; round += 1) {
        if (round === 0) await hurry(await standingIn(ports), of);
        const [sweep] = await devices.read({ from: "sweep", where: { name: "compliance" } });
        const found = await resolved(ports, { rows, catalog: of.catalog, cause: sweep?.cause ?? 0 });
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

interface Page {
  readonly rows: readonly ClassRow[];
  readonly catalog: Catalog;
  readonly cause: number;
}

async function resolved(ports: Ports, { rows, catalog, cause }: Page): Promise<readonly ResolvedRow[]> {
  const standing = await standingIn(ports);
  if (standing.plans.length === 0) return rows.map((row) => ({ row, ...NOTHING, cause }));
  const read = await readDevices(ports, standing.rules, rows);
  const now = ports.now();
  const decide = decideAlike(catalog, now);
  const isStanding = new Set(standing.plans.map(({ id }) => id));
  return read.map((one) => {
    if (!isRead(one)) return { ...one, ...UNKNOWN, cause };
    const { device, ...found } = one;
    const before = found.row.joinedPlan;
    try {
      const resolution = resolve(device, standing.plans, catalog, { halted: standing.halted, now, decide });
      const leaves = before !== null && before !== resolution?.plan.id && isStanding.has(before) ? before : null;
      return { ...found, resolution, leaves, cause };
    } catch (error) {
      return { ...found, ...UNKNOWN, cause, fault: faultOf(error) };
    }
  });
}

const UNKNOWN = { resolution: undefined, leaves: null, live: null } as const;

const BY_NOBODY = { authors: { blocks: [], blackouts: [] } } as const;

/** No standing plan is there: what one has left behind ends by its stop. */
const NOTHING = { ...UNKNOWN, givenFacts: "", blocks: [], blockedBy: [], blackouts: [], ...BY_NOBODY } as const;

const PAGE = 1000;

/**
 * Whether some device of the plan runs the major of a release already: then that counts from its first day (targets D2, T4). All devices
 * are asked, whichever of them was resolved first: what begins is the same then.
 */
async function someRun(ports: Ports, { plan, platform, aim }: Omit<Needed, "crosses">): Promise<boolean> {
  const { admin } = ports;
  const major = majorOf(aim.version);
  const { include, exclude } = plan.spec.standing;
  const rules = [include, ...(exclude === null ? [] : [exclude])].map(parseRule);
  const question = await questionOf(admin, rules);
  for (let after: string | undefined; ; ) {
    const page = await admin.classRows(after, PAGE);
    const runs = page.filter((row) => row.platform === platform && majorOf(row.osVersion ?? "") === major);
    const facts = runs.length === 0 ? [] : await question.ask(runs);
    if (facts.some((one) => one !== undefined && plan.matches(one))) return true;
    after = page.at(-1)?.id;
    if (page.length < PAGE) return false;
  }
}

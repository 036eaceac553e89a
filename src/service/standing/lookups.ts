/** What is looked up for a page of devices before standing plans are asked about them. */
import {
  type EndedJob,
  type Given,
  type LiveOf,
  type ReadDevice,
  readJob,
  readLiveJob,
  type Rule,
  type ScopeFacts,
} from "../../plans/index.ts";
import { hashSecret } from "../../identity/index.ts";
import type { AdminStore, ClassRow, GivenRow, Json } from "../../store/index.ts";
import { blocksInForce, releaseOf } from "../catalog/blocks-in-force.ts";
import { zoneOf } from "../enrollment/device-facts.ts";
import { blackoutsInForce, keyOf } from "../plans/blackouts-in-force.ts";
import { isOf } from "../plans/blackout.ts";
import { planned } from "../plans/decider.ts";
import type { Ports } from "../ports.ts";
import { type Question, questionOf } from "../scopes/scope.ts";
import { zoneFinder } from "../scopes/zone-rules.ts";
import { type FormerFacts, formerText, givenFacts } from "./facts.ts";
import type { Authors } from "./moves.ts";
import { hasFailed } from "./try-again.ts";

export interface ReadRow extends AskedRow {
  readonly device: ReadDevice;
  /** Its live job. */
  readonly live: (LiveOf & { readonly id: string }) | null;
}

/** What is stored of the device can't be read, which keeps no other from being looked at. */
export interface UnreadRow extends AskedRow {
  readonly fault: Error;
}

interface AskedRow {
  readonly row: ClassRow;
  readonly givenFacts: string;
  /** Blocks of which it was asked whether they cover the device, and those that do. */
  readonly blocks: readonly string[];
  readonly blockedBy: readonly string[];
  /** The same of blackouts, by `keyOf`. */
  readonly blackouts: readonly string[];
  /** The blocks and blackouts that cover the device: whoever has made them has moved its deadlines. */
  readonly authors: Authors;
}

/** In the order of `rows`. `rules`: those by which devices will be asked for. */
export async function readDevices(
  ports: Ports,
  rules: readonly Rule[],
  rows: readonly ClassRow[],
): Promise<readonly (ReadRow | UnreadRow)[]> {
  const { admin } = ports;
  const ids = rows.map(({ id }) => id);
  const inForce = await blocksInForce(ports);
  const blackouts = await blackoutsInForce(ports);
  const question = await questionOf(admin, rules);
  const zonesOf = await zoneFinder(admin);
  const [live, updated, failed, given, zones, covering, facts, former, days] = await Promise.all([
    admin.liveJobs(ids, true),
    admin.updatedJobs(ids),
    admin.endedStanding(ids),
    admin.givenTo(ids),
    zonesOf(rows.filter((row) => zoneOf(row) === undefined)),
    inForce.covering(rows),
    question.ask(rows),
    formerFacts(question, rows),
    blackouts.covering(rows),
  ]);
  const lives = byDevice(live);
  const brought = byDevice(updated);
  const fails = byDevice(failed.filter(hasFailed));
  const gives = Map.groupBy(given, ({ enrollmentId }) => enrollmentId);
  const now = ports.now();
  return rows.map((row, i) => {
    const found = lives.get(row.id);
    const blockedBy = covering[i] ?? [];
    const asked = {
      row,
      givenFacts: givenFacts(gives.get(row.id) ?? []),
      blocks: inForce.rows.map(({ id }) => id),
      blockedBy: blockedBy.map(({ id }) => id),
      blackouts: blackouts.rows.map(keyOf),
      authors: {
        blocks: blockedBy,
        blackouts: blackouts.rows.filter((one) => (days[i] ?? []).some((some) => isOf(one, some))),
      },
    };
    const read = (): Pick<ReadRow, "device" | "live"> => {
      const job = liveOf(found);
      const ruleZone = zones.get(row.id)?.zone;
      const beside = {
        ...{ live: found, updated: brought.get(row.id), ruleZone, blocked: blockedBy.map(releaseOf) },
        // Days and the place in a spread are the plan's matter here.
        ...{ blackouts: [], slot: 0 },
      };
      const ended = fails.get(row.id);
      const device: ReadDevice = {
        planned: planned(row, beside, true),
        facts: facts[i] as ScopeFacts,
        former: row.joinedAs === null ? null : (former.get(row.id) ?? (facts[i] as ScopeFacts)),
        zone: zoneOf(row)?.zone ?? ruleZone ?? null,
        hash: hashSecret,
        inSetupAssistant: row.awaitingConfiguration === 1,
        excluded: (row.excludedEndsAt ?? 0) > now,
        excludedEndsAt: row.excludedEndsAt,
        under:
          row.joinedPlan === null || row.joinedAt === null
            ? null
            : { planId: row.joinedPlan, joinedAt: row.joinedAt, ring: row.ring },
        live: job,
        failed: ended === undefined ? null : endedJob(ended.doc),
        given: (gives.get(row.id) ?? []).map(givenOf),
        blackouts: days[i] ?? [],
      };
      return { device, live: job === null || found === undefined ? null : { ...job, id: found.id } };
    };
    try {
      return { ...asked, ...read() };
    } catch (error) {
      return { ...asked, fault: faultOf(error) };
    }
  });
}

/** What rules would see of the devices that have changed since their deadlines were last settled, by the tags and groups of today. */
async function formerFacts(question: Question, rows: readonly ClassRow[]): Promise<ReadonlyMap<string, ScopeFacts>> {
  const then = rows.flatMap((row): ClassRow[] =>
    row.joinedAs === null || row.joinedAs === formerText(row)
      ? []
      : [{ ...row, ...(JSON.parse(row.joinedAs) as FormerFacts) }],
  );
  const facts = then.length === 0 ? [] : await question.ask(then);
  return new Map(then.map(({ id }, i) => [id, facts[i] as ScopeFacts]));
}

/** Of one that can't be read nothing can be said: looks at all devices tell the log of it. */
export const isRead = (row: ReadRow | UnreadRow): row is ReadRow => "device" in row;

export const faultOf = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

function byDevice<T extends { readonly enrollmentId: string }>(rows: readonly T[]): ReadonlyMap<string, T> {
  return new Map(rows.map((row) => [row.enrollmentId, row]));
}

type LiveRow = Awaited<ReturnType<AdminStore["liveJobs"]>>[number];

function liveOf(row: LiveRow | undefined): LiveOf | null {
  if (row?.doc === undefined) return null;
  const { planId, rolloutId, ring, urgent } = row;
  const kind = rolloutId === null ? "once" : "standing";
  const job = readLiveJob(row.doc);
  return job.end === undefined ? { job, kind, planId, rolloutId, ring, urgent: urgent === 1 } : null;
}

/** One that never began says nothing of what failed. */
function endedJob(doc: Json): EndedJob | null {
  const job = readJob(doc);
  return "from" in job && job.end !== undefined ? (job as EndedJob) : null;
}

export const givenOf = ({ version, extra, planId, ring, local, givenAt, revision, cause }: GivenRow): Given => ({
  version,
  ...(extra === "" ? {} : { extra }),
  planId,
  ring,
  local,
  givenAt,
  ...(revision === null ? {} : { revision }),
  ...(cause === null ? {} : { cause }),
});

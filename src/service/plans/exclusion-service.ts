/** Exclusions of devices as an admin tries, makes and ends them (targets S5). */
import type {
  EndExclusionRequest,
  ExclusionEnd,
  ExclusionRequest,
  ExclusionResult,
  PauseDryRun,
} from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import {
  type Clock,
  deadlineIfResumed,
  exclusionEndsAt,
  fateOf,
  isPause,
  type Job,
  lastExclusionDay,
  readLiveJob,
  stopIn,
} from "../../plans/index.ts";
import type { FleetRow, StandingRow } from "../../store/index.ts";
import type { Actor } from "../actor.ts";
import { zoneOf } from "../enrollment/device-facts.ts";
import { isExcluded } from "../enrollment/exclusion.ts";
import { isoTime } from "../iso-time.ts";
import type { Ports } from "../ports.ts";
import { zoneFinder } from "../scopes/zone-rules.ts";
import { endExclusion, excludeDevice } from "./exclusion.ts";
import type { Selector } from "./selector.ts";

export interface ExclusionService {
  /**
   * Excludes devices; nothing changes where the day is none for one of them. Throws `exclusion-invalid`, `rule-invalid`, `group-unknown`,
   * `device-unknown`, `device-ambiguous`.
   */
  exclude(actor: Actor, request: ExclusionRequest): Promise<ExclusionResult>;
  /** What `exclude` would do. Throws as it. */
  tryExclude(request: ExclusionRequest): Promise<ExclusionResult>;
  /** Ends exclusions at once. Throws as `exclude`, except for `exclusion-invalid`. */
  end(actor: Actor, request: EndExclusionRequest): Promise<ExclusionEnd>;
  /** What `end` would do. Throws as it. */
  tryEnd(request: EndExclusionRequest): Promise<ExclusionEnd>;
}

/** Devices that are changed at a time: a device that polls waits for no more of them. */
const AT_ONCE = 16;

/** A device that is meant, and what is known of it. */
interface Meant {
  readonly row: FleetRow;
  readonly standing: StandingRow | undefined;
  readonly job: Job | undefined;
  readonly clock: Clock;
}

/** How many devices are in which row. */
type Rows = { -readonly [K in keyof Omit<PauseDryRun, "devices">]: PauseDryRun[K] };

export function createExclusionService(
  ports: Ports,
  select: Selector,
  { defaultZone }: { readonly defaultZone: string | undefined },
): ExclusionService {
  const { admin } = ports;

  async function* meant(request: EndExclusionRequest): AsyncGenerator<readonly Meant[]> {
    const zonesOf = await zoneFinder(admin);
    for await (const rows of select.meant(request)) {
      const ids = rows.map(({ id }) => id);
      const [jobs, standings, zones] = await Promise.all([
        admin.liveJobs(ids, true),
        admin.standingsOf(ids),
        zonesOf(rows.filter((row) => zoneOf(row) === undefined)),
      ]);
      const jobOf = new Map(jobs.map((job) => [job.enrollmentId, job.doc]));
      const standingOf = new Map(standings.map((row) => [row.id, row]));
      yield rows.map((row) => {
        const doc = jobOf.get(row.id);
        return {
          row,
          standing: standingOf.get(row.id),
          job: doc === undefined ? undefined : readLiveJob(doc),
          clock: clockOf(zoneOf(row)?.zone ?? zones.get(row.id)?.zone, defaultZone),
        };
      });
    }
  }

  async function tried({ until, reason: _reason, ...which }: ExclusionRequest, now: number) {
    const checked = createChecked(until, now);
    const rows = emptyRows();
    const found: { readonly id: string; readonly endsAt: number }[] = [];
    let [excludedBefore, zoneUnknown, last] = [0, 0, 0];
    for await (const page of meant(which))
      for (const one of page) {
        const endsAt = checked.endOf(one);
        last = Math.max(last, endsAt);
        if (one.clock.kind === "unknown") zoneUnknown += 1;
        if (one.standing !== undefined && isExcluded(one.standing, now)) excludedBefore += 1;
        countIn(rows, one, now);
        found.push({ id: one.row.id, endsAt });
      }
    checked.refuse();
    const endsAt = found.length === 0 ? null : isoTime(last);
    return { found, result: { devices: found.length, excludedBefore, ...rows, until, endsAt, zoneUnknown } };
  }

  async function triedEnd(request: EndExclusionRequest, now: number) {
    const found: string[] = [];
    let [devices, withJob, deadlinesMoved] = [0, 0, 0];
    for await (const page of meant(request))
      for (const { row, standing, job } of page) {
        devices += 1;
        if (standing === undefined || !isExcluded(standing, now)) continue;
        found.push(row.id);
        if (job === undefined || !isPause(stopIn(job)?.cause)) continue;
        withJob += 1;
        if (deadlineIfResumed(job, now) !== undefined) deadlinesMoved += 1;
      }
    return { found, result: { devices, ended: found.length, withJob, deadlinesMoved } };
  }

  return {
    async exclude(actor, request) {
      const now = ports.now();
      const { found, result } = await tried(request, now);
      const { until, reason } = request;
      await someAtATime(found, ({ id: enrollmentId, endsAt }) =>
        actor.run(excludeDevice, {
          ...{ enrollmentId, until, endsAt, reason },
          ...{ by: actor.name, firstId: ports.newId(), now: ports.now() },
        }),
      );
      return { dryRun: false, ...result };
    },
    tryExclude: async (request) => ({ dryRun: true, ...(await tried(request, ports.now())).result }),
    async end(actor, request) {
      const { found, result } = await triedEnd(request, ports.now());
      await someAtATime(found, (enrollmentId) =>
        actor.run(endExclusion, { enrollmentId, by: actor.name, firstId: ports.newId(), now: ports.now() }),
      );
      return { dryRun: false, ...result };
    },
    tryEnd: async (request) => ({ dryRun: true, ...(await triedEnd(request, ports.now())).result }),
  };
}

/** `zone`: of the device, by its own word, an admin's or a rule. */
function clockOf(zone: string | undefined, defaultZone: string | undefined): Clock {
  if (zone !== undefined) return { kind: "known", zone };
  return { kind: "unknown", named: defaultZone === undefined ? [] : [defaultZone] };
}

/** Until when an exclusion may last, device by device: clocks differ, and a request is refused as a whole. */
function createChecked(until: string, now: number) {
  let past: FleetRow | undefined;
  let latest: string | undefined;
  return {
    /** When it ends for this device (ms UTC). */
    endOf({ row, clock }: Pick<Meant, "row" | "clock">): number {
      const endsAt = exclusionEndsAt(until, clock);
      if (endsAt <= now) past ??= row;
      const last = lastExclusionDay(now, clock);
      if (until > last && (latest === undefined || last < latest)) latest = last;
      return endsAt;
    },
    /** @throws UptickError `exclusion-invalid` */
    refuse(): void {
      if (past !== undefined)
        throw new UptickError(
          "exclusion-invalid",
          `An exclusion until ${until} would be over already: for ${nameOf(past)} that day has begun.`,
        );
      if (latest !== undefined)
        throw new UptickError(
          "exclusion-invalid",
          `An exclusion until ${until} would last more than 90 days; the last day that is possible is ${latest}.`,
        );
    },
  };
}

const nameOf = ({ deviceName, serial, id }: FleetRow): string => deviceName?.slice(0, 80) ?? serial ?? id;

const emptyRows = (): Rows => ({
  notGiven: 0,
  waiting: { command: 0, declaration: 0 },
  underWay: { command: 0, declaration: 0 },
  beyondRecall: { command: 0, declaration: 0 },
  installed: 0,
});

/** Counts a device in the row of targets H2 that applies to it. */
function countIn(rows: Rows, { job, standing }: Meant, now: number): void {
  if (job !== undefined) rows[fateOf(job, now)][job.mechanism] += 1;
  else if (standing?.compliance === "on-target") rows.installed += 1;
  else rows.notGiven += 1;
}

async function someAtATime<T>(all: readonly T[], work: (one: T) => Promise<unknown>): Promise<void> {
  for (let i = 0; i < all.length; i += AT_ONCE) await Promise.all(all.slice(i, i + AT_ONCE).map(work));
}

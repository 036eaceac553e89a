/** The report of a day in the past: a line for each device, made page by page, so that a whole fleet is never held. */
import { catalogAt, lookupIdsOf, type Release } from "../../catalog/index.ts";
import type { ReportLine, ReportRow } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import { type DeviceAt, deviceAt, readJob } from "../../plans/index.ts";
import type { SeenRow } from "../../store/index.ts";
import { catalogOf } from "../catalog/catalog.ts";
import { platformFrom } from "../enrollment/device-facts.ts";
import { exclusionAt } from "../enrollment/exclusion.ts";
import { isoTime } from "../iso-time.ts";
import type { Ports } from "../ports.ts";

type Lines = AsyncGenerator<readonly Exclude<ReportLine, { readonly problem: unknown }>[]>;

const PAGE = 500;

/** Setting that says since when the versions of all devices are known, where devices were there before that was kept. */
const SINCE = "version-history";

/** `auditMs`: how long versions of devices are kept. Throws `report-date-unknown`, with the first line. */
export async function* reportLines(ports: Ports, auditMs: number, asked: number | undefined): Lines {
  const { admin } = ports;
  const at = await knownMoment(ports, auditMs, asked);
  const { list, rows } = await catalogOf(ports);
  const sighted = rows.map(({ doc, ...row }) => ({ ...row, release: doc as unknown as Release }));
  const past = catalogAt(sighted, list === null ? [] : [list, ...(list.before === null ? [] : [list.before])], at);
  let devices = 0;
  for (let after: string | undefined, more = true; more; ) {
    const page = await admin.seenBy(at, after, PAGE);
    const known = page.rows.flatMap((row) => {
      const found = deviceAt(row.versions.map(observed), listedOf(row), past, at);
      return found === undefined ? [] : [{ row, found }];
    });
    const jobs = await admin.jobsBegunBy(
      at,
      known.map(({ row }) => row.enrollment.id),
    );
    const deadlines = new Map(jobs.map(({ enrollmentId, doc }) => [enrollmentId, deadlineIn(readJob(doc))]));
    devices += known.length;
    if (known.length > 0)
      yield known.map(({ row, found }) => ({
        device: rowOf(row, found, { deadlineAt: deadlines.get(row.enrollment.id) ?? null, at }),
      }));
    after = page.next;
    more = after !== undefined;
  }
  const { takenAt, date } = past;
  yield [{ summary: { reportAt: isoTime(at), devices, catalogTakenAt: iso(takenAt), catalogDate: date } }];
}

/** The moment that is asked for, where everything of it is known. */
async function knownMoment(ports: Ports, auditMs: number, asked: number | undefined): Promise<number> {
  const { admin, devices } = ports;
  const today = ports.now();
  const at = asked ?? today;
  if (at > today) throw new UptickError("report-date-unknown", `${isoTime(at)} is in the future.`);
  const first = await admin.firstVersionAt();
  if (first === undefined) return at;
  const [setting] = await devices.read({ from: "setting", where: { name: SINCE } });
  const began = (setting?.value as { readonly since?: number } | undefined)?.since ?? first;
  const since = Math.max(began, today - auditMs);
  if (at >= since) return at;
  throw new UptickError(
    "report-date-unknown",
    `Versions of devices are known from ${isoTime(since)} on, not at ${isoTime(at)}.`,
  );
}

const observed = ({ version, build, extra, firstSeenAt }: SeenRow["versions"][number]) => ({
  version,
  firstSeenAt,
  build: build ?? undefined,
  supplementalExtra: extra ?? undefined,
});

function listedOf({ enrollment }: SeenRow) {
  const platform = platformFrom(enrollment.platform);
  return platform === undefined ? null : { platform, lookupIds: lookupIdsOf({ ...enrollment, platform }) };
}

const deadlineIn = (job: ReturnType<typeof readJob>): number | null =>
  job.target === undefined ? null : (job.deadlineAt ?? null);

const iso = (at: number | null): string | null => (at === null ? null : isoTime(at));

function exemptionAt(row: SeenRow["enrollment"], at: number): ReportRow["exclusion"] {
  const found = exclusionAt(row, at);
  return found === undefined ? null : { excludedBy: found.by, reason: found.reason, until: found.until };
}

function rowOf(
  { enrollment: e }: SeenRow,
  { seen, newest, newestOfAny }: DeviceAt,
  { deadlineAt, at }: { readonly deadlineAt: number | null; readonly at: number },
): ReportRow {
  return {
    id: e.id,
    udid: e.appleId,
    serial: e.serial,
    name: e.deviceName,
    model: e.modelName ?? e.productName,
    platform: e.platform,
    enrollment: e.state,
    removedAt: iso(e.removedAt),
    osVersion: seen.version,
    buildVersion: seen.build ?? null,
    extra: seen.supplementalExtra ?? null,
    versionSinceAt: isoTime(seen.firstSeenAt),
    newest: newest === null ? null : { ...newest, reachedAt: iso(newest.reachedAt) },
    newestOfAnyMajor: newestOfAny,
    deadlineAt: iso(deadlineAt),
    exclusion: exemptionAt(e, at),
    lastSeenAt: iso(e.lastSeenAt),
  };
}

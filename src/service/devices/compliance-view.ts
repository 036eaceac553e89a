/** The class of compliance as an admin reads it: of one device, and of all. */
import { agedParams, asOf, wantedText } from "../../catalog/index.ts";
import type { ComplianceCounts, ComplianceSummary, DeviceCompliance } from "../../contract/index.ts";
import { COMPLIANCE_CLASSES, COMPLIANCE_FLAGS, type ComplianceFlag, readJob } from "../../plans/index.ts";
import type { AdminStore, ClassCount, DeviceRow } from "../../store/index.ts";
import { complianceWords, remedyOf, sharedCause } from "../../words/index.ts";
import { catalogOf, type Reading } from "../catalog/catalog.ts";
import { exclusionAt } from "../enrollment/exclusion.ts";
import { shownVersion } from "../enrollment/device-facts.ts";
import type { StoredOffer, StoredTarget } from "../enrollment/stored-class.ts";
import { isoTime } from "../iso-time.ts";
import type { Ports } from "../ports.ts";

/** null: the device is not enrolled, and so is not counted. */
export function complianceView(row: DeviceRow, reading: Reading): DeviceCompliance | null {
  const { enrollment: e } = row;
  if (e.state !== "enrolled") return null;
  const { wanted } = read<StoredTarget>(e.target) ?? { wanted: null };
  const { inMajor } = read<StoredOffer>(e.offer) ?? {};
  const target = wanted === null ? null : wantedText(wanted);
  const newest = inMajor?.version ?? null;
  const version = shownVersion(e);
  const params = {
    ...asOf(reading),
    ...(version === null ? {} : { version, detail: version }),
    ...(target === null ? {} : { target }),
    ...(newest === null ? {} : { newest }),
    ...(e.lastSeenAt === null ? {} : { heardAt: e.lastSeenAt }),
    ...exclusionParams(e, reading.now),
    ...causeParams(row, reading.now),
  };
  return {
    class: e.compliance,
    reason: e.complianceReason,
    sentence: complianceWords(e.compliance, e.complianceReason, params),
    flags: flagsIn(e.flags),
    planId: e.governedBy,
    target,
    newest,
    deadlineAt: e.deadlineAt === null ? null : isoTime(e.deadlineAt),
  };
}

const read = <T>(text: string | null): T | undefined => (text === null ? undefined : (JSON.parse(text) as T));

export const flagsIn = (flags: string): ComplianceFlag[] =>
  COMPLIANCE_FLAGS.filter((flag) => flags.includes(` ${flag} `));

function exclusionParams(row: DeviceRow["enrollment"], now: number) {
  const found = exclusionAt(row, now);
  return found === undefined ? {} : { until: found.until, why: found.reason, by: found.by };
}

/** What the words of its job or of the refusal are filled with, where that is the cause. */
function causeParams({ enrollment: e, job, refused }: DeviceRow, now: number) {
  if (refused?.reason === e.complianceReason) return agedParams(refused.params, now);
  return job?.reason === e.complianceReason ? agedParams(readJob(job.doc).params, now) : {};
}

/** As data on the way: which devices are alike, and how many. */
function countsIn(found: readonly ClassCount[]): ComplianceCounts {
  const sum = (fits: (one: ClassCount) => boolean): number =>
    found.reduce((all, one) => (fits(one) ? all + one.devices : all), 0);
  const of = <K extends string>(keys: readonly K[], fits: (key: K, one: ClassCount) => boolean) =>
    Object.fromEntries(keys.map((key) => [key, sum((one) => fits(key, one))])) as Record<K, number>;
  return {
    classes: of(COMPLIANCE_CLASSES, (kind, { compliance }) => compliance === kind),
    flags: of(COMPLIANCE_FLAGS, (flag, { flags }) => flags.includes(` ${flag} `)),
  };
}

export const complianceCounts = async (admin: AdminStore): Promise<ComplianceCounts> =>
  countsIn(await admin.classCounts());

export async function complianceSummary(ports: Ports): Promise<ComplianceSummary> {
  const found = await ports.admin.classCounts();
  const list = asOf({ catalog: await catalogOf(ports), now: ports.now() });
  const groups = Map.groupBy(found, ({ compliance, reason }) => `${compliance} ${reason}`);
  const reasons = [...groups.values()].flatMap((alike) => {
    const [first] = alike;
    if (first === undefined) return [];
    const { compliance: kind, reason } = first;
    const devices = alike.reduce((sum, one) => sum + one.devices, 0);
    return [{ class: kind, reason, sentence: sharedCause(reason, list), remedy: remedyOf(reason) ?? null, devices }];
  });
  const place = (kind: (typeof COMPLIANCE_CLASSES)[number]): number => COMPLIANCE_CLASSES.indexOf(kind);
  return {
    devices: found.reduce((sum, { devices }) => sum + devices, 0),
    ...countsIn(found),
    reasons: reasons.toSorted(
      (a, b) => place(a.class) - place(b.class) || b.devices - a.devices || (a.reason < b.reason ? -1 : 1),
    ),
  };
}

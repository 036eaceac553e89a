/** A device's own page: everything that is known of it. */
import type { DeviceDetail } from "../../contract/index.ts";
import type { AdminStore, EnrollmentRow } from "../../store/index.ts";
import { pendingCertificate } from "../check-in/adoptions.ts";
import { readingOf } from "../catalog/catalog.ts";
import { securityIn } from "../catalog/security.ts";
import { zoneOf } from "../enrollment/device-facts.ts";
import { isoTime, isoTimeOrNull } from "../iso-time.ts";
import { createPolicyOf } from "../policies/policy-service.ts";
import type { Ports } from "../ports.ts";
import type { Refusals } from "../server/refusals.ts";
import { groupNamesOf } from "../scopes/scope.ts";
import { zoneFinder } from "../scopes/zone-rules.ts";
import { plansOf } from "../standing/plans-of.ts";
import { entriesOf } from "./timelines.ts";
import { declarativeView } from "../declarations/declarative-view.ts";
import { exposedView } from "./exposed.ts";
import { deviceView, pushTroubleView } from "./device-view.ts";

/** Entries of the timeline that stand on the page. */
const TIMELINE = 50;

export type DetailOf = (enrollment: EnrollmentRow) => Promise<DeviceDetail>;

export function createDetailOf(ports: Ports, refusals: Pick<Refusals, "flush">): DetailOf {
  const { admin, devices } = ports;
  const policyOf = createPolicyOf(ports);

  /** Other enrollments that have or claim the serial of this one. */
  async function namesakes({ id, serial, claimedSerial }: EnrollmentRow): Promise<EnrollmentRow[]> {
    const own = serial ?? claimedSerial;
    if (own === null) return [];
    const found = [
      ...(await devices.read({ from: "enrollment", where: { serial: own } })),
      ...(await devices.read({ from: "enrollment", where: { claimedSerial: own } })),
    ];
    return found.filter((row) => row.id !== id);
  }

  return async (enrollment) => {
    // What this process has gathered is written first, so that the timeline is as of now.
    await refusals.flush();
    const row = (await admin.device(enrollment.id)) ?? { enrollment, job: null, refused: null, pending: 0 };
    const outstanding = await admin.outstanding(enrollment.id);
    const [renewal] = await devices.read({ from: "renewal", where: { enrollmentId: enrollment.id } });
    const [facts] = await devices.read({ from: "facts", where: { enrollmentId: enrollment.id } });
    const [declarative] = await devices.read({ from: "declarative", where: { enrollmentId: enrollment.id } });
    const pending = await devices.read({ from: "certificate", where: { pendingFor: enrollment.id } });
    const timeline = await entriesOf(admin, enrollment.id, undefined, TIMELINE);
    const zone = await zoneIn(admin, row.enrollment);
    const tags = await admin.tagsOf([enrollment.id]);
    const { removedAt } = row.enrollment;
    const same = await namesakes(row.enrollment);
    return {
      ...deviceView(row, await readingOf(ports)),
      facts: Object.entries(facts?.doc ?? {}).map(([name, { value, at }]) => ({
        name,
        value,
        reportedAt: isoTime(at),
      })),
      ...zone,
      tags: [...(tags.get(enrollment.id) ?? [])],
      groups: await groupNamesOf(admin, row.enrollment),
      standing: await plansOf(ports, row.enrollment),
      exposed: exposedView(row.enrollment, await securityIn(ports)),
      declarative: declarative === undefined ? null : declarativeView(declarative, row.enrollment.enforces),
      policy: await policyOf(row.enrollment),
      claimedSerial: row.enrollment.claimedSerial,
      bootstrapTokenAt: isoTimeOrNull(row.enrollment.bootstrapTokenAt),
      identityEndsAt: isoTimeOrNull(renewal?.endsAt ?? null),
      pending: pending.map(pendingCertificate),
      pushable: row.enrollment.pushable === 1,
      pushTrouble: pushTroubleView(row.enrollment.pushTrouble),
      removedAt: isoTimeOrNull(removedAt),
      sameSerial: same.map(sameSerialView),
      outstanding: outstanding.map(({ uuid, requestType, state, queuedAt, offeredAt, createdBy }) => ({
        commandUuid: uuid,
        requestType,
        state,
        queuedAt: isoTime(queuedAt),
        offeredAt: isoTimeOrNull(offeredAt),
        createdBy,
      })),
      timeline,
    };
  };
}

/** An admin's word goes before the device's own, and that before the rules of the server. */
async function zoneIn(
  admin: AdminStore,
  row: EnrollmentRow,
): Promise<Pick<DeviceDetail, "timeZone" | "zoneFrom" | "zoneBy">> {
  const own = zoneOf(row);
  if (own !== undefined) return { timeZone: own.zone, zoneFrom: own.from, zoneBy: row.adminZoneBy };
  const named = (await (await zoneFinder(admin))([row])).get(row.id);
  if (named === undefined) return { timeZone: null, zoneFrom: null, zoneBy: row.adminZoneBy };
  return { timeZone: named.zone, zoneFrom: "rule", zoneBy: named.by };
}

const sameSerialView = ({ id, appleId, state, lastSeenAt }: EnrollmentRow): DeviceDetail["sameSerial"][number] => ({
  id,
  udid: appleId,
  enrollment: state,
  lastSeenAt: isoTimeOrNull(lastSeenAt),
});

/** What an event's row has kept, as streams and webhooks show it. */
import { versionText } from "../../catalog/index.ts";
import type { EventData } from "../../contract/index.ts";
import type {
  EnrollmentRow,
  EventRow,
  HaltRow,
  BlockRow,
  JobRow,
  PlanRow,
  RingRunRow,
  RolloutRow,
} from "../../store/index.ts";
import { flagsIn } from "../devices/compliance-view.ts";
import { isoTime } from "../iso-time.ts";

/** As `store/events.ts` writes it: columns of rows, as far as they were read. */
interface Kept {
  readonly device?: Partial<EnrollmentRow>;
  readonly job?: Partial<JobRow>;
  readonly plan?: Partial<PlanRow>;
  readonly rollout?: Partial<RolloutRow>;
  readonly rings?: readonly Partial<RingRunRow>[];
  readonly halt?: HaltRow;
  readonly block?: Partial<BlockRow>;
  readonly warning?: EventData["warning"];
}

type Device = NonNullable<EventData["device"]>;

export function eventDataOf({ id, data }: Pick<EventRow, "id" | "data">): EventData {
  const { device, job, plan, rollout, rings, halt, block, warning } = data as Kept;
  return {
    ...(device && { device: deviceOf(id, device) }),
    ...(job && { job: jobOf(job) }),
    ...(plan && { plan: planOf(id, plan) }),
    ...(rollout && { rollout: rolloutOf(id, rollout) }),
    ...(rings && { rings: rings.map(ringOf) }),
    ...(halt && {
      halt: { active: halt.active === 1, sinceAt: isoTime(halt.since), setBy: halt.setBy, reason: halt.reason },
    }),
    ...(block && {
      block: {
        id,
        ...named({ platform: block.platform, version: versionOf(block), active: flag(block.live) }),
      },
    }),
    ...(warning && { warning }),
  };
}

function deviceOf(id: string, row: Partial<EnrollmentRow>): Device {
  return {
    id,
    ...named({
      udid: row.appleId,
      serial: row.serial,
      name: row.deviceName,
      model: row.modelName,
      productName: row.productName,
      platform: row.platform,
      osVersion: row.osVersion,
      buildVersion: row.buildVersion,
      supplementalExtra: row.supplementalExtra,
      enrollment: row.state,
      class: row.compliance,
      reason: row.complianceReason,
      flags: row.flags === undefined ? undefined : flagsIn(row.flags),
      planId: row.governedBy,
      ring: counted(row.ring),
      aim: row.aim,
      deadlineAt: typeof row.deadlineAt === "number" ? isoTime(row.deadlineAt) : row.deadlineAt,
      deadlineLocal: row.deadlineLocal,
      excludedUntilDate: row.excludedUntil,
    }),
  };
}

const jobOf = ({ id = "", state = "", ...row }: Partial<JobRow>): NonNullable<EventData["job"]> => ({
  id,
  state,
  ...named({ planId: row.planId, rolloutId: row.rolloutId, ring: counted(row.ring), reason: row.reason }),
});

const planOf = (id: string, row: Partial<PlanRow>): NonNullable<EventData["plan"]> => ({
  id,
  ...named({
    name: row.name,
    kind: row.kind,
    order: counted(row.place),
    state: row.state,
    revision: row.revision,
    devices: row.devices,
    pauseReason: row.pauseReason,
  }),
});

const rolloutOf = (id: string, row: Partial<RolloutRow>): NonNullable<EventData["rollout"]> => ({
  id,
  ...named({
    planId: row.planId,
    platform: row.platform,
    version: versionOf(row),
    state: row.state,
    reason: row.reason,
    stateBy: row.stateBy,
  }),
});

const ringOf = ({ ring = 0, urgent, state, asked }: Partial<RingRunRow>) => ({
  ring: ring + 1,
  urgent: urgent === 1,
  ...named({ state, asked }),
});

const versionOf = ({ version, extra }: { readonly version?: string; readonly extra?: string | null }) =>
  version === undefined
    ? undefined
    : versionText(version, typeof extra === "string" && extra !== "" ? extra : undefined);

/** Places are counted from 0 where they are kept, and from 1 where people read them. */
const counted = (place: number | null | undefined): number | null | undefined =>
  typeof place === "number" ? place + 1 : place;

const flag = (value: 0 | 1 | undefined): boolean | undefined => (value === undefined ? undefined : value === 1);

type Named<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Without what was not read. */
const named = <T extends object>(fields: T): Named<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Named<T>;
